/// How often each known gram occurs in one text. Made once and used for text after text.
struct GramCounts {
    struct Gram {
        var row: UInt32
        var count: UInt32
        /// Where it stands first, as units.
        var start: UInt32
        var length: UInt32
    }

    /// Units at the beginning of a body that stand for a missing title.
    private static let opening = 16

    /// Each gram once, in the order of the text.
    var grams: ArraySlice<Gram> { found[..<foundCount] }
    /// Units from here on are of the body.
    private(set) var bodyStart = 0

    private var found: [Gram] = []
    private var foundCount = 0
    private var units: [UInt32] = []
    /// By unit: the bytes of the title or body.
    private var bytes: [Range<UInt32>] = []
    /// Open addressing: the position in `found` plus one.
    private var slots: [UInt32] = []

    /// Counts the grams of a title, each for `titleWeight`, and those of a body, which opens with what it is about if
    /// there is no title.
    mutating func count(
        title: String, body: String, titleWeight: UInt32, longestGram: Int, in table: FeatureTable
    ) {
        units.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        if units.capacity == 0 {
            let expected = min((title.utf8.count + body.utf8.count) / 3 + 8, 2 * TextUnits.maximumCount)
            units.reserveCapacity(expected)
            bytes.reserveCapacity(expected)
        }
        if !title.isEmpty {
            read(title)
            units.append(TextUnits.boundary)
            bytes.append(0..<0)
        }
        bodyStart = units.count
        read(body)
        count(
            heavy: title.isEmpty ? min(units.count, Self.opening) : bodyStart, titleWeight: titleWeight,
            longestGram: longestGram, in: table)
    }

    /// The bytes of the title or body that a gram stands in.
    func bytes(ofUnits range: Range<Int>) -> Range<Int> {
        Int(bytes[range.lowerBound].lowerBound)..<Int(bytes[range.upperBound - 1].upperBound)
    }

    private mutating func read(_ text: String) {
        TextUnits.forEach(in: text) { unit, range in
            units.append(unit)
            bytes.append(UInt32(truncatingIfNeeded: range.lowerBound)..<UInt32(truncatingIfNeeded: range.upperBound))
        }
    }

    private mutating func count(heavy: Int, titleWeight: UInt32, longestGram: Int, in table: FeatureTable) {
        let most = units.count * longestGram
        if found.count < most {
            found = [Gram](repeating: Gram(row: 0, count: 0, start: 0, length: 0), count: most)
        }
        var size = 256
        while size < most * 3 / 2 { size *= 2 }
        if slots.count < size {
            slots = [UInt32](repeating: 0, count: size)
        } else {
            for slot in 0..<size { slots[slot] = 0 }
        }
        let mask = size - 1
        foundCount = table.withFinder { finder in
            found.withUnsafeMutableBufferPointer { found in
                slots.withUnsafeMutableBufferPointer { slots in
                    var foundCount = 0
                    for start in units.indices {
                        let weight = start < heavy ? titleWeight : 1
                        var key = GramKey()
                        for end in start..<min(units.count, start + longestGram) {
                            if units[end] == TextUnits.boundary { break }
                            key.extend(by: units[end])
                            let row = finder.row(of: key.key)
                            // What begins with an unknown gram is unknown.
                            if row < 0 { break }
                            var slot = row &* 0x9E37_79B1 & mask
                            while slots[slot] != 0, found[Int(slots[slot]) - 1].row != UInt32(row) {
                                slot = (slot + 1) & mask
                            }
                            if slots[slot] != 0 {
                                found[Int(slots[slot]) - 1].count += weight
                            } else {
                                found[foundCount] = Gram(
                                    row: UInt32(row), count: weight, start: UInt32(start),
                                    length: UInt32(end + 1 - start))
                                foundCount += 1
                                slots[slot] = UInt32(foundCount)
                            }
                        }
                    }
                    return foundCount
                }
            }
        }
    }
}
