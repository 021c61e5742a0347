import Desk
import Ground

/// A post as the load sees it: where it stands, what it is, and how much of a full time it has. No name, no person.
struct LoadPost: Sendable, Hashable {
    var area: AreaPrefix
    var role: String
    /// Of a full time, per mille. A person with two posts has one time for both.
    var share: Int64
    /// By month, where more is known than the calendar says: leave, training, people lent or sent down.
    var minutes: [Int64]?

    init(area: AreaPrefix, role: String, share: Int64 = 1000) {
        self.area = area
        self.role = role
        self.share = share
    }
}

/// An area in which tasks fall: a street, a community, a grid.
struct LoadUnit: Sendable, Hashable {
    var area: AreaPrefix
    var households: Int64

    init(area: AreaPrefix, households: Int64) {
        self.area = area
        self.households = households
    }
}

/// A month of a calendar year.
struct LoadMonth: Sendable, Hashable, Comparable, CustomStringConvertible {
    var year: Int
    /// 1–12
    var month: Int

    init(year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    init(of day: Day) {
        let parts = day.parts
        self.init(year: parts.year, month: parts.month)
    }

    var first: Day { Day(year: year, month: month, day: 1) ?? Day(number: 0) }
    /// The last day of it.
    var last: Day { (self + 1).first - 1 }

    static func + (month: LoadMonth, count: Int) -> LoadMonth {
        let index = month.year * 12 + month.month - 1 + count
        return LoadMonth(year: index / 12, month: index % 12 + 1)
    }

    static func < (left: LoadMonth, right: LoadMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }

    var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }
}

/// Minutes over twelve months that add up to the whole exactly.
enum Spread {
    /// The weights, or even ones where these are none.
    static func usable(_ weights: [Int64]?) -> [Int64] {
        guard let weights, weights.count == 12, weights.reduce(0, +) > 0 else { return Array(repeating: 1, count: 12) }
        return weights
    }

    /// By weights of calendar months, January first.
    /// - Returns: minutes by position of the month in the twelve that begin with `first`.
    static func year(_ minutes: Int64, weights: [Int64]?, first: LoadMonth) -> [Int64] {
        let weights =
            weights.flatMap { $0.count == 12 && $0.reduce(0, +) > 0 ? $0 : nil } ?? Array(repeating: 1, count: 12)
        let whole = weights.reduce(0, +)
        var passed: Int64 = 0
        var given: Int64 = 0
        var result = Array(repeating: Int64(0), count: 12)
        for month in 0..<12 {
            passed += weights[month]
            let until = minutes * passed / whole
            result[(month + 13 - first.month) % 12] = until - given
            given = until
        }
        return result
    }

    /// Evenly by days of a period; what lies outside of the twelve months is left out.
    static func period(_ minutes: Int64, from: Day, until: Day, first: LoadMonth) -> [Int64] {
        let days = Int64(until - from + 1)
        guard days > 0 else { return Array(repeating: 0, count: 12) }
        func given(before day: Day) -> Int64 { minutes * min(max(Int64(day - from), 0), days) / days }
        return (0..<12).map { given(before: (first + $0 + 1).first) - given(before: (first + $0).first) }
    }
}
