import Desk
import Ground
import Identity
import Storage

enum HelpStore {
    static let migration = Migration(
        "mandates.0007-help",
        """
        CREATE TABLE power_help (
            id TEXT PRIMARY KEY,
            power_grant TEXT NOT NULL,
            words TEXT NOT NULL,
            asked_at BIGINT NOT NULL,
            asked_by TEXT NOT NULL,
            due_at BIGINT NOT NULL,
            state TEXT NOT NULL,
            answer TEXT NOT NULL,
            answered_at BIGINT,
            answered_by TEXT,
            told_late BOOLEAN NOT NULL
        )
        """,
        "CREATE INDEX power_help_by_grant ON power_help (power_grant, id)",
        "CREATE INDEX power_help_due ON power_help (due_at) WHERE state = 'open'")

    private static let columns: StaticString =
        "id, power_grant, words, asked_at, due_at, state, answer, answered_at"

    static func insert(_ ask: HelpAsk, by post: PostID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO power_help (id, power_grant, words, asked_at, asked_by, due_at, state, answer, told_late)
            VALUES (\(ask.id), \(ask.grant), \(ask.words), \(ask.askedAt), \(post), \(ask.dueAt), \(ask.state.rawValue),
                    \(ask.answer), \(false))
            """)
    }

    static func end(_ ask: HelpAsk, by post: PostID?, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE power_help SET state = \(ask.state.rawValue), answer = \(ask.answer),
                answered_at = \(ask.answeredAt), answered_by = \(post)
            WHERE id = \(ask.id) AND state = 'open'
            """)
    }

    /// Nobody answers any more for a power that is not there.
    static func endAll(of grant: PowerGrantID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE power_help SET state = 'gone', answered_at = \(now)
            WHERE power_grant = \(grant) AND state = 'open'
            """)
    }

    /// The oldest first. Where there are more than `most`, the open ones are among them before any that has ended, and of
    /// those the newest.
    static func asks(
        of grants: [PowerGrantID], most: Int = 2_000, in transaction: any Transaction
    ) throws -> [HelpAsk] {
        guard !grants.isEmpty else { return [] }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_help WHERE power_grant IN (\(list: grants.map(\.text)))
            ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id DESC LIMIT \(most)
            """
        ).map(ask).sorted { $0.id < $1.id }
    }

    /// Open, over their limit, and not told yet.
    static func late(at now: Instant, in transaction: any Transaction) throws -> [(HelpAsk, PowerGrant)] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_help WHERE state = 'open' AND due_at < \(now) AND told_late = \(false)
            ORDER BY due_at LIMIT 200
            """
        ).compactMap { row in
            let ask = try ask(row)
            return try PowerStore.find(ask.grant, in: transaction).map { (ask, $0) }
        }
    }

    static func markTold(_ ask: HelpAsk, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE power_help SET told_late = \(true) WHERE id = \(ask.id)")
    }

    private static func ask(_ row: Row) throws -> HelpAsk {
        HelpAsk(
            id: try row.identifier(0), grant: try row.identifier(1), words: try row.text(2),
            askedAt: try row.instant(3), dueAt: try row.instant(4),
            state: HelpAsk.State(rawValue: try row.text(5)) ?? .gone, answer: try row.text(6),
            answeredAt: try row.instantIfAny(7))
    }
}
