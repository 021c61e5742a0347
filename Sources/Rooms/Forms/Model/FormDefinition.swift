public import Ground
public import Registry

/// 表: whom it is about, what it lists and what it counts. A form holds no data; it is a view of facts.
public struct FormDefinition: Sendable, Hashable, Codable {
    /// By which of a person's places the form is divided into areas.
    public enum Place: String, Sendable, Hashable, Codable {
        /// Where people live 常住.
        case residence
        /// Where they are registered 户籍.
        case registration
    }

    /// One figure: how many of those in the form meet a condition.
    public struct Cell: Sendable, Hashable, Codable {
        public var title: LocalizedText
        public var condition: String

        public init(_ title: LocalizedText, _ condition: String) {
            self.title = title
            self.condition = condition
        }
    }

    public var key: String
    public var name: LocalizedText
    /// The line whose form it is.
    public var line: String
    public var purpose: String
    public var basis: LocalizedText?
    public var kind: SubjectKind
    public var place: Place
    public var filter: String
    /// The elements that a list shows; empty for a form that only counts. `age` and `area` may stand among them, and for
    /// persons also elements of their household and dwelling.
    public var columns: [String]
    public var cells: [Cell]
    /// A table of conditions against conditions; its cells come after `cells`, row by row.
    public var rows: [Cell]
    public var heads: [Cell]
    /// How often it used to be handed in, in a year: what it cost before.
    public var timesAYear: Int

    public var isList: Bool { !columns.isEmpty }
}
