public import Desk
public import Ground
public import Storage

/// Two acts on one matter, the second right after the first, both by one person in one post. Read, summed up and thrown
/// away: nothing of it is kept or shown by person.
public struct ActPair: Sendable, Hashable {
    public var staff: StaffID
    public var post: PostID
    public var from: Instant
    public var until: Instant

    public init(staff: StaffID, post: PostID, from: Instant, until: Instant) {
        self.staff = staff
        self.post = post
        self.from = from
        self.until = until
    }
}

/// Where acts on matters are recorded. The room of matters is not known here.
public protocol RecordedActs: Sendable {
    /// Whether the workflow of matters has an act of this name.
    func has(_ act: String) -> Bool

    /// The newest matters first.
    /// - Parameters:
    ///   - before: matters that came in before it, and acts of before it.
    ///   - categories: prefixes of codes; all matters when empty.
    ///   - limit: so many matters of each kind are looked at.
    func pairs(
        from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [ActPair]
}

/// A house without matters.
public struct NoRecordedActs: RecordedActs {
    public init() {}
    public func has(_ act: String) -> Bool { true }
    public func pairs(
        from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [ActPair] { [] }
}
