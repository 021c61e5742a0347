/// Where the cells of a sheet come to stand when one of its rows is repeated.
struct RowShift: Sendable {
    /// The row that is repeated, from 1.
    var row: Int
    /// How many rows it becomes more than one.
    var extra: Int

    func moved(_ number: Int) -> Int { number > row ? number + extra : number }

    /// A range grows with the row when the row is its end.
    func movedEnd(_ number: Int) -> Int { number >= row ? number + extra : number }

    /// `A1`, `A1:B9`, `$A$1:$H$30`, `1:3`; what is none of these stays.
    func moved(reference text: some StringProtocol) -> String {
        let ends = text.split(separator: ":", omittingEmptySubsequences: false)
        switch ends.count {
        case 1: return Self.replacing(ends[0], moved) ?? String(text)
        case 2:
            guard let first = Self.replacing(ends[0], moved), let last = Self.replacing(ends[1], movedEnd) else {
                return String(text)
            }
            return first + ":" + last
        default: return String(text)
        }
    }

    /// Several, separated by spaces, as `sqref` has them. A single cell in the repeated row becomes a range.
    func moved(references text: String) -> String {
        text.split(separator: " ").map { part in
            guard extra > 0, !part.contains(":"), Self.number(part) == row else { return moved(reference: part) }
            return moved(reference: part + ":" + part)
        }.joined(separator: " ")
    }

    private static func number(_ text: some StringProtocol) -> Int? { Int(text.drop { !$0.isASCII || !$0.isNumber }) }

    private static func replacing(_ text: some StringProtocol, _ change: (Int) -> Int) -> String? {
        let letters = text.prefix { $0 == "$" || ($0.isASCII && $0.isLetter) }
        guard let number = Int(text.dropFirst(letters.count)), number > 0, text.utf8.count < 16 else {
            // A whole column has no row.
            return text.allSatisfy { $0 == "$" || ($0.isASCII && $0.isLetter) } && !text.isEmpty ? String(text) : nil
        }
        return letters + String(change(number))
    }

    /// A list of places with the name of their sheet, as a print area is written: `'一 览'!$A$1:$H$30,'一 览'!$J$1`.
    func moved(named text: String, onSheet sheet: String) -> String {
        let quoted = "'" + sheet.replacing("'", with: "''") + "'!"
        return text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            for prefix in [quoted, sheet + "!"] where part.hasPrefix(prefix) {
                return prefix + moved(reference: part.dropFirst(prefix.count))
            }
            return String(part)
        }.joined(separator: ",")
    }
}
