public import Desk
public import Ground
import Identity
import Mandates
import Places
import Storage

/// What was sent down to one street in some days, beside as many days before: a sum of the street, of nobody in it.
public struct StreetBurden: Sendable, Hashable {
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// More than in the days before, by more than is usual.
        case rising
        /// Some of it is formalism or too much work: it can be less.
        case lighter
        case steady
        /// Nothing was sent down.
        case none
    }

    public var street: AreaPrefix
    public var days: ClosedRange<Day>
    /// Standard minutes that fall on the days.
    public var minutes: Int64
    /// In as many days before them.
    public var minutesBefore: Int64
    /// Of the minutes, those of what is formalism or too much work.
    public var avoidable: Int64
    /// Things sent down that have minutes in the days.
    public var sources: Int
    /// Tenths of hours of one post in thirty days; nil where so few hold a post that it would be somebody's own.
    public var perPost: Int64?
    public var standing: Standing

    /// How many days.
    public var length: Int { days.upperBound - days.lowerBound + 1 }

    /// Hours with one decimal, as the pages of this room write them.
    public var hoursText: String { Figures.hours(minutes) }

    /// The list that the minutes are the sum of.
    public var address: String {
        "/accounts/year/sources?turn=\(days.upperBound + 1)&days=\(length)&area=\(street.code)&side=before"
    }
}

extension Accounts {
    /// The days that the map shows, back from the day that is asked for.
    public var mapDays: Int { min(max(rules.windowDays, Periods.lengths.lowerBound), Periods.lengths.upperBound) }

    /// The burden of every street that the scope sees, up to a day.
    public func streetBurdens(for scope: Scope, until day: Day) async throws -> [StreetBurden] {
        let streets = streets(within: scope.area)
        guard !streets.isEmpty else { return [] }
        let days = (day - (mapDays - 1))...day
        let before = (days.lowerBound - mapDays)...(days.lowerBound - 1)
        let (mandates, identity, rules, length) = (mandates, identity, rules, mapDays)
        let roles = Set([AreaLevel.street, .community, .grid].flatMap(mandates.roles(at:))).sorted()
        return try await house.database.read { transaction in
            let sources = try mandates.burdenSources(before.lowerBound...days.upperBound, for: scope, in: transaction)
            return try streets.map { street in
                let parts = sources.map { ($0.kind, Self.minutes($0, days, in: street)) }
                let minutes = parts.map(\.1).reduce(0, +)
                let old = sources.map { Self.minutes($0, before, in: street) }.reduce(0, +)
                let avoidable = parts.filter { $0.0 == .formalism || $0.0 == .tooMuch }.map(\.1).reduce(0, +)
                let posts = try identity.directory.postCount(within: street, roles: roles, in: transaction)
                let whole = posts * Int64(length) * 60
                let isRising = minutes * 100 > old * (100 + rules.risePercent)
                return StreetBurden(
                    street: street, days: days, minutes: minutes, minutesBefore: old, avoidable: avoidable,
                    sources: parts.count { $0.1 > 0 },
                    perPost: posts >= rules.fewestPosts ? (minutes * 300 + whole / 2) / whole : nil,
                    standing: minutes == 0 ? .none : isRising ? .rising : avoidable > 0 ? .lighter : .steady)
            }
        }
    }

    private func streets(within area: AreaPrefix) -> [AreaPrefix] {
        if area.level == .street { return [area] }
        guard area.level < .street else { return [] }
        var found: [AreaPrefix] = []
        var queue = [area.code]
        while let code = queue.popLast(), found.count < 5_000 {
            for child in places.children(of: code) {
                if let street = AreaPrefix(child.code), street.level == .street { found.append(street) }
                if child.code.utf8.count < 9 { queue.append(child.code) }
            }
        }
        return found.sorted { $0.code < $1.code }
    }
}
