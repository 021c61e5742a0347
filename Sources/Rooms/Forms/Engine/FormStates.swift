import Ground
import Registry
import Storage

/// How far one form is computed.
struct FormState: Sendable, Hashable {
    var form: String
    var kind: SubjectKind
    /// The first day that is not computed for subjects after `cursor`; nil when nothing is.
    var horizon: Day?
    /// While it is being computed further: the same for the subjects up to `cursor`.
    var nextHorizon: Day?
    var cursor: SubjectID?
    /// `form_totals` holds the sum of the steps up to and with this day.
    var settled: Day
    var builtAt: Instant?

    /// - Returns: nil when this subject's part is not computed yet; whoever computes it will find the facts as they are then.
    func horizon(of subject: SubjectID) -> Day? {
        if let nextHorizon, let cursor, subject <= cursor { return nextHorizon }
        return horizon
    }
}

enum FormStateStore {
    static func generation(in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT number FROM form_generation WHERE id = 1")?.int(0) ?? 0
    }

    /// Any other number will do; one that was never there before also tells apart what was rolled back.
    static func bump(in transaction: any Transaction) throws {
        let number = Int64.random(in: 1...Int64.max)
        try transaction.later("UPDATE form_generation SET number = \(number) WHERE id = 1")
    }

    static func all(in transaction: any Transaction) throws -> [FormState] {
        try transaction.query(
            """
            SELECT form, kind, horizon, next_horizon, cursor_id, settled, built_at FROM form_states
            ORDER BY form LIMIT 5000
            """
        ).map { row in
            FormState(
                form: try row.text(0), kind: SubjectKind(rawValue: try row.text(1)) ?? .person,
                horizon: try row.textIfAny(2).flatMap { Day($0) },
                nextHorizon: try row.textIfAny(3).flatMap { Day($0) },
                cursor: try row.identifierIfAny(4), settled: Day(try row.text(5)) ?? Statement.always,
                builtAt: try row.instantIfAny(6))
        }
    }

    static func write(_ state: FormState, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO form_states (form, kind, horizon, next_horizon, cursor_id, settled, begun_at, built_at)
            VALUES (\(state.form), \(state.kind.rawValue), \(state.horizon), \(state.nextHorizon), \(state.cursor),
                    \(state.settled), \(now), \(state.builtAt))
            ON CONFLICT (form) DO UPDATE SET horizon = excluded.horizon, next_horizon = excluded.next_horizon,
                cursor_id = excluded.cursor_id, settled = excluded.settled, built_at = excluded.built_at
            """)
    }
}
