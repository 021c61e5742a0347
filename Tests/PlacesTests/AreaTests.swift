import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Places

@Suite("Areas")
struct AreaTests {
    @Test("A code resolves to its ancestors as they were called that day", arguments: EngineCase.available)
    func resolvesAtPastDate(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let renamed = PlacesFixture.county.map { $0 == "330106001,北山街道" ? "330106001,新北山街道" : $0 }
            _ = try await places.importList(renamed, from: secondDay)
            #expect(
                try await places.ancestors(of: "330106001001", at: secondDay - 1)
                    == ["浙江省", "杭州市", "西湖区", "北山街道", "宝石社区"])
            #expect(
                try await places.ancestors(of: "330106001001", at: secondDay)
                    == ["浙江省", "杭州市", "西湖区", "新北山街道", "宝石社区"])
            #expect(try await places.ancestors(of: "330106001001", at: firstDay - 1).isEmpty)
        }
    }

    @Test("Divisions below one are listed with how many lie below each, in pages", arguments: EngineCase.available)
    func countsChildren(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let counts = try await places.database.read {
                try AreaStore.childCounts(of: ["330106001", "330106002", "330106"], at: firstDay, in: $0)
            }
            #expect(counts == ["330106001": 2, "330106": 3])
            let none = try await places.database.read { try AreaStore.childCounts(of: [], at: firstDay, in: $0) }
            #expect(none.isEmpty)
            let second = try await places.database.read {
                try AreaStore.children(of: "330106", at: firstDay, after: "330106001", limit: 1, in: $0)
            }
            #expect(second.map(\.code) == ["330106002"])
        }
    }

    @Test(
        "A search finds beginnings of names and ends of codes, within the viewer's area only",
        arguments: EngineCase.available)
    func searches(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(
                PlacesFixture.county + ["330107,下沙区", "330107001,北山路街道", "330199,尾区", "3302,宁波市"], from: firstDay)
            func find(_ text: String, in area: String) async throws -> [String] {
                let prefix = try #require(AreaPrefix(area))
                return try await places.database.read {
                    try AreaStore.search(text, within: prefix, at: firstDay, limit: 10, in: $0)
                }.map(\.code)
            }
            #expect(try await find("北山", in: "330106") == ["330106001"])
            #expect(try await find("北山", in: "3301") == ["330106001", "330107001"])
            #expect(try await find("山", in: "3301").isEmpty)
            #expect(try await find("001002", in: "33") == ["330106001002"])
            #expect(try await find("330106001", in: "33") == ["330106001", "330106001001", "330106001002"])
            // The sibling after the last county of a prefecture is not inside it.
            #expect(try await find("宁波", in: "330199").isEmpty)
            #expect(try await find("北山'; --", in: "33").isEmpty)
        }
    }

    @Test(
        "Names in memory are those of the installation and of the divisions around it", arguments: EngineCase.available)
    func keepsNames(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { fixture in
            _ = try await fixture.importList(
                PlacesFixture.county + ["330107,别的区", "3302,宁波市"], from: firstDay)
            let county = try #require(AreaPrefix("330106"))
            let index = PlaceIndex()
            #expect(index.name(of: "330106001") == nil)
            try await index.refresh(from: fixture.database, area: county, at: secondDay)
            #expect(index.name(of: "33") == "浙江省")
            #expect(index.name(of: "330106001002") == "友谊社区")
            #expect(index.name(of: "330107") == nil)
            #expect(index.children(of: "330106").map(\.code) == ["330106001", "330106002", "330106003"])
            let grid = Grid(
                code: "330106001002001", community: "330106001002", name: "第一网格", kind: .base, validFrom: firstDay)
            try await fixture.database.write { try Places.register(grids: [grid], in: $0) }
            #expect(index.name(of: grid.code) == nil)
            try await index.refresh(from: fixture.database, area: county, at: secondDay)
            #expect(index.name(of: grid.code) == "第一网格")
            #expect(index.children(of: "330106001002").map(\.name) == ["第一网格"])
        }
    }

    @Test(
        "Grids of a community are its own, in the order of their codes, and end on their day",
        arguments: EngineCase.available)
    func listsGrids(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            func grid(_ code: String, until: Day? = nil) -> Grid {
                Grid(
                    code: code, community: String(code.prefix(12)), name: code, kind: .base, households: 300,
                    validFrom: firstDay, validTo: until)
            }
            let grids = [
                grid("330106001001002"), grid("330106001001001"), grid("330106001002001"),
                grid("330106001001003", until: secondDay),
            ]
            try await places.database.write { try Places.register(grids: grids, in: $0) }
            let community = try #require(AreaPrefix("330106001001"))
            let before = try await places.database.read {
                try GridStore.grids(in: community, at: secondDay - 1, transaction: $0)
            }
            #expect(before.map(\.code) == ["330106001001001", "330106001001002", "330106001001003"])
            let after = try await places.database.read {
                try GridStore.grids(in: community, at: secondDay, transaction: $0)
            }
            #expect(after == [grids[1], grids[0]])
        }
    }
}

@Suite("The nearest grid")
struct GridMapTests {
    private func grid(_ code: String, _ longitude: Double, _ latitude: Double, _ kind: Grid.Kind = .base) -> Grid {
        Grid(
            code: code, community: String(code.prefix(12)), name: code, kind: kind,
            centre: Grid.Centre(longitude: longitude, latitude: latitude), validFrom: firstDay)
    }

    @Test("It is the same as by measuring to every grid")
    func agreesWithMeasuring() throws {
        var random = SeededRandom(seed: 11)
        let grids = (0..<400).map { number in
            grid(
                "330106001001" + "\(number + 1000)".suffix(3), 120 + Double.random(in: 0...0.2, using: &random),
                30 + Double.random(in: 0...0.2, using: &random))
        }
        let map = GridMap(grids)
        for _ in 0..<300 {
            let point = Grid.Centre(
                longitude: 120 + Double.random(in: 0...0.2, using: &random),
                latitude: 30 + Double.random(in: 0...0.2, using: &random))
            let narrowing = 0.8660254037844387  // cos 30°, near enough for a tenth of a degree
            let measured = grids.min { left, right in
                func square(_ grid: Grid) -> Double {
                    guard let centre = grid.centre else { return .infinity }
                    let east = (centre.longitude - point.longitude) * narrowing
                    let north = centre.latitude - point.latitude
                    return east * east + north * north
                }
                return square(left) < square(right)
            }
            let found = try #require(map.nearest(to: point, within: .everywhere))
            // Two that are equally far but for the roundness of the earth may be taken for each other.
            if found.code != measured?.code {
                let near = try #require(measured?.centre)
                let taken = try #require(found.centre)
                func distance(_ centre: Grid.Centre) -> Double {
                    let east = (centre.longitude - point.longitude) * narrowing
                    let north = centre.latitude - point.latitude
                    return (east * east + north * north).squareRoot()
                }
                #expect(abs(distance(near) - distance(taken)) < 0.0001)
            }
        }
    }

    @Test("Far away there is none; outside the area none; a functional grid is none")
    func knowsItsLimits() throws {
        let map = GridMap([
            grid("330106001001001", 120, 30), grid("330106001001801", 120.001, 30, .functional),
            grid("330107001001001", 120.002, 30),
        ])
        let here = Grid.Centre(longitude: 120.001, latitude: 30)
        #expect(map.nearest(to: Grid.Centre(longitude: 121, latitude: 30), within: .everywhere) == nil)
        #expect(map.nearest(to: here, within: try #require(AreaPrefix("330107")))?.code == "330107001001001")
        #expect(map.nearest(to: here, within: try #require(AreaPrefix("330108"))) == nil)
        #expect(map.nearest(to: here, within: .everywhere)?.kind == .base)
        #expect(map.nearest(to: Grid.Centre(longitude: .nan, latitude: 1e300), within: .everywhere) == nil)
    }
}
