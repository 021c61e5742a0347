import Cases
import Desk
import Ground

/// How the things of this room stand in the interface, and their schemas beside it.
enum DisputeJSON {
    static let outcomes = Schema.string(values: Dispute.Outcome.allCases.map(\.rawValue))
    static let sides = Schema.string(values: Party.Side.allCases.map(\.rawValue))
    static let day = Schema.string(format: "date")

    private static let members: [Schema.Member] = [
        .init("id", .identifier), .init("number", .text), .init("kind", .text), .init("area", .text),
        .init("state", .text), .init("level", .text), .init("outcome", outcomes), .init("beganAt", .instant),
        .init("dueAt", .nullable(.instant)), .init("endedAt", .nullable(.instant)),
        .init("endBy", .instant, "by when it should have ended"),
        .init("origin", .nullable(.identifier), "the matter it came from"), .init("follows", .nullable(.identifier)),
        .init("mediator", .nullable(.identifier)), .init("version", .integer()),
    ]

    /// Where it stands, without a word of anybody.
    static let standing = Schema.named("DisputeStanding", .object(members))
    static let dispute = Schema.named("Dispute", .object(members + [.init("title", .text)]))

    static func write(_ line: DisputeListPage.Line, to writer: inout JSONWriter) {
        write(line.dispute, line.number, to: &writer)
        writer.member("title", line.title)
    }

    static func write(_ one: Dispute, _ number: String, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("number", number)
        writer.member("kind", one.kind)
        writer.member("area", one.area.code)
        writer.member("state", one.state.rawValue)
        writer.member("level", one.level)
        writer.member("outcome", one.outcome.rawValue)
        writer.member("beganAt", one.beganAt)
        writer.member("dueAt", one.dueAt)
        writer.member("endedAt", one.endedAt)
        writer.member("endBy", one.endBy)
        writer.member("origin", one.origin)
        writer.member("follows", one.follows)
        writer.member("mediator", one.mediator)
        writer.member("version", one.version)
    }

    static let mediator = Schema.named(
        "Mediator",
        .object([
            .init("id", .identifier), .init("name", .text), .init("organisation", .text), .init("area", .text),
            .init("level", .text), .init("fields", .array(.text)), .init("languages", .array(.text)),
            .init("active", .boolean), .init("open", .integer(minimum: 0), "disputes in hand"),
            .init("version", .integer()),
        ]))

    static func write(_ one: Mediator, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("name", one.name)
        writer.member("organisation", one.organisation)
        writer.member("area", one.area.code)
        writer.member("level", one.level)
        writer.key("fields")
        writer.array(one.fields.sorted()) { $0.value($1) }
        writer.key("languages")
        writer.array(one.languages.sorted()) { $0.value($1) }
        writer.member("active", one.isActive)
        writer.member("open", one.openCount)
        writer.member("version", one.version)
    }

    static let view = Schema.object([
        .init("dispute", dispute), .init("detail", .text),
        .init(
            "parties",
            .array(
                .object([
                    .init("id", .identifier), .init("side", sides), .init("name", .text, "masked"),
                    .init("phone", .nullable(.text), "masked"),
                ]))),
        .init(
            "sessions",
            .array(
                .object([
                    .init("heldAt", .instant), .init("level", .text), .init("mediator", .nullable(.identifier)),
                    .init("outcome", .string(values: MediationSession.Outcome.allCases.map(\.rawValue))),
                    .init("note", .text),
                ]))),
        .init(
            "agreement",
            .nullable(
                .object([
                    .init("form", .string(values: Agreement.Form.allCases.map(\.rawValue))), .init("text", .text),
                    .init("effectiveOn", day), .init("confirmBy", day, "the last day to apply for confirmation"),
                    .init("confirmation", .string(values: Agreement.Confirmation.allCases.map(\.rawValue))),
                    .init("appliedOn", .nullable(day)), .init("decidedOn", .nullable(day)),
                    .init("kept", .nullable(.boolean)),
                ]))),
        .init(
            "duties",
            .array(
                .object([
                    .init("id", .identifier), .init("side", sides), .init("text", .text), .init("dueOn", day),
                    .init("state", .string(values: Duty.State.allCases.map(\.rawValue))),
                ]))),
        .init(
            "revisits",
            .array(
                .object([
                    .init("number", .integer(minimum: 1)), .init("dueAt", .instant),
                    .init("madeAt", .nullable(.instant)),
                    .init("outcome", .nullable(.string(values: Revisit.Outcome.allCases.map(\.rawValue)))),
                    .init("note", .nullable(.text)), .init("task", .nullable(.identifier)),
                ]))),
        .init(
            "proposals", .array(.object([.init("mediator", mediator), .init("reasons", .array(.text))])),
            "for this dispute only, in the order of names"),
        .init("ways", .array(.object([.init("title", .text), .init("where", .text)])), "open at any time"),
    ])

    static func json(_ view: DisputeView, _ disputes: Disputes, _ language: Language) -> [UInt8] {
        JSONWriter.object { writer in
            writer.key("dispute")
            writer.object { writer in
                write(view.dispute, view.number, to: &writer)
                writer.member("title", view.words.title)
            }
            writer.member("detail", view.words.detail)
            writer.key("parties")
            writer.array(view.parties) { writer, one in
                writer.object { writer in
                    writer.member("id", one.id)
                    writer.member("side", one.side.rawValue)
                    writer.member("name", one.nameMasked)
                    writer.member("phone", one.phoneMasked)
                }
            }
            writer.key("sessions")
            writer.array(view.sessions) { writer, one in
                writer.object { writer in
                    writer.member("heldAt", one.heldAt)
                    writer.member("level", one.level)
                    writer.member("mediator", one.mediator)
                    writer.member("outcome", one.outcome.rawValue)
                    writer.member("note", one.note)
                }
            }
            writeAftercare(view, to: &writer)
            writer.key("proposals")
            writer.array(view.proposals) { writer, match in
                writer.object { writer in
                    writer.key("mediator")
                    writer.object { write(match.mediator, to: &$0) }
                    writer.key("reasons")
                    writer.array(match.reasons) { $0.value(DisputeForms.text($1, disputes.rules)(language)) }
                }
            }
            writer.key("ways")
            writer.array(disputes.rules.ways(of: view.dispute.kind)) { writer, way in
                writer.object { writer in
                    writer.member("title", way.title(language))
                    writer.member("where", way.where.title(language))
                }
            }
        }
    }

    private static func writeAftercare(_ view: DisputeView, to writer: inout JSONWriter) {
        writer.key("agreement")
        if let agreement = view.agreement {
            writer.object { writer in
                writer.member("form", agreement.form.rawValue)
                writer.member("text", agreement.text)
                writer.member("effectiveOn", agreement.effectiveOn.description)
                writer.member("confirmBy", agreement.confirmBy.description)
                writer.member("confirmation", agreement.confirmation.rawValue)
                writer.member("appliedOn", agreement.appliedOn?.description)
                writer.member("decidedOn", agreement.decidedOn?.description)
                writer.key("kept")
                if let isKept = agreement.isKept { writer.value(isKept) } else { writer.null() }
            }
        } else {
            writer.null()
        }
        writer.key("duties")
        writer.array(view.duties) { writer, one in
            writer.object { writer in
                writer.member("id", one.id)
                writer.member("side", one.side.rawValue)
                writer.member("text", one.text)
                writer.member("dueOn", one.dueOn.description)
                writer.member("state", one.state.rawValue)
            }
        }
        writer.key("revisits")
        writer.array(view.revisits) { writer, one in
            writer.object { writer in
                writer.member("number", one.number)
                writer.member("dueAt", one.dueAt)
                writer.member("madeAt", one.madeAt)
                writer.member("outcome", one.outcome?.rawValue)
                writer.member("note", one.note)
                writer.member("task", one.task)
            }
        }
    }
}
