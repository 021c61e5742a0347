/// What is proposed: moves, contracts with an end, and work that leaves.
struct StaffingPlan: Sendable, Hashable, Codable {
    struct Move: Sendable, Hashable, Codable {
        /// Position of the group.
        var group: Int
        var to: Int
        var count: Int
    }

    struct Contract: Sendable, Hashable, Codable {
        /// Position of the kind of contract.
        var hire: Int
        var count: Int
    }

    var moves: [Move] = []
    var contracts: [Contract] = []
    /// Positions of what leaves.
    var reliefs: [Int] = []
}

/// A plan recounted in whole minutes and yuan, apart from the solver.
struct StaffingCount: Sendable, Hashable {
    /// Minutes by station and month that nobody has.
    var missing: [[Int64]]
    var yuan: Int64
    /// Rules that the plan breaks; empty for a true one.
    var faults: [String]

    var missingMinutes: Int64 { missing.reduce(0) { $0 + $1.reduce(0, +) } }

    init(_ plan: StaffingPlan, of one: StaffingCase) {
        var has = one.stations.map(\.fixed)
        var need = one.stations.map(\.need)
        var staying = one.groups.map(\.count)
        var heads = one.headcount
        var faults: [String] = []
        var yuan: Int64 = 0
        var arriving: [[Int64]] = Array(repeating: Array(repeating: 0, count: one.months), count: one.stations.count)
        for move in plan.moves {
            let group = one.groups[move.group]
            guard move.count > 0, let way = group.ways.filter({ $0.station == move.to }).min(), move.to != group.station
            else {
                faults.append("move of group \(move.group) to \(move.to)")
                continue
            }
            staying[move.group] -= move.count
            heads[one.stations[group.station].place] -= move.count
            heads[one.stations[move.to].place] += move.count
            yuan += way.yuan * Int64(move.count)
            for month in 0..<one.months { arriving[move.to][month] += group.each[month] * Int64(move.count) }
        }
        var left = Array(repeating: 0, count: one.stations.count)
        for (group, count) in zip(one.groups, staying) {
            if count < 0 { faults.append("more than there are leave station \(group.station)") }
            left[group.station] += count
            for month in 0..<one.months { has[group.station][month] += group.each[month] * Int64(max(0, count)) }
        }
        for (position, station) in one.stations.enumerated() {
            let leave = plan.moves.contains { one.groups[$0.group].station == position }
            if leave, left[position] < station.keep { faults.append("too few stay at station \(position)") }
        }
        let before = one.headcount
        for (position, place) in one.places.enumerated() where heads[position] > max(place.ceiling, before[position]) {
            faults.append("over the ceiling of place \(position)")
        }
        var temporary = Array(repeating: Array(repeating: 0, count: one.months), count: one.places.count)
        var spent: Int64 = 0
        for contract in plan.contracts {
            let hire = one.hires[contract.hire]
            spent += hire.yuan * Int64(contract.count)
            for month in 0..<one.months {
                has[hire.station][month] += hire.each[month] * Int64(contract.count)
                if (hire.from..<hire.from + hire.length).contains(month) {
                    temporary[one.stations[hire.station].place][month] += contract.count
                }
            }
        }
        if spent > one.hireBudget { faults.append("over the budget of hires") }
        for (position, place) in one.places.enumerated() where (temporary[position].max() ?? 0) > place.mostHires {
            faults.append("too many temporary people in place \(position)")
        }
        yuan += spent
        var relieved: Set<[Int]> = []
        for position in plan.reliefs {
            let relief = one.reliefs[position]
            if !relieved.insert([relief.source, relief.place]).inserted {
                faults.append("item \(relief.source) leaves place \(relief.place) twice")
            }
            yuan += relief.yuan
            for (station, minutes) in relief.minutes {
                for month in 0..<one.months { need[station][month] -= minutes[month] }
            }
        }
        var missing = need
        let overload = one.overload
        for station in one.stations.indices {
            for month in 0..<one.months {
                missing[station][month] = max(
                    0, need[station][month] - has[station][month] - arriving[station][month])
                if missing[station][month] > overload[station][month] {
                    faults.append("station \(station) is worse than before in month \(month)")
                }
            }
        }
        self.missing = missing
        self.yuan = yuan
        self.faults = faults
    }
}
