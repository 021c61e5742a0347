import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Two acts of one person, one right after the other")
struct ActPairTests {
    private static func pairs(
        _ world: CasesHouse, _ from: String = "sign", _ to: String = "finish", categories: [String] = [],
        since: Instant = CasesFixture.start - .days(1), before: Instant? = nil
    ) async throws -> [PairedActs] {
        let before = before ?? world.clock.now() + .minutes(1)
        return try await world.house.database.read {
            try world.cases.pairedActs(
                from: from, to: to, categories: categories, since: since, before: before, limit: 100, in: $0)
        }
    }

    /// A matter that the department has in hand.
    private static func handled(_ world: CasesHouse, _ category: String) async throws -> CaseRecord {
        let record = try await world.report("路灯不亮")
        try await world.act(record.id, Command("accept", category: category), by: world.dispatcher)
        try await world.act(record.id, Command("dispatch", body: world.department), by: world.dispatcher)
        return try await world.act(record.id, Command("sign"), by: world.handler)
    }

    @Test(
        "A pair counts with its two instants, by category; an act in between, another person or an open end make none",
        arguments: EngineCase.available)
    func pairs(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let leaves = world.cases.rules.categories.leaves.map(\.code)
            let (one, other) = (try #require(leaves.first), try #require(leaves.last))
            let plain = try await Self.handled(world, one)
            let signed = world.clock.now()
            #expect(try await Self.pairs(world).isEmpty, "nothing is handed in yet")
            world.clock.advance(.minutes(40))
            try await world.act(plain.id, Command("finish", result: "已修好"), by: world.handler)

            let found = try await Self.pairs(world)
            #expect(
                found == [
                    PairedActs(
                        staff: world.handler.staff, post: world.handler.post, from: signed, until: world.clock.now())
                ])
            let pair = try #require(found.first)
            #expect((pair.until - pair.from).milliseconds == 45 * 60_000)
            #expect(try await Self.pairs(world, before: pair.until).isEmpty, "it ends when the time asked for is over")
            #expect(try await Self.pairs(world, before: pair.until + .minutes(1)).count == 1)

            // The resident was called in between: two stretches, none of them from taking it to handing it in.
            let between = try await Self.handled(world, one)
            try await world.act(between.id, Command("contact", opinion: "已联系"), by: world.handler)
            try await world.act(between.id, Command("finish", result: "已修好"), by: world.handler)
            #expect(try await Self.pairs(world).count == 1)

            // Taken by one, handed in by another of the same body.
            let shared = try await Self.handled(world, one)
            let colleague = CasesFixture.scope(
                "colleague", CasesFixture.county, body: CasesFixture.departmentBody, line: "housing")
            try await world.act(shared.id, Command("finish", result: "已修好"), by: colleague)
            #expect(try await Self.pairs(world).count == 1)

            let third = try await Self.handled(world, other)
            try await world.act(third.id, Command("finish", result: "已修好"), by: world.handler)
            #expect(try await Self.pairs(world).count == 2)
            #expect(try await Self.pairs(world, categories: [one]).count == 1)
            #expect(try await Self.pairs(world, categories: [String(other.prefix(2)), one]).count == 2)
            #expect(try await Self.pairs(world, categories: ["zz"]).isEmpty)
            #expect(try await Self.pairs(world, "accept", "dispatch").count == 4)
            #expect(try await Self.pairs(world, since: world.clock.now() + .days(1)).isEmpty)
            #expect(world.cases.hasAct("sign") && !world.cases.hasAct("signs"))
        }
    }

    @Test("Pairs are found along indexes")
    func plans() async throws {
        try await CasesHouse.with(.sqlite) { world in
            for category in [nil, "010101"] {
                let query = Cases.pairedActsQuery(
                    from: "sign", to: "finish", category: category, since: CasesFixture.start,
                    before: CasesFixture.start + .days(30), limit: 10)
                let plan = try await world.house.database.read {
                    try $0.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                }
                #expect(
                    !plan.contains { $0.contains("SCAN cases") || $0.contains("SCAN f") || $0.contains("SCAN t") },
                    "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
