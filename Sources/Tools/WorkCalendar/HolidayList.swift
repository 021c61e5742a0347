public import Ground

/// What the yearly holiday notices say about single days: those off and those worked 调休, with the names and papers.
///
/// A year whose notice has not appeared is *unpublished*; its days follow the weekday and are provisional.
public struct HolidayList: Sendable, Hashable {
    /// A day that a notice moves away from what its weekday says.
    public struct Entry: Sendable, Hashable {
        public var isOff: Bool
        /// The holiday it belongs to, as the notice names it.
        public var occasion: LocalizedText
    }

    /// A month and a day, comparable within a year.
    struct MonthDay: Sendable, Hashable, Comparable {
        var month: Int
        var day: Int
        static func < (left: MonthDay, right: MonthDay) -> Bool {
            (left.month, left.day) < (right.month, right.day)
        }
    }

    private(set) var entries: [Day: Entry] = [:]
    /// The notice or notices that arranged each published year, by their addresses.
    public private(set) var papers: [Int: [String]] = [:]
    var nextYearMayChangeFrom: MonthDay?

    /// Knows no notice: every day follows its weekday and is provisional.
    public static let unpublished = HolidayList()

    init() {}

    public var publishedYears: [Int] { papers.keys.sorted() }

    public func entry(on day: Day) -> Entry? { entries[day] }

    /// Whether the notices that can move this day have appeared. The last days of December need the next year's too.
    public func isPublished(_ day: Day) -> Bool {
        let (year, month, dayOfMonth) = day.parts
        guard papers[year] != nil else { return false }
        guard let from = nextYearMayChangeFrom, MonthDay(month: month, day: dayOfMonth) >= from else { return true }
        return papers[year + 1] != nil
    }

    mutating func publish(year: Int, papers: [String]) { self.papers[year] = papers }

    /// - Returns: false when the day was named before.
    mutating func add(_ day: Day, _ entry: Entry) -> Bool { entries.updateValue(entry, forKey: day) == nil }
}
