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
            .init("version", .integer(minimum: 1)),
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
            .init("version", .integer(minimum: 1)),
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
            let after = staff.visit.query.filled("after").flatMap { PlaqueID(parsing: $0) }
            let found = try await burdens.house.database.read { transaction in
                let last = try after.flatMap { try RegisterStore.plaque($0, for: staff.scope, in: transaction) }
                return try RegisterStore.plaques(for: staff.scope, after: last, limit: 101, in: transaction)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(100)) { Self.write($1, to: &$0) }
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
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let plaque = try burdens.hang(new, by: scope, at: now, in: transaction)
                return Self.answer(plaque, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .post, "/plaques/{id}/down", id: "takePlaqueDown", tag: Self.tag,
                summary: LocalizedText("摘牌", "Take a plaque down"), request: Self.why, response: Self.plaque),
            right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Why.self)
            let id: PlaqueID = try staff.visit.identifier()
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try burdens.takeDown(id, why: asked.why, by: scope, at: now, in: transaction)
                guard let plaque = try RegisterStore.plaque(id, for: scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return Self.answer(plaque)
            }
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
                try RegisterStore.assessments(of: year, for: staff.scope, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { Self.write($1, to: &$0) }
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
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let one = try burdens.assess(new, by: scope, at: now, in: transaction)
                return Self.answer(one, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .post, "/assessments/{id}/end", id: "endAssessment", tag: Self.tag,
                summary: LocalizedText("取消考核", "End an assessment"), request: Self.why, response: Self.assessment),
            right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Why.self)
            let id: AssessmentID = try staff.visit.identifier()
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try burdens.end(id, why: asked.why, by: scope, at: now, in: transaction)
                guard let one = try RegisterStore.assessment(id, for: scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return Self.answer(one)
            }
        }
    }

    private static func answer(_ one: Plaque, status: Int = 200) -> Answer {
        var writer = JSONWriter()
        write(one, to: &writer)
        return .json(writer.finish(), status: status, version: one.version)
    }

    private static func answer(_ one: Assessment, status: Int = 200) -> Answer {
        var writer = JSONWriter()
        write(one, to: &writer)
        return .json(writer.finish(), status: status, version: one.version)
    }

    private static func write(_ one: Plaque, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", one.id)
            writer.member("area", one.area.code)
            writer.member("title", one.title)
            writer.member("askedBy", one.askedBy)
            writer.member("askedName", one.askedName)
            writer.member("ground", one.ground)
            writer.member("hungOn", one.hungOn.description)
            writer.member("downOn", one.downOn?.description)
            writer.member("downWhy", one.downOn == nil ? nil : one.downWhy)
            writer.member("version", one.version)
        }
    }

    private static func write(_ one: Assessment, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", one.id)
            writer.member("title", one.title)
            writer.member("body", one.bodyName)
            writer.member("ground", one.ground)
            writer.member("year", one.year)
            writer.key("areas")
            writer.array(one.areas) { $0.value($1.code) }
            writer.key("indicators")
            writer.array(one.indicators) { writer, indicator in
                writer.object { writer in
                    writer.member("name", indicator.name)
                    writer.member("weight", indicator.weight)
                }
            }
            writer.member("endedWhy", one.endedWhy)
            writer.member("version", one.version)
        }
    }
}
