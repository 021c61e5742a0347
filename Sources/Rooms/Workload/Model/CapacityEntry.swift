import Desk
import Ground
import WorkCalendar

/// What is known of the time of posts beyond the calendar: so many people of one kind of post are away, or come to help, from
/// one day to another. Of posts, never of a person: no name, no reason, no certificate.
struct CapacityEntry: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case leave, training
        /// Lent to somewhere else (借调).
        case lent
        /// Cadres sent down, who do the work of these posts (干部下沉).
        case sentDown = "sent-down"

        var title: LocalizedText {
            switch self {
            case .leave: LocalizedText("休假", "Leave")
            case .training: LocalizedText("培训", "Training")
            case .lent: LocalizedText("借调外出", "Lent to somewhere else")
            case .sentDown: LocalizedText("干部下沉", "Cadres sent down")
            }
        }
    }

    var kind: Kind
    var area: AreaPrefix
    var role: String
    var people: Int64
    var from: Day
    var until: Day
}

extension WorkloadRules {
    /// Posts with their own minutes by month, where entries say something of them.
    ///
    /// The calendar's capacity takes so many days of leave and training from everybody. Days that are entered take the place
    /// of these, so nobody's leave counts twice; what goes beyond them is taken besides. The minutes of an entry are handed
    /// round in whole minutes among the posts it is about, so none is lost.
    func posts(
        _ posts: [LoadPost], knowing entries: [CapacityEntry], _ time: WorkingTime, first: LoadMonth
    ) -> [LoadPost] {
        guard !entries.isEmpty else { return posts }
        let day = time.hours.dailyLength / 60_000
        let months = (0..<12).map { first + $0 }
        let whole = months.map { Int64(time.calendar.workdays(after: $0.first - 1, through: $0.last)) * day }
        let ofRole = Dictionary(grouping: posts.indices.filter { posts[$0].share > 0 }) { posts[$0].role }
        var known: [Int: [CapacityEntry.Kind: [Int64]]] = [:]
        for entry in entries {
            let whom = (ofRole[entry.role] ?? []).filter { entry.area.contains(posts[$0].area) }
            guard !whom.isEmpty else { continue }
            for (month, one) in months.enumerated() {
                let (from, until) = (max(entry.from, one.first), min(entry.until, one.last))
                guard from <= until else { continue }
                let days = Int64(time.calendar.workdays(after: from - 1, through: until))
                let minutes = entry.people * days * day * share(of: entry.role) / 1000
                let (each, rest) = minutes.quotientAndRemainder(dividingBy: Int64(whom.count))
                for (turn, position) in whom.enumerated() {
                    known[position, default: [:]][entry.kind, default: Array(repeating: 0, count: 12)][month] +=
                        each + (Int64(turn) < rest ? 1 : 0)
                }
            }
        }
        var result = posts
        for (position, kinds) in known {
            let share = posts[position].share
            func sum(_ kind: CapacityEntry.Kind) -> Int64 { kinds[kind]?.reduce(0, +) ?? 0 }
            let unknown =
                max(0, leaveDays * day * share / 1000 - sum(.leave))
                + max(0, trainingDays * day * share / 1000 - sum(.training))
            result[position].minutes = (0..<12).map { month in
                var minutes = whole[month] * share / 1000
                minutes -= unknown * Int64(month + 1) / 12 - unknown * Int64(month) / 12
                for (kind, taken) in kinds { minutes += kind == .sentDown ? taken[month] : -taken[month] }
                return max(0, minutes)
            }
        }
        return result
    }
}
