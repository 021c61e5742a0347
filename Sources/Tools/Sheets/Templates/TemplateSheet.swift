import Ground

/// One sheet of a template: its XML as it is, and where in it the rows, cells and marks stand.
struct TemplateSheet: Sendable {
    struct Cell: Sendable {
        var column: Int
        /// From its tag to the end of its element.
        var range: Range<Int>
        /// Where its own reference stands.
        var reference: Range<Int>?
        var tag: Range<Int>
        /// The name of its tag with its prefix.
        var name: String
        var style: String?
        /// Its formula, where it has one.
        var formula: Range<Int>?
        var text: TemplateText?
        var isEmpty: Bool
    }

    struct Row: Sendable {
        var number: Int
        var range: Range<Int>
        var tag: Range<Int>
        /// Where its own number stands.
        var reference: Range<Int>?
        var spans: Range<Int>?
        var name: String
        var cells: [Cell] = []

        var hasMarks: Bool { cells.contains { $0.text != nil } }
        var hasFormulas: Bool { cells.contains { $0.formula != nil } }
    }

    let name: String
    let part: String
    let bytes: [UInt8]
    private(set) var rows: [Row] = []
    /// What lies between the start of the file and the first row, and after the last.
    private(set) var head: Range<Int>
    private(set) var tail: Range<Int>
    /// The place of the row that is repeated among `rows`.
    private(set) var repeated: Int?
    private(set) var merges: [MergedRange] = []
    private(set) var problems: [TemplateProblem] = []
    private var tables: Int?

    var isMarked: Bool { rows.contains { $0.hasMarks } }
    var repeatedRow: Row? { repeated.map { rows[$0] } }
    var hasFormulas: Bool { rows.contains { $0.hasFormulas } }

    init(name: String, part: String, bytes: [UInt8], sharedText: (Int) -> String?) {
        self.name = name
        self.part = part
        self.bytes = bytes
        head = 0..<bytes.count
        tail = bytes.count..<bytes.count
        read(sharedText)
        check()
    }

    // MARK: Reading

    private mutating func read(_ sharedText: (Int) -> String?) {
        var scanner = TagScanner(bytes)
        var isInData = false
        while let tag = scanner.next() {
            if scanner.is(tag, "sheetData") {
                switch tag.kind {
                case .empty: (head, tail) = (0..<tag.range.upperBound, tag.range.upperBound..<bytes.count)
                case .start: (head, isInData) = (0..<tag.range.upperBound, true)
                case .end: (tail, isInData) = (tag.range.lowerBound..<bytes.count, false)
                }
            } else if isInData, scanner.is(tag, "row"), tag.kind != .end {
                rows.append(row(tag, &scanner, sharedText))
            } else if scanner.is(tag, "mergeCell") {
                let reference = scanner.attributes(tag).first { $0.name == "ref" }
                if let range = reference.flatMap({ MergedRange(scanner.text($0.value)) }) { merges.append(range) }
            } else if scanner.is(tag, "tablePart") {
                tables = (tables ?? 0) + 1
            }
        }
    }

    private func row(_ tag: TagScanner.Tag, _ scanner: inout TagScanner, _ sharedText: (Int) -> String?) -> Row {
        let attributes = scanner.attributes(tag)
        let reference = attributes.first { $0.name == "r" }?.value
        let number = reference.flatMap { Int(scanner.text($0)) } ?? (rows.last?.number ?? 0) + 1
        var row = Row(
            number: number, range: tag.range, tag: tag.range, reference: reference,
            spans: attributes.first { $0.name == "spans" }?.value, name: scanner.text(tag.fullName))
        guard tag.kind == .start else { return row }
        while let inner = scanner.next() {
            if scanner.is(inner, "row"), inner.kind == .end {
                row.range = tag.range.lowerBound..<inner.range.upperBound
                break
            }
            if scanner.is(inner, "c"), inner.kind != .end {
                row.cells.append(cell(inner, (row.cells.last?.column ?? -1) + 1, &scanner, sharedText))
            }
        }
        return row
    }

    private func cell(
        _ tag: TagScanner.Tag, _ next: Int, _ scanner: inout TagScanner, _ sharedText: (Int) -> String?
    ) -> Cell {
        let attributes = scanner.attributes(tag)
        let reference = attributes.first { $0.name == "r" }?.value
        let kind = attributes.first { $0.name == "t" }.map { scanner.text($0.value) } ?? "n"
        var cell = Cell(
            column: reference.flatMap { CellReference(bytes[$0]) }?.column ?? next, range: tag.range,
            reference: reference, tag: tag.range, name: scanner.text(tag.fullName),
            style: attributes.first { $0.name == "s" }.map { scanner.text($0.value) }, formula: nil, text: nil,
            isEmpty: true)
        guard tag.kind == .start else { return cell }
        var text = ""
        var phonetic = 0
        while let inner = scanner.next() {
            if scanner.is(inner, "c"), inner.kind == .end {
                cell.range = tag.range.lowerBound..<inner.range.upperBound
                break
            }
            if scanner.is(inner, "rPh") { phonetic += inner.kind == .start ? 1 : inner.kind == .end ? -1 : 0 }
            let isText = phonetic == 0 && (scanner.is(inner, "v") || scanner.is(inner, "t"))
            guard isText || scanner.is(inner, "f"), inner.kind != .end else { continue }
            var end = inner.range.upperBound
            if inner.kind == .start, let closing = scanner.next() {
                if isText { text += XMLText.decode(bytes[inner.range.upperBound..<closing.range.lowerBound]) }
                end = closing.range.upperBound
            }
            if !isText { cell.formula = inner.range.lowerBound..<end }
        }
        if kind == "s", let index = Int(text) { text = sharedText(index) ?? "" }
        cell.isEmpty = text.isEmpty && cell.formula == nil
        if cell.formula == nil, kind == "s" || kind == "inlineStr" || kind == "str" { cell.text = TemplateText(text) }
        return cell
    }

    // MARK: Checking

    private mutating func check() {
        for (index, row) in rows.enumerated() {
            if index > 0, row.number <= rows[index - 1].number {
                found(row, nil, "行号次序有误，请用 Excel 另存后再上传", "its rows are out of order; save it anew in Excel")
            }
            for cell in row.cells {
                guard let text = cell.text else { continue }
                if text.isBroken {
                    found(row, cell, "标记没有写完整，应为 {{名称}}", "a mark is not closed; it is written {{name}}")
                }
                if isCovered(row.number, cell.column) {
                    found(
                        row, cell, "标记写在合并单元格被遮住的部分，请写在合并区域左上角",
                        "the mark stands in the covered part of merged cells; write it in their first cell")
                }
                guard text.marks.contains(where: \.isRepeat) else { continue }
                if repeated == nil || repeated == index {
                    repeated = index
                } else {
                    found(row, cell, "一个工作表只能有一行重复，请分到两个工作表", "a sheet repeats one row only; use a second sheet")
                }
            }
        }
        if let row = repeatedRow { checkRepeated(row) }
    }

    private mutating func checkRepeated(_ row: Row) {
        if row.cells.flatMap({ $0.text?.marks ?? [] }).count(where: \.isRepeat) > 1 {
            found(row, nil, "重复行的标记 {{每行 …}} 只写一次", "the mark {{each …}} is written once in a row")
        }
        for range in merges where range.first.row != range.last.row {
            if (range.first.row...range.last.row).contains(row.number) {
                found(
                    row, nil, "重复行不能与上下行合并单元格（\(Self.text(range))）",
                    "the repeated row may not be merged with the rows around it (\(Self.text(range)))")
            }
        }
        for other in rows {
            for cell in other.cells where cell.formula != nil {
                found(
                    other, cell, "有重复行的工作表中不能有公式（行会移动），请改用统计标记，如 {{表名.合计}}",
                    "a sheet with a repeated row has no formulas, as its rows move; use a figure, as {{form.count}}")
            }
        }
        if tables != nil {
            found(
                row, nil, "有重复行的工作表中不能有“表格”对象，请先转换为区域",
                "a sheet with a repeated row has no table object; turn it into a range first")
        }
    }

    private static let mostProblems = 200

    private mutating func found(_ row: Row, _ cell: Cell?, _ chinese: String, _ english: String) {
        guard problems.count < Self.mostProblems else { return }
        let place = (cell.map { CellReference.columnName($0.column) } ?? "") + String(row.number)
        problems.append(TemplateProblem(sheet: name, cell: place, text: LocalizedText(chinese, english)))
    }

    private static func text(_ range: MergedRange) -> String {
        func name(_ cell: CellReference) -> String { CellReference.columnName(cell.column) + String(cell.row) }
        return name(range.first) + ":" + name(range.last)
    }

    /// Whether the cell lies under merged cells without being their first.
    func isCovered(_ row: Int, _ column: Int) -> Bool {
        merges.contains { range in
            (range.first.row...max(range.first.row, range.last.row)).contains(row)
                && (range.first.column...max(range.first.column, range.last.column)).contains(column)
                && (range.first.row, range.first.column) != (row, column)
        }
    }

    /// Whether nothing stands in the cell and it belongs to no other.
    func isFree(_ row: Int, _ column: Int) -> Bool {
        guard column < CellReference.columnLimit, !isCovered(row, column) else { return false }
        return rows.first { $0.number == row }?.cells.first { $0.column == column }?.isEmpty ?? true
    }
}
