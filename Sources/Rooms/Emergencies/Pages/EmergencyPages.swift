import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// The list of events, the plans, and the form that sets one in motion.
struct EmergencyPages: Sendable {
    let emergencies: Emergencies

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/emergencies", right: .readEmergencies) { try await list($0) }
        routes.page("/emergencies/plans", right: .readEmergencies) { plans($0) }
        routes.page("/emergencies/new", right: .command) { form($0) }
        routes.form("/emergencies/new", right: .command) { try await start($0, $1) }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after")
        let found = try await emergencies.house.database.read {
            try EventStore.page(for: staff.scope, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing(
            caption: visit(EmergencyTexts.emergencies), columns: columns, items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: """
                <p>\(visit("没有应急事件。平时请看预案、排好值班。", "No emergencies. Meanwhile: read the plans, keep the roster filled."))</p>
                """)
        let begin: HTML =
            staff.scope.may(.command)
            ? "<a class=\"btn p\" href=\"/emergencies/new\">\(visit("启动应急响应", "Set a plan in motion"))</a>" : HTML()
        let bar: HTML = """
            <div class="bar">\(begin)<a class="btn" href="/emergencies/plans">\(visit(EmergencyTexts.plans))</a>\
            <a class="btn" href="/duty">\(visit(EmergencyTexts.duty))</a></div>
            """
        var page = Page(
            visit(EmergencyTexts.emergencies), breadcrumb: [(visit(EmergencyTexts.emergencies), nil)],
            """
            \(visit.isWall ? HTML() : bar)\(listing.html(visit))
            """)
        page.wall = Page.Wall()
        return visit.page(page)
    }

    private var columns: [Column<EventRecord>] {
        let emergencies = emergencies
        return [
            .text(
                "名称", "Name",
                html: { event, _ in "<a href=\"/emergencies/\(event.id)\">\(event.title)</a>" }
            ) { event, _ in event.title },
            .text("预案", "Plan") { event, visit in
                emergencies.rules[plan: event.plan].map { visit($0.title) } ?? event.plan
            },
            .text("级别", "Level") { event, visit in
                emergencies.rules[plan: event.plan]?.level(event.level).map { visit($0.title) }
                    ?? event.level.rawValue
            },
            .text("区域", "Area") { event, _ in emergencies.areaName(event.area) },
            .text(
                "状态", "State",
                html: { event, visit in
                    let tone: HTML = event.isRunning ? "danger" : "ok"
                    let text = visit(event.isRunning ? EmergencyTexts.running : EmergencyTexts.ended)
                    let exercise: HTML =
                        event.isExercise ? " <span class=\"tag\">\(visit(EmergencyTexts.exercise))</span>" : HTML()
                    return "<span class=\"tag \(tone)\">\(text)</span>\(exercise)"
                }
            ) { event, visit in visit(event.isRunning ? EmergencyTexts.running : EmergencyTexts.ended) },
            .instant("启动", "Started") { $0.startedAt },
            .instant("结束", "Ended") { $0.endedAt },
        ]
    }

    private func plans(_ staff: StaffVisit) -> Response {
        let visit = staff.visit
        let content = emergencies.rules.plans.html { plan in
            """
            <section class="panel"><h2>\(visit(plan.title))</h2><p class="hint">\(visit("依据", "Ground")): \(plan.basis.joined(separator: "、"))</p>\(plan.levels.html { level in
                """
                <details class="raw"><summary>\(visit(level.title))</summary>\
                <h3>\(visit("首要措施", "First acts"))</h3><ul>\(level.firstActs.html { "<li>\(visit($0))</li>" })</ul>\
                <h3>\(visit("联络", "Who is called"))</h3><ul>\(level.calls.html { call in
                    """
                    <li>\(visit(emergencies.roleName(call.role))) · \(visit("\(call.minutes) 分钟内确认，逾期转", "within \(call.minutes) minutes, else")) \
                    \(call.deputies.map { visit(emergencies.roleName($0)) }.joined(separator: visit("、", ", ")))</li>
                    """
                })</ul><p class="hint">\(visit("每 \(level.reviewHours) 小时须报告一次情况；交接限 \(plan.handOverMinutes) 分钟内签收。", "A report every \(level.reviewHours) hours; hand-overs are acknowledged within \(plan.handOverMinutes) minutes."))</p></details>
                """
            })</section>
            """
        }
        return visit.page(
            Page(
                visit(EmergencyTexts.plans),
                breadcrumb: [
                    (visit(EmergencyTexts.emergencies), "/emergencies"), (visit(EmergencyTexts.plans), nil),
                ], content))
    }

    private func form(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) -> Response {
        let visit = staff.visit
        let controls = EmergencyControls(emergencies: emergencies, visit: visit)
        func error(_ name: String) -> String? {
            refusal?.field == name ? refusal.map { visit($0.message) } : nil
        }
        let title = visit("启动应急响应", "Set a plan in motion")
        return visit.page(
            Page(
                title,
                breadcrumb: [(visit(EmergencyTexts.emergencies), "/emergencies"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/emergencies/new" data-draft="emergency-new">\(visit.formFields)\
                \(Field.choice("plan", visit("预案", "Plan"), emergencies.rules.plans.map { Field.Choice($0.key, visit($0.title)) }, value: typed?["plan"], required: true, none: visit(EmergencyTexts.choose), error: error("plan")))\
                \(controls.levels("level", value: typed?["level"], error: error("level")))\
                \(controls.areas("area", within: staff.scope.area, value: typed?["area"], error: error("area")))\
                \(Field.text("title", visit("名称", "Name"), value: typed?["title"], required: true, maximum: Emergencies.longestTitle, error: error("title")))\
                \(Field.checkbox("exercise", visit("这是演练", "This is an exercise"), isOn: typed?["exercise"] == "yes"))\
                \(controls.happened("happenedAt", value: typed?["happenedAt"]))\
                <p class="hint">\(visit("启动后立即按预案逐级通知，要求确认。", "Those whom the plan names are called at once and must confirm."))</p>\
                <p>\(Field.submit(visit("启动", "Start"), tone: "danger"))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func start(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (emergencies, scope) = (emergencies, staff.scope)
        do {
            let when = try Occurrence(
                parsedInstant(fields.filled("happenedAt"), field: "happenedAt"), at: staff.visit.now)
            let area = try parsedArea(fields["area"] ?? "")
            guard let level = fields["level"].flatMap(EmergencyLevel.init(rawValue:)) else {
                throw emergencies.missing("level", "请选择级别", "Choose the level")
            }
            return try await staff.visit.write(submission) { transaction in
                let event = try emergencies.start(
                    plan: fields["plan"] ?? "", level: level, area: area, title: fields["title"] ?? "",
                    isExercise: fields["exercise"] == "yes", when, by: scope, in: transaction)
                return .seeOther("/emergencies/\(event.id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return form(staff, fields, refusal)
        }
    }
}
