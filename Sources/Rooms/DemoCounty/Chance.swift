import Ground

/// Things to choose from, each as often as its weight says.
struct Weighted<Value: Sendable>: Sendable {
    private var values: [Value] = []
    private var upTo: [Double] = []

    init(_ weighted: [(value: Value, weight: Double)]) {
        var sum = 0.0
        for (value, weight) in weighted where weight > 0 {
            sum += weight
            values.append(value)
            upTo.append(sum)
        }
    }

    /// - Returns: nil when there is nothing to choose from.
    func pick(_ random: inout SeededRandom) -> Value? {
        guard let sum = upTo.last else { return nil }
        let point = Double.random(in: 0..<sum, using: &random)
        return values[upTo.firstIndex { point < $0 } ?? values.count - 1]
    }
}

extension Weighted<String> {
    /// A mapping of a file has no order of its own: sorted, so that the same seed chooses the same.
    init(_ weights: [String: Double]) {
        self.init(weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

extension SeededRandom {
    mutating func fraction() -> Double { Double.random(in: 0..<1, using: &self) }
    /// True in so many of a hundred.
    mutating func percent(_ share: Double) -> Bool { fraction() * 100 < share }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func between(_ least: Double, _ most: Double) -> Double { least + (most - least) * fraction() }
    mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &self) }
    /// Text of a list, empty where there is none.
    mutating func text(_ values: [String]?) -> String { values.flatMap { $0.randomElement(using: &self) } ?? "" }
}

/// A distribution told by some of its quantiles, straight between them.
struct Quantiles: Sendable, Hashable {
    /// Percent and value, rising.
    private let points: [(percent: Double, value: Double)]

    init(_ values: [String: Double]) {
        points = values.compactMap { key, value in Double(key).map { ($0, value) } }.sorted { $0.0 < $1.0 }
    }

    /// - Parameter fraction: from 0 to 1. Below the first point the values fall to a third of it; above the last they stay.
    func value(at fraction: Double) -> Double {
        guard let first = points.first, let last = points.last else { return 0 }
        let percent = fraction * 100
        if percent >= last.percent { return last.value }
        var lower = (percent: 0.0, value: first.value / 3)
        for upper in points {
            if percent < upper.percent {
                let part = (percent - lower.percent) / (upper.percent - lower.percent)
                return lower.value + (upper.value - lower.value) * part
            }
            lower = upper
        }
        return last.value
    }

    var median: Double { value(at: 0.5) }

    static func == (left: Quantiles, right: Quantiles) -> Bool {
        left.points.elementsEqual(right.points) { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) { for point in points { hasher.combine(point.value) } }
}
