public import Ground

/// Learns to label texts from texts that people labelled. To learn from corrections, train again with them added.
public enum TextClassifier {
    /// A model, and how good such a model is on texts that it has not seen.
    public struct Training: Sendable {
        public let model: TextModel
        /// From cross-validation, texts that nearly repeat each other kept in one part.
        public let evaluation: Evaluation
        /// The label that each text got when it was not learned from, in the order of the texts.
        public let given: [String]
    }

    /// Why nothing can be learned.
    public enum Fault: Error, Sendable, Hashable {
        case fewerThanTwoLabels
        case tooManyLabels(Int)

        public var message: LocalizedText {
            switch self {
            case .fewerThanTwoLabels:
                LocalizedText("至少需要两个不同的标签才能学习", "at least two different labels are needed to learn")
            case .tooManyLabels(let count):
                LocalizedText(
                    "标签有 \(count) 个，最多 \(maximumLabels) 个",
                    "there are \(count) labels; at most \(maximumLabels) can be learned")
            }
        }
    }

    public static let maximumLabels = 1_000

    /// Takes some seconds per 10,000 texts, and some 4 KB of memory for each. More examples are worth more than tuning:
    /// the names of a label's kinds of matter, each as a text, also help.
    public static func train(
        _ texts: [LabelledText], options: TrainingOptions = TrainingOptions()
    ) throws(Fault) -> Training {
        let options = options.inBounds
        let labels = Set(texts.map(\.label)).sorted()
        guard labels.count >= 2 else { throw .fewerThanTwoLabels }
        guard labels.count <= maximumLabels else { throw .tooManyLabels(labels.count) }
        let positions = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        let classes = texts.map { positions[$0.label] ?? 0 }
        let counted = CountedTexts(texts, options: options)
        let solver = LinearSolver(texts: counted, classes: classes, classCount: labels.count, options: options)

        let parts = Self.parts(of: texts, count: options.folds)
        var margins = [[Float]](repeating: [], count: texts.count)
        for part in 0..<options.folds {
            let separators = solver.solve(for: texts.indices.filter { parts[$0] != part })
            for text in texts.indices where parts[text] == part {
                margins[text] = separators.margins(of: text, in: counted)
            }
        }
        let answers = texts.indices.map { text in
            let best = labels.indices.max { margins[text][$0] < margins[text][$1] } ?? 0
            return (expected: texts[text].label, given: labels[best])
        }
        let model = TextModel(
            labels: labels, options: options, counted: counted,
            separators: solver.solve(for: Array(texts.indices)),
            slope: Self.slope(fitting: margins, to: classes))
        return Training(model: model, evaluation: Evaluation(answers), given: answers.map(\.given))
    }

    /// The slope at which the confidences of unseen texts explain their labels best: the logarithmic loss is convex
    /// in it, so thirds are cut off until nothing is left.
    private static func slope(fitting margins: [[Float]], to classes: [Int]) -> Float {
        func loss(_ slope: Float) -> Double {
            var sum = 0.0
            for (margin, label) in zip(margins, classes) {
                sum -= Double(logarithm(max(1e-30, TextModel.confidences(margins: margin, slope: slope)[label])))
            }
            return sum
        }
        var low: Float = 0.1
        var high: Float = 30
        for _ in 0..<24 {
            let third = (high - low) / 3
            if loss(low + third) < loss(high - third) { high -= third } else { low += third }
        }
        return (low + high) / 2
    }

    /// A part for each text; texts that nearly repeat an earlier one join its part, or cross-validation would praise
    /// what was only learned by heart.
    static func parts(of texts: [LabelledText], count: Int) -> [Int] {
        var random = SeededRandom(seed: 2)
        var index = SimilarTexts()
        var parts: [Int] = []
        for (number, text) in texts.enumerated() {
            let whole = text.title + " " + text.body
            if let twin = index.nearest(to: whole, atLeast: 0.5, limit: 1).first {
                parts.append(parts[Int(twin.id)])
            } else {
                parts.append(Int.random(in: 0..<count, using: &random))
            }
            index.add(id: UInt64(number), text: whole)
        }
        return parts
    }
}

extension TextModel {
    init(
        labels: [String], options: TrainingOptions, counted: CountedTexts, separators: LinearSolver.Separators,
        slope: Float
    ) {
        var scales: [Float] = []
        var steps: [Int8] = []
        for row in counted.table.keys.indices {
            let weights = separators.weights(ofRow: row)
            let largest = weights.reduce(Float(0)) { max($0, abs($1)) }
            scales.append(largest / 127)
            for weight in weights {
                steps.append(largest > 0 ? Int8((weight / largest * 127).rounded()) : 0)
            }
        }
        self.init(
            labels: labels, longestGram: options.longestGram, titleWeight: options.titleWeight, table: counted.table,
            rarity: counted.rarity, scales: scales, weights: steps,
            thresholds: separators.thresholdList, slope: slope)
    }
}
