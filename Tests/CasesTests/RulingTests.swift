import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Rulings that become rules")
struct RulingTests {
    private static func rule(_ random: inout SeededRandom, _ number: Int) -> RoutingRule {
        let day = Day(year: 2026, month: 3, day: 1) ?? Day(number: 0)
        let from = day + Int.random(in: 0...20, using: &random)
        return RoutingRule(
            id: CasesFixture.identifiers.next(at: CasesFixture.start), version: 1,
            category: ["01", "0101", "010101", "02"].randomElement(using: &random) ?? "01",
            area: AreaPrefix(["330106", "330106001", "330106001001", "330106002"].randomElement(using: &random) ?? "")
                ?? .everywhere,
            words: Bool.random(using: &random) ? [] : [["坑", "灯"].randomElement(using: &random) ?? "坑"],
            body: [CasesFixture.streetBody, CasesFixture.departmentBody].randomElement(using: &random)
                ?? CasesFixture.streetBody,
            matter: CaseID("m"), number: String(number), ruledAt: CasesFixture.start + .hours(Int64(number)),
            reason: "", from: from,
            until: Bool.random(using: &random) ? nil : from + Int.random(in: 0...10, using: &random),
            adoptedBy: StaffID("s"), adoptedAt: CasesFixture.start,
            endedAt: Int.random(in: 0...5, using: &random) == 0 ? CasesFixture.start : nil)
    }

    @Test("The rule that decides fits, holds, and no fitting one is closer; the order of the rules does not matter")
    func deciding() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            let rules = (0..<8).map { Self.rule(&random, $0) }
            let day = (Day(year: 2026, month: 3, day: 1) ?? Day(number: 0)) + Int.random(in: 0...30, using: &random)
            let area = AreaPrefix(["330106001001", "330106002001", "330106"].randomElement(using: &random) ?? "")
            let text = ["路面有坑", "路灯不亮", "噪声"].randomElement(using: &random) ?? ""
            let place = area ?? .everywhere
            let decided = RoutingRule.deciding(rules, category: "010101", area: place, text: text, on: day)
            #expect(
                RoutingRule.deciding(
                    rules.shuffled(using: &random), category: "010101", area: place, text: text, on: day) == decided)
            let fitting = rules.filter {
                $0.endedAt == nil && $0.from <= day && ($0.until ?? day) >= day && "010101".hasPrefix($0.category)
                    && place.code.hasPrefix($0.area.code)
                    && ($0.words.isEmpty || $0.words.contains { text.contains($0) })
            }
            #expect((decided == nil) == fitting.isEmpty)
            guard let decided else { continue }
            #expect(fitting.contains(decided))
            for other in fitting where other != decided {
                if decided.words.isEmpty { #expect(other.words.isEmpty) }
                if decided.words.isEmpty == other.words.isEmpty {
                    #expect(decided.category.utf8.count >= other.category.utf8.count)
                }
            }
        }
    }

    @Test("Two rules that send one matter to different bodies are a conflict, from either side")
    func conflicts() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<500 {
            let (left, right) = (Self.rule(&random, 1), Self.rule(&random, 2))
            #expect(left.conflicts(with: right) == right.conflicts(with: left))
            #expect(!left.conflicts(with: left))
            // Some matter that both decide differently is always found by it.
            for offset in 0...35 {
                let day = (Day(year: 2026, month: 3, day: 1) ?? Day(number: 0)) + offset
                for place in ["330106001001", "330106002001"].compactMap({ AreaPrefix($0) }) {
                    let meets = [left, right].allSatisfy {
                        $0.holds(on: day) && $0.fits(category: "010101", area: place, text: "坑灯")
                    }
                    if meets, left.body != right.body { #expect(left.conflicts(with: right)) }
                }
            }
        }
    }

    private static let coordinator = CasesFixture.scope("coordinator", CasesFixture.county)

    /// A matter that was ruled on: it goes to the street's own body.
    private func ruled(_ world: CasesHouse, _ text: String = "路面有坑") async throws -> CaseRecord {
        let record = try await world.report(text)
        try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
        try await world.act(record.id, Command("refer", opinion: "职责不清"), by: world.dispatcher)
        return try await world.act(
            record.id, Command("rule", opinion: "由街道负责", body: CasesFixture.streetBody), by: Self.coordinator)
    }

    private func adopt(_ world: CasesHouse, _ request: RulingRequest) async throws -> RoutingRule {
        let now = world.clock.now()
        return try await world.house.database.write {
            try RulingWork(cases: world.cases).adopt(request, by: Self.coordinator, at: now, in: $0)
        }
    }

    private func suggested(_ world: CasesHouse, _ text: String) async throws -> (BodyID?, RoutingRule?) {
        let record = try await world.report(text)
        let after = try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
        return try await world.house.database.read { transaction in
            let bodies = try FewBodies().bodies(in: after.area, limit: 10, in: transaction)
            let suggestion = try world.cases.suggestion(for: after, among: bodies, in: transaction)
            return (suggestion.body.best?.value, suggestion.ruling)
        }
    }

    @Test("A ruling is adopted with one act, and the suggestion goes by it", arguments: EngineCase.available)
    func adopted(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let before = try await suggested(world, "门口路面有坑")
            #expect(before.1 == nil)
            let matter = try await ruled(world)
            let rule = try await adopt(world, RulingRequest(matter: matter.id.text))
            #expect(rule.number == matter.number && rule.reason == "由街道负责" && rule.version == 1)
            #expect(rule.category == world.leaf && rule.area == matter.area)
            let after = try await suggested(world, "又有坑")
            #expect(after.0 == CasesFixture.streetBody)
            #expect(after.1?.id == rule.id)
            let acts = try await world.house.database.query(
                "SELECT act FROM ledger_entries WHERE subject_kind = 'routing-rule'")
            #expect(try acts.map { try $0.text(0) } == ["cases.ruling-adopted"])
        }
    }

    @Test("What nobody ruled on becomes no rule; nor does a day that has passed", arguments: EngineCase.available)
    func refused(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let plain = try await world.report("没有裁定过")
            let none = await #expect(throws: Refusal.self) {
                try await adopt(world, RulingRequest(matter: plain.id.text))
            }
            #expect(none?.field == "matter")
            let matter = try await ruled(world)
            let late = await #expect(throws: Refusal.self) {
                try await adopt(world, RulingRequest(matter: matter.id.text, from: "2026-01-01"))
            }
            #expect(late?.field == "from")
            let nowhere = await #expect(throws: Refusal.self) {
                try await adopt(world, RulingRequest(matter: matter.id.text, area: "440106"))
            }
            #expect(nowhere?.field == "area")
            let unknown = await #expect(throws: Refusal.self) {
                try await adopt(world, RulingRequest(matter: matter.id.text, category: "999999"))
            }
            #expect(unknown?.field == "category")
        }
    }

    @Test(
        "A conflict is shown before; what it replaces ends, and comes back when it is undone",
        arguments: EngineCase.available)
    func conflictAndUndo(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let first = try await adopt(world, RulingRequest(matter: try await ruled(world).id.text))
            // Another ruling, for the department this time.
            let record = try await world.report("桥边有坑")
            try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
            try await world.act(record.id, Command("refer", opinion: "职责不清"), by: world.dispatcher)
            try await world.act(
                record.id, Command("rule", opinion: "由部门负责", body: world.department), by: Self.coordinator)
            let unseen = await #expect(throws: Refusal.self) {
                try await adopt(world, RulingRequest(matter: record.id.text))
            }
            #expect(unseen?.code == "cases.ruling-conflict")
            let second = try await adopt(world, RulingRequest(matter: record.id.text, replaces: first.id.text))
            #expect(second.version == 2)
            #expect(try await suggested(world, "还有坑").1?.id == second.id)
            let now = world.clock.now()
            try await world.house.database.write {
                try RulingWork(cases: world.cases).undo(second.id, by: Self.coordinator, at: now, in: $0)
            }
            #expect(try await suggested(world, "仍有坑").1?.id == first.id)
            let late = now + .minutes(11)
            let third = try await adopt(world, RulingRequest(matter: record.id.text, seen: [first.id.text]))
            let tooLate = await #expect(throws: Refusal.self) {
                try await world.house.database.write {
                    try RulingWork(cases: world.cases).undo(
                        third.id, by: Self.coordinator, at: late + .hours(2), in: $0)
                }
            }
            #expect(tooLate?.code == "cases.ruling-too-late")
            try await world.house.database.write {
                try RulingWork(cases: world.cases).end(
                    third.id, reason: "机构改革", by: Self.coordinator, at: late, in: $0)
            }
            #expect(try await suggested(world, "一处坑").1?.id == first.id)
        }
    }

    @Test(
        "What it would have changed is counted, and the number leads to those matters", arguments: EngineCase.available)
    func effect(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var elsewhere: [CaseID] = []
            for number in 0..<3 {
                let record = try await world.report("第 \(number) 处有100%的坑")
                try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
                try await world.act(record.id, Command("dispatch", body: world.department), by: world.dispatcher)
                elsewhere.append(record.id)
            }
            let matter = try await ruled(world)
            let now = world.clock.now()
            func changed(_ words: [String]?, at now: Instant) async throws -> ([CaseID], Int) {
                try await world.house.database.read { transaction in
                    let work = RulingWork(cases: world.cases)
                    let rule = try work.rule(
                        RulingRequest(matter: matter.id.text, words: words), by: Self.coordinator, at: now,
                        in: transaction)
                    return (
                        try RoutingRuleStore.changed(
                            by: rule, leaves: work.leaves(of: rule), at: now, for: Self.coordinator, after: nil,
                            limit: 10, in: transaction
                        ).map(\.id),
                        try RoutingRuleStore.changedCount(
                            by: rule, leaves: work.leaves(of: rule), at: now, for: Self.coordinator, most: 2,
                            in: transaction)
                    )
                }
            }
            let all = try await changed(nil, at: now)
            #expect(all.0 == elsewhere.reversed())
            #expect(all.1 == 2, "counted only so far")
            #expect(try await changed(["100%"], at: now).0.count == 3)
            #expect(try await changed(["1_0%"], at: now).0.isEmpty)
            #expect(try await changed(nil, at: now + .days(91)).0.isEmpty)
        }
    }

    @Test("Rules and what they would have changed are served by indexes")
    func plans() async throws {
        try await CasesHouse.with(.sqlite) { world in
            let matter = try await ruled(world)
            let rule = try await adopt(world, RulingRequest(matter: matter.id.text))
            let query = try #require(
                RoutingRuleStore.changedQuery(
                    CaseStore.columns, by: rule, leaves: [world.leaf, "010102"], at: world.clock.now(),
                    for: Self.coordinator, after: nil, limit: 51))
            for query in [query, RoutingRuleStore.inForceQuery(for: world.leaf)] {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.allSatisfy { !$0.hasPrefix("SCAN cases") && !$0.hasPrefix("SCAN case_") }, "\(plan)")
                let looks = plan.filter { $0.contains("SEARCH cases USING") && !$0.contains("(id=?)") }
                #expect(looks.allSatisfy { $0.contains("cases_by_category") }, "\(plan)")
            }
        }
    }
}
