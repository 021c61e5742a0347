extension TextModel {
    /// The words that speak most for a label: its strongest grams, joined where they overlap.
    func evidence(
        for label: Int, in counts: GramCounts, title: String, body: String, limit: Int
    ) -> [Classification.Evidence] {
        // Several grams make one word, so look at more of them than words are wanted.
        var best: [(gram: GramCounts.Gram, strength: Float)] = []
        for gram in counts.grams {
            let strength = contribution(of: gram, to: label)
            guard strength > 0, best.count < limit * 4 || strength > (best.last?.strength ?? 0) else { continue }
            // A single character says little to a reader, however much it says to the model.
            let start = Int(gram.start)
            if gram.length == 1, counts.bytes(ofUnits: start..<start + 1).count <= 4 { continue }
            best.insert((gram, strength), at: best.firstIndex { $0.strength < strength } ?? best.count)
            if best.count > limit * 4 { best.removeLast() }
        }
        best.sort { $0.gram.start != $1.gram.start ? $0.gram.start < $1.gram.start : $0.gram.length < $1.gram.length }
        var runs: [(units: Range<Int>, strength: Float)] = []
        for (gram, strength) in best {
            let units = Int(gram.start)..<Int(gram.start + gram.length)
            if let last = runs.last, units.lowerBound < last.units.upperBound {
                let joined = last.units.lowerBound..<max(last.units.upperBound, units.upperBound)
                runs[runs.count - 1] = (joined, last.strength + strength)
            } else {
                runs.append((units, strength))
            }
        }
        runs.sort {
            $0.strength != $1.strength ? $0.strength > $1.strength : $0.units.lowerBound < $1.units.lowerBound
        }
        var found: [(words: String, strength: Float)] = []
        for run in runs where found.count < limit {
            let text = run.units.lowerBound < counts.bodyStart ? title : body
            let words = Self.words(counts.bytes(ofUnits: run.units), of: text)
            if !found.contains(where: { $0.words == words }) { found.append((words, run.strength)) }
        }
        let total = found.reduce(Float(0)) { $0 + $1.strength }
        return found.map { .init(words: $0.words, share: Double($0.strength / total)) }
    }

    private static func words(_ bytes: Range<Int>, of text: String) -> String {
        let all = text.utf8
        let start = all.index(all.startIndex, offsetBy: bytes.lowerBound)
        return String(text[start..<all.index(start, offsetBy: bytes.count)])
    }

    /// What a gram says for a label, against the mean of the others.
    private func contribution(of gram: GramCounts.Gram, to label: Int) -> Float {
        let row = Int(gram.row)
        let first = row * labels.count
        var all: Int32 = 0
        weights.withUnsafeBufferPointer { weights in
            for index in first..<first + labels.count { all += Int32(weights[index]) }
        }
        let own = Int32(weights[first + label])
        let others = Float(all - own) / Float(labels.count - 1)
        return saturated(gram.count) * rarity[row] * scales[row] * (Float(own) - others)
    }
}
