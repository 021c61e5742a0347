import Ground

/// One linear separator per class, each against the rest: a support vector machine with squared hinge loss, solved by
/// dual coordinate descent (Hsieh et al., 2008), in which a gram counts for more the more unevenly it is spread between
/// the class and the rest (after Wang and Manning, 2012). The order of visits follows from a seed, so the result is
/// always the same.
struct LinearSolver {
    let texts: CountedTexts
    /// Class by text.
    let classes: [Int]
    let classCount: Int
    let options: TrainingOptions

    /// What unevenness adds to the strength of a gram, against 1 for all alike.
    private static let unevenness: Float = 0.5
    /// Texts supposed to be spread evenly, so that what is seen once does not count as proof.
    private static let supposedTexts: Float = 4

    /// Classes stand in groups of four, which the machine reckons with at once.
    private var groupCount: Int { (classCount + 3) / 4 }

    /// Weights by row and class, then the thresholds.
    struct Separators {
        fileprivate let weights: [SIMD4<Float>]
        fileprivate let thresholds: [SIMD4<Float>]
        let classCount: Int

        func weights(ofRow row: Int) -> [Float] {
            (0..<classCount).map { weights[row * thresholds.count + $0 / 4][$0 % 4] }
        }

        var thresholdList: [Float] { (0..<classCount).map { thresholds[$0 / 4][$0 % 4] } }

        /// The margins of a text.
        func margins(of text: Int, in texts: CountedTexts) -> [Float] {
            var sums = thresholds
            for position in texts.offsets[text]..<texts.offsets[text + 1] {
                let first = Int(texts.rows[position]) * sums.count
                for group in sums.indices { sums[group] += texts.values[position] * weights[first + group] }
            }
            return (0..<classCount).map { sums[$0 / 4][$0 % 4] }
        }
    }

    /// - Parameter members: the texts to learn from.
    func solve(for members: [Int]) -> Separators {
        let diagonals = diagonals(for: members)
        let strengths = squaredStrengths(for: members)
        let squares = squares(of: members, strengths)
        var weights = [SIMD4<Float>](repeating: .zero, count: texts.table.keys.count * groupCount)
        var thresholds = [SIMD4<Float>](repeating: .zero, count: groupCount)
        var multipliers = [SIMD4<Float>](repeating: .zero, count: members.count * groupCount)
        var steps = thresholds
        var order = Array(members.indices)
        var random = SeededRandom(seed: 1)
        for _ in 0..<options.rounds {
            order.shuffle(using: &random)
            var largest: Float = 0
            for index in order {
                let text = members[index]
                let diagonal = diagonals[classes[text]]
                for group in 0..<groupCount { steps[group] = thresholds[group] }
                addProducts(of: text, weights, to: &steps)
                var moves = false
                for group in 0..<groupCount {
                    let place = index * groupCount + group
                    var signs = SIMD4<Float>(repeating: -1)
                    if classes[text] / 4 == group { signs[classes[text] % 4] = 1 }
                    let multiplier = multipliers[place]
                    let gradient = signs * steps[group] - 1 + diagonal * multiplier
                    let moved = pointwiseMax(.zero, multiplier - gradient / (squares[place] + diagonal))
                    multipliers[place] = moved
                    steps[group] = (moved - multiplier) * signs
                    let change = max(steps[group].max(), -steps[group].min())
                    largest = max(largest, change)
                    if change > 1e-6 { moves = true }
                }
                if !moves { continue }
                add(steps, times: text, strengths, to: &weights)
                for group in 0..<groupCount { thresholds[group] += steps[group] }
            }
            if largest < 0.01 { break }
        }
        return Separators(weights: weights, thresholds: thresholds, classCount: classCount)
    }

    /// 1 / (2 × cost of an error) by class.
    private func diagonals(for members: [Int]) -> [Float] {
        let sizes = sizes(of: members)
        let even = Float(members.count) / Float(classCount)
        return sizes.map { size in
            0.5 / (options.cost * exponential(options.balance * logarithm(even / max(1, size))))
        }
    }

    private func sizes(of members: [Int]) -> [Float] {
        var sizes = [Float](repeating: 0, count: classCount)
        for member in members { sizes[classes[member]] += 1 }
        return sizes
    }

    /// By row and class. The solver works with weights already multiplied by the strengths, so it needs their squares.
    private func squaredStrengths(for members: [Int]) -> [SIMD4<Float>] {
        let sizes = sizes(of: members)
        let all = max(2, Float(members.count))
        var strengths = [SIMD4<Float>](repeating: .zero, count: texts.table.keys.count * groupCount)
        for member in members {
            let group = classes[member] / 4
            for position in texts.offsets[member]..<texts.offsets[member + 1] {
                strengths[Int(texts.rows[position]) * groupCount + group][classes[member] % 4] += 1
            }
        }
        for row in texts.table.keys.indices {
            let total = (row * groupCount..<(row + 1) * groupCount).reduce(Float(0)) { $0 + strengths[$1].sum() }
            for label in 0..<classCount {
                let place = row * groupCount + label / 4
                let size = max(1, min(all - 1, sizes[label]))
                let own = strengths[place][label % 4]
                let inside = (own + Self.supposedTexts * size / all) / size
                let outside = (total - own + Self.supposedTexts * (all - size) / all) / (all - size)
                let strength = 1 - Self.unevenness + Self.unevenness * abs(logarithm(inside / outside))
                strengths[place][label % 4] = strength * strength
            }
        }
        return strengths
    }

    /// The squared length of each text as each class sees it; the threshold adds 1.
    private func squares(of members: [Int], _ strengths: [SIMD4<Float>]) -> [SIMD4<Float>] {
        var squares = [SIMD4<Float>](repeating: .one, count: members.count * groupCount)
        for (index, member) in members.enumerated() {
            for position in texts.offsets[member]..<texts.offsets[member + 1] {
                let square = texts.values[position] * texts.values[position]
                let first = Int(texts.rows[position]) * groupCount
                for group in 0..<groupCount {
                    squares[index * groupCount + group] += square * strengths[first + group]
                }
            }
        }
        return squares
    }

    @inline(__always)
    private func addProducts(of text: Int, _ weights: [SIMD4<Float>], to sums: inout [SIMD4<Float>]) {
        let count = groupCount
        let span = texts.offsets[text]..<texts.offsets[text + 1]
        sums.withUnsafeMutableBufferPointer { sums in
            for position in span {
                let value = texts.values[position]
                let first = Int(texts.rows[position]) * count
                for group in 0..<count { sums[group] += value * weights[first + group] }
            }
        }
    }

    @inline(__always)
    private func add(
        _ steps: [SIMD4<Float>], times text: Int, _ strengths: [SIMD4<Float>], to weights: inout [SIMD4<Float>]
    ) {
        let count = groupCount
        let span = texts.offsets[text]..<texts.offsets[text + 1]
        weights.withUnsafeMutableBufferPointer { weights in
            for position in span {
                let value = texts.values[position]
                let first = Int(texts.rows[position]) * count
                for group in 0..<count {
                    weights[first + group] += value * strengths[first + group] * steps[group]
                }
            }
        }
    }
}
