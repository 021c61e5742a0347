import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/emergencies`: every act of the pages. A phone without a network keeps its acts, each with an Idempotency-Key
/// and the time it happened, and sends them later in any order.
struct EmergencyAPI: Sendable {
    let emergencies: Emergencies

    static let happened = Schema.Member(
        "happenedAt", .nullable(.instant), required: false, "when it happened; now when left out")
    static let paper = Schema.Member(
        "fromPaper", .nullable(.boolean), required: false, "entered later from a sheet of paper")
    static let tag = "emergencies"
    static let slip = Schema.integer(minimum: 1, maximum: 1_000_000_000)
    static let count = Schema.integer(minimum: 0, maximum: HandOver.largestCount)

    func add(to routes: Routes) {
        reading(routes)
        commanding(routes)
        places(routes)
        handingOver(routes)
        contacts(routes)
        alarms(routes)
    }

    // MARK: Reading

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/emergencies", id: "listEmergencies", tag: Self.tag,
                summary: LocalizedText("应急事件", "Emergencies, the newest first"),
                query: [
                    .init("after", .string(maximum: 64), required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([.init("items", .array(EmergencyJSON.event)), .init("next", .nullable(.text))])),
            right: .readEmergencies
        ) { staff, submission in
            let limit = try submission.fields.number("limit", in: 1...200) ?? 50
            let after = submission.fields.filled("after")
            let found = try await emergencies.house.database.read {
                try EventStore.page(for: staff.scope, after: after, limit: limit + 1, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(limit)) { writer, event in
                        writer.object { EmergencyJSON.write(event, to: &$0) }
                    }
                    writer.member("next", found.count > limit ? found[limit - 1].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/emergencies/{id}", id: "getEmergency", tag: Self.tag,
                summary: LocalizedText("一次应急事件的全部状态", "Everything of one emergency"),
                response: .object([
                    .init("event", EmergencyJSON.event), .init("contacts", .array(EmergencyJSON.contact)),
                    .init("sites", .array(EmergencyJSON.site)), .init("lots", .array(EmergencyJSON.lot)),
                    .init(
                        "holdings",
                        .array(
                            .object([
                                .init("lot", .identifier), .init("site", .identifier), .init("count", Self.count),
                            ]))),
                    .init("handOvers", .array(EmergencyJSON.handOver)), .init("alarms", .array(EmergencyJSON.alarm)),
                    .init("conflicts", .array(EmergencyJSON.conflict)),
                    .init("balanced", .boolean, "whether everybody and everything is somewhere"),
                ])), right: .readEmergencies
        ) { staff, _ in
            let id: EventID = try staff.visit.identifier()
            let emergencies = emergencies
            let state = try await emergencies.house.database.read {
                try EventState.load(id, for: staff.scope, emergencies, in: $0)
            }
            return Answer.json(state.json(staff.visit.language), version: state.event.version).response
        }
    }

    // MARK: Commanding

    private struct Starting: Decodable {
        var plan: String
        var level: EmergencyLevel
        var area: String
        var title: String
        var exercise: Bool?
        var happenedAt: String?
    }

    private struct Act: Decodable {
        enum Name: String, Decodable, CaseIterable { case level, report, end }

        var act: Name
        var level: EmergencyLevel?
        var note: String?
        var happenedAt: String?
    }

    private func commanding(_ routes: Routes) {
        let levels = Schema.string(values: EmergencyLevel.allCases.map(\.rawValue))
        routes.api(
            APIOperation(
                .post, "/emergencies", id: "startEmergency", tag: Self.tag,
                summary: LocalizedText("启动应急响应", "Set a plan in motion"),
                request: .named(
                    "EmergencyStart",
                    .object([
                        .init("plan", .string(values: emergencies.rules.plans.map(\.key))), .init("level", levels),
                        .init("area", .text), .init("title", .string(minimum: 1, maximum: Emergencies.longestTitle)),
                        .init("exercise", .nullable(.boolean), required: false), Self.happened,
                    ])), status: 201, response: EmergencyJSON.event), right: .command
        ) { staff, submission in
            let asked = try submission.decode(Starting.self)
            let when = try Occurrence(
                parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let area = try parsedArea(asked.area)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let event = try emergencies.start(
                    plan: asked.plan, level: asked.level, area: area, title: asked.title,
                    isExercise: asked.exercise ?? false, when, by: scope, in: transaction)
                return .json(
                    JSONWriter.object { EmergencyJSON.write(event, to: &$0) }, status: 201,
                    location: "/api/v1/emergencies/\(event.id)", version: event.version)
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/acts", id: "actOnEmergency", tag: Self.tag,
                summary: LocalizedText("调整级别、报告情况、结束", "Raise or lower, report, end"),
                request: .named(
                    "EmergencyAct",
                    .object([
                        .init("act", .string(values: Act.Name.allCases.map(\.rawValue))),
                        .init("level", .nullable(levels), required: false),
                        .init("note", .nullable(.string(maximum: 500)), required: false), Self.happened,
                    ])), response: EmergencyJSON.event), right: .command
        ) { staff, submission in
            let asked = try submission.decode(Act.self)
            let id: EventID = try staff.visit.identifier()
            let when = try Occurrence(parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let (emergencies, scope, seen) = (emergencies, staff.scope, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let event: EventRecord
                switch asked.act {
                case .level:
                    guard let level = asked.level else {
                        throw emergencies.missing("level", "请选择级别", "Choose the level")
                    }
                    event = try emergencies.change(
                        level: level, of: id, seen: seen, when, by: scope, in: transaction)
                case .report:
                    event = try emergencies.report(
                        asked.note ?? "", of: id, seen: seen, when, by: scope, in: transaction)
                case .end: event = try emergencies.end(id, seen: seen, when, by: scope, in: transaction)
                }
                return .json(JSONWriter.object { EmergencyJSON.write(event, to: &$0) }, version: event.version)
            }
        }
    }

    // MARK: Sites and what is counted there

    private struct Site: Decodable {
        var name: String
        var area: String
    }

    private struct Lot: Decodable {
        var kind: LotRecord.Kind
        var label: String
        var unit: String
        var count: Int64
        var site: SiteID
        var happenedAt: String?
    }

    private func places(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/sites", id: "addEmergencySite", tag: Self.tag,
                summary: LocalizedText("设点位", "Open a site"),
                request: .named(
                    "NewEmergencySite",
                    .object([.init("name", .string(minimum: 1, maximum: 40)), .init("area", .text)])),
                status: 201, response: EmergencyJSON.site), right: .command
        ) { staff, submission in
            let asked = try submission.decode(Site.self)
            let id: EventID = try staff.visit.identifier()
            let area = try parsedArea(asked.area)
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let site = try emergencies.addSite(
                    asked.name, area: area, to: id, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(site, to: &$0) }, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/lots", id: "registerEmergencyLot", tag: Self.tag,
                summary: LocalizedText("清点登记人员或物资", "Count people or goods in"),
                request: .named(
                    "NewEmergencyLot",
                    .object([
                        .init("kind", .string(values: LotRecord.Kind.allCases.map(\.rawValue))),
                        .init("label", .string(minimum: 1, maximum: 60), "no names"),
                        .init("unit", .string(minimum: 1, maximum: 8)),
                        .init("count", .integer(minimum: 1, maximum: HandOver.largestCount)),
                        .init("site", .identifier), Self.happened,
                    ])), status: 201, response: EmergencyJSON.lot), right: .handOver
        ) { staff, submission in
            let asked = try submission.decode(Lot.self)
            let id: EventID = try staff.visit.identifier()
            let when = try Occurrence(parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let lot = try emergencies.register(
                    asked.kind, label: asked.label, unit: asked.unit, count: asked.count, at: asked.site, of: id,
                    when, by: scope, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(lot, to: &$0) }, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/slips", id: "reserveSlips", tag: Self.tag,
                summary: LocalizedText(
                    "预留纸面或离线用的交接编号", "Reserve running numbers for paper or a phone without a network"),
                request: .named("NewSlips", .object([.init("count", .integer(minimum: 1, maximum: 50))])),
                status: 201, response: .object([.init("first", Self.slip), .init("last", Self.slip)])), right: .handOver
        ) { staff, submission in
            struct Asked: Decodable { var count: Int64 }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let range = try emergencies.reserveSlips(asked.count, of: id, by: scope, at: now, in: transaction)
                return .json(
                    JSONWriter.object { writer in
                        writer.member("first", range.lowerBound)
                        writer.member("last", range.upperBound)
                    }, status: 201)
            }
        }
    }
}
