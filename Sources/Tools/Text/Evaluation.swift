/// How good the answers of a classifier are, against what people decided.
public struct Evaluation: Sendable, Hashable {
    public struct ClassResult: Sendable, Hashable {
        public let label: String
        /// Right answers among those with this label.
        public let precision: Double
        /// Texts of this label that got it.
        public let recall: Double
        public let f1: Double
        /// Texts of this label.
        public let support: Int
    }

    /// In the order of the labels' text.
    public let perClass: [ClassResult]
    /// Texts by expected label (outer) and given label (inner), both in the order of `perClass`.
    public let confusion: [[Int]]
    public let accuracy: Double
    /// The plain mean of the classes' F1, over labels that were expected or given at least once.
    public let macroF1: Double

    public init(_ answers: [(expected: String, given: String)]) {
        let labels = Set(answers.map(\.expected)).union(answers.map(\.given)).sorted()
        let positions = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: labels.count), count: labels.count)
        for answer in answers {
            guard let expected = positions[answer.expected], let given = positions[answer.given] else { continue }
            confusion[expected][given] += 1
        }
        perClass = labels.indices.map { index in
            let right = Double(confusion[index][index])
            let support = confusion[index].reduce(0, +)
            let given = confusion.reduce(0) { $0 + $1[index] }
            return ClassResult(
                label: labels[index], precision: given == 0 ? 0 : right / Double(given),
                recall: support == 0 ? 0 : right / Double(support),
                f1: 2 * right / Double(support + given), support: support)
        }
        self.confusion = confusion
        let right = labels.indices.reduce(0) { $0 + confusion[$1][$1] }
        accuracy = answers.isEmpty ? 0 : Double(right) / Double(answers.count)
        macroF1 = labels.isEmpty ? 0 : perClass.reduce(0) { $0 + $1.f1 } / Double(labels.count)
    }
}
