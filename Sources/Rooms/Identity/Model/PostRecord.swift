public import Desk
public import Ground

/// One post that a member of staff holds or held: a role in a body for an area.
public struct PostRecord: Sendable, Hashable {
    public var id: PostID
    public var staff: StaffID
    public var body: BodyID
    public var role: String
    public var area: AreaPrefix
    /// As it stands on the door: 派单员.
    public var title: LocalizedText
    public var from: Instant
    /// nil while it lasts.
    public var until: Instant?

    public init(
        id: PostID, staff: StaffID, body: BodyID, role: String, area: AreaPrefix, title: LocalizedText, from: Instant,
        until: Instant? = nil
    ) {
        self.id = id
        self.staff = staff
        self.body = body
        self.role = role
        self.area = area
        self.title = title
        self.from = from
        self.until = until
    }

    public func isCurrent(at now: Instant) -> Bool { from <= now && (until.map { now < $0 } ?? true) }
}

/// Who holds a post, with the name that pages show.
public struct PostHolder: Sendable, Hashable {
    public var post: PostRecord
    public var staffName: String

    public var staff: StaffID { post.staff }
}
