import Desk
public import Ground
public import Storage

extension Mandates {
    /// What was admitted beyond the lists and fell, or falls, within these days: over or not, at most 5,000 of them.
    public static func admitted(
        from: Day, until: Day, in transaction: any Transaction
    ) throws -> [PlannedWork] {
        try DemandStore.admitted(from: from, until: until, limit: 5_000, in: transaction).compactMap { demand in
            guard let end = demand.terms.until, !demand.isBought, !demand.answer.isWithinItem else { return nil }
            return PlannedWork(
                area: demand.terms.area, level: demand.terms.level, roles: demand.terms.roles,
                minutes: demand.terms.minutes, times: demand.terms.times, from: demand.terms.from, until: end)
        }
    }

    /// The day of the first demand ever: what came before is not known, and is not nothing.
    public static func firstDemand(in transaction: any Transaction) throws -> Day? {
        try transaction.first("SELECT filed_at FROM demands ORDER BY filed_at LIMIT 1").map {
            try $0.instant(0).local().day
        }
    }
}
