import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/emergencies/:id`: one event as it stands, and every act on it.
struct EventPage: Sendable {
    let emergencies: Emergencies

    func add(to routes: Routes) {
        routes.page("/emergencies/:id", right: .readEmergencies) { try await show($0) }
        routes.form("/emergencies/:id/:act", right: .readEmergencies) { try await act($0, $1) }
    }

    /// What was typed into a form that was refused.
    struct Refused: Sendable {
        var act: String
        var fields: QueryParameters
        var refusal: Refusal
    }

    private static let done: [String: LocalizedText] = [
        "level": LocalizedText("级别已调整，已通知有关人员", "The level is changed and everybody told"),
        "report": LocalizedText("情况已报告", "Reported"), "end": LocalizedText("应急响应已结束", "It has ended"),
        "site": LocalizedText("点位已设", "The site is open"), "lot": LocalizedText("已登记", "Counted in"),
        "send": LocalizedText("已交出，等待对方签收", "Sent; the other side must acknowledge"),
        "receive": LocalizedText("已签收", "Acknowledged"), "give-back": LocalizedText("已退回", "Given back"),
        "settle": LocalizedText("差异已核定", "The difference is explained"),
        "reached": LocalizedText("已确认", "Confirmed"), "arranged": LocalizedText("已另行安排", "Arranged"),
        "decide": LocalizedText("矛盾已核定", "The conflict is decided"),
        "alarm": LocalizedText("已报警，已通知指挥人员", "The alarm is raised, and whoever commands is told"),
        "answer": LocalizedText("报警已处理", "The alarm is answered"),
    ]
    private static let queued = LocalizedText(
        "与现有记录矛盾，两份记录都已保留，待指挥人员核定", "It contradicts what stands; both are kept until the commander decides")

    func show(_ staff: StaffVisit, _ refused: Refused? = nil) async throws -> Response {
        let visit = staff.visit
        let id: EventID = try visit.identifier()
        let emergencies = emergencies
        let state = try await emergencies.house.database.read {
            try EventState.load(id, for: staff.scope, emergencies, in: $0)
        }
        var notice = refused?.refusal.notice(visit)
        if notice == nil, let done = visit.query["done"] {
            notice =
                done == "queued"
                ? Page.Notice(.warn, visit(Self.queued)) : Self.done[done].map { Page.Notice(.ok, visit($0)) }
        }
        let view = EventView(
            emergencies: emergencies, state: state, staff: staff, refused: refused)
        return visit.page(
            Page(
                state.event.title,
                breadcrumb: [(visit(EmergencyTexts.emergencies), "/emergencies"), (state.event.title, nil)],
                notice: notice, view.html), status: refused?.refusal.kind.status ?? .ok)
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let act = try staff.visit.parameter("act")
        let fields = submission.fields
        do {
            return try await perform(act, fields, staff, submission)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, Refused(act: act, fields: fields, refusal: refusal))
        }
    }

    private func perform(
        _ act: String, _ fields: QueryParameters, _ staff: StaffVisit, _ submission: Submission
    ) async throws -> Response {
        let id: EventID = try staff.visit.identifier()
        let now = staff.visit.now
        let (emergencies, scope) = (emergencies, staff.scope)
        let when = try Occurrence(
            parsedInstant(fields.filled("happenedAt"), field: "happenedAt"), at: now,
            fromPaper: fields["paper"] == "yes")
        let reading = FormReading(emergencies: emergencies, fields: fields)
        // Whoever entered it from paper, or on the spot, goes on there.
        let back =
            fields["paper"] == "yes"
            ? "/emergencies/\(id)/paper-entry" : fields["scene"] == "yes" ? ScenePage.path : "/emergencies/\(id)"
        let work: @Sendable (any Transaction) throws -> String
        switch act {
        case "level":
            let level = try reading.level()
            work = {
                _ = try emergencies.change(level: level, of: id, when, by: scope, in: $0); return act
            }
        case "report":
            work = {
                _ = try emergencies.report(fields["note"] ?? "", of: id, when, by: scope, in: $0); return act
            }
        case "end":
            work = {
                _ = try emergencies.end(id, when, by: scope, in: $0); return act
            }
        case "site":
            let area = try parsedArea(fields["area"] ?? "")
            work = {
                _ = try emergencies.addSite(fields["name"] ?? "", area: area, to: id, by: scope, at: now, in: $0)
                return act
            }
        case "lot":
            try scope.require(.handOver)
            let count = try reading.count()
            let kind = LotRecord.Kind(rawValue: fields["kind"] ?? "") ?? .people
            let site: SiteID = try reading.identifier("site")
            work = {
                _ = try emergencies.register(
                    kind, label: fields["label"] ?? "", unit: fields["unit"] ?? "", count: count, at: site, of: id,
                    when, by: scope, in: $0)
                return act
            }
        case "send", "receive", "give-back":
            try scope.require(.handOver)
            let report = try reading.report(act)
            work = { transaction in
                if case .queued = try emergencies.take(report, of: id, when, by: scope, in: transaction) {
                    return "queued"
                }
                return act
            }
        case "settle":
            let slip = try reading.slip()
            work = {
                _ = try emergencies.settle(
                    slip, reason: fields["reason"] ?? "", of: id, when, by: scope, in: $0)
                return act
            }
        case "reached":
            let number = try reading.number("number")
            work = {
                _ = try emergencies.reached(number, of: id, when, by: scope, in: $0); return act
            }
        case "arranged":
            let number = try reading.number("number")
            work = {
                _ = try emergencies.settleContact(
                    number, note: fields["note"] ?? "", of: id, when, by: scope, in: $0)
                return act
            }
        case "decide":
            let conflict: ConflictID = try reading.identifier("conflict")
            work = {
                try emergencies.decide(
                    conflict, of: id, takes: fields["decision"] == "take", why: fields["why"] ?? "", by: scope,
                    at: now, in: $0)
                return act
            }
        case "alarm":
            let site = fields.filled("site").flatMap { SiteID(parsing: $0) }
            work = {
                _ = try emergencies.raiseAlarm(fields["text"] ?? "", at: site, of: id, when, by: scope, in: $0)
                return act
            }
        case "answer":
            let alarm: Identifier<EmergencyAlarm> = try reading.identifier("alarm")
            work = {
                try emergencies.answerAlarm(alarm, note: fields["note"] ?? "", of: id, when, by: scope, in: $0)
                return act
            }
        case "slips":
            try scope.require(.handOver)
            let count = try reading.count()
            return try await staff.visit.write(submission) { transaction in
                _ = try emergencies.reserveSlips(count, of: id, by: scope, at: now, in: transaction)
                return .seeOther("/emergencies/\(id)/paper")
            }
        default: throw Refusal.nothingHere
        }
        return try await staff.visit.write(submission) { transaction in
            .seeOther("\(back)?done=\(try work(transaction))")
        }
    }
}

/// Reads the fields of the forms of an event.
struct FormReading: Sendable {
    let emergencies: Emergencies
    let fields: QueryParameters

    func number(_ name: String) throws(Refusal) -> Int64 {
        guard let number = fields.filled(name).flatMap({ Int64($0.trimmed) }) else {
            throw Refusal(
                .malformed, "emergencies.no-number", LocalizedText("请填写整数", "Give a whole number"), field: name)
        }
        return number
    }

    func count() throws(Refusal) -> Int64 { try number("count") }
    func slip() throws(Refusal) -> Int64 { try number("slip") }

    func level() throws(Refusal) -> EmergencyLevel {
        guard let level = fields["level"].flatMap(EmergencyLevel.init(rawValue:)) else {
            throw emergencies.missing("level", "请选择级别", "Choose the level")
        }
        return level
    }

    func identifier<Entity>(_ name: String) throws(Refusal) -> Identifier<Entity> {
        guard let id = fields.filled(name).flatMap({ Identifier<Entity>(parsing: $0) }) else {
            throw emergencies.missing(name, "请选择", "Choose one")
        }
        return id
    }

    func report(_ act: String) throws(Refusal) -> HandOverReport {
        let kind: HandOverReport.Kind = act == "send" ? .send : act == "receive" ? .receive : .giveBack
        return HandOverReport(
            kind, slip: fields.filled("slip") == nil ? nil : try slip(),
            lot: fields.filled("lot").flatMap { LotID(parsing: $0) },
            from: fields.filled("from").flatMap { SiteID(parsing: $0) },
            to: fields.filled("to").flatMap { SiteID(parsing: $0) }, count: try count(),
            minutes: fields.filled("minutes") == nil ? nil : try number("minutes"))
    }
}
