public import Ground

/// Reads a text table of any size in constant memory: encoding and separator are found from the content, gzip is
/// unpacked on the way.
public final class CSVReader {
    public let encoding: TextEncoding
    /// The byte between cells: comma, tab or semicolon.
    public let separator: UInt8
    /// Size of the file on the disk.
    public var byteCount: Int64 { source.byteCount }
    /// Bytes of the file on the disk read so far, in the current pass.
    public var bytesRead: Int64 { source.bytesRead }

    private let path: String
    private let limits: SheetLimits
    private let source: ByteSource
    private let markLength: Int
    private static let pieceSize = 256 << 10

    /// - Parameters:
    ///   - encoding: nil to find it from the content.
    ///   - separator: nil to find it from the content.
    public init(
        path: String, encoding: TextEncoding? = nil, separator: UInt8? = nil, limits: SheetLimits = SheetLimits()
    ) throws(Refusal) {
        self.path = path
        self.limits = limits
        source = try ByteSource(path: path, limits: limits)
        (self.encoding, markLength) = try Self.encoding(of: source, path: path, expected: encoding)
        if let separator {
            self.separator = separator
        } else {
            self.separator = try Self.separator(of: source, encoding: self.encoding, markLength: markLength)
        }
    }

    /// Hands over every row that is not blank, from the first. What the closure throws ends the reading and is thrown on.
    public func forEachRow(_ body: (SheetRow) throws -> Void) throws {
        var parser = CSVParser(
            settings: .init(separator: separator, maximumFieldBytes: limits.cellBytes, maximumColumns: limits.columns))
        func hand(_ row: CSVParser.Row) throws {
            try body(SheetRow(number: row.line, cells: row.cells, issues: row.faults.map { SheetIssue($0) }))
        }
        try Self.decode(source, as: encoding, skipping: markLength) { text in
            try parser.parse(text, row: hand)
            return true
        }
        try parser.finish(row: hand)
    }

    private static func encoding(
        of source: ByteSource, path: String, expected: TextEncoding?
    ) throws(Refusal) -> (TextEncoding, Int) {
        var detector = TextEncodingDetector()
        var isWhole = false
        var isEmpty = true
        var piece = [UInt8](repeating: 0, count: pieceSize)
        while true {
            let count = try read(source, into: &piece)
            isWhole = count == 0
            if count > 0 { isEmpty = false }
            let isEnough = piece.withUnsafeBufferPointer { detector.feed(UnsafeBufferPointer(rebasing: $0[..<count])) }
            if isWhole || isEnough || expected != nil { break }
        }
        guard !isEmpty else { throw SheetRefusals.empty(path) }
        switch (detector.verdict(isWholeFile: isWhole), expected) {
        case (.text(let found, let skip), nil): return (found, skip)
        case (.text(let found, let skip), let expected?): return (expected, found == expected ? skip : 0)
        case (_, let expected?): return (expected, 0)
        case (.unknown(let offset), nil): throw SheetRefusals.unknownEncoding(path, offset: offset)
        case (.binary(let offset), nil): throw SheetRefusals.notText(path, offset: offset)
        }
    }

    private static func separator(
        of source: ByteSource, encoding: TextEncoding, markLength: Int
    ) throws(Refusal) -> UInt8 {
        guard var decoding = TextDecoding(encoding) else { throw SheetRefusals.noConverter(encoding) }
        try source.rewind()
        var piece = [UInt8](repeating: 0, count: pieceSize)
        let count = try read(source, into: &piece)
        var head: [UInt8] = []
        piece.withUnsafeBufferPointer { bytes in
            let text = UnsafeBufferPointer(rebasing: bytes[min(markLength, count)..<count])
            decoding.decode(text, isLast: false, into: &head)
        }
        return SeparatorDetection.separator(of: head)
    }

    /// Reads from the beginning and hands over UTF-8 until the closure answers false.
    private static func decode(
        _ source: ByteSource, as encoding: TextEncoding, skipping markLength: Int,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Bool
    ) throws {
        guard var decoding = TextDecoding(encoding) else { throw SheetRefusals.noConverter(encoding) }
        try source.rewind()
        var piece = [UInt8](repeating: 0, count: pieceSize)
        var text: [UInt8] = []
        var toSkip = markLength
        while true {
            let count = try read(source, into: &piece)
            text.removeAll(keepingCapacity: true)
            piece.withUnsafeBufferPointer { bytes in
                let start = min(toSkip, count)
                toSkip -= start
                decoding.decode(UnsafeBufferPointer(rebasing: bytes[start..<count]), isLast: count == 0, into: &text)
            }
            guard try text.withUnsafeBufferPointer(body), count > 0 else { return }
        }
    }

    private static func read(_ source: ByteSource, into piece: inout [UInt8]) throws(Refusal) -> Int {
        try piece.withUnsafeMutableBufferPointer { buffer throws(Refusal) in try source.read(into: buffer) }
    }
}
