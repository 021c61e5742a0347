/// A cell's place as spreadsheets write it: `AB12`. Depends on nothing.
public struct CellReference: Sendable, Hashable {
    /// Counted from 0.
    public var column: Int
    /// Counted from 1.
    public var row: Int

    public static let columnLimit = 16_384
    public static let rowLimit = 1_048_576

    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    /// Reads `AB12` or `$AB$12`.
    /// - Returns: nil for anything else, and beyond XFD1048576.
    public init?(_ text: some Sequence<UInt8>) {
        var column = 0
        var row = 0
        var hasDigits = false
        for byte in text where byte != UInt8(ascii: "$") {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where !hasDigits:
                column = column * 26 + Int(byte - UInt8(ascii: "A")) + 1
            case UInt8(ascii: "a")...UInt8(ascii: "z") where !hasDigits:
                column = column * 26 + Int(byte - UInt8(ascii: "a")) + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigits = true
                row = row * 10 + Int(byte - UInt8(ascii: "0"))
            default: return nil
            }
            guard column <= Self.columnLimit, row <= Self.rowLimit else { return nil }
        }
        guard column > 0, row > 0 else { return nil }
        self.init(column: column - 1, row: row)
    }

    /// `A` for 0, `AB` for 27.
    public static func columnName(_ column: Int) -> String {
        var letters: [UInt8] = []
        var rest = max(0, column)
        repeat {
            letters.append(UInt8(ascii: "A") + UInt8(rest % 26))
            rest = rest / 26 - 1
        } while rest >= 0
        return String(decoding: letters.reversed(), as: UTF8.self)
    }
}

/// A rectangle of merged cells: only its first cell holds the value.
public struct MergedRange: Sendable, Hashable {
    public var first: CellReference
    public var last: CellReference

    /// Reads `A1:B2`.
    public init?(_ text: String) {
        let ends = text.utf8.split(separator: UInt8(ascii: ":"))
        guard ends.count == 2, let first = CellReference(ends[0]), let last = CellReference(ends[1]) else { return nil }
        self.first = first
        self.last = last
    }
}
