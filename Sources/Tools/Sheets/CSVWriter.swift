import Glibc
public import Ground

/// Writes a text table (UTF-8, CR LF, RFC 4180) row by row. The file appears under its name only when `close` succeeds.
public final class CSVWriter {
    public struct Options: Sendable {
        /// Excel in Chinese Windows takes UTF-8 for GBK without it.
        public var hasByteOrderMark = true
        public var separator = UInt8(ascii: ",")
        /// Puts an apostrophe before a cell that a spreadsheet would run as a formula (`= + - @`, unless a number).
        public var guardsFormulas = false

        public init() {}
    }

    private let file: FileReplacement
    private let options: Options
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let flushSize = 128 << 10

    public init(path: String, options: Options = Options()) throws(Refusal) {
        file = FileReplacement(path: path)
        self.options = options
        descriptor = Glibc.open(file.temporaryPath, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw SheetRefusals.write(path, errno) }
        if options.hasByteOrderMark { buffer.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
    }

    deinit {
        if descriptor >= 0 {
            Glibc.close(descriptor)
            file.discard()
        }
    }

    public func addRow(_ cells: [String]) throws(Refusal) {
        guard descriptor >= 0 else { throw SheetRefusals.alreadyClosed(file.path) }
        for (index, cell) in cells.enumerated() {
            if index > 0 { buffer.append(options.separator) }
            // A lone empty cell needs quotes, or its row would read as a blank line.
            CSVWriter.append(cell, options, isAlone: cells.count == 1, to: &buffer)
        }
        buffer.append(contentsOf: [0x0D, 0x0A])
        if buffer.count >= Self.flushSize { try flush() }
    }

    /// Finishes the file and puts it in its place. After a refusal there is no file.
    public func close() throws(Refusal) {
        guard descriptor >= 0 else { throw SheetRefusals.alreadyClosed(file.path) }
        do throws(Refusal) {
            try flush()
            let closed = Glibc.close(descriptor)
            descriptor = -1
            guard closed == 0 else { throw SheetRefusals.write(file.path, errno) }
            try file.commit()
        } catch {
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
            file.discard()
            throw error
        }
    }

    private func flush() throws(Refusal) {
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw SheetRefusals.write(file.path, errno) }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func append(_ cell: String, _ options: Options, isAlone: Bool, to buffer: inout [UInt8]) {
        var needsQuotes = isAlone && cell.isEmpty
        for byte in cell.utf8 where byte == options.separator || byte == 0x22 || byte == 0x0A || byte == 0x0D {
            needsQuotes = true
            break
        }
        let isGuarded = options.guardsFormulas && FormulaGuard.isFormula(cell)
        if needsQuotes { buffer.append(0x22) }
        if isGuarded { buffer.append(UInt8(ascii: "'")) }
        if needsQuotes {
            for byte in cell.utf8 {
                if byte == 0x22 { buffer.append(0x22) }
                buffer.append(byte)
            }
            buffer.append(0x22)
        } else {
            buffer.append(contentsOf: cell.utf8)
        }
    }
}

enum FormulaGuard {
    /// Whether a spreadsheet that opens the text would compute it. Signed numbers such as -5 and +8613800000000 are not.
    static func isFormula(_ cell: String) -> Bool {
        switch cell.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0D: true
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            !cell.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        default: false
        }
    }
}
