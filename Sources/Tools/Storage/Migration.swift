/// One step forward of the schema. Steps are never changed once released: their text is checked against what ran.
public struct Migration: Sendable, Hashable {
    /// One statement of a step: for both engines, or for one.
    public enum Statement: Sendable, Hashable {
        case shared(String)
        case only(Engine, String)
    }

    /// `cases.0003-add-deadline`: the room, a number, what it does. Unique; the room's own steps run in this order.
    public var name: String
    public var statements: [Statement]

    public init(_ name: String, _ statements: [Statement]) {
        self.name = name
        self.statements = statements
    }

    public init(_ name: String, _ statements: String...) {
        self.init(name, statements.map(Statement.shared))
    }
}
