public import Ground
public import Sheets

/// How far an import is.
public struct ImportProgress: Sendable, Hashable {
    public var rows: Int
    public var bytesRead: Int64
    public var byteCount: Int64
    public var rowsPerSecond: Int
}

/// What an import did. Run again with the same file, `created` and `updated` are 0.
public struct ImportResult: Sendable, Hashable {
    /// The layout that was recognised or given.
    public var layout: String
    public var layoutTitle: LocalizedText
    /// Rows below the header.
    public var rows = 0
    public var created = 0
    /// Of those created, how many still have to be dealt with.
    public var open = 0
    public var updated = 0
    public var unchanged = 0
    /// The same content twice, in a table without numbers.
    public var repeated = 0
    /// Rows that were not taken.
    public var rejected = 0
    /// Of those rejected: the matter has been dealt with here since, or its text differs.
    public var conflicts = 0
    /// Taken, but only known to be in the county: no street of that name.
    public var unplaced = 0
    /// Columns of the table that mean nothing here.
    public var ignoredColumns: [String] = []
    public var seconds = 0.0
    /// For a page or a terminal; all of them stand in the file of errors.
    public var firstProblems: [RowProblem] = []

    static let problemsKept = 20
}

extension ImportResult {
    /// The figures, as the command line and the interface give them.
    public func write(to writer: inout JSONWriter) {
        writer.member("layout", layout)
        writer.member("rows", rows)
        writer.member("created", created)
        writer.member("open", open)
        writer.member("updated", updated)
        writer.member("unchanged", unchanged)
        writer.member("repeated", repeated)
        writer.member("rejected", rejected)
        writer.member("conflicts", conflicts)
        writer.member("unplaced", unplaced)
        writer.member("seconds", seconds)
    }
}
