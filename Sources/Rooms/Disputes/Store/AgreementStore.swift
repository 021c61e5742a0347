import Cases
import Desk
import Ground
import Storage

/// Agreements, what was promised in them, and whether it held.
enum AgreementStore {
    static func insert(_ one: Agreement, textSealed: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_agreements (dispute, form, text_sealed, effective_on, confirm_by, confirmation, applied_on,
                                            decided_on, is_kept)
            VALUES (\(one.dispute), \(one.form.rawValue), \(textSealed), \(one.effectiveOn), \(one.confirmBy),
                    \(one.confirmation.rawValue), \(one.appliedOn), \(one.decidedOn), \(one.isKept))
            """)
    }

    static func update(_ one: Agreement, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE dispute_agreements SET confirmation = \(one.confirmation.rawValue), applied_on = \(one.appliedOn),
                decided_on = \(one.decidedOn), is_kept = \(one.isKept)
            WHERE dispute = \(one.dispute)
            """)
    }

    static func exists(for id: CaseID, in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 FROM dispute_agreements WHERE dispute = \(id)") != nil
    }

    static func find(_ id: CaseID, open: ([UInt8]) throws -> String, in transaction: any Transaction) throws
        -> Agreement?
    {
        try transaction.first(
            """
            SELECT form, text_sealed, effective_on, confirm_by, confirmation, applied_on, decided_on, is_kept
            FROM dispute_agreements WHERE dispute = \(id)
            """
        ).map { row in
            Agreement(
                dispute: id, form: Agreement.Form(rawValue: try row.text(0)) ?? .written,
                text: try open(row.blob(1)), effectiveOn: Day(try row.text(2)) ?? Day(number: 0),
                confirmBy: Day(try row.text(3)) ?? Day(number: 0),
                confirmation: Agreement.Confirmation(rawValue: try row.text(4)) ?? .none,
                appliedOn: try row.textIfAny(5).flatMap { Day($0) },
                decidedOn: try row.textIfAny(6).flatMap { Day($0) }, isKept: try row.boolIfAny(7))
        }
    }

    static func insert(_ one: Duty, textSealed: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_duties (id, dispute, side, text_sealed, due_on, state)
            VALUES (\(one.id), \(one.dispute), \(one.side.rawValue), \(textSealed), \(one.dueOn), \(one.state.rawValue))
            """)
    }

    static func set(_ state: Duty.State, of duty: Identifier<Duty>, in dispute: CaseID, _ transaction: any Transaction)
        throws -> Bool
    {
        try transaction.execute(
            "UPDATE dispute_duties SET state = \(state.rawValue) WHERE id = \(duty) AND dispute = \(dispute)") == 1
    }

    static func duties(of id: CaseID, open: ([UInt8]) throws -> String, in transaction: any Transaction) throws
        -> [Duty]
    {
        try transaction.query(
            "SELECT id, side, text_sealed, due_on, state FROM dispute_duties WHERE dispute = \(id) ORDER BY id LIMIT 50"
        ).map { row in
            Duty(
                id: try row.identifier(0), dispute: id, side: Party.Side(rawValue: try row.text(1)) ?? .other,
                text: try open(row.blob(2)), dueOn: Day(try row.text(3)) ?? Day(number: 0),
                state: Duty.State(rawValue: try row.text(4)) ?? .open)
        }
    }

    // MARK: Revisits

    private static let revisitColumns: StaticString =
        "id, dispute, number, due_at, made_at, outcome, note_sealed, task, is_last"

    static func insert(_ one: Revisit, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_revisits (id, dispute, number, due_at, is_last)
            VALUES (\(one.id), \(one.dispute), \(one.number), \(one.dueAt), \(one.isLast))
            """)
    }

    static func update(_ one: Revisit, noteSealed: [UInt8]?, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE dispute_revisits SET made_at = \(one.madeAt), outcome = \(one.outcome?.rawValue),
                note_sealed = \(noteSealed), task = \(one.task)
            WHERE id = \(one.id)
            """)
    }

    static func revisits(of id: CaseID, open: ([UInt8]) throws -> String, in transaction: any Transaction) throws
        -> [Revisit]
    {
        try transaction.query(
            "SELECT \(trusted: revisitColumns) FROM dispute_revisits WHERE dispute = \(id) ORDER BY number LIMIT 20"
        ).map { try revisit($0, open: open) }
    }

    /// Those that should have been made and are no task yet.
    static func missed(at now: Instant, limit: Int, in transaction: any Transaction) throws -> [Revisit] {
        try transaction.query(
            """
            SELECT \(trusted: revisitColumns) FROM dispute_revisits
            WHERE made_at IS NULL AND task IS NULL AND due_at < \(now) ORDER BY due_at LIMIT \(limit)
            """
        ).map { try revisit($0) { _ in "" } }
    }

    static func revisit(ofTask task: CaseID, in transaction: any Transaction) throws -> Revisit? {
        try transaction.first(
            "SELECT \(trusted: revisitColumns) FROM dispute_revisits WHERE task = \(task)"
        ).map { try revisit($0) { _ in "" } }
    }

    private static func revisit(_ row: Row, open: ([UInt8]) throws -> String) throws -> Revisit {
        Revisit(
            id: try row.identifier(0), dispute: try row.identifier(1), number: try row.int(2),
            dueAt: try row.instant(3),
            madeAt: try row.instantIfAny(4), outcome: try row.textIfAny(5).flatMap(Revisit.Outcome.init(rawValue:)),
            note: try row.blobIfAny(6).map(open), task: try row.identifierIfAny(7), isLast: try row.bool(8))
    }
}
