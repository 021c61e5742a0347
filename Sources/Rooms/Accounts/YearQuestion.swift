import Desk
import Ground
import Identity
import Web

/// What the burden year is asked for.
struct YearQuestion: Sendable {
    var turn: Day?
    var length: Int?
    var area: AreaPrefix

    init(_ query: QueryParameters, for scope: Scope) throws(Refusal) {
        if let text = query.filled("turn") {
            guard let day = Day(text), (2000...2200).contains(day.parts.year) else { throw Self.wrong("turn") }
            turn = day
        }
        if let text = query.filled("days") {
            guard let days = Int(text), Periods.lengths.contains(days) else { throw Self.wrong("days") }
            length = days
        }
        area = scope.area
        if let text = query.filled("area") {
            guard let asked = AreaPrefix(text), asked.level == .county || asked.level == .street else {
                throw Self.wrong("area")
            }
            guard scope.area.contains(asked) else { throw Refusal.nothingHere }
            area = asked
        }
    }

    static func wrong(_ field: String) -> Refusal {
        Refusal(
            .ruleBroken, "accounts.\(field)", LocalizedText("“\(field)”填写有误", "“\(field)” cannot be read"), field: field
        )
    }
}
