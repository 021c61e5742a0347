import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Lists of duties")
struct ListTests {
    private let check = ListCheck(lines: ["fire", "health"], roles: ["grid_worker", "community_clerk"])

    private func item(_ code: String = "B01", _ change: (inout MandateItem) -> Void = { _ in }) -> MandateItem {
        var item = MandateItem(
            code: code, list: .basic, zh: "走访", en: "Visits", basis: ["《消防法》"],
            tasks: [DutyTask(key: "visit", zh: "走访", en: "Visits", minutes: 30, times: 12)])
        change(&item)
        return item
    }

    private func kinds(_ items: [MandateItem]) -> Set<ListFault.Kind> { Set(check.faults(items).map(\.kind)) }

    @Test("The example lists that ship have no fault, name a ground for each item, and cover all five lists")
    func shipped() throws {
        let rules = RuleFiles(shipped: DutyWorld.root + "/Rules")
        let lines = try rules.decode(LineNames.self, from: "lines.yaml")
        let roles: Set = ["grid_worker", "community_clerk", "street_handler", "street_dispatcher"]
        let items = try ListFile.all(rules, check: ListCheck(lines: Set(lines.lines.map(\.code)), roles: roles))
        #expect(Set(items.map(\.list)) == Set(MandateList.allCases))
        #expect(items.count == 120)
        #expect(items.allSatisfy { $0.list == .reclaimed || !$0.tasks.isEmpty })
        #expect(items.allSatisfy { !$0.part.chinese.isBlank && !$0.part.english.isBlank && !$0.en.isBlank })
    }

    @Test("A duty without a ground is refused, and so is all else that could not be meant")
    func faults() {
        #expect(kinds([item()]).isEmpty)
        let cases: [(ListFault.Kind, (inout MandateItem) -> Void)] = [
            (.basis, { $0.basis = [] }), (.basis, { $0.basis = [" "] }), (.code, { $0.code = "b 1" }),
            (.title, { $0.zh = "\u{200B}" }), (.lead, { $0.lead = "wizards" }), (.lead, { $0.assists = ["wizards"] }),
            (.minutes, { $0.tasks[0].minutes = -30 }), (.times, { $0.tasks[0].times = -1 }),
            (.minutes, { $0.tasks[0].minutes = nil }), (.times, { $0.tasks[0].households = 0 }),
            (.months, { $0.tasks[0].months = [1, 2] }),
            (.months, { $0.tasks[0].months = Array(repeating: 0, count: 12) }),
            (.role, { $0.tasks[0].roles = ["wizard"] }), (.role, { $0.tasks[0].roles = [] }),
            (.level, { $0.tasks[0].at = .province }), (.under, { $0.under = "B99" }),
            (.within, { $0.tasks[0].within = "nothing" }),
            (.money, { $0.money = DutyMoney(yuan: -1, each: .street, line: "fire") }),
            (
                .period,
                {
                    $0.from = DutyWorld.today
                    $0.until = DutyWorld.today - 1
                }
            ),
        ]
        for (kind, spoil) in cases { #expect(kinds([item("B01", spoil)]) == [kind], "\(kind)") }
        #expect(kinds([item(), item()]) == [.code])
    }

    @Test("A task that is a part of itself is refused with the way round")
    func circle() {
        let faults = check.faults([
            item { item in
                item.tasks = [
                    DutyTask(key: "a", zh: "甲", en: "A", within: "c"),
                    DutyTask(key: "b", zh: "乙", en: "B", within: "a"),
                    DutyTask(key: "c", zh: "丙", en: "C", within: "b"),
                ]
            }
        ])
        #expect(faults.contains { $0.kind == .circle && $0.reason.english.contains("a → c → b → a") })
    }

    @Test("A task that is broken down carries no time of its own")
    func brokenDown() {
        let parts = item { item in
            item.tasks = [
                DutyTask(key: "all", zh: "全部", en: "All"),
                DutyTask(key: "one", zh: "其一", en: "One", within: "all", minutes: 10, times: 2),
            ]
        }
        #expect(kinds([parts]).isEmpty)
        var twice = parts
        twice.tasks[0].minutes = 10
        #expect(kinds([twice]) == [.minutes])
    }

    @Test("What departments have taken back names who does it now, and sends nothing down")
    func reclaimed() {
        let taken = item { item in
            item.list = .reclaimed
            item.lead = "fire"
            item.tasks = []
        }
        #expect(kinds([taken]).isEmpty)
        var bad = taken
        bad.lead = "street"
        #expect(kinds([bad]) == [.lead])
        bad = taken
        bad.tasks = item().tasks
        #expect(kinds([bad]) == [.level])
    }

    @Test("Differences name what was added, removed and changed, element by element")
    func differences() {
        let before = [item("B01"), item("B02"), item("B03")]
        let after = [
            item("B01"),
            item("B02") {
                $0.tasks[0].times = 24
                $0.lead = "fire"
            }, item("B04"),
        ]
        let difference = ListDifference(from: before, to: after)
        #expect(difference.added.map(\.code) == ["B04"])
        #expect(difference.removed.map(\.code) == ["B03"])
        #expect(difference.changed.map(\.elements) == [[.lead, .tasks]])
        #expect(ListDifference(from: before, to: before).isEmpty)
    }

    @Test("A revision keeps what stood before; any revision can be read again", arguments: EngineCase.available)
    func revisions(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let scope = try world.scope("coordination")
            let (mandates, now) = (world.mandates, world.clock.now())
            let grid = mandates.shipped.filter { $0.list == .assisting }
            let fewer = Array(grid.dropFirst())
            let second = try await world.house.database.write {
                try mandates.publish(
                    fewer, replacing: [.assisting], note: "减去一项", validFrom: DutyWorld.today, by: scope, at: now, in: $0
                )
            }
            #expect(second.number == 2 && second.removed == 1 && second.added == 0 && second.changed == 0)
            let (first, now2) = try await world.house.database.read { transaction in
                (try ListStore.items(at: 1, in: transaction), try ListStore.items(at: 2, in: transaction))
            }
            #expect(first.count == mandates.shipped.count)
            #expect(Set(first) == Set(mandates.shipped))
            #expect(now2.count == first.count - 1)
            let page = try await world.call(.get, "/mandates/differences?from=1&to=2", as: "northhead")
            #expect(page.status == 200 && page.text.contains(grid[0].code))
        }
    }

    @Test("Faulty lists change nothing, and every fault is told", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let scope = try world.scope("coordination")
            let (mandates, now) = (world.mandates, world.clock.now())
            var items = mandates.shipped.filter { $0.list == .assisting }
            items[0].basis = []
            items[1].tasks[0].minutes = -5
            let spoilt = items
            let refusal = await #expect(throws: Refusal.self) {
                try await world.house.database.write {
                    _ = try mandates.publish(
                        spoilt, replacing: [.assisting], note: "试", validFrom: DutyWorld.today, by: scope, at: now,
                        in: $0)
                }
            }
            #expect(refusal?.code == "mandates.faults")
            #expect(refusal?.message.chinese.contains(items[0].code) == true)
            #expect(refusal?.message.chinese.contains(items[1].code) == true)
            #expect(try await world.house.database.read { try ListStore.current(in: $0) } == 1)
            let street = try world.scope("northhead")
            let forbidden = await #expect(throws: Refusal.self) {
                try await world.house.database.write {
                    _ = try mandates.publish(
                        [], replacing: [.assisting], note: "试", validFrom: DutyWorld.today, by: street, at: now, in: $0)
                }
            }
            #expect(forbidden?.kind == .forbidden)
        }
    }

    @Test(
        "The pages and the interface show the lists to staff, and nothing to strangers", arguments: EngineCase.available
    )
    func pages(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let empty = try await world.call(.get, "/mandates", as: "coordination")
            #expect(empty.status == 200 && empty.text.contains("/mandates/adopt"))
            try await world.adopted()
            for path in [
                "/mandates", "/mandates?list=basic&q=%E6%B6%88%E9%98%B2", "/mandates/items/B0301",
                "/mandates/differences", "/mandates/export",
            ] {
                #expect(try await world.call(.get, path, as: "worker").status == 200, "\(path)")
                #expect(try await world.call(.get, path).status == 303, "\(path)")
            }
            #expect(try await world.call(.get, "/mandates/items/B9999", as: "worker").status == 404)
            let answer = try await world.call(.get, "/api/v1/mandates?list=reclaimed", as: "worker")
            #expect(answer.status == 200 && answer.text.contains("\"R0401\"") && !answer.text.contains("\"B0301\""))
            #expect(try await world.call(.get, "/api/v1/mandates?list=none", as: "worker").status == 422)
            let difference = try await world.call(.get, "/api/v1/mandates/differences?from=0&to=1", as: "worker")
            #expect(difference.text.contains("\"B0301\""))
        }
    }

    @Test(
        "A list of many items is read page by page, each item once, whatever is looked for",
        arguments: EngineCase.available)
    func paged(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let all = try await world.house.database.read { try ListStore.items(at: 1, in: $0) }
            for fits: @Sendable (MandateItem) -> Bool in [{ _ in true }, { $0.lead == "street" }, { _ in false }] {
                var seen: [String] = []
                var place: ListStore.Place?
                repeat {
                    let after = place
                    let page = try await world.house.database.read {
                        try ListStore.page(at: 1, list: nil, after: after, limit: 7, in: $0, fits: fits)
                    }
                    seen += page.items.map(\.code)
                    place = page.next
                    #expect(page.items.count == 7 || place == nil)
                } while place != nil
                #expect(seen == all.filter(fits).map(\.code))
            }
            let first = try await world.call(.get, "/api/v1/mandates?limit=5", as: "fire")
            #expect(first.status == 200 && first.text.contains(#""next":"basic."#), "\(first.text.suffix(200))")
            #expect(try await world.call(.get, "/api/v1/mandates?after=nonsense", as: "fire").status == 422)
        }
    }
}
