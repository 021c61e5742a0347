public import Ground

/// What is wrong with one row of an import.
public struct RowProblem: Sendable, Hashable {
    /// As `SheetRow.number`.
    public var row: Int
    /// The column's heading; empty when the whole row is meant.
    public var column: String
    public var value: String
    /// Stable, dotted, lower case.
    public var code: String
    public var message: LocalizedText

    public init(row: Int, column: String, value: String, code: String, message: LocalizedText) {
        self.row = row
        self.column = column
        self.value = value
        self.code = code
        self.message = message
    }

    /// What the reader noticed in a row, named by the table's headings.
    public init(_ issue: SheetIssue, in row: SheetRow, of reader: SheetReader) {
        let column = issue.column
        self.init(
            row: row.number, column: column.map(reader.name(of:)) ?? "", value: column.map { row[$0] } ?? "",
            code: issue.code, message: issue.message)
    }
}

/// The file of an import's refused rows: what is wrong, then the row as it came, for correcting and importing again.
/// Cells that a spreadsheet would run as formulas get an apostrophe, since the file goes back to a person's Excel.
public final class ErrorSheet {
    /// Problems written so far.
    public private(set) var count = 0

    private let writer: CSVWriter
    private let language: Language
    private let columnCount: Int

    /// - Parameter header: the headings of the imported table.
    public init(path: String, language: Language, header: [String]) throws(Refusal) {
        var options = CSVWriter.Options()
        options.guardsFormulas = true
        writer = try CSVWriter(path: path, options: options)
        self.language = language
        columnCount = header.count
        try writer.addRow(Self.headings.map { $0(language) } + header)
    }

    private static let headings = [
        LocalizedText("行号", "Row"), LocalizedText("列", "Column"), LocalizedText("值", "Value"),
        LocalizedText("代码", "Code"), LocalizedText("说明", "Message"),
    ]

    /// - Parameter original: the cells of the row as they came.
    public func add(_ problem: RowProblem, original: [String]) throws(Refusal) {
        let padding = Array(repeating: "", count: max(0, columnCount - original.count))
        try writer.addRow(
            [
                String(problem.row), problem.column, problem.value, problem.code, problem.message(language),
            ] + original
                + padding)
        count += 1
    }

    /// Finishes the file and puts it in its place.
    public func close() throws(Refusal) { try writer.close() }
}
