/// A point in time: UTC milliseconds since 1970. What is stored, compared and sealed; never a local time.
public struct Instant: Sendable, Hashable, Comparable, Codable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Instant, right: Span) -> Instant {
        Instant(milliseconds: left.milliseconds + right.milliseconds)
    }
    public static func - (left: Instant, right: Span) -> Instant {
        Instant(milliseconds: left.milliseconds - right.milliseconds)
    }
    public static func - (left: Instant, right: Instant) -> Span {
        Span(milliseconds: left.milliseconds - right.milliseconds)
    }
}

/// A length of time in milliseconds, on the clock (working time is WorkCalendar's).
public struct Span: Sendable, Hashable, Comparable, Codable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func seconds(_ count: Int64) -> Span { Span(milliseconds: count * 1000) }
    public static func minutes(_ count: Int64) -> Span { Span(milliseconds: count * 60_000) }
    public static func hours(_ count: Int64) -> Span { Span(milliseconds: count * 3_600_000) }
    public static func days(_ count: Int64) -> Span { Span(milliseconds: count * 86_400_000) }

    public static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }
    public static prefix func - (span: Span) -> Span { Span(milliseconds: -span.milliseconds) }
}

/// A calendar date without a time zone: what a form, a holiday list or a working-day count means by a day.
public struct Day: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let number: Int64

    public init(number: Int64) { self.number = number }

    /// - Returns: nil when the month or the day does not exist in that year.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, in: year) else { return nil }
        let y = Int64(month <= 2 ? year - 1 : year)
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    /// Reads `2026-11-21`, and nothing else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let day = Day(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a date of the form 2026-11-21: \(text)"))
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Year, month 1–12, day 1–31 of the Gregorian calendar.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(day))
    }

    /// Monday is 1, Sunday is 7, as ISO 8601 counts.
    public var weekday: Int {
        let remainder = Int((number + 3) % 7)
        return (remainder < 0 ? remainder + 7 : remainder) + 1
    }

    public var description: String {
        let (year, month, day) = parts
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
    public static func + (left: Day, days: Int) -> Day { Day(number: left.number + Int64(days)) }
    public static func - (left: Day, days: Int) -> Day { Day(number: left.number - Int64(days)) }
    public static func - (left: Day, right: Day) -> Int { Int(left.number - right.number) }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A date and a wall-clock time at a fixed offset from UTC. China keeps one offset, without summer time, since 1992.
public struct LocalTime: Sendable, Hashable, Comparable {
    public var day: Day
    /// Milliseconds since local midnight, below 86,400,000.
    public var millisecondOfDay: Int64

    public init(day: Day, millisecondOfDay: Int64 = 0) {
        self.day = day
        self.millisecondOfDay = millisecondOfDay
    }

    public init(day: Day, hour: Int, minute: Int = 0, second: Int = 0) {
        self.init(day: day, millisecondOfDay: Int64(hour * 3600 + minute * 60 + second) * 1000)
    }

    /// Offset of Beijing time from UTC.
    public static let beijing = Span.hours(8)

    public var hour: Int { Int(millisecondOfDay / 3_600_000) }
    public var minute: Int { Int(millisecondOfDay / 60_000 % 60) }
    public var second: Int { Int(millisecondOfDay / 1000 % 60) }

    public static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.day, left.millisecondOfDay) < (right.day, right.millisecondOfDay)
    }

    /// `2026-11-21 10:32`, as shown to people.
    public var minuteText: String { "\(day) \(padded(hour, 2)):\(padded(minute, 2))" }
    /// `2026-11-21 10:32:05`, as exported.
    public var secondText: String { minuteText + ":" + padded(second, 2) }
}

extension Instant {
    public func local(offset: Span = LocalTime.beijing) -> LocalTime {
        let shifted = milliseconds + offset.milliseconds
        let day = shifted >= 0 ? shifted / 86_400_000 : (shifted - 86_399_999) / 86_400_000
        return LocalTime(day: Day(number: day), millisecondOfDay: shifted - day * 86_400_000)
    }

    public init(_ local: LocalTime, offset: Span = LocalTime.beijing) {
        milliseconds = local.day.number * 86_400_000 + local.millisecondOfDay - offset.milliseconds
    }

    /// `2026-11-21T02:32:05.123Z`, as the interfaces carry it.
    public var iso8601: String {
        let utc = local(offset: Span(milliseconds: 0))
        let fraction = padded(Int(utc.millisecondOfDay % 1000), 3)
        return "\(utc.day)T\(padded(utc.hour, 2)):\(padded(utc.minute, 2)):\(padded(utc.second, 2)).\(fraction)Z"
    }

    /// Reads ISO 8601 with `Z` or an offset such as `+08:00`, with or without seconds and fractions; a space may stand
    /// for the `T`. Without an offset the text is taken as Beijing time, as people here write it.
    public init?(iso8601 text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        guard bytes.count >= 10, let day = Day(String(decoding: bytes.prefix(10), as: UTF8.self)) else { return nil }
        bytes = bytes.dropFirst(10)
        guard let separator = bytes.popFirst() else {
            self.init(LocalTime(day: day))
            return
        }
        guard separator == 0x54 || separator == 0x20, let hour = twoDigits(&bytes), hour < 24,
            bytes.popFirst() == 0x3A, let minute = twoDigits(&bytes), minute < 60
        else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if bytes.first == 0x3A {
            bytes = bytes.dropFirst()
            guard let value = twoDigits(&bytes), value < 60 else { return nil }
            second = value
            if bytes.first == 0x2E {
                bytes = bytes.dropFirst()
                let digitsOfFraction = bytes.prefix { (0x30...0x39).contains($0) }
                guard !digitsOfFraction.isEmpty else { return nil }
                bytes = bytes.dropFirst(digitsOfFraction.count)
                for position in 0..<3 {
                    let index = digitsOfFraction.startIndex + position
                    fraction =
                        fraction * 10 + (index < digitsOfFraction.endIndex ? Int64(digitsOfFraction[index] - 0x30) : 0)
                }
            }
        }
        var offset = LocalTime.beijing
        if let sign = bytes.popFirst() {
            switch sign {
            case 0x5A: offset = Span(milliseconds: 0)
            case 0x2B, 0x2D:
                guard let hours = twoDigits(&bytes) else { return nil }
                if bytes.first == 0x3A { bytes = bytes.dropFirst() }
                guard let minutes = bytes.isEmpty ? 0 : twoDigits(&bytes) else { return nil }
                let span = Span.minutes(Int64(hours * 60 + minutes))
                offset = sign == 0x2B ? span : -span
            default: return nil
            }
        }
        guard bytes.isEmpty else { return nil }
        let time = LocalTime(day: day, hour: hour, minute: minute, second: second)
        self = Instant(milliseconds: Instant(time, offset: offset).milliseconds + fraction)
    }
}

private func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
    }
    return value
}

private func twoDigits(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 2, let value = digits(bytes.prefix(2)) else { return nil }
    bytes = bytes.dropFirst(2)
    return value
}

func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
}
