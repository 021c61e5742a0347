/// How often each known gram occurs in one text. Made once and used for text after text.
struct GramCounts {
    /// The rows that occur, each once, in the order of the text.
    private(set) var rows: [UInt32] = []
    private(set) var counts: [UInt32] = []
    private var units: [UInt32] = []
    /// Open addressing: the position in `rows` plus one.
    private var places: [UInt32] = []

    /// Counts the grams of a title, each for `titleWeight`, and those of a body.
    mutating func count(
        title: String, body: String, titleWeight: UInt32, longestGram: Int, in table: FeatureTable
    ) {
        units.removeAll(keepingCapacity: true)
        if !title.isEmpty {
            TextUnits.forEach(in: title) { unit, _ in units.append(unit) }
            units.append(TextUnits.boundary)
        }
        let bodyStart = units.count
        TextUnits.forEach(in: body) { unit, _ in units.append(unit) }
        count(bodyStart: bodyStart, titleWeight: titleWeight, longestGram: longestGram, in: table)
    }

    private mutating func count(bodyStart: Int, titleWeight: UInt32, longestGram: Int, in table: FeatureTable) {
        rows.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        var size = 256
        while size < units.count * longestGram * 3 / 2 { size *= 2 }
        if places.count < size {
            places = [UInt32](repeating: 0, count: size)
        } else {
            for place in 0..<size { places[place] = 0 }
        }
        let mask = size - 1
        table.withFinder { finder in
            units.withUnsafeBufferPointer { units in
                places.withUnsafeMutableBufferPointer { places in
                    for start in 0..<units.count {
                        let weight = start < bodyStart ? titleWeight : 1
                        var gram = GramKey()
                        for end in start..<min(units.count, start + longestGram) {
                            if units[end] == TextUnits.boundary { break }
                            gram.extend(by: units[end])
                            let row = finder.row(of: gram.key)
                            // What begins with an unknown gram is unknown.
                            if row < 0 { break }
                            var place = row &* 0x9E37_79B1 & mask
                            while true {
                                let taken = Int(places[place])
                                if taken == 0 {
                                    rows.append(UInt32(row))
                                    counts.append(weight)
                                    places[place] = UInt32(rows.count)
                                    break
                                }
                                if rows[taken - 1] == UInt32(row) {
                                    counts[taken - 1] += weight
                                    break
                                }
                                place = (place + 1) & mask
                            }
                        }
                    }
                }
            }
        }
    }
}
