public import Desk
public import Ground
import Identity
public import Mandates
public import Storage
import WorkCalendar

/// What posts, staffing and training say of a street's means for a power.
extension Forecast: MeansLookup {
    public func means(
        of street: AreaPrefix, for compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> KnownMeans {
        let posts = try Self.records(within: street, compared.roles, identity, in: transaction)
        // One person is one, however many posts (一肩挑).
        var known = KnownMeans(staff: Int64(Set(posts.map(\.staff)).count))
        if !compared.qualifications.isEmpty {
            let details = try StaffingStore.qualifications(within: street, in: transaction)
            if !details.isEmpty {
                let qualified = posts.filter { details[$0.id]?.isSuperset(of: compared.qualifications) == true }
                known.qualified = Int64(Set(qualified.map(\.staff)).count)
            }
        }
        known.trainingHours = try trainingHours(of: street, compared, at: now, in: transaction)
        return known
    }

    /// Of all people together; nil when no training was entered.
    private func trainingHours(
        of street: AreaPrefix, _ compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> Int64? {
        let today = now.local().day
        let first = today - compared.trainingDays
        let entries = try CapacityStore.entries(within: street, from: first, until: today, in: transaction).filter {
            $0.kind == .training && compared.roles.contains($0.role)
        }
        guard !entries.isEmpty else { return nil }
        let minutes = entries.reduce(Int64(0)) { sum, entry in
            let days = time.calendar.workdays(after: max(entry.from, first) - 1, through: min(entry.until, today))
            return sum + entry.people * Int64(days) * (time.hours.dailyLength / 60_000)
        }
        return minutes / 60
    }
}
