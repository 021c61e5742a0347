/// What a staffing proposal is made from: who is where, what is needed there, and what may be done about it. Pure numbers,
/// positions instead of names, whole minutes and whole yuan, so that a proposal can be recounted exactly.
struct StaffingCase: Sendable, Hashable {
    /// A street, or the county's own offices.
    struct Place: Sendable, Hashable {
        /// Most people with a permanent post there (编制); never read as less than there are today.
        var ceiling: Int
        /// Most temporary people there at once.
        var mostHires: Int
    }

    /// One kind of post in one place.
    struct Station: Sendable, Hashable {
        var place: Int
        /// Minutes of work by month.
        var need: [Int64]
        /// Minutes by month of people there who are in no group: with a second post, or too few details known.
        var fixed: [Int64]
        /// The fewest people of its groups who stay.
        var keep: Int
        /// Most minutes that may be missing by month; nil for what is missing today.
        var mostMissing: [Int64]?
    }

    /// A destination, and what a move there costs once.
    struct Way: Sendable, Hashable, Comparable {
        var station: Int
        var yuan: Int64

        static func < (left: Way, right: Way) -> Bool { (left.station, left.yuan) < (right.station, right.yuan) }
    }

    /// People of one station who are alike in all that matters here: their time, and where they may and will go.
    struct Group: Sendable, Hashable {
        var station: Int
        var count: Int
        /// Minutes of one of them by month.
        var each: [Int64]
        /// Where grade, qualification and their own consent allow.
        var ways: [Way]
        /// Where they could go besides, if they agreed.
        var unasked: [Way] = []
        /// Where they would agree to go, and lack the grade or a qualification.
        var unfit: [Way] = []
    }

    /// A contract of a temporary person, from one month to the end of another.
    struct Hire: Sendable, Hashable {
        var station: Int
        var from: Int
        /// Months.
        var length: Int
        /// Minutes by month of one person within it, of all months.
        var each: [Int64]
        var yuan: Int64
    }

    /// Work that can leave a place: bought from somebody else, or back with the department that leads it.
    struct Relief: Sendable, Hashable {
        enum How: String, Sendable, Hashable, Codable { case bought, returned }

        var how: How
        /// Position of the item among the sources.
        var source: Int
        var place: Int
        var yuan: Int64
        /// Minutes by station and month.
        var minutes: [Int: [Int64]]
    }

    var months: Int
    var places: [Place]
    var stations: [Station]
    var groups: [Group]
    var hires: [Hire]
    var reliefs: [Relief]
    /// Most that temporary people may cost together.
    var hireBudget: Int64

    /// Minutes that people of a station have in a month, before anything is done.
    func capacity(_ station: Int, _ month: Int) -> Int64 {
        groups.reduce(stations[station].fixed[month]) {
            $1.station == station ? $0 + $1.each[month] * Int64($1.count) : $0
        }
    }

    /// Minutes over capacity by station and month, before anything is done.
    var overload: [[Int64]] {
        var capacity = stations.map(\.fixed)
        for group in groups {
            for month in 0..<months { capacity[group.station][month] += group.each[month] * Int64(group.count) }
        }
        return zip(stations, capacity).map { station, has in zip(station.need, has).map { max(0, $0 - $1) } }
    }

    /// No station gets worse than it is.
    var mostMissing: [[Int64]] { zip(stations, overload).map { $0.mostMissing ?? $1 } }

    /// Permanent people by place, today.
    var headcount: [Int] {
        groups.reduce(into: Array(repeating: 0, count: places.count)) { $0[stations[$1.station].place] += $1.count }
    }
}

extension StaffingCase {
    /// The same with people who are alike in one group each. Nothing is lost: the columns of people who are alike are the
    /// same column, so a sum of ones is one whole number up to their count.
    var merged: StaffingCase {
        var order: [Group] = []
        var counts: [Group: Int] = [:]
        for group in groups {
            var key = group
            key.count = 0
            key.ways.sort()
            if counts[key] == nil { order.append(key) }
            counts[key, default: 0] += group.count
        }
        var result = self
        result.groups = order.map { key in
            var group = key
            group.count = counts[key] ?? 0
            return group
        }
        return result
    }

    /// The same with every person alone, as the definition of the problem has it.
    var byPerson: StaffingCase {
        var result = self
        result.groups = groups.flatMap { group in
            (0..<group.count).map { _ in
                var one = group
                one.count = 1
                return one
            }
        }
        return result
    }

    /// What holds a proposal back.
    enum Obstacle: String, Sendable, Hashable, Codable, CaseIterable {
        /// People who did not agree to go.
        case consent
        /// Grade or qualification.
        case fitness
        /// Posts that a place may have.
        case ceiling
        /// Temporary people in a place, or their budget.
        case hires
    }

    /// As if an obstacle were not there.
    func without(_ obstacles: Set<Obstacle>) -> StaffingCase {
        var result = self
        for position in groups.indices {
            var ways = groups[position].ways
            if obstacles.contains(.consent) { ways += groups[position].unasked }
            if obstacles.contains(.fitness) { ways += groups[position].unfit }
            result.groups[position].ways = ways.sorted()
        }
        if obstacles.contains(.ceiling) {
            let all = groups.reduce(0) { $0 + $1.count }
            for position in places.indices { result.places[position].ceiling = all }
        }
        if obstacles.contains(.hires) {
            for position in places.indices { result.places[position].mostHires = 1_000_000 }
            result.hireBudget = 1_000_000_000_000
        }
        return result
    }
}
