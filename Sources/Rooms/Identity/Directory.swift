public import Desk
public import Ground
public import Storage
import Synchronization

/// Who is who, for other rooms: names, posts, and who holds which right where. Names are remembered for a minute, since
/// every list shows them; everything else is asked of the database.
public final class Directory: Sendable {
    private struct Remembered<Value: Sendable>: Sendable {
        var value: Value
        var until: Instant
    }

    let clock: any WallClock
    let roles: Roles
    private let names = Mutex<[StaffID: Remembered<String>]>([:])
    private let posts = Mutex<[PostID: Remembered<PostRecord>]>([:])

    private static let remembered = Span.minutes(1)
    private static let most = 50_000

    init(clock: any WallClock, roles: Roles) {
        self.clock = clock
        self.roles = roles
    }

    public func role(_ key: String) -> Role? { roles[key] }

    /// The person's name; `—` when there is no such person.
    public func staffName(_ staff: StaffID, in transaction: any Transaction) throws -> String {
        try staffNames([staff], in: transaction)[staff] ?? "—"
    }

    /// Names of many at once, for lists: at most one query, none when all are remembered.
    public func staffNames(_ staff: some Sequence<StaffID>, in transaction: any Transaction) throws
        -> [StaffID: String]
    {
        let now = clock.now()
        let wanted = Set(staff)
        var found = names.withLock { names in
            wanted.reduce(into: [StaffID: String]()) { found, id in
                if let name = names[id], name.until > now { found[id] = name.value }
            }
        }
        let missing = wanted.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        for row in try transaction.query("SELECT id, name FROM staff WHERE id IN (\(list: missing.sorted()))") {
            found[try row.identifier(0)] = try row.text(1)
        }
        let read = found.filter { missing.contains($0.key) }
        names.withLock { names in
            if names.count > Self.most { names.removeAll(keepingCapacity: true) }
            for (id, name) in read { names[id] = Remembered(value: name, until: now + Self.remembered) }
        }
        return found
    }

    /// One post, also when it has ended.
    public func post(_ id: PostID, in transaction: any Transaction) throws -> PostRecord? {
        let now = clock.now()
        if let known = posts.withLock({ $0[id] }), known.until > now { return known.value }
        guard let post = try PostStore.post(id, in: transaction) else { return nil }
        posts.withLock { posts in
            if posts.count > Self.most { posts.removeAll(keepingCapacity: true) }
            posts[id] = Remembered(value: post, until: now + Self.remembered)
        }
        return post
    }

    public func body(of post: PostID, in transaction: any Transaction) throws -> BodyID? {
        try self.post(post, in: transaction)?.body
    }

    /// The posts that a person holds now, in several bodies perhaps (交叉任职).
    public func posts(of staff: StaffID, in transaction: any Transaction) throws -> [PostRecord] {
        try PostStore.current(of: staff, at: clock.now(), in: transaction)
    }

    /// Who holds a post now, the nearest area first, at most 500.
    /// - Parameters:
    ///   - body: only posts of this body; nil for any.
    ///   - role: only this role (its key); nil for any.
    ///   - right: only roles that have this right; nil for any.
    ///   - area: only posts whose own area contains this one; nil for any. So the dispatchers for a street are those of
    ///     the street and those above it; compare `post.area` for the street's own.
    public func postHolders(
        body: BodyID? = nil, role: String? = nil, right: Right? = nil, area: AreaPrefix? = nil,
        in transaction: any Transaction
    ) throws -> [PostHolder] {
        var keys: [String]? = role.map { [$0] }
        if let right {
            let having = roles.all.filter { $0.rights.contains(right) }.map(\.key).sorted()
            keys = keys.map { $0.filter(having.contains) } ?? having
        }
        let areas = area.map { area in
            [0, 2, 4, 6, 9, 12, 15].filter { $0 <= area.code.utf8.count }.map { String(area.code.prefix($0)) }
        }
        return try PostStore.holders(
            body: body, roles: keys, areas: areas, at: clock.now(), limit: 500, in: transaction)
    }

    /// What was remembered is forgotten; called after a commit that changed staff or posts.
    func forget() {
        names.withLock { $0.removeAll() }
        posts.withLock { $0.removeAll() }
    }
}
