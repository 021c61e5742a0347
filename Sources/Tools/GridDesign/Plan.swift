/// A finished design.
public struct Plan: Sendable {
    /// The grid of each unit. Grids are numbered from the north-west: row by row from the north, in a row from the west.
    public var gridOf: [Int32]
    public var grids: Int
    /// Every grid outside the norm, with the reason.
    public var exceptions: [PlanException]
}

/// Why a grid is outside the norm.
public struct PlanException: Sendable, Equatable {
    public enum Reason: String, Sendable, CaseIterable {
        /// One building alone is above the upper bound; it cannot be split.
        case oneUnitAbove
        /// Cut off by barriers with too little inside for a grid.
        case islandBelow
        /// A connected area whose workload fits no number of grids, such as 550 for 300–500.
        case noNumberFits
        /// Cut off by a building that is a grid of its own.
        case besideLargeUnit
        /// None of these; the search found nothing better.
        case notFound
    }

    public var grid: Int32
    public var workload: Double
    public var reason: Reason
}

/// The order of grids: rows from the north, each from the west (the rule for unit grid codes).
enum GridOrder {
    /// New numbers for the grids 0 ..< count, by their middles.
    static func numbers(xs: [Double], ys: [Double]) -> [Int32] {
        let count = xs.count
        guard let west = xs.min(), let east = xs.max(), let south = ys.min(), let north = ys.max() else { return [] }
        let width = max(east - west, 1)
        let height = max(north - south, 1)
        // Rows as high as a grid is wide on average.
        let rows = max(1, (Double(count) * height / width).squareRoot().rounded())
        let row = ys.map { min(rows - 1, ((north - $0) / height * rows).rounded(.down)) }
        let order = (0..<count).sorted { a, b in
            if row[a] != row[b] { return row[a] < row[b] }
            if xs[a] != xs[b] { return xs[a] < xs[b] }
            if ys[a] != ys[b] { return ys[a] > ys[b] }
            return a < b
        }
        var numbers = [Int32](repeating: 0, count: count)
        for (number, grid) in order.enumerated() { numbers[grid] = Int32(number) }
        return numbers
    }
}

public enum GridCode {
    /// The number of each grid of any plan by the rule: rows from the north, each from the west; from 1.
    /// - Parameter plan: the grid of each unit, from 0; below 0 for none.
    public static func sequences(_ plan: [Int32], grids: Int, _ units: Units) -> [Int] {
        var weights = [Double](repeating: 0, count: grids)
        var xs = [Double](repeating: 0, count: grids)
        var ys = [Double](repeating: 0, count: grids)
        for (unit, grid) in plan.enumerated() where grid >= 0 {
            let weight = max(units.workloads[unit], 1e-6)
            weights[Int(grid)] += weight
            xs[Int(grid)] += weight * units.xs[unit]
            ys[Int(grid)] += weight * units.ys[unit]
        }
        for grid in 0..<grids where weights[grid] > 0 {
            xs[grid] /= weights[grid]
            ys[grid] /= weights[grid]
        }
        return GridOrder.numbers(xs: xs, ys: ys).map { Int($0) + 1 }
    }

    /// 12 digits of the community and three of the sequence, from 001 (the 15-digit unit grid code); nil past 999 or when
    /// the community's code has not 12 digits.
    public static func code(community: String, sequence: Int) -> String? {
        guard community.utf8.count == 12, community.utf8.allSatisfy({ (48...57).contains($0) }),
            (1...999).contains(sequence)
        else { return nil }
        let digits = String(sequence)
        return community + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
}
