/// Reads the columns of numbers of a comma-separated text given in pieces of any size, without keeping the text.
struct NumberTable {
    /// Where each wanted column stands in a row: -1 when the header has none.
    private(set) var header: [String]?
    private var wanted: [String]
    private let isName: [Bool]
    private var slotOfColumn: [Int] = []
    private var row: [Double]
    private var present: [Bool]
    private var column = 0
    private var fieldStart = true
    private var negative = false
    private var digits: Int64 = 0
    private var digitCount = 0
    private var scale = 0
    private var afterPoint = false
    private var odd: [UInt8] = []
    private var isOdd = false
    private var inQuotes = false
    private var headerBytes: [UInt8] = []
    private var anything = false
    private(set) var line = 1
    /// Numbers given to texts, per slot, in order of appearance.
    private var texts: [[String: Double]]

    /// - Parameter named: columns whose texts count as names and get numbers of their own.
    init(columns: [String], named: Set<String> = []) {
        wanted = columns
        isName = columns.map { named.contains($0) }
        row = Array(repeating: 0, count: columns.count)
        present = Array(repeating: false, count: columns.count)
        texts = Array(repeating: [:], count: columns.count)
    }

    /// Nothing has come so far.
    var isBlank: Bool { header == nil && headerBytes.isEmpty }

    func has(_ slot: Int) -> Bool { slotOfColumn.contains(slot) }

    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]

    /// Takes a piece of the text; calls `body` with each whole row (values and which of them were given).
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ body: ([Double], [Bool], Int) throws -> Void) rethrows {
        var index = 0
        let end = bytes.count
        if header == nil {
            while index < end {
                let byte = bytes[index]
                index += 1
                if byte == 10 {
                    readHeader()
                    break
                }
                headerBytes.append(byte)
            }
        }
        while index < end {
            let byte = bytes[index]
            index += 1
            let digit = byte &- 48
            if digit < 10 && !isOdd {
                if digitCount < 18 {
                    digits = digits &* 10 &+ Int64(digit)
                    digitCount += 1
                    if afterPoint { scale += 1 }
                } else if !afterPoint {
                    scale -= 1
                }
                anything = true
            } else if byte == 44 && !inQuotes {
                endField()
                column += 1
            } else if byte == 10 && !inQuotes {
                if anything || column > 0 {
                    endField()
                    line += 1
                    try body(row, present, line)
                    for slot in present.indices { present[slot] = false }
                } else {
                    line += 1
                }
                column = 0
                anything = false
            } else if byte == 46 && !isOdd && !afterPoint {
                afterPoint = true
                anything = true
            } else if byte == 45 && !isOdd && digitCount == 0 && !negative {
                negative = true
                anything = true
            } else if byte == 13 {
                continue
            } else {
                oddByte(byte)
            }
        }
    }

    /// Ends a last row without a line end.
    mutating func finish(_ body: ([Double], [Bool], Int) throws -> Void) rethrows {
        try withUnsafeBytes(of: UInt8(10)) { try read($0, body) }
    }

    private mutating func oddByte(_ byte: UInt8) {
        if !isOdd {
            isOdd = true
            // What was read as a number so far belongs to the text.
            odd.removeAll(keepingCapacity: true)
            if negative { odd.append(45) }
            if digitCount > 0 {
                var text = String(digits)
                while text.utf8.count < digitCount { text = "0" + text }
                let whole = text.utf8.count - max(0, scale)
                odd.append(contentsOf: Array(text.utf8.prefix(whole)))
                if afterPoint {
                    odd.append(46)
                    odd.append(contentsOf: Array(text.utf8.dropFirst(whole)))
                }
            } else if afterPoint {
                odd.append(46)
            }
        }
        if byte == 34 {
            inQuotes.toggle()
        } else {
            odd.append(byte)
        }
        anything = true
    }

    private mutating func endField() {
        defer {
            negative = false
            digits = 0
            digitCount = 0
            scale = 0
            afterPoint = false
            isOdd = false
        }
        guard column < slotOfColumn.count else { return }
        let slot = slotOfColumn[column]
        if slot < 0 { return }
        if isOdd {
            let text = String(decoding: odd, as: UTF8.self)
            if let value = Double(text) {
                row[slot] = value
            } else if !isName[slot] {
                present[slot] = false
                return
            } else if let number = texts[slot][text] {
                row[slot] = number
            } else {
                // Texts get numbers that no number in the file is likely to have.
                let number = Double(1 << 40 + texts[slot].count)
                texts[slot][text] = number
                row[slot] = number
            }
            present[slot] = !text.isEmpty
            return
        }
        if digitCount == 0 {
            present[slot] = false
            return
        }
        var value = Double(digits)
        if scale > 0 {
            value =
                scale <= 12 ? value / Self.powers[scale] : value / Self.powers[12] / Self.powers[min(12, scale - 12)]
        } else if scale < 0 {
            for _ in 0..<(-scale) { value *= 10 }
        }
        row[slot] = negative ? -value : value
        present[slot] = true
    }

    private mutating func readHeader() {
        var text = String(decoding: headerBytes, as: UTF8.self)
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            var name = name.drop { $0 == " " || $0 == "\"" }
            while let last = name.last, last == " " || last == "\"" || last == "\r" { name.removeLast() }
            return String(name)
        }
        slotOfColumn = names.map { name in wanted.firstIndex(of: name) ?? -1 }
        header = names
        headerBytes = []
    }
}
