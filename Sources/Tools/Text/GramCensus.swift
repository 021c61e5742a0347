/// In how many texts each gram occurs.
struct GramCensus {
    /// Key in the upper half, texts in the lower; 0 is empty.
    private var places = [UInt64](repeating: 0, count: 1 << 16)
    /// The last text that counted here, so that a text counts once.
    private var lastText = [UInt32](repeating: 0, count: 1 << 16)
    private var taken = 0
    private var text: UInt32 = 0
    private var units: [UInt32] = []

    mutating func add(title: String, body: String, longestGram: Int) {
        text += 1
        units.removeAll(keepingCapacity: true)
        TextUnits.forEach(in: title) { unit, _ in units.append(unit) }
        units.append(TextUnits.boundary)
        TextUnits.forEach(in: body) { unit, _ in units.append(unit) }
        for start in units.indices {
            var gram = GramKey()
            for end in start..<min(units.count, start + longestGram) {
                if units[end] == TextUnits.boundary { break }
                gram.extend(by: units[end])
                count(gram.key)
            }
        }
    }

    private mutating func count(_ key: UInt32) {
        if taken * 3 > places.count * 2 { grow() }
        let place = place(of: key, in: places)
        if places[place] == 0 {
            places[place] = UInt64(key) << 32
            taken += 1
        }
        if lastText[place] != text {
            lastText[place] = text
            places[place] += 1
        }
    }

    private func place(of key: UInt32, in places: [UInt64]) -> Int {
        var place = Int(key &* 0x9E37_79B1) & (places.count - 1)
        while places[place] != 0, UInt32(truncatingIfNeeded: places[place] >> 32) != key {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    private mutating func grow() {
        var wider = [UInt64](repeating: 0, count: places.count * 2)
        var widerLast = [UInt32](repeating: 0, count: places.count * 2)
        for (old, entry) in places.enumerated() where entry != 0 {
            let place = place(of: UInt32(truncatingIfNeeded: entry >> 32), in: wider)
            wider[place] = entry
            widerLast[place] = lastText[old]
        }
        places = wider
        lastText = widerLast
    }

    /// The grams of at least so many texts, the most frequent first: they share the cache.
    func known(atLeast fewest: Int) -> [(key: UInt32, texts: UInt32)] {
        places.lazy.filter { $0 != 0 }
            .map { (key: UInt32(truncatingIfNeeded: $0 >> 32), texts: UInt32(truncatingIfNeeded: $0)) }
            .filter { $0.texts >= fewest }
            .sorted { $0.texts != $1.texts ? $0.texts > $1.texts : $0.key < $1.key }
    }
}
