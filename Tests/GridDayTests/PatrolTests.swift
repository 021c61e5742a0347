import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import GridDay

@Suite("Patrols, and what is found before anybody complains", .serialized)
struct PatrolTests {
    private func plan(_ office: GridOffice, area: AreaPrefix = GridOffice.grid, category: String? = nil) async throws
        -> PatrolPlan
    {
        let request = PlanRequest(
            title: "看消防通道", look: "堆物", area: area.code, place: nil, category: category, everyDays: 7, until: nil)
        let plan = try request.plan(office.day, office.dispatcher, at: office.now)
        try await office.house.database.write { _ = try PatrolStore.insert(plan, in: $0) }
        return plan
    }

    private func open(_ office: GridOffice, _ scope: Scope? = nil) async throws -> [PatrolStore.DueCheck] {
        let scope = scope ?? office.worker
        return try await office.house.database.read { try PatrolStore.open(for: scope, limit: 50, in: $0) }
    }

    @Test("A plan puts one check on the phones of its stretch, and never two", arguments: EngineCase.available)
    func fallsDue(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            _ = try await plan(office)
            let work = PatrolWork(day: office.day)
            #expect(try await work.fallDue(at: office.now) == 1)
            #expect(try await work.fallDue(at: office.now) == 0)
            #expect(try await open(office).count == 1)
            #expect(try await open(office, office.head).count == 1)
            // Nobody looked for three weeks: still one, not three, and nobody is blamed.
            office.clock.advance(.days(22))
            #expect(try await work.fallDue(at: office.now) == 1)
            #expect(try await open(office).count == 1)
        }
    }

    @Test("One tap says nothing was found on the whole stretch; no photo, no place", arguments: EngineCase.available)
    func nothingFound(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            _ = try await plan(office)
            try await PatrolWork(day: office.day).fallDue(at: office.now)
            let due = try #require(try await open(office).first)
            var entry = DayEntry(.check)
            entry.check = due.check.id.text
            #expect(try await office.send(entry, key: "k").record.state == .done)
            #expect(try await open(office).isEmpty)
            #expect(try await office.rows("SELECT id FROM cases").isEmpty)
            // The tables know the stretch, not the person.
            let columns = GridDay.migrations.flatMap(\.statements).map { "\($0)" }.filter { $0.contains("patrol") }
            #expect(columns.allSatisfy { !$0.contains("staff") && !$0.contains("longitude") })
            // A second person's tap is told, and nothing is lost of what they found.
            var second = entry
            second.detail = "其实有一处"
            let outcome = try await office.send(second, key: "k2", by: office.colleague)
            #expect(outcome.record.state == .kept && outcome.refusal?.code == "day.check-done")
        }
    }

    @Test(
        "What was found on patrol is a matter of that channel, with the plan's category",
        arguments: EngineCase.available)
    func found(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let category = try #require(office.cases.rules.categories.leaves.last).code
            _ = try await plan(office, area: GridOffice.community, category: category)
            try await PatrolWork(day: office.day).fallDue(at: office.now)
            let due = try #require(try await open(office).first)
            var entry = DayEntry(.check)
            entry.check = due.check.id.text
            entry.detail = "二单元楼道有电动车充电"
            let outcome = try await office.send(entry, key: "k")
            let id = try #require(outcome.record.resultCase)
            let record = try await office.matter(id)
            #expect(record.channel == .patrol && record.category == category && record.area == GridOffice.grid)
        }
    }

    @Test("Seasons make plans for each grid once, and they end with the season", arguments: EngineCase.available)
    func seasons(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let work = PatrolWork(day: office.day)
            for _ in 0..<2 { try await work.planSeasons(at: office.now) }
            let plans = try await office.rows("SELECT origin_key, until FROM patrol_plans WHERE origin = 'season'")
            #expect(plans.count == 2, "one for each grid, of the fire season only")
            #expect(try plans.allSatisfy { try $0.text(0).hasPrefix("fire/2026-11-01/") })
            #expect(try plans.allSatisfy { Day(number: try $0.int(1)) == Day(year: 2027, month: 3, day: 31) })
            office.clock.advance(.days(20))
            try await work.fallDue(at: office.now)
            #expect(try await open(office).count == 1, "the worker sees the own grid only")
            office.clock.advance(.days(200))
            try await work.fallDue(at: office.now)
            try await work.fallDue(at: office.now)
            let active = try await office.rows("SELECT id FROM patrol_plans WHERE is_active")
            #expect(active.isEmpty)
        }
    }

    @Test(
        "Three of a kind at one place in four weeks propose a check; adopted, it is a plan",
        arguments: EngineCase.available)
    func repeats(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let category = try #require(office.cases.rules.categories.leaves.first).code
            func complain() async throws {
                let now = office.now
                try await office.house.database.write {
                    _ = try office.cases.report(
                        Report(detail: "又堵了", category: category, area: GridOffice.grid, channel: .resident),
                        by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: $0)
                }
            }
            let sums = PlaceSums(day: office.day)
            func proposals() async throws -> [PatrolProposal] {
                let scope = office.dispatcher
                return try await office.house.database.read { try PatrolStore.proposals(for: scope, limit: 9, in: $0) }
            }
            for _ in 0..<2 {
                try await complain()
                office.clock.advance(.days(5))
            }
            try await sums.refresh(at: office.now)
            #expect(try await proposals().isEmpty)
            try await complain()
            for _ in 0..<2 { try await sums.refresh(at: office.now) }
            let proposal = try #require(try await proposals().first)
            #expect(proposal.matters == 3 && proposal.area == GridOffice.community && proposal.category == category)
            let now = office.now
            _ = try await office.house.database.write {
                try PatrolWork(day: office.day).adopt(proposal, by: office.dispatcher, at: now, in: $0)
            }
            #expect(try await proposals().isEmpty)
            try await sums.refresh(at: office.now)
            #expect(try await proposals().isEmpty, "what was decided is not proposed again the next minute")
            try await PatrolWork(day: office.day).fallDue(at: office.now)
            #expect(try await open(office).count == 1)
        }
    }

    @Test(
        "The share found by ourselves, and complaints before and after, equal a recount",
        arguments: EngineCase.available)
    func figures(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let category = try #require(office.cases.rules.categories.leaves.first).code
            func report(_ channel: Channel, _ count: Int) async throws {
                let now = office.now
                try await office.house.database.write {
                    for _ in 0..<count {
                        _ = try office.cases.report(
                            Report(detail: "积水", category: category, area: GridOffice.grid, channel: channel),
                            by: Actor(office.worker), scope: channel == .resident ? nil : office.worker, at: now, in: $0
                        )
                    }
                }
            }
            try await report(.resident, 4)
            office.clock.advance(.days(3))
            try await report(.patrol, 1)
            let looked = office.now.local().day
            office.clock.advance(.days(3))
            try await report(.resident, 1)
            office.clock.advance(.days(31))
            let sums = PlaceSums(day: office.day)
            for _ in 0..<2 { try await sums.refresh(at: office.now) }
            let scope = office.dispatcher
            let lines = try await office.house.database.read {
                try PlaceSums.lines(looked - 10...looked + 10, within: scope.area, digits: 12, for: scope, in: $0)
            }
            let line = try #require(lines.first)
            #expect(lines.count == 1 && line.place == GridOffice.community.code)
            #expect(line.matters == 6 && line.proactive == 1 && line.share == 1_666)
            #expect(line.lookedAt == 1 && line.before == 4 && line.after == 1)
            // Who sees another area sees nothing of this one.
            var other = scope
            other.area = try #require(AreaPrefix("330106002"))
            let hidden = other
            let none = try await office.house.database.read {
                try PlaceSums.lines(looked - 10...looked + 10, within: .everywhere, digits: 12, for: hidden, in: $0)
            }
            #expect(none.isEmpty)
        }
    }

    @Test("A season over the new year holds on both sides of it")
    func newYear() throws {
        let from = try #require(PatrolRules.MonthDay("11-01"))
        let until = try #require(PatrolRules.MonthDay("03-31"))
        let season = PatrolRules.Season(
            key: "fire", title: LocalizedText("防火", "Fire"), look: LocalizedText("", ""), from: from, until: until,
            everyDays: 14, level: .grid, role: nil, category: nil, item: "C0101")
        let january = try #require(Day(year: 2027, month: 1, day: 15))
        #expect(season.holds(on: january))
        let april = try #require(Day(year: 2027, month: 4, day: 1))
        #expect(!season.holds(on: april))
        let span = PatrolWork.span(of: season, around: january)
        #expect(span.0 == Day(year: 2026, month: 11, day: 1) && span.1 == Day(year: 2027, month: 3, day: 31))
    }
}
