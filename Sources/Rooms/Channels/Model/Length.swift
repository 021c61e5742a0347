import Ground

/// A length of time in a rule file: `30 seconds`, `5 minutes`, `1 hour`, `2 days`.
struct Length: Sendable, Hashable, Decodable {
    var span: Span

    init(_ span: Span) { self.span = span }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let parts = text.split(separator: " ")
        guard parts.count == 2, let count = Int64(parts[0]), (1...100_000).contains(count),
            let unit = Self.units[String(parts[1])]
        else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is no length of time such as “5 minutes”")
        }
        span = Span(milliseconds: unit.milliseconds * count)
    }

    private static let units: [String: Span] = [
        "second": .seconds(1), "seconds": .seconds(1), "minute": .minutes(1), "minutes": .minutes(1), "hour": .hours(1),
        "hours": .hours(1), "day": .days(1), "days": .days(1),
    ]
}
