import Ground
import Sheets
public import Text

/// Messages that people labelled, from tables with the columns `subject,detail,label` or `tokens,label`: CSV (also gzip)
/// or XLSX. Rows without a text or a label say nothing and are counted.
public struct LabelledTable: Sendable {
    public var texts: [LabelledText] = []
    /// Rows without a text or a label.
    public var skipped = 0

    /// - Throws: a refusal when a file cannot be read or has none of these columns.
    public init(files: [String]) throws {
        for file in files { try read(file) }
    }

    private mutating func read(_ file: String) throws {
        let reader = try SheetReader.open(path: file)
        guard let label = reader.column(named: "label"),
            let body = reader.column(named: "detail") ?? reader.column(named: "tokens")
        else {
            throw Refusal(
                .malformed, "cases.labelled.columns",
                LocalizedText(
                    "\(file)：须有列 label，以及 detail（和 subject）或 tokens",
                    "\(file): it needs a column `label`, and `detail` (with `subject`) or `tokens`"),
                wayOn: LocalizedText(
                    "现有列：\(reader.header.joined(separator: "、"))", "It has: \(reader.header.joined(separator: ", "))"))
        }
        let title = reader.column(named: "subject")
        try reader.forEachRow { row in
            func text(_ column: Int?) -> String {
                column.flatMap { row.cells.indices.contains($0) ? row.cells[$0] : nil } ?? ""
            }
            let found = LabelledText(title: text(title), body: text(body), label: text(label).trimmed)
            if found.label.isEmpty || (found.title + found.body).trimmed.isEmpty {
                skipped += 1
            } else {
                texts.append(found)
            }
        }
    }
}
