public import Desk
public import Ground

/// One line in the inbox of staff: what happened, and where to go for it.
public struct Notice: Sendable, Hashable {
    public enum Recipient: Sendable, Hashable {
        /// Whoever holds this post.
        case post(PostID)
        /// Every post of the body whose own area contains the given one; all of its posts when there is none.
        case body(BodyID, area: AreaPrefix?)
    }

    public var recipient: Recipient
    /// What kind of event it is: `cases.assigned`.
    public var kind: String
    public var subjectKind: String
    public var subjectID: String
    public var text: LocalizedText
    /// Where a click leads: a path of this platform, beginning with `/`.
    public var address: String
    public var at: Instant
    public var isUrgent: Bool

    public init(
        to recipient: Recipient, kind: String, subjectKind: String, subjectID: String, text: LocalizedText,
        address: String, at: Instant, isUrgent: Bool = false
    ) {
        self.recipient = recipient
        self.kind = kind
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.text = text
        self.address = address
        self.at = at
        self.isUrgent = isUrgent
    }
}

/// A notice as it lies in an inbox.
struct InboxItem: Sendable {
    var id: Identifier<Notice>
    var kind: String
    var subjectKind: String
    var subjectID: String
    var text: LocalizedText
    var address: String
    var at: Instant
    var isUrgent: Bool
    var isRead: Bool
}
