public import Ground

/// A day reached by counting working days.
public struct DueDay: Sendable, Hashable {
    public var day: Day
    /// A day on the way is not settled by a published notice yet, so the result may still move.
    public var isProvisional: Bool

    public init(day: Day, isProvisional: Bool) {
        self.day = day
        self.isProvisional = isProvisional
    }
}

/// Which days are worked, and counting in them. A value without a clock; each question costs constant time.
///
/// Every day has an ordinal: the number of working days before it. Between the first and the last published year the
/// ordinals stand in a table; outside they follow Monday to Friday.
public struct WorkCalendar: Sendable {
    public let holidays: HolidayList

    /// The first day of the table, and the first one after it.
    private let tableStart: Int64
    private let tableEnd: Int64
    /// Working days before `tableStart + index`, less the ordinal of `tableStart`; one more entry than days.
    private let ordinals: [Int32]
    /// Unsettled days before `tableStart + index`, within the table; one more entry than days.
    private let unsettled: [Int32]
    /// The working days of the table, as offsets from `tableStart`.
    private let workdays: [Int32]
    /// What the table adds to the plain count of Mondays to Fridays for each day after it.
    private let correction: Int64

    public init(holidays: HolidayList) {
        self.holidays = holidays
        let changed = holidays.entries.keys
        let years = holidays.publishedYears
        let start = [years.first.flatMap { Day(year: $0, month: 1, day: 1) }, changed.min()].compactMap { $0 }.min()
        let last = [years.last.flatMap { Day(year: $0, month: 12, day: 31) }, changed.max()].compactMap { $0 }.max()
        tableStart = start?.number ?? 0
        tableEnd = last.map { $0.number + 1 } ?? tableStart
        var ordinals: [Int32] = [0]
        var unsettled: [Int32] = [0]
        var workdays: [Int32] = []
        var doubts: Int32 = 0
        for number in tableStart..<tableEnd {
            let day = Day(number: number)
            if holidays.entry(on: day).map({ !$0.isOff }) ?? (day.weekday <= 5) {
                workdays.append(Int32(number - tableStart))
            }
            if !holidays.isPublished(day) { doubts += 1 }
            ordinals.append(Int32(workdays.count))
            unsettled.append(doubts)
        }
        self.ordinals = ordinals
        self.unsettled = unsettled
        self.workdays = workdays
        correction =
            Self.weekdays(before: tableStart) + Int64(workdays.count) - Self.weekdays(before: tableEnd)
    }

    // MARK: Single days

    public func isWorkday(_ day: Day) -> Bool { ordinal(of: day + 1) > ordinal(of: day) }

    /// Whether the answer for this day may still change, because its notice has not appeared.
    public func isProvisional(_ day: Day) -> Bool { hasProvisional(from: day, through: day) }

    /// The holiday that a notice names for this day, off or made up for.
    public func occasion(of day: Day) -> LocalizedText? { holidays.entry(on: day)?.occasion }

    // MARK: Counting

    /// The n-th working day after `day`. Counting starts the next day, whatever `day` itself is
    /// (as Civil Code art. 201 counts periods in days [M]).
    ///
    /// Zero gives `day` itself when it is worked, else the next working day; below zero counts back.
    public func add(workdays count: Int, to day: Day) -> DueDay {
        let reached =
            count > 0
            ? self.day(ofOrdinal: ordinal(of: day + 1) + Int64(count) - 1)
            : self.day(ofOrdinal: ordinal(of: day) + Int64(count))
        let isProvisional =
            count > 0
            ? hasProvisional(from: day + 1, through: reached)
            : hasProvisional(from: min(day, reached), through: max(day, reached))
        return DueDay(day: reached, isProvisional: isProvisional)
    }

    /// How many working days lie after `first`, up to and including `last`: what `add` counts. Below zero when
    /// `last` is the earlier one.
    public func workdays(after first: Day, through last: Day) -> Int {
        Int(ordinal(of: last + 1) - ordinal(of: first + 1))
    }

    /// Working days of a calendar year.
    public func workdays(inYear year: Int) -> WorkingYear? {
        guard let first = Day(year: year, month: 1, day: 1), let last = Day(year: year, month: 12, day: 31) else {
            return nil
        }
        return WorkingYear(
            workdays: workdays(after: first - 1, through: last),
            isProvisional: hasProvisional(from: first, through: last))
    }

    /// Whether a day of the range is not settled by a published notice.
    public func hasProvisional(from first: Day, through last: Day) -> Bool {
        guard first <= last else { return false }
        guard first.number >= tableStart, last.number < tableEnd else { return true }
        return unsettled[Int(last.number + 1 - tableStart)] > unsettled[Int(first.number - tableStart)]
    }

    // MARK: Ordinals

    /// The number of working days before `day`, from a fixed but arbitrary beginning.
    func ordinal(of day: Day) -> Int64 {
        if day.number < tableStart { return Self.weekdays(before: day.number) }
        if day.number >= tableEnd { return Self.weekdays(before: day.number) + correction }
        return Self.weekdays(before: tableStart) + Int64(ordinals[Int(day.number - tableStart)])
    }

    /// The working day with `ordinal` working days before it.
    func day(ofOrdinal ordinal: Int64) -> Day {
        let position = ordinal - Self.weekdays(before: tableStart)
        if position < 0 { return Day(number: Self.weekday(ofOrdinal: ordinal)) }
        if position >= workdays.count { return Day(number: Self.weekday(ofOrdinal: ordinal - correction)) }
        return Day(number: tableStart + Int64(workdays[Int(position)]))
    }

    /// Mondays to Fridays before day `number`, counted from Monday 1969-12-29, which is day -3.
    private static func weekdays(before number: Int64) -> Int64 {
        let (weeks, rest) = floored(number + 3, by: 7)
        return weeks * 5 + min(rest, 5)
    }

    private static func weekday(ofOrdinal ordinal: Int64) -> Int64 {
        let (weeks, rest) = floored(ordinal, by: 5)
        return weeks * 7 + rest - 3
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
