import CZip
import Glibc
public import Ground

/// Fills a template sheet by sheet and row by row in memory that does not grow with the rows. The file appears under its
/// name only when `close` succeeds.
public final class TemplateFilling {
    public typealias Values = (TemplateMark) -> TemplateValue

    private let template: WorkbookTemplate
    private let file: FileReplacement
    private var written: [(sheet: TemplateSheet, path: String, shift: RowShift?)] = []
    private var current: OpenSheet?
    private var isClosed = false

    private struct OpenSheet {
        var sheet: TemplateSheet
        var writer: TemplateSheetWriter
        var values: Values
        var rows = 0
    }

    public init(_ template: WorkbookTemplate, to path: String) {
        self.template = template
        file = FileReplacement(path: path)
    }

    deinit {
        for one in written { unlink(one.path) }
        if let current { unlink(current.writer.path) }
        if !isClosed { file.discard() }
    }

    /// Begins a sheet; what stands outside its repeated row takes these values.
    public func begin(sheet index: Int, values: @escaping Values) throws(Refusal) {
        try finishSheet()
        let sheet = template.sheets[index]
        guard sheet.isMarked || sheet.hasFormulas else { return }
        let writer = try TemplateSheetWriter(sheet, path: file.temporaryPath + ".sheet\(index)")
        current = OpenSheet(sheet: sheet, writer: writer, values: values)
        try writer.head()
        for row in sheet.rows.prefix(sheet.repeated ?? sheet.rows.count) {
            try writer.row(row, number: row.number, values)
        }
    }

    /// Adds one more of the repeated row. Without one in this sheet, nothing happens.
    public func addRow(_ values: Values) throws(Refusal) {
        guard var open = current, let row = open.sheet.repeatedRow else { return }
        let last = open.sheet.rows.last?.number ?? row.number
        guard last + open.rows <= CellReference.rowLimit else { throw SheetRefusals.tooManyRows(file.path) }
        try open.writer.row(row, number: row.number + open.rows, values)
        open.rows += 1
        current = open
    }

    private func finishSheet() throws(Refusal) {
        guard var open = current else { return }
        current = nil
        var shift: RowShift?
        if let row = open.sheet.repeatedRow, let place = open.sheet.repeated {
            if open.rows == 0 {
                try open.writer.row(row, number: row.number) { _ in .empty }
                open.rows = 1
            }
            let made = RowShift(row: row.number, extra: open.rows - 1)
            shift = made
            for row in open.sheet.rows[(place + 1)...] {
                try open.writer.row(row, number: made.moved(row.number), open.values)
            }
        }
        try open.writer.tail(shift)
        try open.writer.close()
        written.append((open.sheet, open.writer.path, shift))
    }

    /// Puts the workbook together: every part that was not filled is copied as it was packed.
    public func close() throws(Refusal) {
        try finishSheet()
        guard !isClosed else { throw SheetRefusals.alreadyClosed(file.path) }
        try copyTemplate()
        var code: Int32 = 0
        guard let archive = zip_open(file.temporaryPath, 0, &code) else {
            throw SheetRefusals.cannotWrite(file.path, detail: "zip \(code)")
        }
        do throws(Refusal) {
            for one in written {
                try replace(one.sheet.part, in: archive, with: zip_source_file(archive, one.path, 0, -1))
            }
            let workbook = try workbookPart()
            // The library frees what it is given; it was made by malloc.
            guard let copy = malloc(max(1, workbook.count)) else { throw SheetRefusals.write(file.path, ENOMEM) }
            workbook.withUnsafeBytes { if let base = $0.baseAddress { memcpy(copy, base, workbook.count) } }
            try replace(
                template.workbookPart, in: archive, with: zip_source_buffer(archive, copy, UInt64(workbook.count), 1))
        } catch {
            zip_discard(archive)
            throw error
        }
        guard zip_close(archive) == 0 else {
            let reason = zip_strerror(archive).map { String(cString: $0) } ?? "zip"
            zip_discard(archive)
            throw SheetRefusals.cannotWrite(file.path, detail: reason)
        }
        try file.commit()
        isClosed = true
    }

    private func replace(_ part: String, in archive: OpaquePointer, with source: OpaquePointer?) throws(Refusal) {
        let index = zip_name_locate(archive, part, zip_flags_t(ZIP_FL_NOCASE))
        guard index >= 0, let source else {
            if let source { zip_source_free(source) }
            throw SheetRefusals.damagedWorkbook(template.path, part: part, detail: "missing")
        }
        guard zip_file_replace(archive, UInt64(index), source, 0) == 0 else {
            zip_source_free(source)
            throw SheetRefusals.cannotWrite(file.path, detail: part)
        }
    }

    private func copyTemplate() throws(Refusal) {
        guard let from = fopen(template.path, "rb") else { throw SheetRefusals.cannotOpen(template.path, errno) }
        defer { fclose(from) }
        let output = try TemplateOutput(path: file.temporaryPath, for: file.path)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&buffer, 1, buffer.count, from)
            if count == 0 { break }
            try output.write(buffer[..<count])
        }
        try output.close()
    }

    /// Names of places move with their rows, and formulas are worked out anew when the file is opened.
    private func workbookPart() throws(Refusal) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try WorkbookPackage(path: template.path, limits: WorkbookTemplate.limits).bytes(
                of: template.workbookPart)
        } catch let refusal as Refusal { throw refusal } catch {
            throw SheetRefusals.damagedWorkbook(template.path, part: template.workbookPart, detail: "\(error)")
        }
        var edit = ByteEdit(bytes)
        var scanner = TagScanner(bytes)
        var placeOfCalculation: Int?
        var hasCalculation = false
        while let tag = scanner.next() {
            if scanner.is(tag, "definedName"), tag.kind == .start, let end = scanner.next() {
                let inner = tag.range.upperBound..<end.range.lowerBound
                var text = XMLText.decode(bytes[inner])
                for one in written {
                    if let shift = one.shift { text = shift.moved(named: text, onSheet: one.sheet.name) }
                }
                edit.replace(inner, with: XMLText.encode(text))
            } else if scanner.is(tag, "calcPr"), tag.kind != .end {
                hasCalculation = true
                if let value = scanner.attributes(tag).first(where: { $0.name == "fullCalcOnLoad" })?.value {
                    edit.replace(value, with: Array("1".utf8))
                } else {
                    edit.replace(
                        tag.fullName.upperBound..<tag.fullName.upperBound, with: Array(" fullCalcOnLoad=\"1\"".utf8))
                }
            } else if tag.kind != .start,
                scanner.is(tag, "sheets") || scanner.is(tag, "functionGroups") || scanner.is(tag, "externalReferences")
                    || scanner.is(tag, "definedNames")
            {
                placeOfCalculation = tag.range.upperBound
            }
        }
        if !hasCalculation, let place = placeOfCalculation, template.sheets.contains(where: \.hasFormulas) {
            // The prefix that the file uses for its own words, if any.
            let prefix = Self.prefix(bytes)
            edit.replace(place..<place, with: Array("<\(prefix)calcPr fullCalcOnLoad=\"1\"/>".utf8))
        }
        return edit.result
    }

    private static func prefix(_ bytes: [UInt8]) -> String {
        var scanner = TagScanner(bytes)
        guard let root = scanner.next() else { return "" }
        return scanner.text(root.fullName.lowerBound..<root.name.lowerBound)
    }
}

/// Replacements in bytes, given from front to back.
struct ByteEdit {
    private let bytes: [UInt8]
    private var done = 0
    private var output: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func replace(_ range: Range<Int>, with replacement: [UInt8]) {
        guard range.lowerBound >= done else { return }
        output += bytes[done..<range.lowerBound]
        output += replacement
        done = range.upperBound
    }

    var result: [UInt8] { output + bytes[done...] }
}
