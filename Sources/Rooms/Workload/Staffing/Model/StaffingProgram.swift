import LinearPrograms

/// A staffing case as a program for the solver, small because people who may go to the same places at the same price share
/// the columns of their arrivals.
///
/// A **pool** is a set of groups whose people have the same time and the same ways. Of a pool the program only knows how many
/// leave each group and how many arrive at each station, and that both are equal. Nothing is lost by it: every way of a pool
/// is open to each of its people at the same price, so any such numbers can be carried out, pairing who leaves with who
/// arrives in any order. Who would arrive where they left simply stays, which costs less. `StaffingTests` checks it against
/// trying all moves, person by person.
struct StaffingProgram: Sendable {
    private struct PoolKey: Hashable {
        var each: [Int64]
        var ways: [StaffingCase.Way]
    }

    private struct Pool: Sendable {
        var groups: [Int] = []
        var ways: [StaffingCase.Way]
        var arrivals: [LinearProgram.Column] = []
    }

    private(set) var program = LinearProgram(.least)
    /// Rows that several places share: the people who may move, and the budget of temporary people. Without them every place
    /// is a program of its own.
    private(set) var shared: [LinearProgram.Row] = []
    let one: StaffingCase
    private var leaving: [LinearProgram.Column?]
    private var pools: [Pool] = []
    private var contracts: [LinearProgram.Column] = []
    private var reliefs: [LinearProgram.Column] = []
    private var missing: [(column: LinearProgram.Column, station: Int, month: Int)] = []
    private var costs: [(LinearProgram.Column, Double)] = []

    init(_ one: StaffingCase) {
        self.one = one
        leaving = Array(repeating: nil, count: one.groups.count)
        /// Minutes that each column adds to a station in a month.
        var adds: [[[(LinearProgram.Column, Double)]]] = Array(
            repeating: Array(repeating: [], count: one.months), count: one.stations.count)
        addMoves(&adds)
        addHires(&adds)
        addReliefs(&adds)
        addNeeds(adds)
    }

    private mutating func addMoves(_ adds: inout [[[(LinearProgram.Column, Double)]]]) {
        var places: [PoolKey: Int] = [:]
        for (position, group) in one.groups.enumerated() where group.count > 0 {
            // The own station stands among the ways, so that people of several stations share a pool.
            guard group.ways.contains(where: { $0.station != group.station }) else { continue }
            let key = PoolKey(each: group.each, ways: group.ways.sorted())
            let pool = places[key] ?? pools.count
            if pool == pools.count {
                places[key] = pool
                pools.append(Pool(ways: key.ways))
            }
            pools[pool].groups.append(position)
            let column = program.column(
                "leave \(position)", upper: Double(group.count), isInteger: true)
            leaving[position] = column
            for month in 0..<one.months { adds[group.station][month].append((column, -Double(group.each[month]))) }
        }
        var heads: [Int: [(LinearProgram.Column, Double)]] = [:]
        var stays: [Int: [(LinearProgram.Column, Double)]] = [:]
        for (position, group) in one.groups.enumerated() {
            guard let column = leaving[position] else { continue }
            heads[one.stations[group.station].place, default: []].append((column, -1))
            stays[group.station, default: []].append((column, 1))
        }
        for position in pools.indices {
            let each = one.groups[pools[position].groups[0]].each
            var balance = pools[position].groups.compactMap { leaving[$0].map { ($0, -1.0) } }
            for way in pools[position].ways {
                let column = program.column("arrive \(position) at \(way.station)", isInteger: true)
                pools[position].arrivals.append(column)
                costs.append((column, Double(way.yuan)))
                balance.append((column, 1))
                heads[one.stations[way.station].place, default: []].append((column, 1))
                for month in 0..<one.months { adds[way.station][month].append((column, Double(each[month]))) }
            }
            shared.append(program.row("pool \(position)", lower: 0, upper: 0, sum: balance))
        }
        let before = one.headcount
        for (place, terms) in heads.sorted(by: { $0.key < $1.key }) {
            let room = max(0, one.places[place].ceiling - before[place])
            program.row("ceiling \(place)", upper: Double(room), sum: terms)
        }
        for (station, terms) in stays.sorted(by: { $0.key < $1.key }) {
            let count = one.groups.reduce(0) { $1.station == station ? $0 + $1.count : $0 }
            program.row("keep \(station)", upper: Double(max(0, count - one.stations[station].keep)), sum: terms)
        }
    }

    private mutating func addHires(_ adds: inout [[[(LinearProgram.Column, Double)]]]) {
        var here: [Int: [[(LinearProgram.Column, Double)]]] = [:]
        var budget: [(LinearProgram.Column, Double)] = []
        for (position, hire) in one.hires.enumerated() {
            let place = one.stations[hire.station].place
            let column = program.column(
                "hire \(position)", upper: Double(one.places[place].mostHires), isInteger: true)
            contracts.append(column)
            costs.append((column, Double(hire.yuan)))
            budget.append((column, Double(hire.yuan)))
            for month in hire.from..<min(one.months, hire.from + hire.length) {
                adds[hire.station][month].append((column, Double(hire.each[month])))
                here[place, default: Array(repeating: [], count: one.months)][month].append((column, 1))
            }
        }
        for (place, months) in here.sorted(by: { $0.key < $1.key }) {
            for terms in months where !terms.isEmpty {
                program.row("hired \(place)", upper: Double(one.places[place].mostHires), sum: terms)
            }
        }
        if !budget.isEmpty { shared.append(program.row("budget", upper: Double(one.hireBudget), sum: budget)) }
    }

    private mutating func addReliefs(_ adds: inout [[[(LinearProgram.Column, Double)]]]) {
        var once: [[Int]: [(LinearProgram.Column, Double)]] = [:]
        for (position, relief) in one.reliefs.enumerated() {
            let column = program.column("relief \(position)", upper: 1, isInteger: true)
            reliefs.append(column)
            costs.append((column, Double(relief.yuan)))
            once[[relief.source, relief.place], default: []].append((column, 1))
            for (station, minutes) in relief.minutes.sorted(by: { $0.key < $1.key }) {
                for month in 0..<one.months where minutes[month] != 0 {
                    adds[station][month].append((column, Double(minutes[month])))
                }
            }
        }
        for (key, terms) in once.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where terms.count > 1 {
            program.row("once \(key)", upper: 1, sum: terms)
        }
    }

    /// Of each station in each month: what is there, what comes and what leaves carry the need, or minutes are missing. Not
    /// more may be missing anywhere than is today.
    private mutating func addNeeds(_ adds: [[[(LinearProgram.Column, Double)]]]) {
        let overload = one.mostMissing
        for station in one.stations.indices {
            for month in 0..<one.months {
                var terms = adds[station][month]
                let short = Double(one.stations[station].need[month] - one.capacity(station, month))
                if overload[station][month] > 0 {
                    let column = program.column(
                        "missing \(station) \(month)", upper: Double(overload[station][month]))
                    missing.append((column, station, month))
                    terms.append((column, 1))
                }
                // Without a term, or where all add, what is there suffices.
                if terms.isEmpty || overload[station][month] == 0 && terms.allSatisfy({ $0.1 >= 0 }) { continue }
                program.row("need \(station) \(month)", lower: short, sum: terms)
            }
        }
    }

    // MARK: Two questions, one after the other

    /// The program that asks how few minutes must go missing at least.
    var leastMissing: LinearProgram {
        var asked = program
        asked.setObjective(.least, missing.map { ($0.column, 1) })
        return asked
    }

    /// The program that asks what is cheapest with so few missing, and the rows that places share in it.
    func leastCost(missing most: Int64) -> (program: LinearProgram, shared: [LinearProgram.Row]) {
        var asked = program
        asked.setObjective(.least, costs)
        if most <= 0 {
            // Nothing missing anywhere holds place by place, and needs no row that all of them share.
            for one in missing { asked.setBounds(one.column, lower: 0, upper: 0, isInteger: false) }
            return (asked, shared)
        }
        let row = asked.row("missing", upper: Double(most), sum: missing.map { ($0.column, 1) })
        return (asked, shared + [row])
    }

    /// Who moves where, as values say it.
    func plan(_ solution: LinearSolution) -> StaffingPlan {
        func count(_ column: LinearProgram.Column) -> Int { Int(solution[column].rounded()) }
        var plan = StaffingPlan(moves: moves(solution))
        for (position, column) in contracts.enumerated() where count(column) > 0 {
            plan.contracts.append(.init(hire: position, count: count(column)))
        }
        plan.reliefs = reliefs.indices.filter { count(reliefs[$0]) > 0 }
        return plan
    }

    func moves(_ solution: LinearSolution) -> [StaffingPlan.Move] {
        func count(_ column: LinearProgram.Column) -> Int { Int(solution[column].rounded()) }
        var plan = StaffingPlan()
        for pool in pools {
            var leave: [(group: Int, count: Int)] = pool.groups.compactMap { group in
                leaving[group].map { (group, count($0)) }
            }
            var arrive = zip(pool.ways, pool.arrivals).map { (way: $0, count: count($1)) }
            // Who would arrive where they left stays.
            for position in leave.indices {
                let station = one.groups[leave[position].group].station
                for way in arrive.indices where arrive[way].way.station == station {
                    let stay = min(leave[position].count, arrive[way].count)
                    leave[position].count -= stay
                    arrive[way].count -= stay
                }
            }
            var way = 0
            for one in leave {
                var rest = one.count
                while rest > 0, way < arrive.count {
                    let some = min(rest, arrive[way].count)
                    if some > 0 { plan.moves.append(.init(group: one.group, to: arrive[way].way.station, count: some)) }
                    rest -= some
                    arrive[way].count -= some
                    if arrive[way].count == 0 { way += 1 }
                }
            }
        }
        return plan.moves
    }
}
