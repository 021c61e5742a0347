/// A trained classifier. Same texts and options, same model, byte for byte.
public struct TextModel: Sendable {
    /// In the order of their text.
    public let labels: [String]
    let longestGram: Int
    let titleWeight: Int
    let table: FeatureTable
    /// Inverse document frequency by row.
    let rarity: [Float]
    /// By row: a step of its weights.
    let scales: [Float]
    /// By row and label, in steps.
    let weights: [Int8]
    /// By label.
    let thresholds: [Float]
    /// How steeply confidence follows the margin.
    let slope: Float

    /// What the text is taken to be.
    /// - Parameter evidence: words to name at most; 0 is fastest. Reads some 4,000 characters of a text at most.
    public func classify(title: String, body: String, evidence limit: Int = 3) -> Classification {
        var counts = GramCounts()
        counts.count(
            title: title, body: body, titleWeight: UInt32(titleWeight), longestGram: longestGram, in: table)
        let margins = margins(of: counts)
        let shares = Self.confidences(margins: margins, slope: slope)
        let ranking = labels.indices.sorted { margins[$0] != margins[$1] ? margins[$0] > margins[$1] : $0 < $1 }
        let evidence = limit > 0 ? evidence(for: ranking[0], in: counts, title: title, body: body, limit: limit) : []
        return Classification(
            candidates: ranking.map { .init(label: labels[$0], confidence: Double(shares[$0])) }, evidence: evidence)
    }

    /// How good the model is on texts it has not learned from.
    public func evaluate(on texts: some Sequence<LabelledText>) -> Evaluation {
        Evaluation(
            texts.map { (expected: $0.label, given: classify(title: $0.title, body: $0.body, evidence: 0).label) })
    }

    private func margins(of counts: GramCounts) -> [Float] {
        let width = labels.count
        var sums = [Float](repeating: 0, count: width)
        var squares: Float = 0
        sums.withUnsafeMutableBufferPointer { sums in
            weights.withUnsafeBufferPointer { weights in
                for gram in counts.grams {
                    let row = Int(gram.row)
                    let value = saturated(gram.count) * rarity[row]
                    squares += value * value
                    let scaled = value * scales[row]
                    for label in 0..<width { sums[label] += scaled * Float(weights[row * width + label]) }
                }
            }
        }
        let norm = squares > 0 ? 1 / squares.squareRoot() : 0
        for label in 0..<width { sums[label] = sums[label] * norm + thresholds[label] }
        return sums
    }

    static func confidences(margins: [Float], slope: Float) -> [Float] {
        let highest = margins.max() ?? 0
        let powers = margins.map { exponential(slope * ($0 - highest)) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }
}
