import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/budget-lines`: money of streets, for programs.
struct BudgetAPI: Sendable {
    let funds: Funds
    private static let tag = "funds"
    private static let yuan = Schema.integer(minimum: 0)

    private static let move = Schema.object([
        .init("kind", .string(values: BudgetMove.Kind.allCases.map(\.rawValue))), .init("yuan", yuan),
        .init("words", .text), .init("paper", .text), .init("at", .instant),
    ])

    private static let line = Schema.named(
        "BudgetLine",
        .object([
            .init("id", .identifier), .init("street", .text), .init("area", .text), .init("title", .text),
            .init("source", .nullable(.text)), .init("ground", .nullable(.text)), .init("year", .integer(minimum: 0)),
            .init("allotted", yuan), .init("spent", yuan), .init("committed", yuan), .init("balance", yuan),
            .init("plan", .nullable(.array(yuan))),
            .init("version", .integer(minimum: 1)), .init("moves", .array(move)),
        ]))

    func add(to routes: Routes) {
        reading(routes)
        writing(routes)
        planning(routes)
    }

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/budget-lines", id: "listBudgetLines", tag: Self.tag,
                summary: LocalizedText("街道资金，新的在前", "Money of streets, the newest first"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.line)), .init("next", .nullable(.text))])),
            right: .readFunds
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let found = try await funds.house.database.read {
                try BudgetStore.page(for: staff.scope, after: after, limit: 51, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(50)) { Self.write($1, [], to: &$0) }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/budget-lines/{id}", id: "readBudgetLine", tag: Self.tag,
                summary: LocalizedText("一笔资金与每次收支", "One line of money with every movement"), response: Self.line),
            right: .readFunds
        ) { staff, _ in
            let id: BudgetLineID = try staff.visit.identifier()
            let (line, moves) = try await funds.house.database.read { transaction in
                guard let line = try BudgetStore.find(id, for: staff.scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return (line, try BudgetStore.moves(of: id, limit: 500, in: transaction))
            }
            var writer = JSONWriter()
            Self.write(line, moves, to: &writer)
            return Answer.json(writer.finish(), version: line.version).response
        }
    }

    private func writing(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/budget-lines", id: "allotFunds", tag: Self.tag,
                summary: LocalizedText("向街道、社区或网格拨入资金", "Pay money in to a street, a community or a grid"),
                request: .named(
                    "NewBudgetLine",
                    .object([
                        .init("area", .text), .init("title", .string(minimum: 1, maximum: 60)),
                        .init("ground", .nullable(.string(maximum: 40)), required: false),
                        .init("yuan", .integer(minimum: 1, maximum: 100_000_000)),
                        .init("paper", .string(minimum: 1, maximum: 60)),
                    ])), status: 201, response: Self.line), right: .allotFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var area: String
                var title: String
                var ground: String?
                var yuan: Int64
                var paper: String
            }
            let asked = try submission.decode(Asked.self)
            let new = NewBudgetLine(
                area: asked.area, title: asked.title, ground: asked.ground, yuan: asked.yuan, paper: asked.paper)
            let (funds, scope, now) = (funds, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let line = try funds.allot(new, by: scope, at: now, in: transaction)
                return try Self.answer(line, status: 201, in: transaction)
            }
        }
        routes.api(
            APIOperation(
                .post, "/budget-lines/{id}/moves", id: "moveFunds", tag: Self.tag,
                summary: LocalizedText(
                    "记一笔：拨入（县级）、支用或退回（街道）", "Write a movement: paid in above, spent or back in the street"),
                request: .object([
                    .init("kind", .string(values: BudgetMove.Kind.allCases.map(\.rawValue))),
                    .init("yuan", .integer(minimum: 1, maximum: 100_000_000)),
                    .init("words", .string(minimum: 1, maximum: 120)), .init("paper", .string(minimum: 1, maximum: 60)),
                ]), response: Self.line), right: .readFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var kind: BudgetMove.Kind
                var yuan: Int64
                var words: String
                var paper: String
            }
            let asked = try submission.decode(Asked.self)
            let id: BudgetLineID = try staff.visit.identifier()
            let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let line = try funds.write(
                    asked.kind, asked.yuan, words: asked.words, paper: asked.paper, on: id, seen: seen, by: scope,
                    at: now, in: transaction)
                return try Self.answer(line, in: transaction)
            }
        }
    }

    private func planning(_ routes: Routes) {
        routes.api(
            APIOperation(
                .put, "/budget-lines/{id}/plan", id: "planFunds", tag: Self.tag,
                summary: LocalizedText("编制或调整用款计划（街道）", "The street makes or changes its plan of spending"),
                request: .object([
                    .init("quarters", .array(Self.yuan)),
                    .init("why", .nullable(.string(maximum: 120)), required: false),
                ]), response: Self.line), right: .readFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var quarters: [Int64]
                var why: String?
            }
            let asked = try submission.decode(Asked.self)
            let id: BudgetLineID = try staff.visit.identifier()
            let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let line = try funds.plan(
                    asked.quarters, why: asked.why ?? "", on: id, seen: seen, by: scope, at: now, in: transaction)
                return try Self.answer(line, in: transaction)
            }
        }
    }

    private static func answer(_ line: BudgetLine, status: Int = 200, in transaction: any Transaction) throws -> Answer
    {
        var writer = JSONWriter()
        write(line, try BudgetStore.moves(of: line.id, limit: 500, in: transaction), to: &writer)
        return .json(writer.finish(), status: status, version: line.version)
    }

    private static func write(_ line: BudgetLine, _ moves: [BudgetMove], to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", line.id)
            writer.member("street", line.street.code)
            writer.member("area", line.area.code)
            writer.member("title", line.title)
            writer.member("source", line.source)
            writer.member("ground", line.ground)
            writer.member("year", line.year)
            writer.member("allotted", line.allotted)
            writer.member("spent", line.spent)
            writer.member("committed", line.committed)
            writer.member("balance", line.balance)
            writer.key("plan")
            if let plan = line.plan {
                writer.array(plan.quarters) { $0.value($1) }
            } else {
                writer.null()
            }
            writer.member("version", line.version)
            writer.key("moves")
            writer.array(moves) { writer, move in
                writer.object { writer in
                    writer.member("kind", move.kind.rawValue)
                    writer.member("yuan", move.yuan)
                    writer.member("words", move.words)
                    writer.member("paper", move.paper)
                    writer.member("at", move.at)
                }
            }
        }
    }
}
