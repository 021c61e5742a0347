import Ground
import Sheets

/// The file of what was left out of a file of features, each with its reason; of a table with the row as it came, for
/// correcting and bringing in again.
enum LeftOutSheet {
    /// - Parameters:
    ///   - problems: their `row` is the place of the feature.
    ///   - count: of all that was left out, also of what is not listed.
    ///   - more: the code of the line that says how many are not listed.
    static func write(
        _ problems: [RowProblem], of count: Int, more: String, to path: String, from file: String,
        _ limits: SheetLimits, in language: Language
    ) throws {
        let reader =
            FeatureFile.kind(of: file) == .table ? try SheetReader.open(path: file, limits: limits) : nil
        let sheet = try ErrorSheet(path: path, language: language, header: reader?.header ?? [])
        if let reader {
            let byRow = Dictionary(grouping: problems, by: \.row)
            try reader.forEachRow { row in
                for problem in byRow[row.number] ?? [] { try sheet.add(problem, original: row.cells) }
            }
        } else {
            for problem in problems { try sheet.add(problem, original: []) }
        }
        let rest = count - problems.count
        if rest > 0 {
            try sheet.add(
                RowProblem(
                    row: 0, column: "", value: "", code: more,
                    message: LocalizedText("另有 \(rest) 条未列出", "\(rest) more are not listed")), original: [])
        }
        try sheet.close()
    }
}
