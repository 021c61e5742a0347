public import Desk
public import Ground
public import Storage

/// Two acts of residents’ matters, the second right after the first, done by one person in one post. For figures of groups of
/// posts only: whoever asks sums up and keeps nothing of it.
public struct PairedActs: Sendable, Hashable {
    public var staff: StaffID
    public var post: PostID
    public var from: Instant
    public var until: Instant
}

extension Cases {
    /// Whether the workflow of residents' matters has an act of this name.
    public func hasAct(_ name: String) -> Bool { rules.workflow[ActName(rawValue: name)] != nil }

    /// The pairs of the newest matters of a stretch of time.
    /// - Parameters:
    ///   - before: matters that came in before it, and acts of before it.
    ///   - categories: prefixes of codes; all matters when empty.
    ///   - limit: so many matters of each leaf are looked at, or of all.
    public func pairedActs(
        from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [PairedActs] {
        let leaves = rules.categories.leaves.map(\.code).filter { categories.contains(where: $0.hasPrefix) }
        let kinds: [String?] = categories.isEmpty ? [nil] : leaves
        let queries = kinds.map {
            Self.pairedActsQuery(from: from, to: to, category: $0, since: since, before: before, limit: limit)
        }
        return try transaction.queries(queries).joined().map {
            PairedActs(
                staff: try $0.identifier(0), post: try $0.identifier(1), from: try $0.instant(2),
                until: try $0.instant(3))
        }
    }

    static func pairedActsQuery(
        from: String, to: String, category: String?, since: Instant, before: Instant, limit: Int
    ) -> SQL {
        let lowest: CaseID = IdentifierSource.lowest(at: since)
        let end: CaseID = IdentifierSource.lowest(at: before)
        let span: SQL = "id >= \(lowest) AND id < \(end) AND kind = 'matter'"
        let those: SQL =
            category.map { "category = \($0) AND \(span) ORDER BY category, id DESC" } ?? "\(span) ORDER BY id DESC"
        return """
            SELECT f.staff, f.post, f.at, t.at
            FROM (SELECT id FROM cases WHERE \(those) LIMIT \(limit)) m
            JOIN case_steps f ON f.case_id = m.id AND f.act = \(from)
            JOIN case_steps t ON t.case_id = m.id AND t.version = f.version + 1
            WHERE t.act = \(to) AND t.at < \(before) AND t.staff = f.staff AND t.post = f.post
            """
    }
}
