import Cases
import Desk
import Geo
import GridDesign
import Ground
import Identity
import Places
import Storage
import StorageTesting
import Testing

@testable import Grids

@Suite("Plans of grids")
struct PlanTests {
    @Test("A first plan numbers grids from the north-west by rule, each in the norm or with a reason, and names them")
    func firstPlan() async throws {
        try await GridsOffice.with(.sqlite) { office in
            _ = try await office.build(64)
            let made = try await office.plan()
            #expect(made.choices.map(\.0.kind) == [.designedAnew])
            let (choice, grids) = try #require(made.choices.first)
            #expect(grids.map(\.code) == (1...grids.count).map { "33010600100100\($0)" })
            #expect(grids[0].name == "甲社区第 1 网格")
            #expect((7...9).contains(choice.grids))
            for grid in grids {
                #expect((300...500).contains(grid.households) || grid.reason != nil)
                #expect(grid.outline != nil)
            }
            // Every household is in exactly one grid.
            let members = grids.flatMap(\.members)
            #expect(members.count == 64 && Set(members).count == 64)
            #expect(grids.reduce(0) { $0 + $1.households } == 64 * 48)
            // The first lies further north than the last.
            #expect(grids[0].centre.latitude > grids[grids.count - 1].centre.latitude)
            // The village without buildings is told why nothing was planned.
            #expect(made.plan.verdicts.first { $0.community == "330106001002" }?.kind == "nobody")
        }
    }

    @Test("Grids of a plan do not overlap, and a building lies in its own grid's ground", arguments: [17, 40, 90])
    func ground(count: Int) async throws {
        try await GridsOffice.with(.sqlite) { office in
            let buildings = try await office.build(count)
            let (_, grids) = try #require(try await office.plan().choices.first)
            let engine = GEOS()
            for (place, grid) in grids.enumerated() {
                let outline = try #require(grid.outline)
                #expect(engine.problem(of: outline) == nil)
                for other in grids.dropFirst(place + 1) {
                    let common = engine.intersection(outline, try #require(other.outline))
                    #expect((common?.areas.reduce(0) { $0 + $1.area } ?? 0) < 1e-12)
                }
                let shape = try #require(PreparedShape(outline, engine))
                for building in buildings where grid.members.contains(building.id) {
                    #expect(shape.covers(building.place))
                }
            }
        }
    }

    @Test("Where there are grids, the way that changes least comes first, and the ways differ in what they move")
    func redesign() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let codes = ["330106001001001", "330106001001002", "330106001001003"]
            try await office.oldGrids(codes)
            // The last has far too much in it.
            _ = try await office.build(40, grid: { codes[$0 < 8 ? 0 : $0 < 16 ? 1 : 2] })
            let made = try await office.plan()
            #expect(made.choices.map(\.0.kind) == Redesign.Choice.Kind.allCases)
            let (least, grids) = try #require(made.choices.first)
            let anew = try #require(made.choices.last).0
            #expect(least.householdsMoved <= anew.householdsMoved)
            #expect(least.inNorm == least.grids)
            // Kept grids keep code and name; new ones get numbers that were never used.
            #expect(grids.first { $0.code == codes[0] }?.name == "旧001")
            #expect(grids.filter(\.isNew).allSatisfy { !codes.contains($0.code) })
        }
    }

    @Test("Only who is in charge of the area makes, accepts or drops a plan")
    func rights() async throws {
        try await GridsOffice.with(.sqlite) { office in
            _ = try await office.build(40)
            await #expect(throws: Refusal.self) { _ = try await office.plan(by: office.stranger) }
            let made = try await office.plan()
            let refusal = await #expect(throws: Refusal.self) {
                try await office.accept(made, on: office.today, by: office.stranger)
            }
            #expect(refusal?.kind == .notFound)
        }
    }

    @Test("A plan is decided once, not for a past day, and not beside another that waits for the same ground")
    func decisions() async throws {
        try await GridsOffice.with(.sqlite) { office in
            _ = try await office.build(40)
            let (first, second) = (try await office.plan(), try await office.plan(GridsOffice.community))
            let past = await #expect(throws: Refusal.self) { try await office.accept(first, on: office.today - 1) }
            #expect(past?.code == "grids.plan-day")
            try await office.accept(first, on: office.today + 3)
            let again = await #expect(throws: Refusal.self) { try await office.accept(first, on: office.today + 3) }
            #expect(again?.code == "grids.plan-decided")
            let beside = await #expect(throws: Refusal.self) { try await office.accept(second, on: office.today + 5) }
            #expect(beside?.code == "grids.plan-waiting")
        }
    }

    @Test("A plan takes effect on its day and not before", arguments: EngineCase.available)
    func takesEffect(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            _ = try await office.build(40)
            let made = try await office.plan()
            try await office.accept(made, on: office.today + 2)
            try await office.takeEffect()
            #expect(try await office.places.grids(in: GridsOffice.community).isEmpty)
            office.clock.advance(.days(2))
            try await office.takeEffect()
            let grids = try await office.places.grids(in: GridsOffice.community)
            #expect(grids.map(\.code) == made.choices[0].1.map(\.code))
            #expect(grids.allSatisfy { $0.validFrom == office.today && $0.centre != nil })
            let ground = try await office.grids.outlines(in: GridsOffice.street, limit: 100)
            #expect(ground.map(\.grid) == grids.map(\.code))
            #expect(ground.reduce(0) { $0 + $1.households } == 40 * 48)
            #expect(office.places.name(of: grids[0].code) == "甲社区第 1 网格")
            // Once is enough.
            let changes = try await office.grids.changes()
            try await office.takeEffect()
            #expect(try await office.grids.changes() == changes)
        }
    }

    @Test("When grids are drawn anew, no open matter is without a grid and a holder", arguments: EngineCase.available)
    func nobodyIsLost(engine: EngineCase) async throws {
        for seed in 1...(engine == .sqlite ? 8 : 2) {
            try await GridsOffice.with(engine) { office in
                var random = SeededNumbers(seed: UInt64(seed))
                let codes = (1...6).map { GridsOffice.community.code + "00\($0)" }
                try await office.oldGrids(codes)
                // Old grids of any size, some without a building.
                let cuts = (0..<4).map { _ in random.next(below: 48) }.sorted()
                let buildings = try await office.build(
                    48, households: { _ in 20 + random.next(below: 60) },
                    grid: { number in codes[cuts.firstIndex { number < $0 } ?? 4] })
                let workers = codes.filter { _ in random.next(below: 3) > 0 }
                var posts: [PostID] = []
                for code in workers {
                    let area = try #require(AreaPrefix(code))
                    posts.append(
                        try await office.person("w\(code)", "grid_worker", area, office.worker.body).post)
                }
                var matters: [CaseRecord] = []
                for _ in 0..<25 {
                    let building = buildings[random.next(below: buildings.count)]
                    let area = try #require(AreaPrefix(building.grid ?? codes[random.next(below: 6)]))
                    let at = random.next(below: 2) == 0 ? building.place : nil
                    matters.append(try await office.matter(in: area, at: at))
                }
                matters.append(try await office.matter(in: try #require(AreaPrefix(codes[5]))))
                matters.append(try await office.matter(in: GridsOffice.community))
                let made = try await office.plan()
                let kind = made.choices[random.next(below: made.choices.count)].0.kind
                let (now, leader) = (office.now, office.leader)
                try await office.house.database.write {
                    _ = try PlanWork(grids: office.grids).accept(
                        made.plan.id, kind, on: now.local().day, seen: nil, by: leader, at: now, in: $0)
                }
                try await office.takeEffect()
                let valid = Set(try await office.places.grids(in: GridsOffice.community).map(\.code))
                let rows = try await office.rows(
                    "SELECT id, area, answerable, answerable_post, community FROM cases WHERE ended_at IS NULL")
                #expect(rows.count == 27)
                for row in rows {
                    let area = try row.text(1)
                    #expect(valid.contains(area) || area == GridsOffice.community.code)
                    let post: PostID = try row.identifier(3)
                    let held = try await office.rows("SELECT area FROM posts WHERE id = \(post) AND until_at IS NULL")
                    #expect(held.count == 1)
                    #expect(try !row.text(2).isEmpty)
                }
                // A matter at a building lies in that building's grid.
                for matter in matters {
                    guard let location = matter.location, matter.area.level == .grid else { continue }
                    let building = try #require(
                        buildings.first {
                            $0.place.longitude == location.longitude && $0.place.latitude == location.latitude
                        })
                    let grid = try await office.rows("SELECT grid FROM buildings WHERE id = \(building.id)")[0].text(0)
                    let area = try await office.rows("SELECT area FROM cases WHERE id = \(matter.id)")[0].text(0)
                    #expect(area == grid)
                }
                // Every worker works in a grid that is there, and the counts still agree.
                for post in posts {
                    let area = try await office.rows("SELECT area FROM posts WHERE id = \(post)")[0].text(0)
                    #expect(valid.contains(area))
                }
                let counted = try await office.rows("SELECT CAST(SUM(total) AS BIGINT) FROM case_counts")[0].int(0)
                #expect(counted == 27)
                let placed = try await office.rows("SELECT DISTINCT grid FROM buildings ORDER BY grid")
                #expect(Set(try placed.map { try $0.text(0) }).isSubset(of: valid))
            }
        }
    }

    @Test("Lists and lookups are served by an index")
    func queryPlans() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let queries: [SQL] = [
                BuildingStore.pageQuery(in: GridsOffice.street, after: ("", ""), limit: 100),
                BuildingStore.placeQuery(
                    5...10, Box(west: 120, south: 30, east: 121, north: 31),
                    outside: Box(west: 120.1, south: 30.1, east: 120.9, north: 30.9), in: GridsOffice.street,
                    limit: 100),
                BuildingStore.outlineQuery(in: GridsOffice.street, after: "", limit: 100),
                PlanStore.pageQuery(for: office.leader, after: nil, limit: 50),
                FunctionalStore.pageQuery(for: office.leader, after: nil, limit: 50),
            ]
            for query in queries {
                let plan = try await office.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains("SEARCH") }, "\(plan)")
                #expect(!plan.contains { $0.contains("SCAN") }, "\(plan)")
            }
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
