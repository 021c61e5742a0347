import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("A rise after a cut")
struct RiseTests {
    private func rise(_ months: [Int64], base: Int64? = nil) -> Rebound.Rise? {
        Rebound.rise(months, base: base, perMille: 200)
    }

    @Test("What goes down and up again is found before it is back where it was")
    func found() {
        #expect(rise([4, 4, 4, 2, 2, 2]) == nil)
        #expect(rise([4, 4, 4, 2, 2, 2, 3]) == nil)
        #expect(rise([4, 4, 4, 2, 2, 2, 3, 3]) == Rebound.Rise(before: 12, lowest: 6, now: 8))
        #expect(rise([4, 4, 4, 2, 2, 2, 3, 3])?.isBelowBefore == true)
        #expect(rise([4, 4, 4, 2, 2, 2, 9])?.isBelowBefore == false)
    }

    @Test("Growth from nothing is no rise after a cut, and months before the first are not known")
    func growth() {
        #expect(rise([0, 0, 0, 1]) == nil)
        #expect(rise([0, 0, 0, 1, 2, 3, 4]) == nil)
        #expect(rise([0, 0, 0, 4, 4, 4, 2, 2, 2, 3, 3]) == Rebound.Rise(before: 12, lowest: 6, now: 8))
        // With a base year of 48 the first registered months lie below what there was.
        #expect(rise([2, 2, 2, 3, 3], base: 48) == Rebound.Rise(before: 12, lowest: 6, now: 8))
    }

    /// Files so many tasks of a department in a month, each of another name.
    private func file(_ count: Int, month: Int, by name: String, in world: DutyWorld) async throws {
        for number in 0..<count {
            let first = UInt32(0x4E00 + (month * 40 + number) * 8 + (name == "fire" ? 0 : 10_000))
            let title = String(String.UnicodeScalarView((first..<(first + 6)).compactMap(Unicode.Scalar.init)))
            let today = world.clock.now().local().day
            let demand = try await world.file(
                DutyWorld.content(title, minutes: 10, times: 1, from: today + 10, until: today + 40, yuan: 40),
                by: name)
            #expect(demand.stage == .hearing)
        }
    }

    @Test(
        "Those who answer for it are told once for each rise, before the old level is reached",
        arguments: EngineCase.available)
    func told(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let watch = RiseWatch(mandates: world.mandates)
            var toldAfter: [Int] = []
            // Cut from four a month to one, a rise, down again, another rise.
            for (month, count) in [4, 4, 1, 1, 1, 2, 1, 1, 1, 2].enumerated() {
                try await file(count, month: month, by: "fire", in: world)
                try await file(2, month: month, by: "health", in: world)
                let before = try await world.house.database.query("SELECT 1 FROM burden_rises").count
                try await watch.run()
                try await watch.run()
                if try await world.house.database.query("SELECT 1 FROM burden_rises").count > before {
                    toldAfter.append(month)
                }
                if month == 5 {
                    let page = try await world.call(.get, "/api/v1/demand-years", as: "coordination")
                    #expect(page.text.contains("\"isRising\":true,\"toldAt\":\"20"))
                    #expect(page.text.contains("\"isRising\":false,\"toldAt\":null"))
                }
                let today = world.clock.now().local().day
                let next = Day(year: today.parts.year, month: today.parts.month, day: 1).map { $0 + 32 } ?? today
                world.clock.advance(.days(next.number - today.number))
            }
            #expect(toldAfter == [5, 9])
            let lines = try await world.house.database.query("SELECT DISTINCT line FROM burden_rises")
            #expect(try lines.map { try $0.text(0) } == ["fire"])
            // The department and both people of the coordination office, twice.
            let notices = try await world.house.database.query("SELECT 1 FROM notices WHERE kind = 'demands.rise'")
            #expect(notices.count == 6)
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "demand-rise", "fire.task", in: $0).map(\.act)
            }
            #expect(acts.sorted() == ["demands.rise", "demands.rise", "demands.rise-over"])
        }
    }
}
