import Desk
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("What a register keeps is counted at the gate, once")
struct CountedOnceTests {
    /// Within the standard of its item, so that it is admitted and not bought.
    private static func content(
        _ kind: DemandKind, _ title: String, from: Day = DutyWorld.today + 30, until: Day = DutyWorld.today + 120
    ) -> DemandContent {
        var content = DutyWorld.content(
            title, item: "B0601", basis: nil, minutes: 20, times: 2, from: from, until: until)
        content.kind = kind
        content.level = .street
        return content
    }

    private static func admitted(_ content: DemandContent, in world: DutyWorld) async throws -> Demand {
        var demand = try await world.file(content)
        for name in ["northhead", "southhead"] {
            demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
        }
        return try await world.act(.admit(words: "属清单内"), on: demand, by: "coordination")
    }

    private static func entry(
        _ kind: RegisterEntry.Kind = .assessment, _ areas: [String] = [DutyWorld.north, DutyWorld.south],
        body: String? = "fire", days: ClosedRange<Day> = DutyWorld.today + 40...DutyWorld.today + 40
    ) throws -> RegisterEntry {
        RegisterEntry(
            kind, areas: try areas.map { try #require(AreaPrefix($0)) }, body: body.map { Departments.id($0) },
            days: days, rule: "登记规则")
    }

    /// The code of the refusal, nil when it carries.
    private static func refused(
        _ ground: WorkGround, _ entry: RegisterEntry, in world: DutyWorld
    ) async throws -> String? {
        try await world.house.database.read { transaction in
            do {
                try Mandates.requireCounted(ground, entry, in: transaction)
                return nil
            } catch let refusal as Refusal {
                #expect(refusal.rule != nil && refusal.wayOn != nil && refusal.field == "ground")
                if refusal.code == "mandates.not-counted" { #expect(refusal.rule == "登记规则") }
                return refusal.code
            }
        }
    }

    private static func sent(_ kind: String, in world: DutyWorld) async throws -> String {
        let text = try await world.call(.get, "/api/v1/demand-years?year=2026", as: "coordination").text
        let line = try #require(text.firstMatch(of: try Regex(#""kind":"\#(kind)","sent":(\d+)"#)), "\(text)")
        return String(try #require(line[1].substring))
    }

    @Test(
        "An admission carries an entry of its own kind, sender, places, level and time, and counts one inspection",
        arguments: EngineCase.available)
    func admission(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let one = try await Self.admitted(Self.content(.assessment, "消防工作年度考核"), in: world)
            let inspection = try await Self.admitted(Self.content(.inspection, "应急预案抽查"), in: world)
            #expect(one.stage == .admitted && !one.isBought && inspection.stage == .admitted, "\(one.answer)")
            let (ground, today) = (WorkGround.admission(one.number), DutyWorld.today)
            #expect(try await Self.refused(ground, Self.entry(), in: world) == nil)
            // Whoever enters it for the sender.
            #expect(try await Self.refused(ground, Self.entry(body: nil), in: world) == nil)
            // Registered beforehand, for a time in some of which it holds.
            for days in [today...today + 30, today + 120...today + 400, today...today + 400] {
                #expect(try await Self.refused(ground, Self.entry(days: days), in: world) == nil, "\(days)")
            }
            let not = "mandates.not-counted"
            for (ground, entry) in [
                (ground, try Self.entry(.plaque)), (ground, try Self.entry(body: "health")),
                (ground, try Self.entry(.assessment, [DutyWorld.north + "001"])),
                (.admission(inspection.number), try Self.entry()), (.item("B0601"), try Self.entry()),
            ] {
                #expect(try await Self.refused(ground, entry, in: world) == not, "\(ground) \(entry)")
            }
            // Not begun, over, nowhere: it carries no work at all.
            for (ground, days) in [
                (ground, today...today + 29), (ground, today + 121...today + 400),
                (.admission("准入2026-0099"), today + 40...today + 40), (.item("X1"), today + 40...today + 40),
            ] {
                #expect(
                    try await Self.refused(ground, Self.entry(days: days), in: world) == "mandates.no-ground",
                    "\(ground) \(days)")
            }
            #expect(try await Self.sent("inspection", in: world) == "2")
        }
    }

    @Test(
        "A contract carries what its demand was counted as, and not once that demand was taken back",
        arguments: EngineCase.available)
    func contract(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var content = DutyWorld.content("志愿消防队评比")
            content.kind = .assessment
            content.level = .street
            let bought = try await world.bought(content)[0]
            let agreed = try await world.act(.agree(conditions: ""), on: bought, by: "northhead")
            let ground = WorkGround.contract(agreed.number)
            let days = agreed.from...agreed.from
            let entry = try Self.entry(.assessment, [DutyWorld.north], days: days)
            #expect(try await Self.refused(ground, entry, in: world) == nil)
            #expect(
                try await Self.refused(ground, Self.entry(days: days), in: world) == "mandates.no-ground",
                "of the south"
            )
            func counted() async throws -> Set<String> {
                try await world.house.database.read {
                    try Mandates.counted(
                        [agreed.number, "B0601", "准入2026-0001", "准入2026-0099"], as: .assessment, in: $0)
                }
            }
            #expect(try await counted() == [agreed.number, "准入2026-0001"])
            let none = try await world.house.database.read {
                try Mandates.counted([agreed.number], as: .plaque, in: $0)
            }
            #expect(none.isEmpty)
            let (id, scope) = (bought.demand, try world.scope("fire"))
            let demand = try await world.house.database.read {
                try #require(try DemandStore.find(id, for: scope, in: $0))
            }
            try await world.act(.withdraw, on: demand, by: "fire")
            #expect(try await Self.refused(ground, entry, in: world) == "mandates.not-counted")
            #expect(try await counted().isEmpty)
        }
    }

    @Test(
        "What its sender takes back before it begins is none of its year’s; taken back later it is, and makes no room",
        arguments: EngineCase.available)
    func withdrawn(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let before = try await Self.admitted(Self.content(.assessment, "消防工作年度考核"), in: world)
            let begun = try await Self.admitted(Self.content(.inspection, "应急预案抽查"), in: world)
            #expect(try await Self.sent("inspection", in: world) == "2")
            try await world.act(.withdraw, on: before, by: "fire")
            #expect(try await Self.sent("inspection", in: world) == "1")
            // On its first day.
            world.clock.advance(.days(30))
            try await world.act(.withdraw, on: begun, by: "fire")
            #expect(try await Self.sent("inspection", in: world) == "1")
            let today = world.clock.now().local().day
            let next = try await world.file(
                Self.content(.visit, "街道微型消防站座谈", from: today + 20, until: today + 60))
            #expect(next.answer.findings.contains { $0.question == .cap && $0.text.chinese.contains("本年第 2 次") })
        }
    }
}
