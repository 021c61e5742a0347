import Cipher
import Desk
import Ground
import Ledger
import Storage

/// What the ledger keeps of matters: codes, states and hashes of what was said, so that a changed text is found without
/// the ledger holding anything personal.
enum CaseLedger {
    static func recordReport(
        _ record: CaseRecord, by actor: Actor, photos: [Photo], house: House, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            id: house.identifiers.next(at: now), act: "cases.report", subjectKind: "case", subjectID: record.id.text,
            actor: actor, happenedAt: record.reportedAt, receivedAt: now, area: record.area.code,
            facts: JSONWriter.object { writer in
                writer.member("number", record.number)
                writer.member("channel", record.channel.rawValue)
                writer.member("to", record.state.rawValue)
                writer.member("dueAt", record.due?.at)
                writer.member("category", record.category)
                writer.member("text", contentHash(record))
                writer.member("answerable", record.answerable.text)
                write(photos, to: &writer)
            })
        try Ledger.record(entry, in: transaction)
    }

    static func record(
        _ decision: Decision, _ command: Command, by actor: Actor, photos: [Photo], house: House, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            "cases.\(decision.act.name.rawValue)", on: "case", decision.after.id, by: actor, at: now,
            id: house.identifiers.next(at: now), area: decision.after.area.code
        ) { writer in
            writer.member("from", decision.before.state.rawValue)
            writer.member("to", decision.after.state.rawValue)
            writer.member("version", decision.after.version)
            writer.member("dueAt", decision.after.due?.at)
            if command.body != nil || decision.before.body != decision.after.body {
                writer.member("body", decision.after.body?.text)
            }
            if let reason = command.reason { writer.member("reason", reason) }
            if let category = command.category { writer.member("category", category) }
            if let ground = command.ground { writer.member("ground", ground) }
            if let days = command.workdays { writer.member("workdays", days) }
            if let opinion = command.opinion { writer.member("opinion", Digest.sha256(opinion).hexadecimal) }
            if let result = command.result { writer.member("result", Digest.sha256(result).hexadecimal) }
            if let isSolved = command.isSolved { writer.member("solved", isSolved) }
            if let satisfaction = command.satisfaction { writer.member("satisfaction", satisfaction) }
            write(photos, to: &writer)
        }
        try Ledger.record(entry, in: transaction)
    }

    static func recordLimitPassed(_ record: CaseRecord, house: House, at now: Instant, in transaction: any Transaction)
        throws
    {
        let entry = LedgerEntry(
            "cases.limit-passed", on: "case", record.id, by: .system, at: now, id: house.identifiers.next(at: now),
            area: record.area.code
        ) { writer in
            writer.member("state", record.state.rawValue)
            writer.member("dueAt", record.due?.at)
        }
        try Ledger.record(entry, in: transaction)
    }

    static func recordReveal(
        of record: CaseRecord, by scope: Scope, purpose: String, house: House, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            "cases.reveal-reporter", on: "case", record.id, by: Actor(scope), at: now,
            id: house.identifiers.next(at: now),
            area: record.area.code, purpose: purpose, facts: { _ in })
        try Ledger.record(entry, in: transaction)
    }

    /// Hash of what the reporter said.
    static func contentHash(_ record: CaseRecord) -> String {
        Digest.sha256(record.title + "\u{1}" + record.detail).hexadecimal
    }

    private static func write(_ photos: [Photo], to writer: inout JSONWriter) {
        guard !photos.isEmpty else { return }
        writer.key("photos")
        writer.array(photos) { $0.value(Digest.sha256($1.bytes).hexadecimal) }
    }
}
