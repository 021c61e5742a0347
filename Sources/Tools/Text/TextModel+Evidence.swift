extension TextModel {
    /// The runs of the text that speak most for a label: its strongest grams, joined where they touch.
    func evidence(
        for label: Int, in counts: GramCounts, title: String, body: String, limit: Int
    ) -> [Classification.Evidence] {
        // Several grams make one word, so look at more of them than words are wanted.
        var best: [(row: UInt32, strength: Float)] = []
        for (row, count) in zip(counts.rows, counts.counts) {
            let strength = contribution(ofRow: Int(row), count: count, to: label)
            guard strength > 0, best.count < limit * 4 || strength > (best.last?.strength ?? 0) else { continue }
            best.insert((row, strength), at: best.firstIndex { $0.strength < strength } ?? best.count)
            if best.count > limit * 4 { best.removeLast() }
        }
        let strongest = Strongest(best)
        var found: [String: Float] = [:]
        for text in [title, body] {
            for run in runs(of: strongest, in: text) { found[run.words] = max(found[run.words] ?? 0, run.strength) }
        }
        let words = found.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.prefix(limit)
        let total = words.reduce(Float(0)) { $0 + $1.value }
        return words.map { .init(words: $0.key, share: Double($0.value / total)) }
    }

    private func runs(of strongest: Strongest, in text: String) -> [(words: String, strength: Float)] {
        var units: [(unit: UInt32, bytes: Range<Int>)] = []
        TextUnits.forEach(in: text) { unit, bytes in units.append((unit, bytes)) }
        var runs: [(units: Range<Int>, strength: Float)] = []
        table.withFinder { finder in
            for start in units.indices {
                var gram = GramKey()
                for end in start..<min(units.count, start + longestGram) {
                    if units[end].unit == TextUnits.boundary { break }
                    gram.extend(by: units[end].unit)
                    let row = finder.row(of: gram.key)
                    if row < 0 { break }
                    guard let strength = strongest.strength(of: UInt32(row)) else { continue }
                    if let last = runs.last, start < last.units.upperBound {
                        runs[runs.count - 1] = (
                            last.units.lowerBound..<max(end + 1, last.units.upperBound), last.strength + strength
                        )
                    } else {
                        runs.append((start..<end + 1, strength))
                    }
                }
            }
        }
        let bytes = text.utf8
        return runs.map { run in
            let start = bytes.index(bytes.startIndex, offsetBy: units[run.units.lowerBound].bytes.lowerBound)
            let end = bytes.index(bytes.startIndex, offsetBy: units[run.units.upperBound - 1].bytes.upperBound)
            return (String(text[start..<end]), run.strength)
        }
    }
}

/// The few grams that decided, with a sieve before them, since nearly all others are asked for too.
private struct Strongest {
    private let strengths: [UInt32: Float]
    private let sieve: UInt64

    init(_ grams: [(row: UInt32, strength: Float)]) {
        strengths = Dictionary(uniqueKeysWithValues: grams.map { ($0.row, $0.strength) })
        sieve = grams.reduce(0) { $0 | 1 << UInt64($1.row & 63) }
    }

    @inline(__always)
    func strength(of row: UInt32) -> Float? { sieve >> UInt64(row & 63) & 1 == 0 ? nil : strengths[row] }
}
