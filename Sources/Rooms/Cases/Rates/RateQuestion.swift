import Desk
import Ground
import Identity
import Storage
import Web

/// What a table of rates is asked for: a period, and by what it is summed.
struct RateQuestion: Sendable {
    enum Grouping: String, Sendable, CaseIterable {
        case area, body
    }

    /// More days than this are no period in which anybody is judged.
    static let mostDays: Int64 = 400

    var days: ClosedRange<Day>
    var grouping: Grouping
    /// Whose parts are shown; the scope's own area when nothing is said.
    var area: AreaPrefix

    /// - Throws: a refusal naming the field when a day does not exist, or the period is turned round or too long.
    /// - Parameter usual: how many days are shown when nothing is said; nil for this month so far.
    init(_ query: QueryParameters, for scope: Scope, at now: Instant, usual: Int? = nil) throws(Refusal) {
        let today = now.local().day
        let beginning: Day = usual.map { today - $0 } ?? today - (today.parts.day - 1)
        let from = try Self.day(query, "from") ?? beginning
        let until = try Self.day(query, "until") ?? today
        guard from <= until, until.number - from.number <= Self.mostDays else {
            throw Refusal(
                .ruleBroken, "cases.rates.period",
                LocalizedText(
                    "统计期须从早到晚，且不超过 \(Self.mostDays) 天",
                    "A period runs from early to late, at most \(Self.mostDays) days"),
                field: "until")
        }
        days = from...until
        // The sums of areas hold the matters of all bodies; a department sees its own.
        let offered = Self.groupings(for: scope)
        let by = try Cases.oneOf(offered.map(\.rawValue), query, "by")
        grouping = by.flatMap(Grouping.init(rawValue:)) ?? offered[0]
        let asked = try query.filled("area").map(parsedArea)
        guard asked.map(scope.area.contains) ?? true else { throw Refusal.nothingHere }
        area = asked ?? scope.area
    }

    /// By what the rates may be summed for a scope, the usual one first.
    static func groupings(for scope: Scope) -> [Grouping] { scope.line == nil ? [.area, .body] : [.body] }

    private static func day(_ query: QueryParameters, _ name: String) throws(Refusal) -> Day? {
        guard let text = query.filled(name) else { return nil }
        guard let day = Day(text) else {
            throw Refusal(
                .malformed, "cases.rates.day",
                LocalizedText(
                    "“\(text.prefix(20))”不是日期，请写 2026-11-21", "“\(text.prefix(20))” is no day; write 2026-11-21"),
                field: name)
        }
        return day
    }

    /// Codes are summed to the level below the area.
    private var digits: Int {
        switch area.level {
        case .country, .province, .prefecture: 6
        case .county: 9
        case .street: 12
        case .community, .grid: 15
        }
    }

    func lines(_ cases: Cases, for scope: Scope, in transaction: any Transaction) throws -> [RateLine] {
        switch grouping {
        case .area:
            try OutcomeStore.byArea(days, within: area, digits: digits, for: scope, in: transaction).map { line in
                let name = AreaPrefix(line.place).flatMap(cases.areas.name(of:)) ?? line.place
                // What is known no closer than the area itself.
                return RateLine(place: line.place, name: name, isWhole: line.place == area.code, sums: line)
            }
        case .body:
            try OutcomeStore.byBody(days, for: scope, in: transaction).map { line in
                let body = try BodyID(parsing: line.place).flatMap { try cases.bodies.body($0, in: transaction) }
                return RateLine(place: line.place, name: body?.name ?? line.place, isWhole: false, sums: line)
            }
        }
    }
}

/// One line of the table.
struct RateLine: Sendable {
    var place: String
    var name: String
    /// Matters of which no smaller area is known.
    var isWhole: Bool
    var sums: OutcomeStore.Line

    /// Without what was left out, as the rates are told first.
    var counted: Rates { Rates(sums.counted) }
    /// With everything, which is told beside it.
    var all: Rates { Rates(sums.counted + sums.excluded) }
    var hasExclusions: Bool { !sums.excluded.isNothing }
}

extension [RateLine] {
    /// The last line of the table.
    var total: OutcomeStore.Line {
        reduce(into: OutcomeStore.Line(place: "")) { total, line in
            total.counted = total.counted + line.sums.counted
            total.excluded = total.excluded + line.sums.excluded
        }
    }
}
