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
        let strengths = squaredStrengths(for: members)
        var weights = [SIMD4<Float>](repeating: .zero, count: texts.table.keys.count * groupCount)
        var thresholds = [SIMD4<Float>](repeating: .zero, count: groupCount)
        weights.withUnsafeMutableBytes { weights in
            thresholds.withUnsafeMutableBytes { thresholds in
                strengths.withUnsafeBytes { strengths in
                    texts.rows.withUnsafeBufferPointer { rows in
                        texts.values.withUnsafeBufferPointer { values in
                            guard let weights = weights.bindMemory(to: Float.self).baseAddress,
                                let thresholds = thresholds.bindMemory(to: Float.self).baseAddress,
                                let strengths = strengths.bindMemory(to: Float.self).baseAddress,
                                let rows = rows.baseAddress, let values = values.baseAddress
                            else { return }
                            let descent = Descent(
                                weights: weights, thresholds: thresholds, strengths: strengths, rows: rows,
                                values: values, width: groupCount * 4)
                            run(descent, for: members)
                        }
                    }
                }
            }
        }
        return Separators(weights: weights, thresholds: thresholds, classCount: classCount)
    }

    private func run(_ descent: Descent, for members: [Int]) {
        let diagonals = diagonals(for: members)
        let squares = members.map { text in
            descent.squares(texts.offsets[text]..<texts.offsets[text + 1])
        }
        var multipliers = [SIMD4<Float>](repeating: .zero, count: members.count * groupCount)
        var steps = [SIMD4<Float>](repeating: .zero, count: groupCount)
        var moving: [Int] = []
        var order = Array(members.indices)
        var random = SeededRandom(seed: 1)
        for _ in 0..<options.rounds {
            order.shuffle(using: &random)
            var largest: Float = 0
            for index in order {
                let text = members[index]
                let span = texts.offsets[text]..<texts.offsets[text + 1]
                let diagonal = diagonals[classes[text]]
                let ownGroup = classes[text] / 4
                moving.removeAll(keepingCapacity: true)
                descent.products(of: span, into: &steps)
                for group in 0..<groupCount {
                    let place = index * groupCount + group
                    var signs = SIMD4<Float>(repeating: -1)
                    if ownGroup == group { signs[classes[text] % 4] = 1 }
                    let multiplier = multipliers[place]
                    let gradient = signs * steps[group] - 1 + diagonal * multiplier
                    let moved = pointwiseMax(.zero, multiplier - gradient / (squares[index][group] + diagonal))
                    let step = (moved - multiplier) * signs
                    multipliers[place] = moved
                    steps[group] = step
                    let change = max(step.max(), -step.min())
                    largest = max(largest, change)
                    if change > 1e-6 { moving.append(group) }
                }
                // Of many classes a text moves few: the others know already that it is not theirs.
                for group in moving { descent.add(steps[group], group, times: span) }
            }
            if largest < 0.01 { break }
        }
    }

    /// The numbers that are worked on, at their places: this is where all the time goes. Written so that it is also quick
    /// without optimisation; with it, the machine reckons with several at once.
    private struct Descent {
        let weights: UnsafeMutablePointer<Float>
        let thresholds: UnsafeMutablePointer<Float>
        let strengths: UnsafePointer<Float>
        let rows: UnsafePointer<UInt32>
        let values: UnsafePointer<Float>
        /// Classes, filled up to whole groups.
        let width: Int

        /// The margins of a text.
        @inline(__always)
        func products(of span: Range<Int>, into sums: inout [SIMD4<Float>]) {
            sums.withUnsafeMutableBytes { bytes in
                guard let sums = bytes.bindMemory(to: Float.self).baseAddress else { return }
                sums.update(from: thresholds, count: width)
                var position = span.lowerBound
                let end = span.upperBound
                while position < end {
                    let value = values[position]
                    let first = weights + Int(rows[position]) &* width
                    var label = 0
                    while label < width {
                        sums[label] += value * first[label]
                        label &+= 1
                    }
                    position &+= 1
                }
            }
        }

        @inline(__always)
        func add(_ step: SIMD4<Float>, _ group: Int, times span: Range<Int>) {
            for lane in 0..<4 where step[lane] != 0 {
                let label = group &* 4 &+ lane
                let own = step[lane]
                var position = span.lowerBound
                let end = span.upperBound
                while position < end {
                    let place = Int(rows[position]) &* width &+ label
                    weights[place] += values[position] * strengths[place] * own
                    position &+= 1
                }
                thresholds[label] += own
            }
        }

        /// The squared length of a text as each class sees it; the threshold adds 1.
        func squares(_ span: Range<Int>) -> [SIMD4<Float>] {
            var squares = [SIMD4<Float>](repeating: .one, count: width / 4)
            squares.withUnsafeMutableBytes { bytes in
                guard let squares = bytes.bindMemory(to: Float.self).baseAddress else { return }
                for position in span {
                    let square = values[position] * values[position]
                    let first = strengths + Int(rows[position]) &* width
                    var label = 0
                    while label < width {
                        squares[label] += square * first[label]
                        label &+= 1
                    }
                }
            }
            return squares
        }
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
}
