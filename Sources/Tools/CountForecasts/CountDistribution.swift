import Foundation

/// How counts of a series scatter around their mean: a negative binomial, which is a Poisson where nothing scatters more.
public struct CountDistribution: Sendable, Hashable {
    /// What is expected, at least nearly nothing.
    public let mean: Double
    /// Variance over mean, at least 1.
    public let dispersion: Double

    public init(mean: Double, dispersion: Double) {
        self.mean = max(mean, 1e-9)
        self.dispersion = max(dispersion, 1)
    }

    /// The probability of so many or more.
    public func tail(from count: Int) -> Double {
        guard count > 0 else { return 1 }
        var below = 0.0
        forEachProbability { value, probability in
            guard value < count else { return false }
            below += probability
            return true
        }
        return max(0, 1 - below)
    }

    /// The least count that is reached or stayed under with at least this probability.
    public func quantile(_ share: Double) -> Int {
        if mean > 5_000, dispersion * 20 < mean { return normalQuantile(share) }
        var sum = 0.0
        var found = 0
        forEachProbability { value, probability in
            sum += probability
            found = value
            return sum < share
        }
        return found
    }

    /// Where counts are large a walk takes long, and the normal curve is as near as matters.
    private func normalQuantile(_ share: Double) -> Int {
        var (low, high) = (-40.0, 40.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if erfc(-middle / 2.0.squareRoot()) / 2 < share { low = middle } else { high = middle }
        }
        return max(0, Int((mean + high * (mean * dispersion).squareRoot()).rounded()))
    }

    /// Walks over 0, 1, 2 … while `body` asks for more; in logarithms, so that large means do not vanish.
    private func forEachProbability(_ body: (Int, Double) -> Bool) {
        let isPoisson = dispersion < 1 + 1e-9
        let size = isPoisson ? 0 : mean / (dispersion - 1)
        let stay = isPoisson ? 0 : 1 - 1 / dispersion
        var logarithm = isPoisson ? -mean : -size * log(dispersion)
        // Far beyond the mean nothing is left to sum.
        let last = Int(mean + 60 * (mean * dispersion).squareRoot() + 60)
        var value = 0
        while value <= last, body(value, exp(logarithm)) {
            value += 1
            let factor = isPoisson ? mean / Double(value) : (Double(value) - 1 + size) / Double(value) * stay
            logarithm += log(factor)
        }
    }
}
