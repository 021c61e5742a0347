/// Reads CSV (RFC 4180 and what people really send) from pieces of UTF-8, in memory bounded by the longest row.
/// Depends on nothing, so that a fuzzer can drive it alone. A byte 0xFF, which no UTF-8 contains, stands for input
/// that could not be decoded: the row that holds it says so.
public struct CSVParser {
    public struct Settings: Sendable {
        public var separator: UInt8
        /// A longer field is cut there; an open quote that long counts as never closed.
        public var maximumFieldBytes: Int
        /// A longer row is cut after the field that goes beyond it.
        public var maximumRowBytes: Int
        public var maximumColumns: Int

        public init(
            separator: UInt8 = 0x2C, maximumFieldBytes: Int = 1 << 20, maximumRowBytes: Int = 16 << 20,
            maximumColumns: Int = 16_384
        ) {
            self.separator = separator
            self.maximumFieldBytes = maximumFieldBytes
            self.maximumRowBytes = maximumRowBytes
            self.maximumColumns = maximumColumns
        }
    }

    public struct Row: Sendable, Hashable {
        /// The line on which the row begins; the first is 1.
        public var line: Int
        public var cells: [String]
        public var faults: [Fault]
    }

    /// Columns count from 0.
    public enum Fault: Sendable, Hashable {
        /// The row holds bytes that are no text in the file's encoding; U+FFFD stands in their place.
        case invalidText
        /// A quote was opened and never closed. The row ends with its line; the following rows are read as usual.
        case unterminatedQuote(openedAtLine: Int)
        /// Text follows a closing quote; it was taken as it stands.
        case textAfterQuote(column: Int)
        case fieldTooLong(column: Int)
        case rowTooLong
        case tooManyColumns
    }

    private enum State {
        case fieldStart, unquoted, quoted, afterQuote
        /// Inside a field or a row that is too long: nothing is kept until the line ends.
        case skippingLine
    }

    private struct Field {
        var start: Int
        var end: Int
        var hasEscapedQuotes = false
        var isQuoted = false
    }

    private let settings: Settings
    /// The bytes of the row being read, and what was read ahead of it.
    private var buffer: [UInt8] = []
    private var rowStart = 0
    private var position = 0
    private var line = 1
    private var rowLine = 1
    private var state = State.fieldStart
    private var field = Field(start: 0, end: 0)
    private var fields: [Field] = []
    private var faults: [Fault] = []
    private var isInvalid = false
    private var quoteLine = 1
    /// Where the opening line of the current quote ended, to go back to if the quote turns out never to close.
    private var lineEndInQuote: (end: Int, next: Int)?

    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let quote: UInt8 = 0x22
    private static let undecodable: UInt8 = 0xFF

    public init(settings: Settings = Settings()) { self.settings = settings }

    /// Takes the next piece of the file. Blank lines are passed over.
    public mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, row: (Row) throws -> Void) rethrows {
        if rowStart > 0 {
            buffer.removeFirst(rowStart)
            shift(by: rowStart)
        }
        buffer.append(contentsOf: bytes)
        try scan(isLast: false, row)
    }

    /// Ends the file: the last row needs no line end.
    public mutating func finish(row: (Row) throws -> Void) rethrows {
        try scan(isLast: true, row)
    }

    private mutating func shift(by count: Int) {
        position -= count
        field.start -= count
        field.end -= count
        for index in fields.indices {
            fields[index].start -= count
            fields[index].end -= count
        }
        if let mark = lineEndInQuote { lineEndInQuote = (mark.end - count, mark.next - count) }
        rowStart = 0
    }

    private mutating func scan(isLast: Bool, _ row: (Row) throws -> Void) rethrows {
        while true {
            try scanRows(isLast: isLast, row)
            guard isLast else { return }
            switch state {
            case .fieldStart where fields.isEmpty: return
            case .fieldStart:
                beginField()
                endField()
            case .unquoted:
                field.end = position
                endField()
            case .afterQuote: endField()
            // A quote that the file's end leaves open: give up its line, read the rest again.
            case .quoted: closeBrokenQuote()
            case .skippingLine: break
            }
            try emit(row)
        }
    }

    /// Reads until the bytes run out.
    private mutating func scanRows(isLast: Bool, _ row: (Row) throws -> Void) rethrows {
        let separator = settings.separator
        let longest = settings.maximumFieldBytes
        while position < buffer.count {
            switch state {
            case .fieldStart:
                beginField()
                if buffer[position] == Self.quote {
                    state = .quoted
                    field.isQuoted = true
                    field.start = position + 1
                    quoteLine = line
                    lineEndInQuote = nil
                    position += 1
                } else {
                    state = .unquoted
                }
            case .unquoted:
                let limit = max(position, min(buffer.count, field.start + longest + 1))
                scanUnquoted(to: limit)
                if position == limit {
                    if limit - field.start > longest {
                        field.end = limit
                        faults.append(.fieldTooLong(column: fields.count))
                        endField()
                        state = .skippingLine
                    }
                    continue
                }
                field.end = position
                let byte = buffer[position]
                if byte == separator {
                    endFieldAtSeparator()
                } else {
                    guard let length = lineEndLength(isLast: isLast) else { return }
                    endField()
                    position += length
                    line += 1
                    try emit(row)
                }
            case .quoted:
                guard scanQuoted(isLast: isLast) else { return }
                guard state == .quoted, position - field.start > longest else { continue }
                if lineEndInQuote != nil {
                    closeBrokenQuote()
                    try emit(row)
                } else {
                    field.end = position
                    faults.append(.fieldTooLong(column: fields.count))
                    endField()
                    state = .skippingLine
                }
            case .afterQuote:
                let byte = buffer[position]
                if byte == separator {
                    endFieldAtSeparator()
                } else if byte == Self.lineFeed || byte == Self.carriageReturn {
                    guard let length = lineEndLength(isLast: isLast) else { return }
                    endField()
                    position += length
                    line += 1
                    try emit(row)
                } else if lineEndInQuote != nil {
                    // The "closing" quote was another field's opening one: the real fault is on the opening line.
                    closeBrokenQuote()
                    try emit(row)
                } else {
                    faults.append(.textAfterQuote(column: fields.count))
                    // Keep everything as it stands, the quotes too: nothing is guessed.
                    field.start -= 1
                    field.isQuoted = false
                    field.hasEscapedQuotes = false
                    state = .unquoted
                }
            case .skippingLine:
                while position < buffer.count, buffer[position] != Self.lineFeed,
                    buffer[position] != Self.carriageReturn
                { position += 1 }
                dropSkipped()
                guard position < buffer.count else { return }
                guard let length = lineEndLength(isLast: isLast) else { return }
                position += length
                line += 1
                try emit(row)
            }
        }
    }

    private mutating func beginField() {
        field = Field(start: position, end: position)
    }

    private mutating func endField() {
        fields.append(field)
    }

    private mutating func endFieldAtSeparator() {
        endField()
        position += 1
        state = .skippingLine
        if fields.count >= settings.maximumColumns {
            faults.append(.tooManyColumns)
        } else if position - rowStart > settings.maximumRowBytes {
            faults.append(.rowTooLong)
        } else {
            state = .fieldStart
        }
    }

    /// What a skipped line holds is not kept, so that a file without line ends stays in bounded memory.
    private mutating func dropSkipped() {
        let kept = fields.last?.end ?? rowStart
        guard position > kept else { return }
        buffer.removeSubrange(kept..<position)
        position = kept
    }

    /// Moves to the next separator, line end, or `limit`.
    private mutating func scanUnquoted(to limit: Int) {
        let separator = settings.separator
        var index = position
        var invalid = false
        buffer.withUnsafeBufferPointer { bytes in
            while index < limit {
                let byte = bytes[index]
                if byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn { break }
                if byte == Self.undecodable { invalid = true }
                index += 1
            }
        }
        position = index
        if invalid { isInvalid = true }
    }

    /// Moves past the closing quote, or as far as the bytes and the longest field allow.
    /// - Returns: false when the next byte is needed to understand this one.
    private mutating func scanQuoted(isLast: Bool) -> Bool {
        let limit = min(buffer.count, field.start + settings.maximumFieldBytes + 1)
        while position < limit {
            skipPlainQuotedBytes(to: limit)
            guard position < limit else { return true }
            switch buffer[position] {
            case Self.quote:
                guard position + 1 < buffer.count || isLast else { return false }
                if position + 1 < buffer.count, buffer[position + 1] == Self.quote {
                    field.hasEscapedQuotes = true
                    position += 2
                } else {
                    field.end = position
                    position += 1
                    state = .afterQuote
                    return true
                }
            case Self.lineFeed, Self.carriageReturn:
                guard let length = lineEndLength(isLast: isLast) else { return false }
                if lineEndInQuote == nil { lineEndInQuote = (position, position + length) }
                position += length
                line += 1
            default:
                isInvalid = true
                position += 1
            }
        }
        return true
    }

    private mutating func skipPlainQuotedBytes(to limit: Int) {
        var index = position
        buffer.withUnsafeBufferPointer { bytes in
            while index < limit {
                let byte = bytes[index]
                if byte == Self.quote || byte <= Self.carriageReturn || byte == Self.undecodable {
                    guard byte <= Self.carriageReturn, byte != Self.lineFeed, byte != Self.carriageReturn else {
                        return
                    }
                }
                index += 1
            }
        }
        position = index
    }

    /// - Returns: 2 for CR LF, 1 for either alone, nil when the byte after a CR is not here yet.
    private func lineEndLength(isLast: Bool) -> Int? {
        guard buffer[position] == Self.carriageReturn else { return 1 }
        guard position + 1 < buffer.count else { return isLast ? 1 : nil }
        return buffer[position + 1] == Self.lineFeed ? 2 : 1
    }

    /// Ends the row at the end of the line on which its quote was opened, and goes back to the line after it.
    private mutating func closeBrokenQuote() {
        faults.append(.unterminatedQuote(openedAtLine: quoteLine))
        let end = lineEndInQuote?.end ?? position
        // What was read ahead is read again, so its undecodable bytes will be reported with their own rows.
        isInvalid = buffer[rowStart..<end].contains(Self.undecodable)
        field.end = end
        endField()
        if let mark = lineEndInQuote {
            position = mark.next
            line = quoteLine + 1
        }
    }

    private mutating func emit(_ row: (Row) throws -> Void) rethrows {
        let isBlank = fields.count == 1 && fields[0].start == fields[0].end && !fields[0].isQuoted && faults.isEmpty
        defer {
            fields.removeAll(keepingCapacity: true)
            faults.removeAll(keepingCapacity: true)
            isInvalid = false
            rowStart = position
            rowLine = line
            state = .fieldStart
        }
        guard !isBlank else { return }
        if isInvalid { faults.append(.invalidText) }
        try row(Row(line: rowLine, cells: fields.map(text), faults: faults))
    }

    private func text(of field: Field) -> String {
        buffer.withUnsafeBufferPointer { bytes in
            let part = UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])
            guard field.hasEscapedQuotes else { return String(decoding: part, as: UTF8.self) }
            var unescaped: [UInt8] = []
            unescaped.reserveCapacity(part.count)
            var index = 0
            while index < part.count {
                unescaped.append(part[index])
                index += part[index] == Self.quote && index + 1 < part.count && part[index + 1] == Self.quote ? 2 : 1
            }
            return String(decoding: unescaped, as: UTF8.self)
        }
    }
}
