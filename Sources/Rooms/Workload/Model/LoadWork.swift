import Desk
import Ground
import Mandates

/// One stream of work: where it falls, who does it, and when.
struct LoadWork: Sendable, Hashable {
    enum Amount: Sendable, Hashable {
        /// Minutes by month in each area.
        case each([Int64])
        /// Minutes a year for so many households, with the weights of calendar months.
        case households(minutes: Int64, of: Int64, weights: [Int64]?)
    }

    /// Position in the list of sources.
    var source: Int
    /// Only areas within.
    var area: AreaPrefix
    var level: AreaLevel
    var roles: [String]
    var amount: Amount
    /// Only in these of the twelve months.
    var months = 0..<12

    init(source: Int, area: AreaPrefix, level: AreaLevel, roles: [String], amount: Amount) {
        self.source = source
        self.area = area
        self.level = level
        self.roles = roles
        self.amount = amount
    }

    init(_ task: DutyTask, source: Int, within area: AreaPrefix, first: LoadMonth) {
        let minutes = (task.minutes ?? 0) * (task.times ?? 0)
        self.init(
            source: source, area: area, level: task.at, roles: task.roles,
            amount: task.households.map { .households(minutes: minutes, of: $0, weights: task.months) }
                ?? .each(Spread.year(minutes, weights: task.months, first: first)))
    }

    init(_ work: PlannedWork, source: Int, first: LoadMonth) {
        self.init(
            source: source, area: AreaPrefix(work.area) ?? .everywhere, level: work.level, roles: work.roles,
            amount: .each(Spread.period(work.minutes * work.times, from: work.from, until: work.until, first: first)))
    }

    /// By month, in an area with so many households.
    func minutes(in unit: LoadUnit, first: LoadMonth) -> [Int64] {
        let year =
            switch amount {
            case .each(let minutes): minutes
            case .households(let minutes, let count, let weights):
                Spread.year((minutes * unit.households + count / 2) / max(1, count), weights: weights, first: first)
            }
        return year.enumerated().map { months.contains($0) ? $1 : 0 }
    }
}

/// The minutes of one stream of work in one area after the other, without an array for each: there are millions.
struct MonthlyMinutes {
    private(set) var total: Int64 = 0
    private var months: [Int64]
    private let work: LoadWork
    private let weights: [Int64]
    private let whole: Int64
    private let firstMonth: Int
    private var households: Int64 = -1

    init(_ work: LoadWork, first: LoadMonth) {
        self.work = work
        firstMonth = first.month
        months = Array(repeating: 0, count: 12)
        if case .households(_, _, let weights) = work.amount {
            self.weights = Spread.usable(weights)
        } else {
            weights = Spread.usable(nil)
        }
        whole = weights.reduce(0, +)
        if case .each(let minutes) = work.amount {
            months = minutes
            total = minutes.reduce(0, +)
            leaveOthersOut()
        }
    }

    /// What lies in months that the work does not fall in.
    private mutating func leaveOthersOut() {
        guard work.months != 0..<12 else { return }
        for month in 0..<12 where !work.months.contains(month) {
            total -= months[month]
            months[month] = 0
        }
    }

    subscript(month: Int) -> Int64 { months[month] }

    /// - Parameter count: of the area that comes next; matters where work is done household by household.
    mutating func set(households count: Int64) {
        guard case .households(let minutes, let per, _) = work.amount, count != households else { return }
        households = count
        total = (minutes * count + per / 2) / max(1, per)
        var passed: Int64 = 0
        var given: Int64 = 0
        for month in 0..<12 {
            passed += weights[month]
            let until = total * passed / whole
            months[(month + 13 - firstMonth) % 12] = until - given
            given = until
        }
        leaveOthersOut()
    }

    /// Equal parts in whole minutes; what is left over goes to the first ones.
    @inline(__always)
    func share(
        among posts: some Collection<Int32>, _ add: (_ position: Int, _ minutes: Int64) -> Void
    ) {
        let count = Int64(posts.count)
        if count == 1, let post = posts.first {
            for month in 0..<12 { add(Int(post) * 12 + month, months[month]) }
            return
        }
        for month in 0..<12 {
            let (each, rest) = months[month].quotientAndRemainder(dividingBy: count)
            var turn: Int64 = 0
            for post in posts {
                add(Int(post) * 12 + month, each + (turn < rest ? 1 : 0))
                turn += 1
            }
        }
    }
}
