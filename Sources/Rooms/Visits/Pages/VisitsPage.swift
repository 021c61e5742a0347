import Desk
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/visits`: the homes of a grid in the order of a walk, each with what is to be asked there and nothing else. The page of
/// a phone: it works without a network, and every form works without scripts.
struct VisitsPage: Sendable {
    let visits: Visits

    static let path = "/visits"
    static let phone = OfflinePage(
        path, title: LocalizedText("上门走访", "visits"), shortTitle: LocalizedText("走访", "Visits"),
        script: "visits.js")

    func add(to routes: Routes) {
        Self.phone.add(to: routes)
        routes.page(Self.path, right: .registryWrite) { try await show($0) }
        routes.page("/visits/export", right: .registryWrite) { try await export($0) }
        routes.form("/visits/homes/:id/answers", right: .registryWrite) { try await take($0, $1) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        guard let area = try visits.grid(visit.query.filled("area"), for: scope) else { return try await parts(staff) }
        let start = try await visits.start(of: area)
        let (visits, now) = (visits, visit.now)
        let (list, waiting) = try await visits.house.database.read { transaction in
            (
                try visits.list(in: area, start: start, for: scope, at: now, in: transaction),
                try QueueStore.count(in: area, for: scope, in: transaction)
            )
        }
        return visit.page(
            Page(
                visit(VisitTexts.visits), breadcrumb: trail(area, staff), notice: done(visit),
                scripts: Self.phone.scripts,
                Self.phone.frame(owner: scope.staff.text, id: "visits", visit, fresh(list, waiting, staff))))
    }

    private func done(_ visit: Visit) -> Page.Notice? {
        guard let text = visit.query.filled("done") else { return nil }
        if text == "kept" {
            return Page.Notice(
                .warn, visit("已记下；有回答需要核定，内容都在。", "Saved; some answers wait for a decision, all of it is kept."))
        }
        return Page.Notice(.ok, visit("已记下，各部门的表已随之更新。", "Saved; every department's form has followed."))
    }

    private func trail(_ area: AreaPrefix, _ staff: StaffVisit) -> [(text: String, address: String?)] {
        let scope = staff.scope
        let own = visits.places.path(of: area.code).filter { scope.area.contains(code: $0.code) }
        return [(staff.visit(VisitTexts.visits), own.count > 1 ? Self.path : nil)]
            + own.dropFirst().map { part in
                (part.name, part.code == area.code ? nil : "\(Self.path)?area=\(part.code)")
            }
    }

    private func fresh(_ list: VisitList, _ waiting: Int, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let forms = VisitForms(
            visits: visits, staff: staff, knownAt: list.knownAt, formNames: list.formNames)
        let homes = list.plan.homes
        let shown = homes.prefix(visits.rules.homesAtOnce)
        let queue: HTML =
            waiting == 0
            ? HTML()
            : """
            <p class="notice warn"><a href="/visits/answers?area=\(list.area.code)">\(visit("\(waiting) 个回答等待核定", "\(waiting) answers wait for a decision"))</a></p>
            """
        let empty: HTML = """
            <div class="panel empty"><p>\(visit("这里没有要问的：各表要用的都在有效期内。", "Nothing to ask here: all that the forms need is fresh."))</p></div>
            """
        return """
            \(queue)<p class="hint">\(summary(list, visit))</p>\
            <p class="bar"><a class="btn" href="/visits/export?area=\(list.area.code)" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a></p>\
            \(homes.isEmpty ? empty : HTML())\
            \(shown.enumerated().map { forms.card($0.element, number: $0.offset + 1) }.html { $0 })\
            \(homes.count > shown.count ? "<p class=\"hint\">\(visit("其后还有 \(homes.count - shown.count) 户，走完这些再看。", "\(homes.count - shown.count) more homes follow once these are done."))</p>" : HTML())
            """
    }

    private func summary(_ list: VisitList, _ visit: Visit) -> String {
        var parts = [
            visit(
                "\(visits.registry.areaName(list.area))：\(list.homes) 户中 \(list.plan.homes.count) 户要上门，共 \(list.questions) 项",
                "\(visits.registry.areaName(list.area)): \(list.plan.homes.count) of \(list.homes) homes, \(list.questions) things to ask"
            )
        ]
        if let metres = list.plan.metres {
            parts.append(visit("按路线排列，楼间约 \(Int(metres)) 米", "in the order of a walk of about \(Int(metres)) m"))
        }
        if list.waiting > 0 {
            parts.append(
                visit("\(list.waiting) 户刚去过没人，过几天再列出", "\(list.waiting) where nobody was will come back in some days"))
        }
        return parts.joined(separator: visit("；", "; "))
            + visit("。有效期内的不再问。", ". What is still fresh is not asked.")
    }

    /// A wider area is walked grid by grid.
    private func parts(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let code = visit.query.filled("area") ?? staff.scope.area.code
        let area = AreaPrefix(code) ?? staff.scope.area
        let children = visits.places.children(of: code)
        let list: HTML =
            children.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit("这里还没有网格，请先在“地区”中登记。", "There is no grid here yet; enter one under places."))</p></div>"
            : """
            <ul class="rows panel">\(children.html { "<li><a href=\"\(Self.path)?area=\($0.code)\">\($0.name)</a></li>" })</ul>
            """
        return visit.page(
            Page(
                visit(VisitTexts.visits), breadcrumb: trail(area, staff),
                """
                <p class="hint">\(visit("上门按网格走，请选择。", "Visits go grid by grid; choose one."))</p>\(list)\
                <p><a class="btn" href="/visits/answers?area=\(area.code)">\(visit(VisitTexts.queue))</a></p>
                """))
    }

    // MARK: Without scripts

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let home: SubjectID = try staff.visit.identifier()
        let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
        let report = try VisitForms.report(submission.fields, at: now)
        return try await staff.visit.write(submission) { transaction in
            let result = try visits.take(report, at: home, by: scope, at: now, in: transaction)
            let area = try visits.registry.subject(home, for: scope, in: transaction).area
            let done = result.kept.isEmpty && result.conflicts.isEmpty ? "yes" : "kept"
            return .seeOther("/visits?area=\(area.code)&done=\(done)")
        }
    }

    // MARK: Excel

    private func export(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        guard let area = try visits.grid(visit.query.filled("area"), for: scope) else { throw Refusal.nothingHere }
        let start = try await visits.start(of: area)
        let (visits, now) = (visits, visit.now)
        let list = try await visits.house.database.read {
            try visits.list(in: area, start: start, for: scope, at: now, in: $0)
        }
        let forms = VisitForms(visits: visits, staff: staff, knownAt: now, formNames: list.formNames)
        struct Line: Sendable {
            var number: Int
            var address: String
            var about: String
            var question: Question
        }
        let lines = list.plan.homes.enumerated().flatMap { index, home in
            home.subjects.flatMap { subject in
                home.questions(about: subject.id).map {
                    Line(
                        number: index + 1, address: forms.address(of: home), about: forms.heading(subject), question: $0
                    )
                }
            }
        }
        let columns: [Column<Line>] = [
            .number("顺序", "Order") { Int64($0.number) },
            .text("住址", "Home") { line, _ in line.address }, .text("对象", "About") { line, _ in line.about },
            .text("数据项", "Element") { line, visit in visit(line.question.element.name) },
            .text("原因", "Why") { line, _ in forms.hint(line.question) },
            .text("要用的表", "Forms") { line, visit in
                line.question.forms.sorted().compactMap { list.formNames[$0].map { visit($0) } }
                    .joined(separator: visit("、", ", "))
            },
        ]
        return try await SheetExport.workbook(
            named: visit(VisitTexts.visits), columns: columns, for: staff,
            pages: { _ in (lines, nil) })
    }
}
