public import Desk
public import Ground
public import Storage

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

/// Where the people of bodies are known: the room of accounts and posts, above this one.
public protocol BodyPeople: Sendable {
    /// Those who hold a post of the body now, at most 500.
    func people(of body: BodyID, in transaction: any Transaction) throws -> [BodyPerson]
}
