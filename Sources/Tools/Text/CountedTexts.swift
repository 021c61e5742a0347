/// Texts as sparse rows of weighted gram counts, end to end: what the solver reads.
struct CountedTexts {
    let table: FeatureTable
    /// Inverse document frequency by row of the table.
    let rarity: [Float]
    /// The rows of text `i` stand at `offsets[i]..<offsets[i + 1]`.
    private(set) var offsets: [Int] = [0]
    private(set) var rows: [UInt32] = []
    /// Weighted and of length 1 per text.
    private(set) var values: [Float] = []

    init(_ texts: [LabelledText], options: TrainingOptions) {
        var census = GramCensus()
        for text in texts { census.add(title: text.title, body: text.body, longestGram: options.longestGram) }
        let known = census.known(
            atLeast: options.fewestTexts ?? (texts.count < 2_000 ? 2 : texts.count < 5_000 ? 3 : 4))
        table = FeatureTable(keys: known.map(\.key))
        let total = Float(texts.count + 1)
        rarity = known.map { logarithm(total / Float($0.texts)) + 1 }
        var counts = GramCounts()
        for text in texts {
            counts.count(
                title: text.title, body: text.body, titleWeight: UInt32(options.titleWeight),
                longestGram: options.longestGram, in: table)
            var squares: Float = 0
            let start = values.count
            for gram in counts.grams {
                let value = saturated(gram.count) * rarity[Int(gram.row)]
                rows.append(gram.row)
                values.append(value)
                squares += value * value
            }
            let scale = squares > 0 ? 1 / squares.squareRoot() : 0
            for position in start..<values.count { values[position] *= scale }
            offsets.append(values.count)
        }
    }
}
