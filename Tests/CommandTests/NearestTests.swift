import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing
import Web

@testable import Command
@testable import Emergencies

@Suite("Nearest capable units")
struct NearestTests {
    private static let identifiers = IdentifierSource(seed: 5)

    private func unit(
        _ name: String, _ area: String, line: String? = nil, metres: Double? = nil, onShift: Bool = false
    ) -> CapableUnit {
        var unit = CapableUnit(
            body: Self.identifiers.next(at: CommandWorld.start), name: LocalizedText(name, name), line: line,
            area: AreaPrefix(area) ?? .everywhere)
        unit.metres = metres
        if onShift { unit.onShift = [LocalizedText("值班员", "Officer on duty")] }
        return unit
    }

    private func order(_ units: [CapableUnit], line: String?, at place: String) -> [String] {
        NearestUnits.order(units, line: line, place: AreaPrefix(place) ?? .everywhere, most: 10).map(\.name.chinese)
    }

    @Test("Who has the power goes before who is nearer; a department of another line is not asked")
    func powerFirst() {
        let units = [
            unit("street", "330106001", metres: 100, onShift: true), unit("fire", "330106", line: "fire"),
            unit("market", "330106", line: "market", onShift: true),
        ]
        #expect(order(units, line: "fire", at: "330106001001") == ["fire", "street"])
        #expect(order(units, line: nil, at: "330106001001") == ["street"])
    }

    @Test("Somebody on shift goes before nobody, then the nearer one")
    func onShiftThenNear() {
        let units = [
            unit("near", "330106001", line: "fire", metres: 300), unit("far", "330106", line: "fire", metres: 9_000),
            unit("awake", "330106", line: "fire", metres: 12_000, onShift: true),
            unit("somewhere", "330106", line: "fire"),
        ]
        #expect(order(units, line: "fire", at: "330106001001") == ["awake", "near", "far", "somewhere"])
    }

    @Test("A body of another street is not able to act here")
    func actsHereOnly() {
        #expect(order([unit("south", "330106002")], line: nil, at: "330106001001").isEmpty)
    }

    @Test(
        "A matter's category says which line is sought; distance is that of kept places",
        arguments: EngineCase.available)
    func ofAMatter(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let fire = try #require(world.cases.rules.categories.leaves.first { $0.line == "fire" }).code
            let matter = try await world.reported(AreaPrefix("330106002001") ?? .everywhere)
            try await world.act(
                matter.id, Command("accept", category: fire, area: AreaPrefix("330106002001")), by: "southduty")
            let (command, now, scope) = (world.command, world.now, try world.scope("southduty"))
            let question = try NearestQuestion(QueryParameters([("matter", matter.id.text)]))
            let answer = try await world.house.database.read {
                try command.nearest(question, for: scope, at: now, in: $0)
            }
            #expect(answer.units.map(\.name.chinese) == ["firepost", "fire", "southstreet", "coordination"])
            // The post acts in the whole street, whose middle is half way between its two communities.
            let metres = try #require(answer.units.first?.metres)
            #expect((550...560).contains(metres))
            #expect(answer.units[1].metres == nil)
        }
    }

    @Test("Whoever is on shift stands there by post, and nobody's name or place", arguments: EngineCase.available)
    func showsShifts(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let (command, emergencies, now) = (world.command, world.emergencies, world.now)
            let (head, scope) = (try world.scope("northhead"), try world.scope("northduty"))
            _ = try await world.house.database.write {
                try emergencies.plan(
                    PlannedShift(
                        area: CommandWorld.north, kind: "duty", person: "northduty", from: now, until: now + .hours(8)),
                    by: head, at: now, in: $0)
            }
            let question = try NearestQuestion(QueryParameters([("area", "330106001001")]))
            let answer = try await world.house.database.read {
                try command.nearest(question, for: scope, at: now, in: $0)
            }
            let street = try #require(answer.units.first)
            #expect(street.name.chinese == "northstreet")
            #expect(street.onShift.map(\.chinese) == ["街道指挥中心调度"])
            await #expect(throws: Refusal.self) {
                let other = try NearestQuestion(QueryParameters([("area", "330106002001")]))
                _ = try await world.house.database.read { try command.nearest(other, for: scope, at: now, in: $0) }
            }
        }
    }
}
