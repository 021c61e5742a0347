import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// The body of `POST /site-checks/{id}`.
struct CheckRequest: Decodable {
    var outcome: String?
    var words: String?
    var photos: [Cases.SentPicture]?

    static func outcome(_ text: String?) throws(Refusal) -> CheckOutcome {
        guard let outcome = text.flatMap(CheckOutcome.init), CheckOutcome.told.contains(outcome) else {
            throw Refusal(
                .ruleBroken, "closings.outcome",
                LocalizedText("请选择核查结果：属实、不属实或无法判断", "Say what you saw: true, untrue or unclear"), field: "outcome")
        }
        return outcome
    }
}

/// Site checks and draws, for programs.
extension Closings {
    func addCheckAPI(to routes: Routes) {
        routes.api(Self.listChecks, right: .caseVerify) { staff, _ in
            let scope = staff.scope
            let query = staff.visit.query
            let isOpen = try ChecksPage.isOpen(staff.visit)
            let found = try await house.database.read {
                try CheckStore.page(isOpen: isOpen, for: scope, after: query.filled("after"), limit: 51, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("checks")
                    writer.array(found.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 50 ? "\(found[49].area.code)-\(found[49].id)" : nil)
                })
        }
        routes.api(Self.readCheck, right: .caseVerify) { staff, _ in
            let id: Identifier<SiteCheck> = try staff.visit.identifier()
            let scope = staff.scope
            let check = try await house.database.read { try CheckStore.find(id, for: scope, in: $0) }
            guard let check else { throw Refusal.nothingHere }
            var writer = JSONWriter()
            Self.write(check, to: &writer)
            return .json(writer.finish())
        }
        routes.api(Self.endCheck, right: .caseVerify) { staff, submission in
            let id: Identifier<SiteCheck> = try staff.visit.identifier()
            let request = try submission.decode(CheckRequest.self)
            let outcome = try CheckRequest.outcome(request.outcome)
            let photos = try Cases.photos(request.photos)
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                let check = try CheckWork(closings: self).take(
                    id, outcome, words: request.words ?? "", photos: photos, by: scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(check, to: &writer)
                return .json(writer.finish())
            }
        }
        routes.api(Self.listDraws, right: .caseVerify) { _, _ in
            let draws = try await house.database.read { try CheckStore.draws(after: nil, limit: 100, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("draws")
                    writer.array(draws) { writer, draw in
                        writer.object { writer in
                            writer.member("id", draw.id)
                            writer.member("from", draw.from.description)
                            writer.member("until", draw.until.description)
                            writer.member("seed", draw.seed)
                            writer.member("block", draw.block)
                            writer.member("population", draw.population)
                            writer.member("drawn", draw.drawn)
                            writer.member("at", draw.at)
                        }
                    }
                })
        }
    }

    private static func write(_ check: SiteCheck, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", check.id)
            writer.member("draw", check.draw)
            writer.member("case", check.caseID)
            writer.member("area", check.area.code)
            writer.member("category", check.category)
            writer.member("dueAt", check.dueAt)
            writer.member("outcome", check.outcome?.rawValue)
            writer.member("checkedAt", check.checkedAt)
            writer.member("words", check.words)
        }
    }

    private static let check = Schema.named(
        "SiteCheck",
        .object([
            .init("id", .identifier), .init("draw", .identifier), .init("case", .identifier), .init("area", .text),
            .init("category", .nullable(.text)), .init("dueAt", .instant),
            .init("outcome", .nullable(.string(values: CheckOutcome.allCases.map(\.rawValue)))),
            .init("checkedAt", .nullable(.instant)), .init("words", .nullable(.text)),
        ]))

    private static let listChecks = APIOperation(
        .get, "/site-checks", id: "listSiteChecks", tag: "closings",
        summary: LocalizedText("现场核查：抽中的件", "Matters drawn to be looked at on site"),
        query: [
            .init("state", .string(values: ["open", "done"]), required: false),
            .init("after", .string(minimum: 1, maximum: 64), required: false),
        ], response: .object([.init("checks", .array(check)), .init("next", .nullable(.text))]))

    private static let readCheck = APIOperation(
        .get, "/site-checks/{id}", id: "readSiteCheck", tag: "closings",
        summary: LocalizedText("一件现场核查", "One site check"), response: check)

    private static let endCheck = APIOperation(
        .post, "/site-checks/{id}", id: "endSiteCheck", tag: "closings",
        summary: LocalizedText("记录现场核查结果", "Say what was seen on site"),
        request: .object([
            .init("outcome", .string(values: CheckOutcome.told.map(\.rawValue))),
            .init("words", .nullable(.string(maximum: 1_000)), required: false, "needed unless it is true"),
            .init("photos", .nullable(.array(Cases.sentPicture)), required: false),
        ]), response: check)

    private static let listDraws = APIOperation(
        .get, "/site-draws", id: "listSiteDraws", tag: "closings",
        summary: LocalizedText("抽样记录", "How the samples were drawn"),
        response: .object([
            .init(
                "draws",
                .array(
                    .object([
                        .init("id", .identifier), .init("from", .string(format: "date")),
                        .init("until", .string(format: "date"), "not included"), .init("seed", .text),
                        .init("block", .integer(minimum: 1)), .init("population", .integer(minimum: 0)),
                        .init("drawn", .integer(minimum: 0)), .init("at", .instant),
                    ])))
        ]))
}
