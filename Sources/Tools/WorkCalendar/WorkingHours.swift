import Yams

/// The shifts of a working day, in Beijing time.
public struct WorkingHours: Sendable, Hashable {
    /// From and to, in milliseconds since local midnight; worked from the first up to, not including, the second.
    public struct Shift: Sendable, Hashable {
        public let start: Int64
        public let end: Int64
        public var length: Int64 { end - start }
    }

    /// In order, not touching each other; at least one.
    public let shifts: [Shift]
    /// Milliseconds worked in a whole day; above zero.
    public let dailyLength: Int64
    /// When the last shift ends, in milliseconds since local midnight.
    public let endOfDay: Int64

    /// - Returns: nil unless the shifts are `HH:MM-HH:MM`, in order, apart from each other and within one day.
    public init?(_ texts: [String]) {
        var shifts: [Shift] = []
        for text in texts {
            guard let shift = Self.shift(text), shift.start > (shifts.last?.end ?? -1) else { return nil }
            shifts.append(shift)
        }
        guard let last = shifts.last else { return nil }
        self.shifts = shifts
        dailyLength = shifts.reduce(0) { $0 + $1.length }
        endOfDay = last.end
    }

    /// Reads the text of a file such as `Rules/calendars/hours.yaml`.
    public init(yaml text: String, file name: String) throws(CalendarFileError) {
        let file = try CalendarFile(text: text, name: name, keys: ["shifts"])
        guard let node = file.root["shifts"] else {
            throw file.problem(nil, "缺少 shifts", "`shifts` is missing")
        }
        let items = try file.texts(node, "shifts")
        var end: Int64 = -1
        for (text, item) in items {
            guard let shift = Self.shift(text) else {
                throw file.problem(
                    item, "“\(text)”不是时段,应写 08:30-12:00", "`\(text)` is not a shift such as 08:30-12:00")
            }
            guard shift.start > end else {
                throw file.problem(
                    item, "“\(text)”应晚于前一时段", "`\(text)` should begin after the shift before it ends")
            }
            end = shift.end
        }
        guard let hours = WorkingHours(items.map(\.text)) else {
            throw file.problem(node, "至少要有一个时段", "there should be at least one shift")
        }
        self = hours
    }

    /// Milliseconds worked on a working day before that millisecond of it.
    func worked(before millisecondOfDay: Int64) -> Int64 {
        var total: Int64 = 0
        for shift in shifts where millisecondOfDay > shift.start {
            total += min(millisecondOfDay, shift.end) - shift.start
        }
        return total
    }

    /// The earliest millisecond of the day by which `worked` milliseconds are done; `worked` is above zero and at
    /// most `dailyLength`.
    func millisecondOfDay(afterWorking worked: Int64) -> Int64 {
        var rest = worked
        for shift in shifts {
            if rest <= shift.length { return shift.start + rest }
            rest -= shift.length
        }
        return endOfDay
    }

    private static func shift(_ text: String) -> Shift? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
        guard bounds.count == 2, let start = bounds[0], let end = bounds[1], start < end else { return nil }
        return Shift(start: start * 60_000, end: end * 60_000)
    }

    /// `08:30`, up to `24:00`.
    private static func minutes(_ text: Substring) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let numbers = [0, 1, 3, 4].map { Int64(bytes[$0]) - 0x30 }
        guard numbers.allSatisfy({ (0...9).contains($0) }), numbers[2] < 6 else { return nil }
        let minutes = (numbers[0] * 10 + numbers[1]) * 60 + numbers[2] * 10 + numbers[3]
        return minutes <= 24 * 60 ? minutes : nil
    }
}
