import Desk
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// Asking for data, for programs.
struct ProposalsAPI: Sendable {
    let forms: Forms
    private static let tag = "forms"

    func add(to routes: Routes) {
        let kinds = SubjectKind.allCases.map(\.rawValue)
        let content: [Schema.Member] = [
            .init("name", .string(minimum: 1, maximum: 60)), .init("purpose", .string(minimum: 1, maximum: 40)),
            .init("basis", .nullable(.string(maximum: 200)), required: false), .init("kind", .string(values: kinds)),
            .init("filter", .string(maximum: 500), required: false, "a condition; all when not said"),
            .init("columns", .array(.string(minimum: 1, maximum: 60)), "as the department names them"),
            .init("timesAYear", .integer(minimum: 1, maximum: 366)),
            .init(
                "ground", .nullable(.string(maximum: 40)), required: false,
                "the item, admission or contract that carries it; needed for an approval"),
        ]
        let standing: Schema = .object([
            .init("column", .text), .init("element", .nullable(.text)), .init("score", .nullable(.integer())),
            .init("known", .integer()), .init("fresh", .integer()), .init("forms", .array(.text)),
        ])
        let admission: Schema = .object([
            .init("column", .string(minimum: 1, maximum: 60)), .init("element", .string(minimum: 1, maximum: 64)),
        ])
        let proposal: Schema = .named(
            "FormProposal",
            .object([
                .init("id", .identifier), .init("name", .text), .init("line", .text),
                .init("state", .string(values: FormProposal.State.allCases.map(\.rawValue))),
                .init("form", .nullable(.text)),
                .init("reason", .nullable(.text)), .init("held", .integer()), .init("new", .integer()),
                .init("admitted", .array(admission), "new columns that may be asked, and what they became"),
                .init("subjects", .integer()), .init("newHours", .number), .init("avoidedHours", .number),
                .init("columns", .array(standing)),
            ]))
        routes.api(
            APIOperation(
                .post, "/forms/proposals", id: "askForData", tag: Self.tag,
                summary: LocalizedText("向数据局提出数据需求", "Ask the data bureau for data"),
                request: .named("NewProposal", .object(content)), status: 201, response: proposal), right: .formsAsk
        ) { staff, submission in
            struct Asked: Decodable {
                var name: String
                var purpose: String
                var basis: String?
                var kind: SubjectKind
                var filter: String?
                var columns: [String]
                var timesAYear: Int
                var ground: String?
            }
            let asked = try submission.decode(Asked.self)
            let content = FormProposal.Content(
                name: asked.name, purpose: asked.purpose, basis: asked.basis, kind: asked.kind,
                filter: asked.filter ?? "", columns: asked.columns, timesAYear: asked.timesAYear,
                ground: asked.ground)
            let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let made = try forms.propose(content, by: scope, at: now, in: transaction)
                return .json(
                    try json(made, for: scope, in: transaction), status: 201,
                    location: "/api/v1/forms/proposals/\(made.id)")
            }
        }
        routes.api(
            APIOperation(
                .get, "/forms/proposals/{id}", id: "readProposal", tag: Self.tag,
                summary: LocalizedText("一项数据需求及与已有数据的比对", "A request for data, compared with what is held"),
                response: proposal), right: .formsRead
        ) { staff, _ in
            let id: FormProposal.ID = try staff.visit.identifier()
            let (forms, scope) = (forms, staff.scope)
            return Answer.json(
                try await forms.house.database.read { transaction in
                    guard let found = try ProposalStore.find(id, for: scope, in: transaction) else {
                        throw Refusal.nothingHere
                    }
                    return try json(found, for: scope, in: transaction)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/forms/proposals/{id}/decision", id: "decideProposal", tag: Self.tag,
                summary: LocalizedText("数据局决定：批准、并入已有表或不批准", "The data bureau approves, merges or refuses"),
                request: .object([
                    .init("decision", .string(values: Forms.Decision.allCases.map(\.rawValue))),
                    .init("form", .nullable(.string(maximum: 64)), required: false, "for merge"),
                    .init(
                        "admitted", .array(admission), required: false,
                        "for approve: new columns that may be asked, each with an element of the dictionary"),
                    .init("reason", .nullable(.string(maximum: 500)), required: false),
                ]), response: proposal), right: .formsDecide
        ) { staff, submission in
            struct Asked: Decodable {
                var decision: Forms.Decision
                var form: String?
                var admitted: [Admission]?
                var reason: String?
            }
            let asked = try submission.decode(Asked.self)
            let admitted = Dictionary(
                (asked.admitted ?? []).map { ($0.column, $0.element) }, uniquingKeysWith: { first, _ in first })
            let id: FormProposal.ID = try staff.visit.identifier()
            let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
            let answer = try await staff.visit.write(submission) { transaction in
                let decided = try forms.decide(
                    id, asked.decision, form: asked.form, admitting: admitted, reason: asked.reason, by: scope,
                    at: now, in: transaction)
                return .json(try json(decided, for: scope, in: transaction))
            }
            try await forms.learn()
            return answer
        }
        routes.api(
            APIOperation(
                .post, "/forms/direct-requests", id: "askGrassroots", tag: Self.tag,
                summary: LocalizedText("直接向基层要表：一律拒绝", "Ask the grassroots past the data bureau: always refused"),
                status: 403), right: .formsAsk
        ) { _, _ in throw Forms.noDirectRequest }
    }

    private struct Admission: Decodable {
        var column: String
        var element: String
    }

    private func json(_ proposal: FormProposal, for scope: Scope, in transaction: any Transaction) throws -> [UInt8] {
        let comparison = try forms.compare(proposal.content, for: scope, in: transaction)
        return JSONWriter.object { writer in
            writer.member("id", proposal.id)
            writer.member("name", proposal.content.name)
            writer.member("line", proposal.line)
            writer.member("state", proposal.state.rawValue)
            writer.member("form", proposal.form)
            writer.member("reason", proposal.reason)
            writer.member("held", comparison.held)
            writer.member("new", comparison.new)
            writer.key("admitted")
            writer.array(proposal.admitted.sorted { $0.key < $1.key }) { writer, one in
                writer.object { writer in
                    writer.member("column", one.key)
                    writer.member("element", one.value)
                }
            }
            writer.member("subjects", comparison.subjects)
            writer.member("newHours", comparison.newHours)
            writer.member("avoidedHours", comparison.avoidedHours)
            writer.key("columns")
            writer.array(comparison.columns) { writer, standing in
                writer.object { writer in
                    writer.member("column", standing.column)
                    writer.member("element", standing.match?.element)
                    writer.key("score")
                    if let score = standing.match?.score { writer.value(score) } else { writer.null() }
                    writer.member("known", standing.known)
                    writer.member("fresh", standing.fresh)
                    writer.key("forms")
                    writer.array(standing.forms) { $0.value($1) }
                }
            }
        }
    }
}
