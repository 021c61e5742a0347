import Desk
import Ground
import Mandates
import Testing

@testable import Workload

/// A county of streets, communities and grids with posts by chance; the same for the same seed.
struct LoadCounty {
    var posts: [LoadPost] = []
    var units: [AreaLevel: [LoadUnit]] = [:]
    var works: [LoadWork] = []
    var random: SeededRandom

    static let first = LoadMonth(year: 2026, month: 3)
    static let capacity = Array(repeating: Int64(9_000), count: 12)

    init(seed: UInt64, streets: Int = 2, communities: Int = 3, grids: Int = 3, works count: Int = 6) {
        random = SeededRandom(seed: seed)
        func code(_ parent: String, _ number: Int) -> String {
            let text = String(number)
            return parent + String(repeating: "0", count: 3 - text.count) + text
        }
        func add(_ code: String, _ level: AreaLevel, _ households: Int64, _ roles: [(String, Double)]) {
            guard let area = AreaPrefix(code) else { return }
            units[level, default: []].append(LoadUnit(area: area, households: households))
            for (role, chance) in roles where Double.random(in: 0..<1, using: &random) < chance {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    posts.append(
                        LoadPost(area: area, role: role, share: Int64.random(in: 1...10, using: &random) * 100))
                }
            }
        }
        for street in 1...streets {
            let streetCode = code("330106", street)
            add(streetCode, .street, 0, [("street_handler", 0.9)])
            for community in 1...communities {
                let communityCode = code(streetCode, community)
                add(communityCode, .community, 0, [("community_clerk", 0.7)])
                for grid in 1...grids {
                    add(
                        code(communityCode, grid), .grid, Int64.random(in: 0...600, using: &random),
                        [("grid_worker", 0.5)])
                }
            }
        }
        for source in 0..<count {
            let level = [AreaLevel.street, .community, .grid].randomElement(using: &random) ?? .grid
            let roles =
                level == .street
                ? ["street_handler"] : level == .community ? ["community_clerk"] : ["grid_worker", "community_clerk"]
            let minutes = Int64.random(in: 0...20_000, using: &random)
            let amount: LoadWork.Amount =
                Bool.random(using: &random)
                ? .each(Spread.year(minutes, weights: weights(), first: Self.first))
                : .households(minutes: minutes, of: Int64.random(in: 1...200, using: &random), weights: weights())
            works.append(LoadWork(source: source, area: .everywhere, level: level, roles: roles, amount: amount))
        }
    }

    private mutating func weights() -> [Int64]? {
        guard Bool.random(using: &random) else { return nil }
        var weights = (0..<12).map { _ in Int64.random(in: 0...4, using: &random) }
        weights[Int.random(in: 0..<12, using: &random)] += 1
        return weights
    }

    func sheet(_ works: [LoadWork]? = nil) -> LoadSheet {
        LoadSheet(
            first: Self.first, posts: posts, units: units, capacityOfMonth: Self.capacity, works: works ?? self.works,
            sources: self.works.count)
    }

    /// Minutes that all areas ask for together.
    func asked(_ works: [LoadWork]) -> Int64 {
        works.reduce(0) { sum, work in
            sum
                + (units[work.level] ?? []).filter { work.area.contains($0.area) }.reduce(0) {
                    $0 + work.minutes(in: $1, first: Self.first).reduce(0, +)
                }
        }
    }
}

@Suite("Duties on posts, month by month")
struct LoadTests {
    @Test("Minutes spread over months add up to the whole, and fall where the weights say")
    func spread() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let minutes = Int64.random(in: 0...100_000, using: &random)
            let first = LoadMonth(year: 2026, month: Int.random(in: 1...12, using: &random))
            #expect(Spread.year(minutes, weights: nil, first: first).reduce(0, +) == minutes)
            let days = Int.random(in: 1...300, using: &random)
            let from = first.first + Int.random(in: 0...20, using: &random)
            let until = min(from + days, (first + 11).last)
            let period = Spread.period(minutes, from: from, until: until, first: first)
            #expect(period.reduce(0, +) == minutes)
            #expect(period.allSatisfy { $0 >= 0 })
        }
        let summer = Spread.year(
            120, weights: [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0], first: LoadMonth(year: 2026, month: 3))
        // July is the fifth month from March.
        #expect(summer == [0, 0, 0, 0, 60, 60, 0, 0, 0, 0, 0, 0])
        #expect(Spread.year(100, weights: [1], first: LoadCounty.first).reduce(0, +) == 100)
    }

    @Test("Of a period that goes beyond the twelve months, the part within counts")
    func beyond() {
        let first = LoadMonth(year: 2026, month: 1)
        let period = Spread.period(
            730, from: first.first, until: (first + 23).last, first: first)
        #expect(period.reduce(0, +) == 365)
        #expect(Spread.period(100, from: first.first - 10, until: first.first - 1, first: first).reduce(0, +) == 0)
    }

    @Test("Hours are conserved: what is asked stands on posts, or as hours for which nobody is there")
    func conserved() {
        for seed in 0..<200 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let sheet = county.sheet()
            let onPosts = sheet.load.reduce(0, +)
            #expect(onPosts == sheet.bySource.reduce(0, +))
            #expect(onPosts + sheet.unstaffed.reduce(0, +) == county.asked(county.works))
        }
    }

    @Test("More work never makes a post less loaded; without work there is no load")
    func monotone() {
        for seed in 0..<100 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let all = county.sheet()
            let fewer = county.sheet(Array(county.works.dropLast()))
            #expect(zip(fewer.load, all.load).allSatisfy { $0 <= $1 })
            #expect(county.sheet([]).load.allSatisfy { $0 == 0 })
        }
    }

    @Test("Removing a duty takes its hours away, and only these")
    func removed() {
        for seed in 0..<50 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let all = county.sheet()
            for position in county.works.indices {
                var works = county.works
                works.remove(at: position)
                let rest = county.sheet(works)
                #expect(all.load.reduce(0, +) - rest.load.reduce(0, +) == all.bySource[position])
            }
        }
    }

    @Test("What-if says what the sheet would say with the work in it, and changes nothing itself")
    func whatIf() {
        for seed in 0..<200 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let last = county.works[county.works.count - 1]
            let before = county.sheet(Array(county.works.dropLast()))
            let after = county.sheet()
            let result = before.whatIf(last)
            #expect(result.minutes == county.asked([last]))
            #expect(result.sum.minutes + result.unstaffed == result.minutes)
            let touched = county.posts.indices.filter { post in
                (0..<12).contains { before.load[post * 12 + $0] != after.load[post * 12 + $0] }
            }
            #expect(result.sum.posts == Int64(touched.count))
            #expect(result.sum.overBefore == Int64(before.sum(of: touched).over))
            #expect(result.sum.overAfter == Int64(after.sum(of: touched).over))
        }
    }

    @Test("The least offset is the least: exactly so much of the addition does not fit, post by post")
    func offset() {
        for seed in 0..<200 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let last = county.works[county.works.count - 1]
            let before = county.sheet(Array(county.works.dropLast()))
            let after = county.sheet()
            let result = before.whatIf(last)
            var least: Int64 = 0
            for cell in after.load.indices {
                least += max(0, after.load[cell] - max(before.capacity[cell], before.load[cell]))
            }
            #expect(result.sum.offset == least)
            #expect((result.bearable == 1000) == (least == 0) || result.bearable >= 999)
        }
    }

    @Test("The share that is said to be bearable is, and a little more is not")
    func bearable() {
        for seed in 0..<100 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let before = county.sheet()
            let whole = LoadWork(
                source: 0, area: .everywhere, level: .grid, roles: ["grid_worker", "community_clerk"],
                amount: .each(Array(repeating: 100_000, count: 12)))
            let result = before.whatIf(whole)
            func offset(_ share: Int64) -> Int64 {
                before.whatIf(
                    LoadWork(
                        source: 0, area: .everywhere, level: .grid, roles: whole.roles,
                        amount: .each(Array(repeating: 100 * share, count: 12)))
                ).sum.offset
            }
            // Minutes are whole, so equal parts differ by one of them; that much is no overload.
            #expect(offset(result.bearable) <= Int64(county.posts.count) * 12)
            if result.bearable < 990 { #expect(offset(result.bearable + 10) > 0) }
        }
    }

    @Test("The nearest that are staffed do it: the grid's own, else the community's, else nobody")
    func nearest() throws {
        let grid = try #require(AreaPrefix("330106001001001"))
        let bare = try #require(AreaPrefix("330106001001002"))
        let lost = try #require(AreaPrefix("330106001002001"))
        let community = try #require(AreaPrefix("330106001001"))
        let posts = [LoadPost(area: grid, role: "grid_worker"), LoadPost(area: community, role: "community_clerk")]
        let work = LoadWork(
            source: 0, area: .everywhere, level: .grid, roles: ["grid_worker", "community_clerk"],
            amount: .each(Array(repeating: 10, count: 12)))
        let sheet = LoadSheet(
            first: LoadCounty.first, posts: posts,
            units: [.grid: [grid, bare, lost].map { LoadUnit(area: $0, households: 0) }],
            capacityOfMonth: LoadCounty.capacity, works: [work], sources: 1)
        #expect(sheet.sum(of: [0]).load == 120 && sheet.sum(of: [1]).load == 120)
        #expect(sheet.unstaffed == [120])
    }

    @Test("A hand-calculated table matches")
    func byHand() throws {
        // A grid of 400 households: 12 minutes twice a year for each is 9,600 minutes; 60 minutes 48 times are 2,880.
        let grid = try #require(AreaPrefix("330106001001001"))
        let tasks = [
            DutyTask(key: "visit", zh: "走访", en: "Visits", minutes: 12, times: 2, households: 1),
            DutyTask(key: "look", zh: "巡查", en: "Looking", minutes: 60, times: 48),
        ]
        let sheet = LoadSheet(
            first: LoadCounty.first, posts: [LoadPost(area: grid, role: "grid_worker")],
            units: [.grid: [LoadUnit(area: grid, households: 400)]], capacityOfMonth: LoadCounty.capacity,
            works: tasks.enumerated().map {
                LoadWork($1, source: $0, within: .everywhere, first: LoadCounty.first)
            }, sources: 2)
        let sum = sheet.sum(of: [0])
        #expect(sum.load == 12_480)
        #expect(sheet.bySource == [9_600, 2_880])
        // 12 × 9,000 minutes are there: 115 per mille.
        #expect(sum.saturation == 115)
        #expect(sum.loadOfMonth.allSatisfy { $0 == 1_040 })
    }
}
