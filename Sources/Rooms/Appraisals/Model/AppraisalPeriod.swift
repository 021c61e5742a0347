public import Ground

/// A month, a quarter or a year, as it stands in an address: `2026-07`, `2026-Q3`, `2026`.
public struct AppraisalPeriod: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Decodable { case month, quarter, year }

    public let kind: Kind
    public let year: Int
    /// The month or the quarter from 1; 1 for a year.
    public let part: Int

    private static let years = 2000...2099

    public init(_ kind: Kind, of day: Day) {
        let parts = day.parts
        self.kind = kind
        year = parts.year
        part =
            switch kind {
            case .month: parts.month
            case .quarter: (parts.month + 2) / 3
            case .year: 1
            }
    }

    /// - Returns: nil when there is no such period.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].utf8.count == 4, let year = Self.number(parts[0]), Self.years ~= year else {
            return nil
        }
        self.year = year
        guard parts.count == 2 else {
            kind = .year
            part = 1
            return
        }
        guard parts[1].utf8.count == 2 else { return nil }
        if parts[1].first == "Q" {
            guard let quarter = Self.number(parts[1].dropFirst()), 1...4 ~= quarter else { return nil }
            kind = .quarter
            part = quarter
        } else {
            guard let month = Self.number(parts[1]), 1...12 ~= month else { return nil }
            kind = .month
            part = month
        }
    }

    private init(_ kind: Kind, _ year: Int, _ part: Int) {
        self.kind = kind
        self.year = year
        self.part = part
    }

    /// `Int` would take signs as well.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private var partsOfYear: Int {
        switch kind {
        case .month: 12
        case .quarter: 4
        case .year: 1
        }
    }

    public func moved(by count: Int) -> AppraisalPeriod {
        let number = year * partsOfYear + part - 1 + count
        return AppraisalPeriod(kind, number / partsOfYear, number % partsOfYear + 1)
    }

    /// Whether an address can ask for it.
    public var canBeAsked: Bool { Self.years ~= year }

    public var days: ClosedRange<Day> { first...(moved(by: 1).first - 1) }

    private var first: Day {
        Day(year: year, month: (part - 1) * (12 / partsOfYear) + 1, day: 1) ?? Day(number: 0)
    }

    public var text: String {
        switch kind {
        case .month: "\(year)-\(part < 10 ? "0" : "")\(part)"
        case .quarter: "\(year)-Q\(part)"
        case .year: "\(year)"
        }
    }

    public var title: LocalizedText {
        switch kind {
        case .month: LocalizedText("\(year) 年 \(part) 月", text)
        case .quarter: LocalizedText("\(year) 年第 \(part) 季度", "\(year), quarter \(part)")
        case .year: LocalizedText("\(year) 年", text)
        }
    }
}
