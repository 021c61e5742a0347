import Desk
import Ground
import Storage

/// The notices of staff, and who has read them.
enum NoticeStore {
    static let migrations = [
        Migration(
            "messages.0001-notices",
            """
            CREATE TABLE notices (
                id TEXT PRIMARY KEY,
                recipient TEXT NOT NULL,
                area TEXT,
                kind TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject_id TEXT NOT NULL,
                text_zh TEXT NOT NULL,
                text_en TEXT NOT NULL,
                address TEXT NOT NULL,
                at BIGINT NOT NULL,
                urgent BOOLEAN NOT NULL
            )
            """,
            "CREATE INDEX notices_by_recipient ON notices (recipient, id)",
            "CREATE INDEX notices_by_age ON notices (at)",
            // A body's notice is read by each of its posts for itself.
            """
            CREATE TABLE notice_reads (
                post TEXT NOT NULL,
                notice TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (post, notice)
            )
            """,
            "CREATE INDEX notice_reads_by_age ON notice_reads (at)",
            // Everything up to this notice counts as read: “all read” is one row, however full the inbox is.
            """
            CREATE TABLE notice_marks (
                post TEXT PRIMARY KEY,
                read_until TEXT NOT NULL
            )
            """)
    ]

    /// Ids follow the time of the notice, so the key order of an inbox is its order in time.
    private static let identifiers = IdentifierSource()

    static func blank(
        about subjectID: String, since: Instant, as words: LocalizedText, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE notices SET text_zh = \(words.chinese), text_en = \(words.english)
            WHERE at >= \(since) AND subject_id = \(subjectID)
            """)
    }

    static func insert(_ notice: Notice, in transaction: any Transaction) throws {
        let recipient: String
        let area: String?
        switch notice.recipient {
        case .post(let post):
            recipient = key(post)
            area = nil
        case .body(let body, let within):
            recipient = key(body)
            area = within?.code
        }
        let id: Identifier<Notice> = identifiers.next(at: notice.at)
        try transaction.later(
            """
            INSERT INTO notices (id, recipient, area, kind, subject_kind, subject_id, text_zh, text_en, address, at, urgent)
            VALUES (\(id), \(recipient), \(area), \(notice.kind), \(notice.subjectKind), \(notice.subjectID),
                    \(notice.text.chinese), \(notice.text.english), \(notice.address), \(notice.at), \(notice.isUrgent))
            """)
    }

    /// Newest first.
    /// - Parameter after: the last id of the page before.
    static func inbox(
        _ scope: Scope, onlyUnread: Bool, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [InboxItem] {
        let until = try readUntil(scope.post, in: transaction)
        var conditions = [visible(to: scope)]
        if let after { conditions.append("n.id < \(after)") }
        if onlyUnread { conditions += ["r.notice IS NULL", "n.id > \(until)"] }
        return try transaction.query(
            """
            SELECT n.id, n.kind, n.subject_kind, n.subject_id, n.text_zh, n.text_en, n.address, n.at, n.urgent, r.at
            FROM notices n LEFT JOIN notice_reads r ON r.post = \(scope.post) AND r.notice = n.id
            WHERE \(SQL.all(conditions)) ORDER BY n.id DESC LIMIT \(limit)
            """
        ).map { row in
            let isBeforeMark = try row.text(0) <= until
            return InboxItem(
                id: try row.identifier(0), kind: try row.text(1), subjectKind: try row.text(2),
                subjectID: try row.text(3), text: LocalizedText(try row.text(4), try row.text(5)),
                address: try row.text(6), at: try row.instant(7), isUrgent: try row.bool(8),
                isRead: isBeforeMark || !row.isNull(9))
        }
    }

    /// Up to 100; nobody needs to know whether it is 101 or 2,000.
    static func unreadCount(_ scope: Scope, in transaction: any Transaction) throws -> Int {
        let until = try readUntil(scope.post, in: transaction)
        return try transaction.query(
            """
            SELECT n.id FROM notices n LEFT JOIN notice_reads r ON r.post = \(scope.post) AND r.notice = n.id
            WHERE \(visible(to: scope)) AND n.id > \(until) AND r.notice IS NULL LIMIT 100
            """
        ).count
    }

    /// - Returns: where the notice leads; nil when this post has no such notice.
    static func markRead(
        _ id: Identifier<Notice>, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> String? {
        guard
            let row = try transaction.first(
                "SELECT n.address FROM notices n WHERE n.id = \(id) AND \(visible(to: scope))")
        else { return nil }
        try transaction.execute(
            """
            INSERT INTO notice_reads (post, notice, at) VALUES (\(scope.post), \(id), \(now))
            ON CONFLICT (post, notice) DO NOTHING
            """)
        return try row.text(0)
    }

    /// What came up to now is read.
    static func markAllRead(by scope: Scope, in transaction: any Transaction) throws {
        guard
            let newest = try transaction.first(
                "SELECT n.id FROM notices n WHERE \(visible(to: scope)) ORDER BY n.id DESC LIMIT 1")
        else { return }
        try transaction.execute(
            """
            INSERT INTO notice_marks (post, read_until) VALUES (\(scope.post), \(try newest.text(0)))
            ON CONFLICT (post) DO UPDATE SET read_until = excluded.read_until
            """)
    }

    static func markRead(by posts: [PostID], before limit: Instant, in transaction: any Transaction) throws {
        guard let newest = try transaction.first("SELECT max(id) FROM notices WHERE at < \(limit)")?.textIfAny(0) else {
            return
        }
        try transaction.batch(
            posts.map { post in
                """
                INSERT INTO notice_marks (post, read_until) VALUES (\(post), \(newest))
                ON CONFLICT (post) DO UPDATE SET read_until = excluded.read_until
                """
            })
    }

    static func forget(before limit: Instant, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM notices WHERE at < \(limit)")
        try transaction.execute("DELETE FROM notice_reads WHERE at < \(limit)")
    }

    private static func readUntil(_ post: PostID, in transaction: any Transaction) throws -> String {
        try transaction.first("SELECT read_until FROM notice_marks WHERE post = \(post)")?.text(0) ?? ""
    }

    private static func visible(to scope: Scope) -> SQL {
        """
        n.recipient IN (\(key(scope.post)), \(key(scope.body)))
        AND (n.area IS NULL OR (\(scope.area.condition(on: "n.area"))))
        """
    }

    private static func key(_ post: PostID) -> String { "post:" + post.text }
    private static func key(_ body: BodyID) -> String { "body:" + body.text }
}
