import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Disputes

struct MediatorTests {
    private func mediator(
        _ name: String, area: String = DisputeWorld.community, level: String = "community",
        fields: Set<String> = [], languages: Set<String> = [], phone: String? = nil, open: Int64 = 0,
        active: Bool = true
    ) throws -> Mediator {
        Mediator(
            id: MediatorID(
                IdentifierSource(seed: UInt64(name.utf8.reduce(0) { $0 * 31 + Int($1) } & 0xFFFF_FFFF)).nextText(
                    at: DisputeWorld.start)),
            name: name, organisation: "—", area: try #require(AreaPrefix(area)), level: level, fields: fields,
            languages: languages, phoneIndex: phone, isActive: active, openCount: open, version: 1)
    }

    private func question(tied: Set<MediatorID> = [], languages: Set<String> = []) throws -> MediatorMatch.Question {
        MediatorMatch.Question(
            area: try #require(AreaPrefix(DisputeWorld.community)), level: "community", fields: ["housing", "law"],
            languages: languages, partyPhones: ["index-of-a-party"], tied: tied, mostOpen: 8)
    }

    @Test("Who knows the field, is near and has time is proposed, with these reasons, in the order of names")
    func proposed() throws {
        let all = [
            try mediator("丙", fields: ["housing"]), try mediator("丁", area: DisputeWorld.north, fields: ["law"]),
            try mediator("甲", fields: ["family"], open: 7), try mediator("乙", fields: ["housing", "law"], open: 1),
        ]
        let found = MediatorMatch.proposals(among: all, for: try question(), most: 2)
        #expect(found.map(\.mediator.name) == ["丙", "乙"].sorted())
        let best = try #require(found.first { $0.mediator.name == "乙" })
        #expect(
            best.reasons == [
                .knowsField("housing"), .knowsField("law"), .ofTheCommunity, .hasTime(open: 1),
            ])
    }

    @Test("Who is a party, tied, busy, of another level or place, or not active is never proposed")
    func excluded() throws {
        let tied = try mediator("回避")
        let cases: [(Mediator, MediatorMatch.Exclusion)] = [
            (try mediator("当事人", phone: "index-of-a-party"), .isParty), (tied, .declaredTie),
            (try mediator("忙", open: 8), .fullyLoaded(open: 8)), (try mediator("街道", level: "street"), .otherLevel),
            (try mediator("别处", area: DisputeWorld.south), .otherArea), (try mediator("停用", active: false), .inactive),
        ]
        let asked = try question(tied: [tied.id])
        for (one, expected) in cases { #expect(MediatorMatch.exclusion(of: one, for: asked) == expected) }
        #expect(MediatorMatch.proposals(among: cases.map(\.0), for: asked, most: 3).isEmpty)
    }

    @Test("A language that is asked for weighs more than nearness")
    func languages() throws {
        let signs = try mediator("手语", area: DisputeWorld.north, languages: ["sign"])
        let near = try mediator("近")
        let found = MediatorMatch.proposals(
            among: [near, signs], for: try question(languages: ["sign"]), most: 1)
        #expect(found.map(\.mediator.name) == ["手语"])
    }

    @Test(
        "A mediator whose own phone is a party's is refused; one who is tied loses the dispute and is free again",
        arguments: EngineCase.available)
    func conflicts(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let party = try await world.mediator("本人", phone: "13900000002")
            let fit = try await world.mediator("合适")
            let id = try await world.entered()
            let scope = try world.scope("mediator")
            let now = world.clock.now()
            #expect(try await world.view(id, as: "mediator").proposals.map(\.mediator.id) == [fit])
            await #expect(throws: Refusal.self) {
                try await world.write { try $0.name(mediator: party, for: id, by: scope, at: now, in: $1) }
            }
            try await world.write { try $0.name(mediator: fit, for: id, by: scope, at: now, in: $1) }
            #expect(try await world.open(of: fit) == 1)
            try await world.write {
                try $0.declareTie(of: fit, in: id, reason: "与乙方是亲属", by: scope, at: now, $1)
            }
            let view = try await world.view(id, as: "mediator")
            #expect(view.dispute.mediator == nil && view.proposals.isEmpty)
            #expect(try await world.open(of: fit) == 0)
        }
    }

    @Test("What a mediator has in hand falls when the dispute climbs or ends", arguments: EngineCase.available)
    func load(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let one = try await world.mediator("合适")
            let scope = try world.scope("mediator")
            let now = world.clock.now()
            let (first, second) = (try await world.entered(), try await world.entered())
            for id in [first, second] {
                try await world.write { try $0.name(mediator: one, for: id, by: scope, at: now, in: $1) }
            }
            #expect(try await world.open(of: one) == 2)
            try await world.hold(.failed, first, by: "mediator")
            #expect(try await world.open(of: one) == 1)
            #expect(try await world.view(first).dispute.mediator == nil)
            try await world.agree(second, by: "mediator")
            #expect(try await world.open(of: one) == 0)
            // Who mediated stays with the dispute.
            #expect(try await world.view(second).dispute.mediator == one)
        }
    }
}

extension DisputeWorld {
    func open(of id: MediatorID) async throws -> Int64? {
        try await house.database.read { try MediatorStore.find(id, in: $0)?.openCount }
    }
}
