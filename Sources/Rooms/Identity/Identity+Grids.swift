public import Desk
public import Ground
public import Ledger
public import Storage

/// What drawing grids anew needs of posts: they go on in another grid, and everything that names them still does.
extension Identity {
    /// All posts of an area (exactly that one) that are held now go on in another.
    /// - Returns: the posts that moved.
    public static func movePosts(
        from old: AreaPrefix, to new: AreaPrefix, because plan: String,
        entry: () -> Identifier<LedgerEntry>, at now: Instant, in transaction: any Transaction
    ) throws -> [PostID] {
        let rows = try transaction.query(
            """
            SELECT id, staff FROM posts WHERE area = \(old.code) AND (until_at IS NULL OR until_at > \(now))
            ORDER BY id LIMIT 1000
            """)
        let posts: [PostID] = try rows.map { try $0.identifier(0) }
        guard !posts.isEmpty else { return [] }
        let staff = try rows.map { try $0.text(1) }
        try transaction.execute("UPDATE posts SET area = \(new.code) WHERE id IN (\(list: posts))")
        try transaction.execute(
            "UPDATE tokens SET area = \(new.code) WHERE area = \(old.code) AND post IN (\(list: posts))")
        try transaction.execute(
            "UPDATE staff SET area = \(new.code) WHERE area = \(old.code) AND id IN (\(list: staff))")
        for post in posts {
            try Ledger.record(
                LedgerEntry("staff.grid-changed", on: "post", post, by: .system, at: now, id: entry(), area: new.code) {
                    $0.member("from", old.code)
                    $0.member("to", new.code)
                    $0.member("plan", plan)
                }, in: transaction)
        }
        return posts
    }

    /// What this server remembered of sessions and posts is forgotten; to be called after the commit.
    public func forgetPosts() {
        directory.forget()
        keeper.forget()
    }
}
