/// One row of a table, however it was stored.
public struct SheetRow: Sendable, Hashable {
    /// Where the person finds it: the line of a text file, the row of a workbook. The first is 1.
    public var number: Int
    public var cells: [String]
    /// What is doubtful or broken in it; empty for almost every row.
    public var issues: [SheetIssue]

    public init(number: Int, cells: [String], issues: [SheetIssue] = []) {
        self.number = number
        self.cells = cells
        self.issues = issues
    }

    /// The cell of a column counted from 0; empty where the row is shorter.
    public subscript(column: Int) -> String { cells.indices.contains(column) ? cells[column] : "" }
}

/// What a reader noticed in a row. Columns count from 0.
public enum SheetIssue: Sendable, Hashable {
    /// Bytes that are no text in the file's encoding; U+FFFD stands in their place.
    case undecodableText
    /// A quote opened on this line was never closed; the row ends with its line.
    case unterminatedQuote(openedAtLine: Int)
    /// Text follows a closing quote; taken as it stands.
    case textAfterQuote(column: Int)
    /// The cell was longer than is accepted, and cut.
    case cellTooLong(column: Int)
    /// The row was longer than is accepted, and cut.
    case rowTooLong
    case tooManyColumns
    /// The value is what a formula last came to.
    case formula(column: Int)
    /// `#N/A`, `#REF!` and their like.
    case errorValue(column: Int, value: String)
    /// Stored as a number with more digits than a spreadsheet keeps (15): an identity or card number has lost its end.
    case digitsLost(column: Int)
    /// The cell points to a text or has a value that the workbook does not contain.
    case brokenCell(column: Int)

    /// False for what does not change the value: a formula's result may be used.
    public var isProblem: Bool {
        if case .formula = self { return false }
        return true
    }

    /// The column it is about, if it is about one.
    public var column: Int? {
        switch self {
        case .undecodableText, .unterminatedQuote, .rowTooLong, .tooManyColumns: nil
        case .textAfterQuote(let column), .cellTooLong(let column), .formula(let column), .errorValue(let column, _),
            .digitsLost(let column), .brokenCell(let column):
            column
        }
    }

    init(_ fault: CSVParser.Fault) {
        switch fault {
        case .invalidText: self = .undecodableText
        case .unterminatedQuote(let line): self = .unterminatedQuote(openedAtLine: line)
        case .textAfterQuote(let column): self = .textAfterQuote(column: column)
        case .fieldTooLong(let column): self = .cellTooLong(column: column)
        case .rowTooLong: self = .rowTooLong
        case .tooManyColumns: self = .tooManyColumns
        }
    }
}
