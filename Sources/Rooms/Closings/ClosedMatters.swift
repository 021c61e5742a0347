public import Cases
public import Desk
public import Ground
public import Storage

/// Keeps what is closed, in the transaction that closes it. Made before ``Cases``, which tells it of every act.
public struct ClosedMatters: MatterFollower {
    private let identifiers: IdentifierSource
    let rules: ClosingRules

    /// - Throws: a refusal naming file and reason when `checks.yaml` is wrong.
    public init(house: House) throws(Refusal) {
        identifiers = house.identifiers
        rules = try ClosingRules.load(from: house.rules)
    }

    public func changed(
        _ before: CaseRecord, to after: CaseRecord, by act: Workflow.Act, at now: Instant,
        in transaction: any Transaction
    ) throws {
        // Parts are the work of one matter, and what is joined with another is closed with it.
        guard after.kind == Workflow.matter, after.joinedTo == nil else { return }
        let wasClosed = rules.closedIn.contains(before.state)
        let isClosed = rules.closedIn.contains(after.state)
        if !wasClosed, isClosed {
            try keep(after, at: now, in: transaction)
        } else if wasClosed, !isClosed {
            try transaction.later(
                """
                UPDATE closings SET undone_at = \(now), call_at = NULL,
                    call_end = COALESCE(call_end, \(CallEnd.overtaken.rawValue)),
                    call_ended_at = COALESCE(call_ended_at, \(now))
                WHERE case_id = \(after.id) AND undone_at IS NULL
                """)
            try transaction.later(
                """
                UPDATE site_checks SET outcome = \(CheckOutcome.overtaken.rawValue), checked_at = \(now)
                WHERE case_id = \(after.id) AND outcome IS NULL
                """)
        }
        if wasClosed, act.needs.contains(.rating) {
            try transaction.later(
                """
                UPDATE closings SET rated_at = \(now), call_at = NULL,
                    call_end = COALESCE(call_end, \(CallEnd.rated.rawValue)),
                    call_ended_at = COALESCE(call_ended_at, \(now))
                WHERE case_id = \(after.id) AND rated_at IS NULL
                """)
        }
    }

    private func keep(_ record: CaseRecord, at now: Instant, in transaction: any Transaction) throws(DatabaseError) {
        let id: Identifier<Closing> = identifiers.next(at: now)
        let isCallable = record.reporter.phoneSealed != nil
        let callAt = isCallable ? now + rules.calls.firstAfter : nil
        let end = isCallable ? nil : CallEnd.noNumber.rawValue
        try transaction.later(
            """
            INSERT INTO closings (id, case_id, closed_at, category, area, street, body, handler, call_at, attempts,
                call_end)
            VALUES (\(id), \(record.id), \(now), \(record.category), \(record.area.code),
                \(record.area.code.utf8.count >= 9 ? String(record.area.code.prefix(9)) : nil), \(record.body),
                \(record.handler), \(callAt), \(0 as Int64), \(end))
            """)
    }
}

/// One closing of one matter.
public enum Closing {}

/// What came of the calls after one closing.
enum CallEnd: String, Sendable, CaseIterable {
    /// The resident answered by phone.
    case answered
    /// Does not want to be asked. Nobody calls again.
    case refused
    /// The number is not theirs.
    case wrongNumber = "wrong-number"
    /// As many attempts as there may be.
    case unreachable
    /// Rated without being called.
    case rated
    /// The matter was taken up again meanwhile.
    case overtaken
    /// Nobody called in time.
    case late
    /// No number is known.
    case noNumber = "no-number"
}

enum CheckOutcome: String, Sendable, CaseIterable {
    case isTrue = "true"
    case untrue
    case unclear
    /// The matter was taken up again before anybody looked.
    case overtaken

    /// What a person may say.
    static let told: [CheckOutcome] = [.isTrue, .untrue, .unclear]
}
