import Desk
import Forms
import Ground

/// 少录了多少: entries that nobody had to type in a month, counted from what was done and never from what could have been.
///
/// A list that was taken from here counts once for each time that it was due, however often it is taken, and not again for a
/// part of an area whose whole was taken. It counts one entry for each line and element that the file carries. A fact that
/// was written here counts once for each system that wants changes and need not be typed into any more; facts that came by
/// an import were typed by nobody and do not count.
struct AvoidedEntries: Sendable, Hashable {
    /// A form, or a system, for which lists were taken.
    struct Source: Sendable, Hashable {
        var key: String
        var isSystem: Bool
        /// Lists that count, and all that were taken.
        var counted = 0
        var taken = 0
        var rows = 0
        var entries = 0
    }

    private(set) var sources: [Source] = []
    private(set) var byElement: [String: Int] = [:]
    /// Facts that were written here and had to be typed again elsewhere, by element.
    private(set) var typedAgain: [String: Int] = [:]

    var total: Int { sources.reduce(0) { $0 + $1.entries } }
    var totalTypedAgain: Int { typedAgain.values.reduce(0, +) }

    /// What a pull was made for: its elements and how often it is due.
    struct Due: Sendable {
        var elements: [String]
        var timesAYear: Int
    }

    /// - Parameters:
    ///   - pulls: of the year up to the end of the month, oldest first.
    ///   - written: facts written here by people in the month, by element.
    ///   - standing: of a system at the end of the month.
    init(
        year: Int, month: Int, pulls: [FormPull], forms: [String: Due], systems: [GovernmentSystem],
        written: [String: Int], standing: (String) -> Standing
    ) {
        var found: [String: Source] = [:]
        var covered: [String: [AreaPrefix]] = [:]
        let known = Dictionary(systems.map { ($0.key, $0) }) { first, _ in first }
        for pull in pulls.sorted(by: { $0.takenAt < $1.takenAt }) {
            let system = pull.system.flatMap { known[$0] }
            guard let form = forms[pull.form], pull.system == nil || system != nil else { continue }
            let parts = pull.takenAt.local().day.parts
            guard parts.year == year else { continue }
            let target = system?.key ?? pull.form
            let period = Self.period(of: pull.takenAt.local().day, timesAYear: form.timesAYear)
            let name = "\(system == nil ? "form" : "system") \(target)"
            let place = "\(name) \(period)"
            let isNew = !(covered[place] ?? []).contains { $0.contains(pull.area) || pull.area.contains($0) }
            if isNew { covered[place, default: []].append(pull.area) }
            guard parts.month == month else { continue }
            var source = found[name] ?? Source(key: target, isSystem: system != nil)
            source.taken += 1
            if isNew {
                let elements = system?.carried ?? form.elements
                source.counted += 1
                source.rows += pull.rows
                source.entries += pull.rows * elements.count
                for element in elements { byElement[element, default: 0] += pull.rows }
            }
            found[name] = source
        }
        for system in systems where system.typing == .changes {
            let entries = system.fields.map { ($0, written[$0] ?? 0) }.filter { $0.1 > 0 }
            guard !entries.isEmpty else { continue }
            if standing(system.key) == .typed {
                for (element, count) in entries { typedAgain[element, default: 0] += count }
            } else {
                let name = "system \(system.key)"
                var source = found[name] ?? Source(key: system.key, isSystem: true)
                for (element, count) in entries {
                    source.entries += count
                    byElement[element, default: 0] += count
                }
                found[name] = source
            }
        }
        sources = found.values.sorted {
            ($1.entries, $0.key, $0.isSystem ? 1 : 0) < ($0.entries, $1.key, $1.isSystem ? 1 : 0)
        }
    }

    /// The how-manieth time of the year a day belongs to.
    static func period(of day: Day, timesAYear: Int) -> Int {
        let parts = day.parts
        let start = Day(year: parts.year, month: 1, day: 1) ?? day
        if timesAYear == 12 { return parts.month - 1 }
        if timesAYear == 4 { return (parts.month - 1) / 3 }
        return Int(day.number - start.number) * max(1, min(366, timesAYear)) / 366
    }
}

/// What the systems cost one user now.
struct RetypingFigures: Sendable, Hashable {
    var systems = 0
    var fields = 0
    var minutesAMonth = 0

    /// Of those that are still typed by hand.
    init(_ systems: [GovernmentSystem], users: GovernmentSystem.Users, standing: (String) -> Standing) {
        for system in systems where system.users == users && standing(system.key) == .typed {
            self.systems += 1
            fields += system.fields.count
            minutesAMonth += system.minutesAMonth
        }
    }
}
