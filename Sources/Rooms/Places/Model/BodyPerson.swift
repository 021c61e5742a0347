public import Desk
public import Ground

/// Who holds a post of a body now, and where else: whoever holds posts of two bodies stands on the pages of both (交叉任职).
public struct BodyPerson: Sendable, Hashable {
    public struct Elsewhere: Sendable, Hashable {
        public var body: BodyID
        public var title: LocalizedText

        public init(body: BodyID, title: LocalizedText) {
            self.body = body
            self.title = title
        }
    }

    public var name: String
    /// As it stands on the door, one for each post of this body.
    public var titles: [LocalizedText]
    public var elsewhere: [Elsewhere]

    public init(name: String, titles: [LocalizedText], elsewhere: [Elsewhere]) {
        self.name = name
        self.titles = titles
        self.elsewhere = elsewhere
    }
}
