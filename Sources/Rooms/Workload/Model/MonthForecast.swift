import Desk
import Ground
import Mandates

/// What the next month may bring to the posts of an area: what is known of it already, and what months past usually brought
/// beyond the lists. The plain mean of the last eight months: with so few figures nothing finer does better.
struct MonthForecast: Sendable, Hashable {
    /// Months that are looked back on.
    static let months = 8
    /// With fewer there is no forecast.
    static let fewest = 3

    var month: LoadMonth
    /// Minutes that there are.
    var capacity: Int64
    /// Minutes that are known: the lists, contracts, and what is admitted already.
    var known: Int64
    /// Of these, what was admitted beyond the lists.
    var admitted: Int64
    /// Minutes that were admitted beyond the lists in each of the months past, the oldest first.
    var past: [Int64]
    /// Tasks that come as often as matters do, and the minutes that these may bring beyond what the lists foresee.
    var tasks = 0
    var moreByMatters: Int64 = 0
    var leastByMatters: Int64 = 0
    var mostByMatters: Int64 = 0

    /// What is admitted already is a part of what is usual, not besides.
    private func with(_ usual: Int64) -> Int64 { known + max(0, usual - admitted) }

    var expected: Int64 { max(0, with(past.reduce(0, +) / Int64(max(1, past.count))) + moreByMatters) }
    /// As in the lightest and in the heaviest of the months past.
    var least: Int64 { max(0, with(past.min() ?? 0) + leastByMatters) }
    var most: Int64 { max(0, with(past.max() ?? 0) + mostByMatters) }

    /// In place of what the lists foresee for tasks that come with matters, what matters may bring. All low or all high at
    /// once, so the band is rather too wide than too narrow.
    mutating func take(_ volumes: [TaskVolume]) {
        tasks = volumes.count
        moreByMatters = volumes.reduce(0) { $0 + $1.difference }
        leastByMatters = volumes.reduce(0) { $0 + $1.least }
        mostByMatters = volumes.reduce(0) { $0 + $1.most }
    }

    /// Minutes by per mille of what there is; nil where there is nothing.
    func saturation(_ minutes: Int64) -> Int64? { capacity > 0 ? minutes * 1000 / capacity : nil }

    /// - Parameters:
    ///   - sheet: of the twelve months from the present one.
    ///   - works: what was admitted beyond the lists, in the months past and for the next one.
    ///   - begin: the day of the first record. Months before it, and the one it lies in, say nothing.
    /// - Returns: nil with fewer than three months on record.
    init?(_ area: AreaPrefix, of sheet: LoadSheet, admitted works: [PlannedWork], since begin: Day) {
        let first = sheet.first + -Self.months
        // Laid on the posts of today, as these would have borne it.
        let laid = LoadSheet(
            first: first, posts: sheet.posts, units: sheet.units, capacityOfMonth: Array(repeating: 0, count: 12),
            works: works.map { LoadWork($0, source: 0, first: first) }, sources: 1)
        let positions = sheet.positions(in: area)
        let minutes = laid.sum(of: positions).loadOfMonth
        let onRecord = (0..<Self.months).filter { (first + $0).first > begin }
        guard onRecord.count >= Self.fewest else { return nil }
        let sum = sheet.sum(of: positions)
        month = sheet.first + 1
        capacity = sum.capacityOfMonth[1]
        known = sum.loadOfMonth[1]
        admitted = minutes[Self.months + 1]
        past = onRecord.map { minutes[$0] }
    }
}
