import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Burdens

@Suite("Targets down the chain")
struct TargetTests {
    @Test("Numbers are read to three decimals and written as they were")
    func numbers() {
        for text in ["10", "12.5", "0.125", "-3", "-0.5", "1000000"] {
            #expect(Target.value(text).map { Self.target(value: $0).valueText } == text)
        }
        for text in ["", "x", "1.2345", "1.", ".5.", "1e3", "10000000000", "1.-5"] {
            #expect(Target.value(text) == nil, "\(text)")
        }
    }

    private static func target(
        value: Int64, isAtMost: Bool = false, area: String = BurdenWorld.county, line: String? = nil,
        indicator: String = "满意率", seed: UInt64 = 1, parent: TargetID? = nil, root: TargetID? = nil
    ) -> Target {
        let id = TargetID(IdentifierSource(seed: seed).nextText(at: BurdenWorld.start))
        return Target(
            id: id, parent: parent, root: root ?? id, indicator: indicator, area: AreaPrefix(area) ?? .everywhere,
            bodyName: line ?? "county", line: line, value: value, unit: "%", isAtMost: isAtMost, year: 2026,
            at: BurdenWorld.start, isWithdrawn: false, version: 1)
    }

    @Test("10 → 12 → 15 % is shown as such: each step against the one above, and all against the first")
    func chain() {
        let first = Self.target(value: 10_000, area: "33", seed: 1)
        let second = Self.target(value: 12_000, seed: 2, parent: first.id, root: first.id)
        let third = Self.target(value: 15_000, area: BurdenWorld.north, seed: 3, parent: second.id, root: first.id)
        let same = Self.target(value: 12_000, area: BurdenWorld.south, seed: 4, parent: second.id, root: first.id)
        let chain = TargetChain(root: first.id, targets: [same, third, first, second])
        #expect(chain.links.map(\.target.value) == [10_000, 12_000, 15_000, 12_000])
        #expect(chain.links.map(\.markUp) == [nil, 200, 250, 0])
        #expect(chain.links.map(\.whole) == [nil, 200, 500, 200])
        #expect(chain.isMarkedUp && chain.worst == 500)
        #expect(!TargetChain(root: first.id, targets: [first]).isMarkedUp)
    }

    @Test("With days it is the other way round: fewer days are more")
    func atMost() {
        let first = Self.target(value: 10_000, isAtMost: true)
        #expect(Self.target(value: 7_000, isAtMost: true).markUp(over: first) == 300)
        #expect(Self.target(value: 12_000, isAtMost: true).markUp(over: first) == -200)
    }

    @Test("Two lines that ask one place for the same in different figures are shown; the same figure is no conflict")
    func conflicts() {
        let fire = Self.target(value: 90_000, area: BurdenWorld.north, line: "fire", seed: 1)
        let health = Self.target(value: 95_000, area: BurdenWorld.north, line: "health", indicator: "满意 率", seed: 2)
        let same = Self.target(value: 90_000, area: BurdenWorld.north, line: "health", seed: 3)
        #expect(TargetChain.conflicts([fire, health]).count == 1)
        #expect(TargetChain.conflicts([fire, same]).isEmpty)
        #expect(
            TargetChain.conflicts([fire, Self.target(value: 95_000, area: BurdenWorld.south, line: "health", seed: 4)])
                .isEmpty)
    }

    private func set(
        _ world: BurdenWorld, _ value: String, area: String, above: String? = nil, as name: String, unit: String = "%"
    ) async throws -> (status: Int, text: String) {
        let parent = above.map { "\"\($0)\"" } ?? "null"
        return try await world.call(
            .post, "/api/v1/targets",
            #"{"parent":\#(parent),"indicator":"群众满意率","area":"\#(area)","value":"\#(value)","unit":"\#(unit)","year":2026}"#,
            as: name)
    }

    private func id(_ text: String) throws -> String {
        let match = try #require(text.firstMatch(of: /"id":"([^"]+)"/))
        return String(match.output.1)
    }

    @Test(
        "Each level registers what it asks and on what it rests; who asks more is seen by all, and bad input is refused",
        arguments: EngineCase.available)
    func registered(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let above = try await set(world, "10", area: "33", as: "coordination")
            #expect(above.status == 200, "\(above.text)")
            let first = try id(above.text)
            let county = try await set(world, "12", area: BurdenWorld.county, above: first, as: "coordination")
            let second = try id(county.text)
            let north = try await set(world, "15", area: BurdenWorld.north, above: second, as: "fire")
            #expect(north.status == 200, "\(north.text)")
            let chain = try await world.call(.get, "/api/v1/targets/\(try id(north.text))", as: "northhead")
            #expect(chain.text.contains("\"worst\":500") && chain.text.contains("\"isMarkedUp\":true"))
            for (bad, status) in [
                (try await set(world, "x", area: BurdenWorld.north, above: second, as: "fire"), 422),
                (try await set(world, "15", area: BurdenWorld.county, above: second, as: "fire"), 422),
                (try await set(world, "15", area: BurdenWorld.north, above: second, as: "fire", unit: "天"), 422),
                (try await set(world, "15", area: "330102001", as: "fire"), 422),
                (try await set(world, "15", area: BurdenWorld.south, as: "northhead"), 422),
                (try await set(world, "15", area: "33", as: "fire"), 422),
                (try await set(world, "15", area: BurdenWorld.north, above: "nothing", as: "fire"), 422),
                (try await set(world, "15", area: BurdenWorld.north, as: "north1"), 403),
            ] {
                #expect(bad.status == status, "\(bad.text)")
            }
            // Only who set it takes it back; then it counts no more.
            let third = try id(north.text)
            #expect(try await world.call(.post, "/api/v1/targets/\(third)/withdraw", "{}", as: "health").status == 403)
            #expect(try await world.call(.post, "/api/v1/targets/\(third)/withdraw", "{}", as: "fire").status == 200)
            let rest = try await world.call(.get, "/api/v1/targets/\(first)", as: "northhead")
            #expect(rest.text.contains("\"worst\":200"))
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "target", third, in: $0).map(\.act)
            }
            #expect(acts == ["targets.set", "targets.withdrawn"])
        }
    }
}
