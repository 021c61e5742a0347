import Glibc
import Ground

/// Writes one sheet of a filled template piece by piece.
final class TemplateSheetWriter {
    let path: String
    private let sheet: TemplateSheet
    private let output: TemplateOutput

    init(_ sheet: TemplateSheet, path: String) throws(Refusal) {
        self.sheet = sheet
        self.path = path
        output = try TemplateOutput(path: path, for: path)
    }

    /// What stands before the rows; without the size of the sheet, which may be left out and is not known yet.
    func head() throws(Refusal) {
        var scanner = TagScanner(sheet.bytes)
        var edit = sheet.head.lowerBound
        while let tag = scanner.next(), tag.range.lowerBound < sheet.head.upperBound {
            guard scanner.is(tag, "dimension") else { continue }
            try output.write(sheet.bytes[edit..<tag.range.lowerBound])
            edit = tag.range.upperBound
        }
        try output.write(sheet.bytes[edit..<sheet.head.upperBound])
    }

    func row(_ row: TemplateSheet.Row, number: Int, _ values: TemplateFilling.Values) throws(Refusal) {
        guard row.hasMarks || row.hasFormulas || number != row.number else {
            return try output.write(sheet.bytes[row.range])
        }
        var tag = ByteEdit(Array(sheet.bytes[row.tag]))
        let numbers = row.reference.map { [($0, Array(String(number).utf8))] } ?? []
        // The columns that a row spans are a hint, and a spread value may go beyond.
        let edits = (numbers + (row.spans.map { [($0, spans)] } ?? [])).sorted { $0.0.lowerBound < $1.0.lowerBound }
        for (range, text) in edits {
            tag.replace(range.lowerBound - row.tag.lowerBound..<range.upperBound - row.tag.lowerBound, with: text)
        }
        try output.write(tag.result[...])
        guard row.range.upperBound > row.tag.upperBound else { return }
        try cells(of: row, number, values)
        try output.write(Array("</\(row.name)>".utf8)[...])
    }

    private let spans = Array("1:16384".utf8)

    private func cells(of row: TemplateSheet.Row, _ number: Int, _ values: TemplateFilling.Values) throws(Refusal) {
        // What a spread value left for the cells to the right.
        var waiting: [Int: (text: String, style: String?)] = [:]
        let name = row.cells.first?.name ?? "c"
        func flush(before column: Int) throws(Refusal) {
            for next in waiting.keys.filter({ $0 < column }).sorted() {
                guard let one = waiting.removeValue(forKey: next) else { continue }
                try write(.text(one.text), name, next, number, style: one.style)
            }
        }
        for cell in row.cells {
            try flush(before: cell.column)
            if let one = waiting.removeValue(forKey: cell.column) {
                try write(.text(one.text), cell.name, cell.column, number, style: cell.style ?? one.style)
                continue
            }
            guard let text = cell.text else {
                try copy(cell, number)
                continue
            }
            let value = Self.value(of: text, values)
            if case .spread(let texts) = value {
                try write(.text(texts.first ?? ""), cell.name, cell.column, number, style: cell.style)
                for (offset, text) in texts.enumerated().dropFirst() {
                    waiting[cell.column + offset] = (text, cell.style)
                }
            } else {
                try write(value, cell.name, cell.column, number, style: cell.style)
            }
        }
        try flush(before: CellReference.columnLimit)
    }

    /// A cell that is one mark takes its value as it is; among other text it becomes text.
    private static func value(of text: TemplateText, _ values: TemplateFilling.Values) -> TemplateValue {
        let pieces = text.pieces.filter { piece in
            if case .mark(let mark) = piece { return !mark.isRepeat }
            return true
        }
        if pieces.count == 1, case .mark(let mark) = pieces[0] { return values(mark) }
        // What stands around values says nothing where there is none.
        let found = pieces.compactMap { piece -> TemplateValue? in
            if case .mark(let mark) = piece { return values(mark) }
            return nil
        }
        if !found.isEmpty, found.allSatisfy({ $0 == .empty }) { return .empty }
        let joined = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .mark(let mark): values(mark).plain
            }
        }.joined()
        return joined.allSatisfy(\.isWhitespace) ? .empty : .text(joined)
    }

    private func write(_ value: TemplateValue, _ name: String, _ column: Int, _ row: Int, style: String?)
        throws(Refusal)
    {
        let prefix = name.hasSuffix(":c") ? String(name.dropLast(1)) : ""
        var text = "<\(name) r=\"\(CellReference.columnName(column))\(row)\""
        if let style { text += " s=\"\(style)\"" }
        switch value {
        case .empty: text += "/>"
        case .integer(let number): text += "><\(prefix)v>\(number)</\(prefix)v></\(name)>"
        case .text, .spread:
            let clean = WorkbookText.escaped(WorkbookText.clean(value.plain).text)
            text += " t=\"inlineStr\"><\(prefix)is><\(prefix)t xml:space=\"preserve\">"
            text += String(decoding: XMLText.encode(clean), as: UTF8.self)
            text += "</\(prefix)t></\(prefix)is></\(name)>"
        }
        try output.write(Array(text.utf8)[...])
    }

    /// As it is, at its new place; a formula without the result that it had.
    private func copy(_ cell: TemplateSheet.Cell, _ number: Int) throws(Refusal) {
        if let formula = cell.formula {
            var text = "<\(cell.name) r=\"\(CellReference.columnName(cell.column))\(number)\""
            if let style = cell.style { text += " s=\"\(style)\"" }
            try output.write(Array((text + ">").utf8)[...])
            try output.write(sheet.bytes[formula])
            return try output.write(Array("</\(cell.name)>".utf8)[...])
        }
        guard let reference = cell.reference else { return try output.write(sheet.bytes[cell.range]) }
        try output.write(sheet.bytes[cell.range.lowerBound..<reference.lowerBound])
        try output.write(Array((CellReference.columnName(cell.column) + String(number)).utf8)[...])
        try output.write(sheet.bytes[reference.upperBound..<cell.range.upperBound])
    }

    /// What stands after the rows, with every place moved as the rows were.
    func tail(_ shift: RowShift?) throws(Refusal) {
        guard let shift, shift.extra > 0 else { return try output.write(sheet.bytes[sheet.tail]) }
        var scanner = TagScanner(sheet.bytes, from: sheet.tail.lowerBound)
        var done = sheet.tail.lowerBound
        var isInRowBreaks = false
        func replace(_ range: Range<Int>, _ text: String) throws(Refusal) {
            try output.write(sheet.bytes[done..<range.lowerBound])
            try output.write(Array(text.utf8)[...])
            done = range.upperBound
        }
        let inRow = sheet.merges.count { $0.first.row == shift.row && $0.last.row == shift.row }
        while let tag = scanner.next() {
            if scanner.is(tag, "rowBreaks") { isInRowBreaks = tag.kind == .start }
            guard tag.kind != .end else { continue }
            for (name, value) in scanner.attributes(tag) {
                let text = scanner.text(value)
                switch name {
                case "ref":
                    if scanner.is(tag, "mergeCell"), let range = MergedRange(text), range.first.row == shift.row {
                        try mergedRow(tag, value, range, shift, &done)
                    } else {
                        try replace(value, shift.moved(reference: text))
                    }
                case "sqref": try replace(value, shift.moved(references: text))
                case "count" where scanner.is(tag, "mergeCells"):
                    try replace(value, String(sheet.merges.count + inRow * shift.extra))
                case "id" where isInRowBreaks && scanner.is(tag, "brk"):
                    // A break stands after its row.
                    try replace(value, Int(text).map { String(shift.movedEnd($0)) } ?? text)
                default: break
                }
            }
        }
        try output.write(sheet.bytes[done..<sheet.tail.upperBound])
    }

    /// Cells that are merged within the repeated row are merged in each of its copies.
    private func mergedRow(
        _ tag: TagScanner.Tag, _ value: Range<Int>, _ range: MergedRange, _ shift: RowShift, _ done: inout Int
    ) throws(Refusal) {
        try output.write(sheet.bytes[done..<tag.range.lowerBound])
        for row in shift.row...(shift.row + shift.extra) {
            let first = CellReference.columnName(range.first.column) + String(row)
            let last = CellReference.columnName(range.last.column) + String(row)
            try output.write(sheet.bytes[tag.range.lowerBound..<value.lowerBound])
            try output.write(Array("\(first):\(last)".utf8)[...])
            try output.write(sheet.bytes[value.upperBound..<tag.range.upperBound])
            if tag.kind == .start {
                try output.write(Array("</\(String(decoding: sheet.bytes[tag.fullName], as: UTF8.self))>".utf8)[...])
            }
        }
        done = tag.range.upperBound
        guard tag.kind == .start else { return }
        var scanner = TagScanner(sheet.bytes, from: done)
        if let end = scanner.next() { done = end.range.upperBound }
    }

    func close() throws(Refusal) { try output.close() }
}

/// A file that is written from front to back; every failure of the disk is told.
final class TemplateOutput {
    private let name: String
    private var file: UnsafeMutablePointer<FILE>?

    /// - Parameter name: of the file that the reader knows, for refusals.
    init(path: String, for name: String) throws(Refusal) {
        self.name = name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw SheetRefusals.write(name, errno) }
        guard let opened = fdopen(descriptor, "wb") else {
            Glibc.close(descriptor)
            throw SheetRefusals.write(name, errno)
        }
        file = opened
    }

    deinit { if let file { fclose(file) } }

    func write(_ bytes: ArraySlice<UInt8>) throws(Refusal) {
        guard let file else { throw SheetRefusals.alreadyClosed(name) }
        let count = bytes.withUnsafeBytes { $0.count == 0 ? 0 : fwrite($0.baseAddress, 1, $0.count, file) }
        guard count == bytes.count else { throw SheetRefusals.write(name, errno) }
    }

    func close() throws(Refusal) {
        guard let open = file else { return }
        file = nil
        guard fclose(open) == 0 else { throw SheetRefusals.write(name, errno) }
    }
}
