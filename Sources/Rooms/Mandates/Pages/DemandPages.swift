import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/demands`: what was asked of the grassroots, and the form that asks.
struct DemandPages: Sendable {
    let mandates: Mandates

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/demands", right: .readMandates) { try await list($0) }
        routes.page("/demands/export", right: .readMandates) { try await export($0) }
        routes.page("/demands/new", right: .fileDemand) { try await form($0) }
        routes.form("/demands/new", right: .fileDemand) { try await submit($0, $1) }
    }

    // MARK: List

    private func stages(_ query: QueryParameters) -> [DemandStage] {
        query.filled("stage").flatMap(DemandStage.init(rawValue:)).map { [$0] } ?? []
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let stages = stages(visit.query)
        let after = visit.query.filled("after")
        let found = try await mandates.house.database.read {
            try DemandStore.page(for: staff.scope, stages: stages, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing(
            caption: visit(MandateTexts.gate), columns: columns, items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: """
                <p>\(visit("没有这样的事项。没有经过这里的工作，不得下达到街道、社区和网格。", "Nothing here. What has not come through here may not be sent to streets, communities or grids."))</p>
                """)
        let new: HTML =
            staff.scope.may(.fileDemand)
            ? "<a class=\"btn p\" href=\"/demands/new\">\(visit(MandateTexts.newDemand))</a>" : HTML()
        return visit.page(
            Page(
                visit(MandateTexts.gate), breadcrumb: [(visit(MandateTexts.gate), nil)],
                """
                <p class="lead">\(visit("任务、报表、会议、检查、应用，下到基层之前都从这里过：有没有依据、在谁的清单上、权力经费人手是否一并到位、与谁重复、加在谁身上、何时到期。", "Tasks, forms, meetings, inspections, apps: before they reach the grassroots they pass here. Ground, list, power, money, people, duplicates, load, end."))</p>\
                <form method="get" action="/demands" class="filters">\(Field.choice("stage", visit("环节", "Stage"), DemandStage.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: stages.first?.rawValue, none: visit(MandateTexts.none)))\
                \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/demands">\(visit("重置", "Reset"))</a></form>\
                <div class="bar">\(new)\(exportLink(visit, path: "/demands/export"))<a class="btn" href="/demands/year">\(visit(MandateTexts.year))</a><a class="btn" href="/demands/burden">\(visit(MandateTexts.burdenKinds))</a><a class="btn" href="/mandates">\(visit(MandateTexts.lists))</a></div>\
                \(listing.html(visit))
                """))
    }

    private var columns: [Column<Demand>] {
        let mandates = mandates
        return [
            .text("编号", "Number", html: { one, _ in "<a href=\"/demands/\(one.id)\">\(one.number)</a>" }) { one, _ in
                one.number
            },
            .text("种类", "Kind") { one, visit in mandates.rules.kind(one.content.kind).map { visit($0.title) } },
            Column("事项", "What", .longText, cell: { one, _ in .text(one.content.title) }),
            .text("提出单位", "From") { one, _ in one.bodyName },
            .text("区域", "Area") { one, _ in mandates.areaName(one.area) },
            .text("审查结论", "The gate says") { one, visit in visit(one.answer.verdict.title) },
            Column(
                "合计工时", "Hours in all", .number,
                cell: { one, _ in (one.answer.load?.minutes).map { .number(Double($0) / 60) } ?? .empty },
                html: { one, _ in HTML(text: (one.answer.load?.minutes).map(hoursText) ?? "—") }),
            .text(
                "环节", "Stage",
                html: { one, visit in
                    "<span class=\"tag \(HTML(trusted: "\(MandateTexts.tone(one.stage))"))\">\(visit(one.stage.title))</span>"
                }
            ) { one, visit in visit(one.stage.title) },
            .text("到期", "Ends") { one, _ in one.terms.until?.description },
            .instant("时限", "Limit") { $0.dueAt },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let stages = stages(staff.visit.query)
        let mandates = mandates
        return try await SheetExport.workbook(named: staff(MandateTexts.gate), columns: columns, for: staff) { after in
            let found = try await mandates.house.database.read {
                try DemandStore.page(for: staff.scope, stages: stages, after: after, limit: 1_001, in: $0)
            }
            return (Array(found.prefix(1_000)), found.count > 1_000 ? found[999].id.text : nil)
        }
    }

    // MARK: Form

    private func form(
        _ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil, answer: GateAnswer? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let mandates = mandates
        let (items, today) = (
            try await mandates.house.database.read { transaction in
                try ListStore.items(at: try ListStore.current(in: transaction), in: transaction)
            }, visit.now.local().day
        )
        let known = typed ?? visit.query
        func error(_ name: String) -> String? {
            refusal?.field == name ? refusal.map { visit($0.message) } : nil
        }
        let lines = mandates.lines
        let mine = items.filter { item in item.list.isDoneBelow && (staff.scope.line.map { $0 == item.lead } ?? true) }
        let choices = mine.map {
            Field.Choice($0.code, "\($0.code) \(visit($0.title))（\(visit(lines.title($0.lead)))）")
        }
        let title = visit(MandateTexts.newDemand)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.gate), "/demands"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                \(answer.map { GateView(mandates: mandates, visit: visit).html($0) })\
                <form class="panel narrow" method="post" action="/demands/new" data-draft="demand-new">\(visit.formFields)\
                \(Field.choice("kind", visit("种类", "Kind"), mandates.rules.kinds.map { Field.Choice($0.kind.rawValue, visit($0.title)) }, value: known["kind"] ?? "task", required: true, error: error("kind")))\
                \(Field.text("title", visit("名称", "Name"), value: known["title"], required: true, maximum: 60, error: error("title")))\
                \(Field.longText("purpose", visit("要解决什么问题", "What it is for"), value: known["purpose"], required: true, maximum: 500, rows: 3, error: error("purpose")))\
                \(Field.choice("item", visit("清单事项", "Item of the lists"), choices, value: known["item"], none: visit("不在清单上", "On no list"), hint: visit("列出本部门牵头的事项", "Those that your department leads"), error: error("item")))\
                \(Field.text("basis", visit("不在清单上的，写明依据", "If on no list: its ground"), value: known["basis"], maximum: 200, hint: visit("法规写《名称》第几条，文件写文号", "A law with its article, a paper with its number"), error: error("basis"), placeholder: "《……条例》第十条"))\
                \(areas(staff, value: known["area"], error: error("area")))\
                \(Field.choice("level", visit("由哪一级承担", "Done by each"), [AreaLevel.street, .community, .grid].map { Field.Choice($0.rawValue, visit(MandateTexts.title($0))) }, value: known["level"] ?? "grid", required: true, error: error("level")))\
                \(number("minutes", visit("每次多少分钟", "Minutes each time"), known["minutes"], error("minutes")))\
                \(number("times", visit("期内每处多少次", "Times in the whole period, each"), known["times"], error("times")))\
                \(Field.text("from", visit("开始", "From"), value: known["from"] ?? (today + 14).description, type: "date", required: true, error: error("from")))\
                \(Field.text("until", visit("到期（到期自动失效）", "Until (it ends by itself)"), value: known["until"], type: "date", error: error("until")))\
                \(number("yuan", visit("随带经费（元）", "Money that comes with it (yuan)"), known["yuan"] ?? "0", error("yuan")))\
                \(Field.text("characters", visit("字数（文件填）", "Characters (of a paper)"), value: known["characters"], maximum: 7, error: error("characters"), inputMode: "numeric"))\
                \(number("evidence", visit("每次要几份留痕材料", "Pieces of evidence each time"), known["evidence"] ?? "0", error("evidence")))\
                \(Field.text("veto", visit("附带的一票否决（没有不填）", "A veto that it carries, if any"), value: known["veto"], maximum: 40, hint: visit("只能是登记在“限权与边界”中的", "Only one of the register"), error: error("veto")))\
                \(Field.choice("power", visit("需要的权力", "A power that it needs"), mandates.menuOfPowers.powers.map { Field.Choice($0.code, "\($0.code) \(visit($0.title))") }, value: known["power"], none: visit("不需要", "None"), hint: visit("街道没有被赋予的权力，不能凭它下达工作", "Without it no work can be sent that needs it"), error: error("power")))\
                \(Field.checkbox("hired", visit("由随带经费另行聘人承担，不占现有岗位", "Done by people hired with its money, not by the posts there"), isOn: known["hired"] == "yes"))\
                <p class="bar">\(Field.submit(visit("先看审查结论", "See what the gate says"), name: "step", value: "look", tone: ""))\
                \(Field.submit(visit("正式提出", "File it"), name: "step", value: "file"))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func number(_ name: String, _ label: String, _ value: String?, _ error: String?) -> HTML {
        Field.text(name, label, value: value, required: true, maximum: 10, error: error, inputMode: "numeric")
    }

    private func areas(_ staff: StaffVisit, value: String?, error: String?) -> HTML {
        let top = staff.scope.area
        var choices = [Field.Choice(top.code, mandates.areaName(top))]
        for child in mandates.places.children(of: top.code).prefix(300) {
            choices.append(Field.Choice(child.code, "\u{3000}" + child.name))
        }
        return Field.choice(
            "area", staff.visit("区域", "Area"), choices, value: value ?? top.code, required: true, error: error)
    }

    /// What a form or a program sent.
    static func content(_ fields: QueryParameters) throws(Refusal) -> DemandContent {
        func wrong(_ field: String) -> Refusal {
            Refusal(
                .malformed, "demands.\(field)", LocalizedText("“\(field)”填写有误", "“\(field)” cannot be read"),
                field: field)
        }
        func number(_ name: String) throws(Refusal) -> Int64 {
            guard let value = Int64(fields.filled(name) ?? "0") else { throw wrong(name) }
            return value
        }
        func day(_ name: String) throws(Refusal) -> Day? {
            guard let text = fields.filled(name) else { return nil }
            guard let day = Day(text), (2000...2200).contains(day.parts.year) else { throw wrong(name) }
            return day
        }
        guard let kind = fields.filled("kind").flatMap(DemandKind.init(rawValue:)) else { throw wrong("kind") }
        guard let level = fields.filled("level").flatMap(AreaLevel.init(rawValue:)) else { throw wrong("level") }
        guard let from = try day("from") else { throw wrong("from") }
        return DemandContent(
            kind: kind, title: fields["title"] ?? "", purpose: fields["purpose"] ?? "", item: fields.filled("item"),
            basis: fields.filled("basis"), area: fields["area"] ?? "", level: level, minutes: try number("minutes"),
            times: try number("times"), from: from, until: try day("until"), yuan: try number("yuan"),
            evidence: try number("evidence"), power: fields.filled("power"), isByHired: fields["hired"] == "yes",
            characters: fields.filled("characters") == nil ? nil : try number("characters"), veto: fields.filled("veto")
        )
    }

    private func submit(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        do {
            let content = try Self.content(fields)
            let answer = try await mandates.answer(to: content, by: scope, at: now)
            if fields["step"] == "look" { return try await form(staff, fields, answer: answer) }
            return try await staff.visit.write(submission) { transaction in
                let demand = try mandates.file(content, answer: answer, by: scope, at: now, in: transaction)
                return .seeOther("/demands/\(demand.id)?done=filed")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await form(staff, fields, refusal)
        }
    }
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }

    /// Whether the form is shown again with what was typed.
    var isForTheSender: Bool {
        switch kind {
        case .ruleBroken, .malformed, .conflict, .forbidden, .changedMeanwhile: true
        case .unauthenticated, .notFound, .tooLarge, .tooOften, .unavailable, .fault: false
        }
    }
}
