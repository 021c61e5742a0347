import Foundation
import LinearPrograms

// A city of so many streets with so many posts each, as a staffing case: how long the proposal takes, by how much it may miss
// the best, and the two programs of it as files for other solvers. Compiled by Benchmarks/staffing.py with the sources of the
// product, not with copies.

struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Three kinds of posts in each street (200 on grids, 60 in communities, 40 at the street), and county offices. Work is
/// between 75 and 130 % of capacity by street and kind, with a season; a third of the people agree to go anywhere in the
/// city, a tenth of these also to another kind of post; a quarter of grid workers lack the grade for a community.
func city(streets: Int, posts: Int, seed: UInt64) -> StaffingCase {
    var random = Seeded(state: seed)
    let share = [posts * 2 / 3, posts / 5, posts - posts * 2 / 3 - posts / 5]
    let capacity = (0..<12).map { Int64([9_120, 7_680, 10_080, 9_600, 8_640, 10_080][$0 % 6]) }
    var one = StaffingCase(
        months: 12, places: [], stations: [], groups: [], hires: [], reliefs: [], hireBudget: Int64(streets) * 300_000)
    func add(_ station: Int, _ count: Int, _ ways: [StaffingCase.Way], _ unasked: [StaffingCase.Way]) {
        one.groups.append(.init(station: station, count: count, each: capacity, ways: ways, unasked: unasked))
    }
    for street in 0..<streets {
        one.places.append(.init(ceiling: posts * 11 / 10, mostHires: 12))
        for kind in 0..<3 {
            let load = Double.random(in: 0.75...1.3, using: &random)
            let peak = Int.random(in: 0..<12, using: &random)
            let need = (0..<12).map { month -> Int64 in
                let season = 1 + 0.12 * cos(Double(month - peak) * .pi / 6)
                return Int64(Double(capacity[month]) * Double(share[kind]) * load * season)
            }
            one.stations.append(
                .init(place: street, need: need, fixed: Array(repeating: 0, count: 12), keep: share[kind] / 2))
        }
    }
    let offices = one.stations.count
    one.places.append(.init(ceiling: 0, mostHires: 0))
    let none = Array(repeating: Int64(0), count: 12)
    one.stations.append(.init(place: streets, need: none, fixed: none, keep: streets * 12))
    func all(_ kind: Int, _ yuan: Int64) -> [StaffingCase.Way] {
        (0..<streets).map { StaffingCase.Way(station: $0 * 3 + kind, yuan: yuan) }
    }
    let same = [all(0, 800), all(1, 1_200), all(2, 2_000)]
    let other = [all(1, 3_000), all(0, 1_500) + all(2, 4_000), all(1, 2_500)]
    for street in 0..<streets {
        for kind in 0..<3 {
            let agree = share[kind] / 3
            let others = agree / 10
            let able = kind == 0 ? others * 3 / 4 : others
            add(street * 3 + kind, able, same[kind] + other[kind], [])
            add(street * 3 + kind, agree - able, same[kind], [])
            add(street * 3 + kind, share[kind] - agree, [], same[kind])
        }
    }
    add(offices, streets * 3, all(2, 5_000) + all(1, 5_000), [])
    add(offices, streets * 12, [], all(2, 5_000))
    for station in 0..<offices {
        for length in station % 3 == 2 ? [6, 12] : [3, 6, 12] {
            for from in 0...(12 - length) {
                let monthly: Int64 = [4_200, 5_200, 6_000][station % 3]
                one.hires.append(
                    .init(
                        station: station, from: from, length: length,
                        each: (0..<12).map { (from..<from + length).contains($0) ? capacity[$0] : 0 },
                        yuan: monthly * Int64(length)))
            }
        }
        // Items that may leave: of 1 to 4 % of the station's work each.
        for source in 0..<(station % 3 == 0 ? 12 : 4) {
            let part = Double.random(in: 0.01...0.04, using: &random)
            let minutes = one.stations[station].need.map { Int64(Double($0) * part) }
            let whole = minutes.reduce(0, +)
            let item = station % 3 * 100 + source
            one.reliefs.append(
                .init(
                    how: .bought, source: item, place: station / 3, yuan: (whole * 45 + 59) / 60,
                    minutes: [station: minutes]))
            if source % 2 == 0 {
                one.reliefs.append(
                    .init(
                        how: .returned, source: item, place: station / 3, yuan: (whole * 38 + 59) / 60,
                        minutes: [station: minutes]))
            }
        }
    }
    return one
}

let words = CommandLine.arguments
guard words.count == 6, let streets = Int(words[1]), let posts = Int(words[2]), let seconds = Int32(words[3]),
    let gap = Double(words[4])
else {
    print("staffing STREETS POSTS SECONDS GAP FOLDER")
    exit(2)
}
let folder = words[5]
let one = city(streets: streets, posts: posts, seed: 7)
let start = Date()
func processor() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
let before = processor()
let answer = try StaffingAnswer.solve(one, within: seconds * 1000, gap: gap)
let processorSeconds = processor() - before
let took = Date().timeIntervalSince(start)
let program = StaffingProgram(one.merged)
try program.leastMissing.mps(named: "missing").write(toFile: folder + "/missing.mps", atomically: true, encoding: .utf8)
try program.leastCost(missing: answer.count.missingMinutes).program.mps(named: "cost").write(
    toFile: folder + "/cost.mps", atomically: true, encoding: .utf8)
let people = one.groups.reduce(0) { $0 + $1.count }
let over = one.overload.reduce(0) { $0 + $1.reduce(0, +) }
print(
    """
    {"found": \(!answer.plan.moves.isEmpty || answer.count.missingMinutes == 0), "seconds": \(took), "processor": \(processorSeconds), \
    "people": \(people), "columns": \(answer.columns), "rows": \(answer.rows), \
    "integers": \(program.program.integerCount), "elements": \(program.program.elementCount), "overMinutes": \(over), \
    "missingMinutes": \(answer.count.missingMinutes), "missingBound": \(answer.missingBound), "yuan": \(answer.count.yuan), \
    "yuanBound": \(answer.yuanBound), "gap": \(answer.gap), "isProved": \(answer.isProved), \
    "faults": \(answer.count.faults.count), "moved": \(answer.plan.moves.reduce(0) { $0 + $1.count }), \
    "hired": \(answer.plan.contracts.reduce(0) { $0 + $1.count }), "items": \(answer.plan.reliefs.count)}
    """)
