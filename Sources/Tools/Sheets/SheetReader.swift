import Glibc
public import Ground

/// Reads a table whatever it is stored in: looks at the content, not at the file's name.
public final class SheetReader {
    private enum Storage {
        case text(CSVReader)
        case workbook(XLSXReader, sheet: String?)
    }

    /// How the table is stored, for a person to check: `UTF-8, comma`.
    public enum Format: Sendable, Hashable {
        case text(TextEncoding, separator: UInt8)
        case workbook(sheet: String)
    }

    public let format: Format
    /// The cells of the first row that is not blank, without spaces around them.
    public let header: [String]
    /// Where the header stands.
    public let headerRow: Int
    /// The sheets that can be chosen; empty for text.
    public let sheetNames: [String]
    private let storage: Storage

    /// - Parameter sheet: the sheet of a workbook; nil for the first that is not hidden.
    public static func open(
        path: String, sheet: String? = nil, limits: SheetLimits = SheetLimits()
    ) throws(Refusal) -> SheetReader {
        let storage = try storage(path, sheet, limits)
        let first: SheetRow?
        do {
            first = try firstRow(storage)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw SheetRefusals.damagedWorkbook(path, part: "sheet", detail: "\(error)")
        }
        guard let first else { throw SheetRefusals.empty(path) }
        return SheetReader(storage, header: first)
    }

    private init(_ storage: Storage, header first: SheetRow) {
        self.storage = storage
        header = first.cells.map { cell in
            var trimmed = cell[...]
            while let character = trimmed.first, character.isWhitespace { trimmed.removeFirst() }
            while let character = trimmed.last, character.isWhitespace { trimmed.removeLast() }
            return String(trimmed)
        }
        headerRow = first.number
        switch storage {
        case .text(let reader):
            format = .text(reader.encoding, separator: reader.separator)
            sheetNames = []
        case .workbook(let reader, let sheet):
            let visible = reader.sheets.first { !$0.isHidden } ?? reader.sheets.first
            format = .workbook(sheet: sheet ?? visible?.name ?? "")
            sheetNames = reader.sheets.map(\.name)
        }
    }

    /// Size of what is being read, and how much of it was read: for a progress bar.
    public var byteCount: Int64 {
        switch storage {
        case .text(let reader): reader.byteCount
        case .workbook(let reader, _): reader.byteCount
        }
    }

    public var bytesRead: Int64 {
        switch storage {
        case .text(let reader): reader.bytesRead
        case .workbook(let reader, _): reader.bytesRead
        }
    }

    /// What to call a column counted from 0: its heading, or its letter where it has none.
    public func name(of column: Int) -> String {
        header.indices.contains(column) && !header[column].isEmpty
            ? header[column] : CellReference.columnName(column)
    }

    /// The column under a heading, counted from 0.
    public func column(named name: String) -> Int? { header.firstIndex(of: name) }

    /// Hands over every row below the header that is not blank. What the closure throws ends the reading and is thrown on.
    @discardableResult
    public func forEachRow(_ body: (SheetRow) throws -> Void) throws -> SheetSummary {
        var count = -1
        func hand(_ row: SheetRow) throws {
            count += 1
            if count > 0 { try body(row) }
        }
        var summary = SheetSummary(rowCount: 0)
        switch storage {
        case .text(let reader): try reader.forEachRow(hand)
        case .workbook(let reader, let sheet): summary = try reader.forEachRow(inSheet: sheet, hand)
        }
        summary.rowCount = max(0, count)
        return summary
    }

    private static func storage(_ path: String, _ sheet: String?, _ limits: SheetLimits) throws(Refusal) -> Storage {
        let head = try head(of: path)
        if head.isEmpty { throw SheetRefusals.empty(path) }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            return .workbook(try XLSXReader(path: path, limits: limits), sheet: sheet)
        }
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            // A workbook with a password lies in the container of the old format, under this name in UTF-16.
            let name = "EncryptedPackage".utf16.flatMap { unit -> [UInt8] in [UInt8(truncatingIfNeeded: unit), 0] }
            let isEncrypted = head.indices.contains { head[$0] == name[0] && head[$0...].starts(with: name) }
            throw isEncrypted ? SheetRefusals.encryptedWorkbook(path) : SheetRefusals.oldWorkbook(path)
        }
        if head.starts(with: Array("%PDF".utf8)) {
            throw SheetRefusals.notWorkbook(path, LocalizedText("PDF 文档", "a PDF document"))
        }
        // Many systems call an HTML page or an XML table “.xls”.
        let start = head.drop { $0 <= 0x20 || $0 >= 0x80 }.prefix(16).map {
            (0x41...0x5A).contains($0) ? $0 | 0x20 : $0
        }
        for sign in ["<html", "<!doctype", "<table", "<?xml", "<meta"] where start.starts(with: Array(sign.utf8)) {
            throw SheetRefusals.notWorkbook(path, LocalizedText("网页或 XML 表格", "a web page or XML table"))
        }
        return .text(try CSVReader(path: path, limits: limits))
    }

    /// The first 4 MiB: enough to find the directory of an old container.
    private static func head(of path: String) throws(Refusal) -> [UInt8] {
        _ = try fileSize(path)
        guard let file = fopen(path, "rb") else { throw SheetRefusals.cannotOpen(path, errno) }
        defer { fclose(file) }
        return [UInt8](unsafeUninitializedCapacity: 4 << 20) { buffer, count in
            count = fread(buffer.baseAddress, 1, 8, file)
            let isContainer = count == 8 && buffer[0] == 0xD0 && buffer[1] == 0xCF
            let wanted = isContainer ? buffer.count - count : 64
            count += fread(buffer.baseAddress.map { $0 + count }, 1, wanted, file)
        }
    }

    private struct FirstRowFound: Error {}

    private static func firstRow(_ storage: Storage) throws -> SheetRow? {
        var first: SheetRow?
        func keep(_ row: SheetRow) throws {
            first = row
            throw FirstRowFound()
        }
        do {
            switch storage {
            case .text(let reader): try reader.forEachRow(keep)
            case .workbook(let reader, let sheet): try reader.forEachRow(inSheet: sheet, keep)
            }
        } catch is FirstRowFound {}
        return first
    }
}
