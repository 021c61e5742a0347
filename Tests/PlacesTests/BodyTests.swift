import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Places

@Suite("Bodies")
struct BodyTests {
    private func body(
        _ places: PlacesFixture, _ name: String, _ area: String, kind: BodyRecord.Kind = .government,
        line: String? = nil, parent: BodyID? = nil, functionalParent: BodyID? = nil, until: Day? = nil
    ) throws -> BodyRecord {
        let area = try #require(AreaPrefix(area))
        return BodyRecord(
            id: places.identifiers.next(at: places.clock.now()), name: name, kind: kind, level: area.level, area: area,
            line: line, parent: parent, functionalParent: functionalParent, validFrom: firstDay, validTo: until)
    }

    private func create(_ body: BodyRecord, _ scope: Scope, _ places: PlacesFixture) async throws {
        let entry = places.identifiers.nextText(at: places.clock.now())
        let now = places.clock.now()
        try await places.database.write {
            try Places.create(body, by: scope, at: now, entry: Identifier(entry), in: $0)
        }
    }

    private func update(_ body: BodyRecord, _ scope: Scope, _ places: PlacesFixture) async throws {
        let entry = places.identifiers.nextText(at: places.clock.now())
        let now = places.clock.now()
        try await places.database.write {
            try Places.update(body, by: scope, at: now, entry: Identifier(entry), in: $0)
        }
    }

    @Test(
        "A body acts in the areas inside its own and in those around it, and in no sibling",
        arguments: EngineCase.available)
    func acts(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let bodies = [
                try body(places, "区城管局", "330106", kind: .department, line: "urban"),
                try body(places, "北山街道", "330106001"),
                try body(places, "宝石社区居委会", "330106001001", kind: .communityCommittee),
                try body(places, "西溪街道", "330106002"),
                try body(places, "某物业", "330106001001", kind: .propertyFirm),
                try body(places, "已撤销的队伍", "330106001001", kind: .volunteers, until: secondDay),
                try body(places, "邻区街道", "330107001"),
            ]
            try await places.database.write { try Places.register(bodies: bodies, in: $0) }
            func names(_ area: String, at day: Day = secondDay) async throws -> [String] {
                let area = try #require(AreaPrefix(area))
                return try await places.database.read { try Places.bodies(actingIn: area, at: day, in: $0) }.map(\.name)
            }
            #expect(try await names("330106001001") == ["区城管局", "北山街道", "宝石社区居委会", "某物业"])
            #expect(try await names("330106001001", at: secondDay - 1).contains("已撤销的队伍"))
            #expect(try await names("330106001") == ["区城管局", "北山街道", "宝石社区居委会", "某物业"])
            #expect(try await names("330106002") == ["区城管局", "西溪街道"])
            #expect(try await names("330107") == ["邻区街道"])
            #expect(try await names("330106001001001") == ["区城管局", "北山街道", "宝石社区居委会", "某物业"])
        }
    }

    @Test(
        "The chain from a building group up to the party committee is one question, by area and by line",
        arguments: EngineCase.available)
    func chains(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let committee = try body(places, "街道党工委", "330106001", kind: .partyBranch)
            let branch = try body(places, "网格党支部", "330106001001", kind: .partyBranch, parent: committee.id)
            let bureau = try body(places, "区公安分局", "330106", kind: .police, line: "police")
            let group = try body(
                places, "楼栋党小组", "330106001001", kind: .partyBranch, parent: branch.id, functionalParent: bureau.id)
            try await places.database.write { try Places.register(bodies: [committee, branch, bureau, group], in: $0) }
            let byArea = try await places.database.read { try Places.chain(of: group.id, by: .area, in: $0) }
            #expect(byArea.map(\.name) == ["楼栋党小组", "网格党支部", "街道党工委"])
            let byLine = try await places.database.read { try Places.chain(of: group.id, by: .line, in: $0) }
            #expect(byLine.map(\.name) == ["楼栋党小组", "区公安分局"])
        }
    }

    @Test("Entering and changing a body stands in the ledger", arguments: EngineCase.available)
    func records(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let scope = places.scope("330106")
            var body = try body(places, "北山街道", "330106001")
            try await create(body, scope, places)
            body.name = "新北山街道"
            try await update(body, scope, places)
            let id = body.id
            let stored = try await places.database.read { try Places.body(id, in: $0) }
            #expect(stored?.name == "新北山街道")
            #expect(stored?.version == 2)
            let timeline = try await places.database.read { try Ledger.timeline(of: "body", id.text, in: $0) }
            #expect(timeline.map(\.act) == ["places.body-entered", "places.body-changed"])
            #expect(timeline.allSatisfy { $0.area == "330106001" && $0.actor.id == scope.staff.text })
        }
    }

    @Test("A body that somebody else changed meanwhile is not overwritten", arguments: EngineCase.available)
    func refusesOldVersions(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let scope = places.scope("330106")
            let body = try body(places, "北山街道", "330106001")
            try await create(body, scope, places)
            try await update(body, scope, places)
            let refusal = await #expect(throws: Refusal.self) { try await update(body, scope, places) }
            #expect(refusal?.kind == .changedMeanwhile)
        }
    }

    @Test("Nobody enters, takes or brings a body outside the own area", arguments: EngineCase.available)
    func keepsToArea(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let street = places.scope("330106001")
            let sibling = try body(places, "西溪街道", "330106002")
            #expect(
                await #expect(throws: Refusal.self) { try await create(sibling, street, places) }?.kind == .forbidden)
            try await create(sibling, places.scope("330106"), places)
            var taken = sibling
            taken.area = try #require(AreaPrefix("330106001"))
            #expect(await #expect(throws: Refusal.self) { try await update(taken, street, places) }?.kind == .notFound)
            let own = try body(places, "北山街道", "330106001")
            try await create(own, street, places)
            var brought = own
            brought.area = sibling.area
            #expect(
                await #expect(throws: Refusal.self) { try await update(brought, street, places) }?.kind == .forbidden)
            let reader = places.scope("330106001", rights: [.placesRead])
            #expect(await #expect(throws: Refusal.self) { try await update(own, reader, places) }?.kind == .forbidden)
        }
    }

    @Test("A body cannot stand above itself, nor below one that is not there", arguments: EngineCase.available)
    func refusesRings(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let scope = places.scope("330106")
            var top = try body(places, "街道", "330106001")
            try await create(top, scope, places)
            let below = try body(places, "社区", "330106001001", parent: top.id)
            try await create(below, scope, places)
            top.parent = below.id
            #expect(
                await #expect(throws: Refusal.self) { try await update(top, scope, places) }?.code == "places.body.ring"
            )
            top.parent = places.identifiers.next(at: places.clock.now())
            #expect(
                await #expect(throws: Refusal.self) { try await update(top, scope, places) }?.code
                    == "places.body.parent-unknown")
        }
    }
}
