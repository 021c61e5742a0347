import Cases
import Desk
import Ground
import Hummingbird
import Places
import Storage
import Web

/// `/patrols`: what is to be looked at where and how often; and what came up so often that looking is proposed.
struct PatrolPage: Sendable {
    let day: GridDay

    func add(to routes: Routes) {
        routes.page("/patrols", right: .dayPlan) { try await show($0, nil, nil) }
        routes.form("/patrols", right: .dayPlan) { try await plan($0, $1) }
        routes.form("/patrols/:id/stop", right: .dayPlan) { try await stop($0, $1) }
        routes.form("/patrols/proposals/:id", right: .dayPlan) { try await decide($0, $1) }
    }

    private static let pageLength = 50

    private func show(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let after = visit.query.filled("after")
        let (plans, proposals) = try await day.house.database.read { transaction in
            (
                try PatrolStore.plans(for: scope, after: after, limit: Self.pageLength + 1, in: transaction),
                try PatrolStore.proposals(for: scope, limit: 50, in: transaction)
            )
        }
        let next = plans.count > Self.pageLength ? plans[Self.pageLength - 1] : nil
        let listing = Listing(
            caption: visit(DayTexts.patrols), columns: columns(), items: Array(plans.prefix(Self.pageLength)),
            next: next.map { "\($0.area.code)-\($0.id)" },
            whenEmpty:
                "<p>\(visit("还没有巡查计划。季节性计划到时自动生成，也可以在上面自己定。", "There is no plan yet. Seasons make their own; you may add yours above."))</p>"
        )
        let done = visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已保存。", "Saved."))
        return visit.page(
            Page(
                visit(DayTexts.patrols), notice: done,
                """
                <p class="lead">\(visit("巡查只问看过没有、发现什么；不打点、不记路线，照片随意。", "A patrol asks what was found on a stretch; no points, no routes, photos only if they help."))</p>\
                \(proposed(proposals, visit))\(form(staff, typed, refusal))\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func proposed(_ proposals: [PatrolProposal], _ visit: Visit) -> HTML {
        guard !proposals.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("反复出现，建议去看看", "Again and again: worth a look"))</h2><ul class="rows">\
            \(proposals.html { proposal in
                let category = day.cases.rules.categories[proposal.category]?.title
                return """
                    <li>\(place(proposal.area)) · \(category.map { visit($0) } ?? proposal.category) · \
                    \(visit("\(day.patrols.repeats.weeks) 周内 \(proposal.matters) 件", "\(proposal.matters) in \(day.patrols.repeats.weeks) weeks"))
                    <form method="post" action="/patrols/proposals/\(proposal.id)" class="bar">\(visit.formFields)\
                    \(Field.submit(visit("列入巡查", "Plan checks"), name: "decision", value: "adopt"))\
                    \(Field.submit(visit("不需要", "Not needed"), name: "decision", value: "decline", tone: "ghost"))</form></li>
                    """
            })</ul></section>
            """
    }

    private func form(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) -> HTML {
        let visit = staff.visit
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        let top = staff.scope.area.code
        var areas = [Field.Choice(top, place(staff.scope.area))]
        for child in day.places.children(of: top) {
            areas.append(Field.Choice(child.code, child.name))
            for grandchild in day.places.children(of: child.code) {
                areas.append(Field.Choice(grandchild.code, child.name + " › " + grandchild.name))
            }
        }
        return """
            <details class="act"\(flag: "open", refusal != nil)><summary>\(visit("新的巡查计划", "A new plan"))</summary>\
            <form method="post" action="/patrols">\(visit.formFields)\
            \(Field.text("title", visit("看什么", "What"), value: typed?["title"], required: true, maximum: 60, error: error("title")))\
            \(Field.longText("look", visit("注意哪些", "What to look for"), value: typed?["look"], maximum: 300, rows: 2, error: error("look")))\
            \(Field.choice("area", visit("哪一段", "Which stretch"), areas, value: typed?["area"], required: true, error: error("area")))\
            \(Field.text("place", visit("具体位置（可选）", "Where exactly (optional)"), value: typed?["place"], maximum: 100, error: error("place")))\
            \(DayForms(day: day, staff: staff).category("patrol-category", typed?["category"]))\
            \(Field.text("everyDays", visit("每几天一次", "Every so many days"), value: typed?["everyDays"] ?? "7", type: "number", required: true, error: error("everyDays")))\
            \(Field.text("until", visit("到哪天为止（可选）", "Until (optional)"), value: typed?["until"], type: "date", error: error("until")))\
            \(Field.text("ground", visit("依据（下派时）", "Ground (when it goes down)"), value: typed?["ground"], maximum: 40, hint: visit("清单事项、准入或合同编号；选了类别的按类别自动对应", "An item of the lists, an admission or a contract; a category finds its own item"), error: error("ground")))\
            \(Field.submit(visit("保存", "Save")))</form></details>
            """
    }

    private func place(_ area: AreaPrefix) -> String { day.places.name(of: area.code) ?? area.code }

    private func columns() -> [Column<PatrolPlan>] {
        let day = day
        return [
            .text("看什么", "What") { plan, visit in visit(plan.title) },
            .text("哪一段", "Where") { plan, _ in
                [day.places.name(of: plan.area.code) ?? plan.area.code, plan.place].compactMap { $0 }.joined(
                    separator: " ")
            },
            .number("每几天", "Every days") { Int64($0.everyDays) },
            .text("下次", "Next") { plan, _ in plan.nextOn.description },
            .text("来由", "Because of") { plan, visit in
                switch plan.origin {
                case .made: visit("自定", "planned")
                case .season: visit("季节", "season")
                case .repeated: visit("反复出现", "repeats")
                case .warned: visit("预警", "a warning")
                }
            },
            .text(
                "操作", "Act",
                html: { plan, visit in
                    """
                    <form method="post" action="/patrols/\(plan.id)/stop" class="inline">\(visit.formFields)<button class="btn">\(visit("停止", "Stop"))</button></form>
                    """
                }
            ) { _, _ in nil },
        ]
    }

    // MARK: Writing

    private func plan(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let now = staff.visit.now
        do {
            let request = PlanRequest(
                title: fields["title"] ?? "", look: fields["look"], area: fields["area"] ?? "",
                place: fields.filled("place"), category: fields.filled("category"),
                everyDays: fields["everyDays"].flatMap { Int($0) } ?? 0, until: fields.filled("until"),
                ground: fields.filled("ground"))
            let plan = try request.plan(day, staff.scope, at: now)
            let answer = try await staff.visit.write(submission) { transaction in
                _ = try PatrolWork(day: day).make(plan, by: staff.scope, at: now, in: transaction)
                return .seeOther("/patrols?done=plan")
            }
            // What is due today is on the phones at once.
            try await PatrolWork(day: day).fallDue(at: now)
            return answer
        } catch let refusal as Refusal where refusal.field != nil {
            return try await show(staff, fields, refusal)
        }
    }

    private func stop(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<PatrolPlan> = try staff.visit.identifier()
        let now = staff.visit.now
        return try await staff.visit.write(submission) { transaction in
            try PatrolWork(day: day).stop(id, by: staff.scope, at: now, in: transaction)
            return .seeOther("/patrols?done=stop")
        }
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<PatrolProposal> = try staff.visit.identifier()
        let isAdopted = submission.fields["decision"] == "adopt"
        let now = staff.visit.now
        let answer = try await staff.visit.write(submission) { transaction in
            guard let proposal = try PatrolStore.proposal(id, in: transaction),
                staff.scope.area.contains(proposal.area)
            else { throw Refusal.nothingHere }
            let work = PatrolWork(day: day)
            if isAdopted {
                _ = try work.adopt(proposal, by: staff.scope, at: now, in: transaction)
            } else {
                try PatrolStore.decide(id, plan: nil, in: transaction)
            }
            return .seeOther("/patrols?done=proposal")
        }
        try await PatrolWork(day: day).fallDue(at: now)
        return answer
    }
}

/// A plan as somebody in charge of an area writes it.
struct PlanRequest: Decodable {
    var title: String
    var look: String?
    var area: String
    var place: String?
    var category: String?
    var everyDays: Int
    var until: String?
    var ground: String?

    func plan(_ day: GridDay, _ scope: Scope, at now: Instant) throws(Refusal) -> PatrolPlan {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "day.plan-\(field)", LocalizedText(chinese, english), field: field)
        }
        guard !title.isEmpty, title.count <= 60 else {
            throw wrong("title", "请写看什么（60 字以内）", "Say what, in at most 60 characters")
        }
        guard (look?.count ?? 0) <= 300 else { throw wrong("look", "超过 300 字", "More than 300 characters") }
        guard (place?.count ?? 0) <= 100 else { throw wrong("place", "超过 100 字", "More than 100 characters") }
        guard let prefix = AreaPrefix(area), prefix.level >= .street, scope.line == nil, scope.area.contains(prefix)
        else { throw wrong("area", "请选择本辖区内的街道、社区或网格", "Choose a street, community or grid of your area") }
        guard (1...365).contains(everyDays) else { throw wrong("everyDays", "间隔为 1–365 天", "1 to 365 days") }
        if let category, day.cases.rules.categories[category]?.isLeaf != true {
            throw wrong("category", "没有这个类别", "There is no such category")
        }
        let today = now.local().day
        var last: Day?
        if let until {
            guard let day = Day(until), day >= today else {
                throw wrong("until", "日期有误或已过去", "No day, or it has passed")
            }
            last = day
        }
        let id: Identifier<PatrolPlan> = day.house.identifiers.next(at: now)
        return PatrolPlan(
            id: id, origin: .made, originKey: id.text, title: LocalizedText(title, title),
            look: LocalizedText(look ?? "", look ?? ""), area: prefix, place: place, category: category,
            everyDays: everyDays, nextOn: today, until: last, madeByBody: scope.body, at: now, ground: ground)
    }
}
