import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/plaques` and `/api/v1/assessments`: the two registers for programs.
struct RegisterAPI: Sendable {
    let burdens: Burdens
    private static let tag = "burdens"

    private static let plaque = Schema.named(
        "Plaque",
        .object([
            .init("id", .identifier), .init("area", .text), .init("title", .text), .init("askedBy", .identifier),
            .init("askedName", .text), .init("ground", .text), .init("hungOn", .string(format: "date")),
            .init("downOn", .nullable(.string(format: "date"))), .init("downWhy", .nullable(.text)),
            .init("isByGate", .boolean), .init("version", .integer(minimum: 1)),
        ]))

    private static let indicator = Schema.object([
        .init("name", .string(minimum: 1, maximum: 40)), .init("weight", .integer(minimum: 1, maximum: 100)),
    ])

    private static let assessment = Schema.named(
        "Assessment",
        .object([
            .init("id", .identifier), .init("title", .text), .init("body", .text), .init("ground", .text),
            .init("year", .integer(minimum: 2000)), .init("areas", .array(.text)),
            .init("indicators", .array(indicator)), .init("endedWhy", .nullable(.text)),
            .init("isByGate", .boolean), .init("version", .integer(minimum: 1)),
        ]))

    private static let why = Schema.object([.init("why", .string(minimum: 1, maximum: 120))])

    private struct Why: Decodable { var why: String }

    func add(to routes: Routes) {
        plaques(routes)
        assessments(routes)
    }

    private func plaques(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/plaques", id: "listPlaques", tag: Self.tag,
                summary: LocalizedText("挂牌登记", "What hangs where"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.plaque)), .init("next", .nullable(.text))])),
            right: .readMandates
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let found = try await burdens.house.database.read {
                try burdens.plaques(for: staff.scope, after: after, limit: 101, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(100)) { $1.write(to: &$0) }
                    writer.member("next", found.count > 100 ? found[99].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/plaques", id: "hangPlaque", tag: Self.tag,
                summary: LocalizedText("登记挂牌", "Register a plaque"),
                request: .named(
                    "NewPlaque",
                    .object([
                        .init("area", .string(minimum: 9, maximum: 12)),
                        .init("title", .string(minimum: 2, maximum: 60)),
                        .init("askedBy", .identifier), .init("ground", .string(minimum: 1, maximum: 40)),
                    ])), status: 201, response: Self.plaque), right: .readMandates
        ) { staff, submission in
            struct Asked: Decodable { var area, title, askedBy, ground: String }
            let asked = try submission.decode(Asked.self)
            let new = PlaqueAsked(
                area: asked.area, title: asked.title, askedBy: asked.askedBy, ground: asked.ground)
            return try await answer(staff, submission, status: 201) { try $0.hang(new, by: $1, at: $2, in: $3) }
        }
        routes.api(
            APIOperation(
                .post, "/plaques/{id}/down", id: "takePlaqueDown", tag: Self.tag,
                summary: LocalizedText("摘牌", "Take a plaque down"), request: Self.why, response: Self.plaque),
            right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Why.self)
            let id: PlaqueID = try staff.visit.identifier()
            return try await answer(staff, submission) { try $0.takeDown(id, why: asked.why, by: $1, at: $2, in: $3) }
        }
    }

    private func assessments(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/assessments", id: "listAssessments", tag: Self.tag,
                summary: LocalizedText("一年的考核登记", "Assessments of a year"),
                query: [.init("year", .integer(minimum: 2000, maximum: 2200), required: false)],
                response: .object([.init("items", .array(Self.assessment))])), right: .readMandates
        ) { staff, _ in
            let year = try AssessmentPages.year(staff.visit)
            let found = try await burdens.house.database.read {
                try burdens.assessments(of: year, for: staff.scope, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { $1.write(to: &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/assessments", id: "setAssessment", tag: Self.tag,
                summary: LocalizedText("登记考核", "Register an assessment"),
                request: .named(
                    "NewAssessment",
                    .object([
                        .init("title", .string(minimum: 2, maximum: 60)),
                        .init("ground", .string(minimum: 1, maximum: 40)),
                        .init("year", .integer(minimum: 2000, maximum: 2200)),
                        .init("areas", .array(.string(minimum: 9, maximum: 12))),
                        .init("indicators", .array(Self.indicator)),
                    ])), status: 201, response: Self.assessment), right: .readMandates
        ) { staff, submission in
            struct Asked: Decodable {
                var title, ground: String
                var year: Int64
                var areas: [String]
                var indicators: [Assessment.Indicator]
            }
            let asked = try submission.decode(Asked.self)
            let new = AssessmentAsked(
                title: asked.title, ground: asked.ground, year: asked.year, areas: asked.areas,
                indicators: asked.indicators)
            return try await answer(staff, submission, status: 201) { try $0.assess(new, by: $1, at: $2, in: $3) }
        }
        routes.api(
            APIOperation(
                .post, "/assessments/{id}/end", id: "endAssessment", tag: Self.tag,
                summary: LocalizedText("取消考核", "End an assessment"), request: Self.why, response: Self.assessment),
            right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Why.self)
            let id: AssessmentID = try staff.visit.identifier()
            return try await answer(staff, submission) { try $0.end(id, why: asked.why, by: $1, at: $2, in: $3) }
        }
    }

    /// An act on a register, answered with the entry as it is then.
    private func answer<Entry: Registered>(
        _ staff: StaffVisit, _ submission: Submission, status: Int = 200,
        _ act: @escaping @Sendable (Burdens, Scope, Instant, any Transaction) throws -> Entry
    ) async throws -> Response {
        let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            let one = try act(burdens, scope, now, transaction)
            var writer = JSONWriter()
            one.write(to: &writer)
            return .json(writer.finish(), status: status, version: one.version)
        }
    }
}

extension Plaque {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("area", area.code)
            writer.member("title", title)
            writer.member("askedBy", askedBy)
            writer.member("askedName", askedName)
            writer.member("ground", ground)
            writer.member("hungOn", hungOn.description)
            writer.member("downOn", downOn?.description)
            writer.member("downWhy", downOn == nil ? nil : downWhy)
            writer.member("isByGate", isByGate)
            writer.member("version", version)
        }
    }
}

extension Assessment {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("title", title)
            writer.member("body", bodyName)
            writer.member("ground", ground)
            writer.member("year", year)
            writer.key("areas")
            writer.array(areas) { $0.value($1.code) }
            writer.key("indicators")
            writer.array(indicators) { writer, indicator in
                writer.object { writer in
                    writer.member("name", indicator.name)
                    writer.member("weight", indicator.weight)
                }
            }
            writer.member("endedWhy", endedWhy)
            writer.member("isByGate", isByGate)
            writer.member("version", version)
        }
    }
}
