import Desk
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

/// 约束数据权: how often a department may take a list in clear.
struct TakingTests {
    private static let few = """
        forms:
          - { key: old, zh: 老人, en: Old, line: civil_affairs, purpose: civil-affairs, of: person, filter: age >= 60,
              columns: [name, phone, area], timesAYear: 4 }
        """

    private func take(_ world: FormsWorld, as name: String = "welfare", after: String? = nil) async throws -> (
        status: Int, text: String
    ) {
        let page = after.map { "?after=\($0)" } ?? ""
        let answer = try await world.call(
            .post, "/api/v1/forms/old/rows\(page)", "{\"purpose\":\"civil-affairs\"}", as: name)
        return (answer.status, answer.text)
    }

    private func refusals(_ world: FormsWorld) async throws -> Int64 {
        try await world.house.database.query(
            "SELECT COUNT(*) FROM ledger_entries WHERE act = 'forms.taking-refused'")[0].int(0)
    }

    private func daily() throws -> Int {
        try #require(
            try TakingRules.load(from: RuleFiles(shipped: ConditionTests.shipped)).limits.first {
                $0.of == .form && $0.days == 1
            }?.times)
    }

    @Test(
        "Beyond the limit a department is refused with the rule, the ledger keeps the refusal, and the next day is another",
        arguments: EngineCase.available)
    func limit(engine: EngineCase) async throws {
        try await FormsWorld.with(engine, forms: Self.few) { world in
            let home = try await world.household()
            let wang = try await world.resident("王小明", born: "1940-05-05", in: home)
            try await world.forms.compute()
            let most = try daily()
            for time in 1...most { #expect(try await take(world).status == 200, "\(time)") }
            #expect(try await refusals(world) == 0)
            let over = try await take(world)
            #expect(over.status == 429 && over.text.contains("forms.too-often") && over.text.contains("taking.yaml"))
            #expect(!over.text.contains("王小明"))
            #expect(try await refusals(world) == 1)
            // Nobody was shown what was refused.
            let shown = try await world.house.database.query(
                "SELECT COUNT(*) FROM form_readings_of WHERE subject = \(wang.id)")[0].int(0)
            #expect(shown == Int64(most))
            // What tells nothing of a person is not limited, nor is a subscriber.
            #expect(try await world.call(.get, "/api/v1/forms/old/rows", as: "welfare").status == 200)
            #expect(try await world.call(.get, "/api/v1/forms/old/figures", as: "welfare").status == 200)
            // Who keeps the facts is not limited.
            #expect(try await take(world, as: "clerk").status == 200)
            world.clock.advance(.hours(25))
            #expect(try await take(world).status == 200)
        }
    }

    @Test("Further pages of one taking are none of their own, later ones are", arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await FormsWorld.with(engine, forms: Self.few) { world in
            let home = try await world.household()
            let first = try await world.resident("王小明", born: "1940-05-05", in: home)
            try await world.forms.compute()
            let mark = "\(FormsWorld.grids[0])-\(first.id)"
            func counted() async throws -> Int64 {
                try await world.house.database.query(
                    "SELECT COUNT(*) FROM form_readings WHERE line = 'civil_affairs'")[0].int(0)
            }
            #expect(try await take(world).status == 200)
            for _ in 1...3 { #expect(try await take(world, after: mark).status == 200) }
            #expect(try await counted() == 1)
            world.clock.advance(.minutes(61))
            #expect(try await take(world, after: mark).status == 200)
            #expect(try await counted() == 2)
        }
    }

    @Test("A form that is stated for few times a year has its limit of the year, too")
    func stated() throws {
        let rules = try TakingRules.load(from: RuleFiles(shipped: ConditionTests.shipped))
        let yearly = try #require(rules.limits.first { $0.perStated != nil })
        let least = try #require(yearly.atLeast)
        #expect(yearly.most(statedTimesAYear: 1) == least)
        #expect(yearly.most(statedTimesAYear: 366) == 366 * (yearly.perStated ?? 0))
    }
}
