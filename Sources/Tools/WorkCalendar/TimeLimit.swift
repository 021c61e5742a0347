public import Ground

/// How long something may take, in the three units of city-management case rules (the families GB/T 30428 and
/// CJ/T 315; definitions [M], to be checked).
public enum TimeLimit: Sendable, Hashable {
    /// Urgent hours 急要件小时: the clock runs day and night, every day.
    case clockHours(Int)
    /// Hours within the shifts of working days 工作小时.
    case workingHours(Int)
    /// Working days 工作日, 8 working hours each by convention [M]: counting starts the next day, as Civil Code
    /// art. 201 counts days [M], and the limit ends with the last shift of the n-th day.
    case workingDays(Int)

    /// The largest count a limit may have; more is a misprint.
    public static let largestCount = 9999

    public var count: Int {
        switch self {
        case .clockHours(let count), .workingHours(let count), .workingDays(let count): count
        }
    }

    /// Reads `2 clock hours`, `4 working hours`, `1 working day`, or the Chinese `4个工作小时`; `2小时` is on the clock.
    public init(parsing text: some StringProtocol) throws(Refusal) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), (1...Self.largestCount).contains(count) else {
            throw Self.refusal(String(text))
        }
        let unit = text.dropFirst(digits.count).drop { $0 == " " || $0 == "个" }
        switch unit {
        case "clock hours", "clock hour", "小时": self = .clockHours(count)
        case "working hours", "working hour", "工作小时": self = .workingHours(count)
        case "working days", "working day", "工作日": self = .workingDays(count)
        default: throw Self.refusal(String(text))
        }
    }

    /// The form of the rule files: `5 working days`.
    public var text: String {
        let unit =
            switch self {
            case .clockHours: "clock hour"
            case .workingHours: "working hour"
            case .workingDays: "working day"
            }
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }

    /// As shown to people.
    public var display: LocalizedText {
        switch self {
        case .clockHours(let count): LocalizedText("\(count)小时", count == 1 ? "1 hour" : "\(count) hours")
        case .workingHours(let count): LocalizedText("\(count)个工作小时", text)
        case .workingDays(let count): LocalizedText("\(count)个工作日", text)
        }
    }

    private static func refusal(_ text: String) -> Refusal {
        let shown = text.prefix(40)
        return Refusal(
            .malformed, "calendar.limit.unreadable",
            LocalizedText("看不懂的时限“\(shown)”", "The time limit `\(shown)` cannot be read"),
            wayOn: LocalizedText(
                "请写 2 clock hours、4 working hours 或 5 working days(1 至 9999)",
                "Write `2 clock hours`, `4 working hours` or `5 working days`, from 1 to 9999"))
    }
}

extension TimeLimit: CustomStringConvertible {
    public var description: String { text }
}

extension TimeLimit: Codable {
    public init(from decoder: any Decoder) throws {
        self = try TimeLimit(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
