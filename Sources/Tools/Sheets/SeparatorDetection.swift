/// Finds what separates the cells of a text table. Depends on nothing.
public enum SeparatorDetection {
    private static let candidates = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]

    /// - Parameter head: the first pieces of the file as UTF-8; a line cut at the end does not matter.
    /// - Returns: the candidate that splits the most lines as it splits the first; a comma when none splits anything.
    public static func separator(of head: [UInt8], lines: Int = 30) -> UInt8 {
        var best = candidates[0]
        var bestScore = (agreeing: 0, count: 0)
        for candidate in candidates {
            let counts = counts(of: candidate, in: head, lines: lines)
            guard let first = counts.first, first > 0 else { continue }
            let score = (agreeing: counts.count { $0 == first }, count: first)
            if score > bestScore { (best, bestScore) = (candidate, score) }
        }
        return best
    }

    /// How often the separator stands outside quotes, per line.
    private static func counts(of separator: UInt8, in head: [UInt8], lines: Int) -> [Int] {
        var counts: [Int] = []
        var count = 0
        var isQuoted = false
        var isBlank = true
        for byte in head {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == 0x0A || byte == 0x0D {
                if !isBlank { counts.append(count) }
                guard counts.count < lines else { return counts }
                count = 0
                isBlank = true
                continue
            } else if !isQuoted, byte == separator {
                count += 1
            }
            isBlank = false
        }
        if counts.isEmpty, !isBlank { counts.append(count) }
        return counts
    }
}
