/// What is wrong with one row, or with a whole table.
public struct InputProblem: Error, Sendable, Equatable {
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// The header lacks a column that is needed.
        case missingColumn
        /// A number is absent or no number.
        case noNumber
        /// The same id came before; the first row counts.
        case duplicateID
        /// Less than nothing.
        case negativeWorkload
        /// More than a design can hold (2,000,000 in one unit).
        case hugeWorkload
        /// The edge names a unit that is not in the table.
        case unknownUnit
        /// The edge leads from a unit to itself.
        case loop
        /// No unit at all.
        case empty
    }

    public var kind: Kind
    /// Line of the file, counted from 1; 0 for the whole table.
    public var line: Int
    /// The column or value concerned.
    public var subject: String

    public init(_ kind: Kind, line: Int, subject: String) {
        self.kind = kind
        self.line = line
        self.subject = subject
    }
}
