public import Desk
public import Ground
public import Storage

/// Somebody who holds a post of a body now.
public struct PersonOfBody: Sendable, Hashable {
    public var staff: StaffID
    public var name: String
    /// The posts of this body.
    public var here: [PostRecord]
    /// The posts of other bodies (交叉任职).
    public var elsewhere: [PostRecord]
}

extension Identity {
    /// Who holds the posts of a body now, at most 500, with what they hold elsewhere.
    public static func people(of body: BodyID, at now: Instant, in transaction: any Transaction) throws
        -> [PersonOfBody]
    {
        let holders = try PostStore.holders(
            body: body, roles: nil, areas: nil, at: now, limit: 500, in: transaction)
        guard !holders.isEmpty else { return [] }
        let elsewhere = Dictionary(
            grouping: try PostStore.current(of: holders.map(\.staff), besides: body, at: now, in: transaction),
            by: \.staff)
        var people: [PersonOfBody] = []
        var places: [StaffID: Int] = [:]
        for holder in holders {
            if let known = places[holder.staff] {
                people[known].here.append(holder.post)
                continue
            }
            places[holder.staff] = people.count
            people.append(
                PersonOfBody(
                    staff: holder.staff, name: holder.staffName, here: [holder.post],
                    elsewhere: elsewhere[holder.staff] ?? []))
        }
        return people
    }
}

extension PostStore {
    /// The posts that some people hold now in other bodies, at most 2,000.
    static func current(
        of staff: [StaffID], besides body: BodyID, at now: Instant, in transaction: any Transaction
    ) throws -> [PostRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM posts p
            WHERE p.staff IN (\(list: staff)) AND p.body <> \(body) AND p.from_at <= \(now)
                AND (p.until_at IS NULL OR p.until_at > \(now))
            ORDER BY p.staff, p.id LIMIT 2000
            """
        ).map(record)
    }
}
