/// 反弹: a series that was cut and rises again.
enum Rebound {
    struct Alarm: Sendable, Hashable {
        /// Of three months, at the lowest and at the end of the series.
        var lowest: Int64
        var now: Int64
    }

    /// Compares sums of three months, so that one busy month is none. Alarms when the last sum lies so much above the
    /// lowest before it; nil while it falls or stays.
    /// - Parameter perMille: how much above, of the lowest; at least one more in any case.
    static func alarm(_ months: [Int64], perMille: Int64) -> Alarm? {
        guard months.count >= 4 else { return nil }
        let sums = threeMonths(months)
        guard let now = sums.last, let lowest = sums.dropLast().min() else { return nil }
        guard now > lowest, now * 1000 >= lowest * (1000 + perMille) else { return nil }
        return Alarm(lowest: lowest, now: now)
    }

    /// A rise after a cut: there was more once, it went down, and it goes up again.
    struct Rise: Sendable, Hashable {
        /// The most in three months before the lowest, or a quarter of the base year where that was more.
        var before: Int64
        var lowest: Int64
        var now: Int64

        /// Told in time: what there was before the cut is not reached again.
        var isBelowBefore: Bool { now < before }
    }

    /// - Parameters:
    ///   - months: the oldest first. Months without any before the first that has some are left out: nobody knows whether
    ///     nothing was sent, or nothing was registered yet.
    ///   - base: times in the base year, as far as they are known.
    static func rise(_ months: [Int64], base: Int64?, perMille: Int64) -> Rise? {
        let known = Array(months.drop { $0 == 0 })
        guard let alarm = alarm(known, perMille: perMille) else { return nil }
        let sums = threeMonths(known)
        let lowestAt = sums.dropLast().lastIndex(of: alarm.lowest) ?? 0
        let before = max(sums[..<lowestAt].max() ?? 0, base.map { $0 / 4 } ?? 0)
        guard before > alarm.lowest else { return nil }
        return Rise(before: before, lowest: alarm.lowest, now: alarm.now)
    }

    static func threeMonths(_ months: [Int64]) -> [Int64] {
        guard months.count >= 3 else { return [] }
        return (2..<months.count).map { (last: Int) -> Int64 in months[(last - 2)...last].reduce(0, +) }
    }
}
