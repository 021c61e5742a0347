import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

extension Cases {
    func addSuggestionsAPI(to routes: Routes) {
        routes.api(Self.suggestionsOperation, right: .caseAccept) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let scope = staff.scope
            let found = try await house.database.read { transaction -> (MatterSuggestion, [BodyFacts])? in
                guard let record = try CaseStore.find(id, for: scope, in: transaction) else { return nil }
                let bodies = try self.bodyChoices(for: record.area, in: transaction)
                return (try self.suggestion(for: record, among: bodies, in: transaction), bodies)
            }
            guard let (suggestion, bodies) = found else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    Self.write(
                        "category", suggestion.category,
                        value: { code in
                            (code, staff.visit(self.rules.categories[code]?.title ?? LocalizedText(code, code)))
                        },
                        to: &writer)
                    Self.write(
                        "area", suggestion.area, value: { ($0.code, CaseNames.path($0, self)) }, to: &writer)
                    Self.write(
                        "body", suggestion.body,
                        value: { id in (id.text, bodies.first { $0.id == id }?.name ?? id.text) }, to: &writer)
                    writer.key("ruling")
                    if let ruling = suggestion.ruling { Self.write(ruling, to: &writer) } else { writer.null() }
                    writer.key("location")
                    if let location = suggestion.location {
                        writer.object { writer in
                            writer.member("longitude", location.longitude)
                            writer.member("latitude", location.latitude)
                        }
                    } else {
                        writer.null()
                    }
                })
        }
    }

    private static func write<Value>(
        _ name: StaticString, _ proposal: MatterSuggestion.Proposal<Value>,
        value: (Value) -> (code: String, title: String), to writer: inout JSONWriter
    ) {
        writer.key(name)
        writer.object { writer in
            writer.key("candidates")
            writer.array(proposal.candidates) { writer, candidate in
                writer.object { writer in
                    let (code, title) = value(candidate.value)
                    writer.member("value", code)
                    writer.member("title", title)
                    writer.member("confidence", candidate.confidence)
                }
            }
            writer.key("words")
            writer.array(proposal.words) { $0.value($1) }
        }
    }

    private static let proposal = Schema.object([
        .init(
            "candidates",
            .array(.object([.init("value", .text), .init("title", .text), .init("confidence", .number)])),
            "the likeliest first; confidence is 0 to 1"),
        .init("words", .array(.text), "words of the matter that decided"),
    ])

    private static let suggestionsOperation = APIOperation(
        .get, "/cases/{id}/suggestions", id: "suggestForCase", tag: "cases",
        summary: LocalizedText("类别、区域、承办单位的建议及依据", "Category, area and body proposed for a matter, and why"),
        response: .object([
            .init("category", proposal), .init("area", proposal), .init("body", proposal),
            .init("ruling", .nullable(routingRule), "the ruling by which the body is proposed"),
            .init("location", .nullable(.object([.init("longitude", .number), .init("latitude", .number)]))),
        ]))
}
