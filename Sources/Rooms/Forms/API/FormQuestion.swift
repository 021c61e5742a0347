import Desk
import Ground
import Registry
import Web

/// What is asked of a form: for which area, on which day, as known when.
struct FormQuestion: Sendable {
    var area: AreaPrefix
    var day: Day
    /// As it was known at the end of that day; nil for as it is known now.
    var knownOn: Day?
    var after: (area: String, subject: SubjectID)?

    init(_ query: QueryParameters, within scope: Scope, today: Day, origin: Day) throws(Refusal) {
        area = scope.area
        if let text = query.filled("area") {
            guard let asked = AreaPrefix(text) else {
                throw Refusal(
                    .malformed, "forms.area", LocalizedText("区划代码有误", "This is no code of an area"), field: "area")
            }
            guard scope.area.contains(asked) else { throw .nothingHere }
            area = asked
        }
        day = try Self.day(query.filled("day"), "day", origin...max(origin, today)) ?? today
        knownOn = try Self.day(query.filled("known"), "known", origin...max(origin, today))
        after = try query.filled("after").map { text throws(Refusal) in try Self.mark(text) }
    }

    /// The mark of a page, as `listed` gives it.
    static func mark(_ text: String) throws(Refusal) -> (area: String, subject: SubjectID) {
        let parts = text.split(separator: "-", maxSplits: 1).map(String.init)
        guard parts.count == 2, AreaPrefix(parts[0]) != nil, let subject = SubjectID(parsing: parts[1]) else {
            throw Refusal(
                .malformed, "forms.after", LocalizedText("翻页标记有误", "This is no mark of a page"), field: "after")
        }
        return (parts[0], subject)
    }

    private static func day(_ text: String?, _ field: String, _ range: ClosedRange<Day>) throws(Refusal) -> Day? {
        guard let text else { return nil }
        guard let day = Day(text) else {
            throw Refusal(
                .malformed, "forms.day", LocalizedText("日期须如 2026-11-21", "A day is written 2026-11-21"), field: field)
        }
        guard range.contains(day) else {
            throw Refusal(
                .ruleBroken, "forms.day-range",
                LocalizedText(
                    "日期须在 \(range.lowerBound) 至 \(range.upperBound) 之间",
                    "The day lies between \(range.lowerBound) and \(range.upperBound)"),
                field: field)
        }
        return day
    }

    /// Into what parts the area is divided: the next level below; a grid has none.
    var parts: AreaLevel? {
        switch area.level {
        case .country: .province
        case .province: .prefecture
        case .prefecture: .county
        case .county: .street
        case .street: .community
        case .community: .grid
        case .grid: nil
        }
    }
}
