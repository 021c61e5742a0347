public import Desk
public import Ground
public import Storage

/// Where the people of bodies are known: the room of accounts and posts, above this one.
public protocol BodyPeople: Sendable {
    /// Those who hold a post of the body now, at most 500.
    func people(of body: BodyID, in transaction: any Transaction) throws -> [BodyPerson]
}
