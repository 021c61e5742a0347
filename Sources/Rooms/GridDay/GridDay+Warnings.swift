public import Desk
public import Ground
import Ledger
public import Storage

/// What early warning needs of the grid's day: the sums of days that are kept anyway, and a way to have a look arranged.
extension GridDay {
    /// Complaints of one day at one community, or street where the community is not known. No persons.
    public struct PlaceCount: Sendable, Hashable {
        public var day: Day
        public var area: String
        public var category: String
        public var complained: Int
    }

    /// - Parameter area: a street or anything below a county; wider ones are asked for street by street.
    public func complaints(
        in area: AreaPrefix, _ days: ClosedRange<Day>, in transaction: any Transaction
    ) throws -> [PlaceCount] {
        try transaction.query(
            """
            SELECT day, area, category, complained FROM place_days
            WHERE \(area.condition(on: "area")) AND day >= \(days.lowerBound.number) AND day <= \(days.upperBound.number)
                AND complained > 0 AND category <> ''
            LIMIT 500000
            """
        ).map {
            PlaceCount(
                day: Day(number: try $0.int(0)), area: try $0.text(1), category: try $0.text(2),
                complained: Int(try $0.int(3)))
        }
    }

    /// The first day that was summed; before it nothing is known, which is not the same as nothing.
    public func firstSummedDay(in transaction: any Transaction) throws -> Day? {
        try transaction.first("SELECT MIN(day) FROM place_days")?.intIfAny(0).map { Day(number: $0) }
    }

    /// A few looks at a place, because of a warning; the first is on the phones of the stretch the same day.
    /// - Parameter ground: what carries it where the category points to no item and the stretch lies below the post.
    /// - Returns: the plan.
    public func arrangeChecks(
        because warning: String, title: LocalizedText, look: LocalizedText, area: AreaPrefix, category: String?,
        everyDays: Int, times: Int, ground: String?, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> String {
        try scope.require(.dayPlan)
        guard scope.line == nil, scope.area.contains(area) else { throw Refusal.nothingHere }
        let today = now.local().day
        let work = PatrolWork(day: self)
        var asked = PatrolPlan(
            id: house.identifiers.next(at: now), origin: .warned, originKey: warning, title: title, look: look,
            area: area, category: category, everyDays: everyDays, nextOn: today,
            until: today + everyDays * (times - 1), madeByBody: scope.body, at: now)
        asked.ground = ground
        let plan = try work.carried(asked, by: scope, at: now, in: transaction)
        guard try PatrolStore.insert(plan, in: transaction) else {
            throw Refusal(
                .conflict, "day.check-planned",
                LocalizedText("这一预警已安排查看", "A look is planned for this warning already"))
        }
        try work.record("gridday.plan", plan, by: Actor(scope), at: now, in: transaction)
        return plan.id.text
    }

    /// Puts what has fallen due on the phones at once, instead of with the next round.
    public func putDueOnPhones(at now: Instant) async throws { try await PatrolWork(day: self).fallDue(at: now) }

    /// Sums the last days; for whoever looks at them before the next round.
    public func sumPlaces(at now: Instant) async throws { try await PlaceSums(day: self).refresh(at: now) }
}
