import Ground

/// One linear separator per class, each against the rest: a support vector machine with squared hinge loss, solved by
/// dual coordinate descent (Hsieh et al., 2008). The order of visits follows from a seed, so the result is always the
/// same.
struct LinearSolver {
    let texts: CountedTexts
    /// Class by text.
    let classes: [Int]
    let classCount: Int
    let options: TrainingOptions

    /// Weights by row and class, then one row of thresholds.
    struct Separators {
        var weights: [Float]
        let classCount: Int

        /// The margins of a text.
        func margins(of text: Int, in texts: CountedTexts) -> [Float] {
            var sums = Array(weights.suffix(classCount))
            for position in texts.offsets[text]..<texts.offsets[text + 1] {
                let value = texts.values[position]
                let first = Int(texts.rows[position]) * classCount
                for index in 0..<classCount { sums[index] += value * weights[first + index] }
            }
            return sums
        }
    }

    /// - Parameter members: the texts to learn from.
    func solve(for members: [Int]) -> Separators {
        let thresholds = texts.table.keys.count * classCount
        let diagonals = diagonals(for: members)
        var weights = [Float](repeating: 0, count: thresholds + classCount)
        var multipliers = [Float](repeating: 0, count: members.count * classCount)
        var steps = [Float](repeating: 0, count: classCount)
        var order = Array(members.indices)
        var random = SeededRandom(seed: 1)
        for _ in 0..<options.rounds {
            order.shuffle(using: &random)
            var largest: Float = 0
            for index in order {
                let text = members[index]
                // Texts have length 1, and the threshold adds 1.
                let square: Float = texts.offsets[text] < texts.offsets[text + 1] ? 2 : 1
                weights.withUnsafeMutableBufferPointer { weights in
                    for label in 0..<classCount { steps[label] = weights[thresholds + label] }
                    steps.withUnsafeMutableBufferPointer { addProducts(of: text, weights, to: $0) }
                    var moves = false
                    for label in 0..<classCount {
                        let sign: Float = classes[text] == label ? 1 : -1
                        let multiplier = multipliers[index * classCount + label]
                        let gradient = sign * steps[label] - 1 + diagonals[classes[text]] * multiplier
                        steps[label] = 0
                        if abs(multiplier == 0 ? min(gradient, 0) : gradient) < 1e-6 { continue }
                        let moved = max(0, multiplier - gradient / (square + diagonals[classes[text]]))
                        multipliers[index * classCount + label] = moved
                        steps[label] = (moved - multiplier) * sign
                        largest = max(largest, abs(moved - multiplier))
                        moves = true
                    }
                    if !moves { return }
                    steps.withUnsafeBufferPointer { add($0, times: text, to: weights) }
                    for label in 0..<classCount { weights[thresholds + label] += steps[label] }
                }
            }
            if largest < 0.005 { break }
        }
        return Separators(weights: weights, classCount: classCount)
    }

    /// 1 / (2 × cost of an error) by class.
    private func diagonals(for members: [Int]) -> [Float] {
        var sizes = [Float](repeating: 0, count: classCount)
        for member in members { sizes[classes[member]] += 1 }
        let even = Float(members.count) / Float(classCount)
        return sizes.map { size in
            0.5 / (options.cost * exponential(options.balance * logarithm(even / max(1, size))))
        }
    }

    @inline(__always)
    private func addProducts(
        of text: Int, _ weights: UnsafeMutableBufferPointer<Float>, to sums: UnsafeMutableBufferPointer<Float>
    ) {
        let span = texts.offsets[text]..<texts.offsets[text + 1]
        texts.rows.withUnsafeBufferPointer { rows in
            texts.values.withUnsafeBufferPointer { values in
                for position in span {
                    let value = values[position]
                    let first = Int(rows[position]) * classCount
                    for label in 0..<classCount { sums[label] += value * weights[first + label] }
                }
            }
        }
    }

    @inline(__always)
    private func add(
        _ steps: UnsafeBufferPointer<Float>, times text: Int, to weights: UnsafeMutableBufferPointer<Float>
    ) {
        let span = texts.offsets[text]..<texts.offsets[text + 1]
        texts.rows.withUnsafeBufferPointer { rows in
            texts.values.withUnsafeBufferPointer { values in
                for position in span {
                    let value = values[position]
                    let first = Int(rows[position]) * classCount
                    for label in 0..<classCount { weights[first + label] += value * steps[label] }
                }
            }
        }
    }
}
