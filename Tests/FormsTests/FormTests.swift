import Desk
import Ground
import Registry
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Forms

struct FormTests {
    @Test("A fact is written once, and every form has it in the same moment", arguments: EngineCase.available)
    func oneWrite(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let old = try await world.resident("王小明", born: "1940-05-05", in: home, ["lives-alone": "是"])
            #expect(try await world.counts("oldest-people") == [1, 1, 0, 0, 0])
            #expect(try await world.listed("oldest-people") == [old.id])
            try await world.write(.person, old.id, ["lives-alone": "否"])
            #expect(try await world.counts("oldest-people") == [1, 0, 0, 0, 0])
            // Where it changed, and on the days on which it was so.
            #expect(try await world.counts("oldest-people", in: FormsWorld.grids[0]) == [1, 0, 0, 0, 0])
            #expect(try await world.counts("oldest-people", in: FormsWorld.west) == [0, 0, 0, 0, 0])
            #expect(try await world.counts("oldest-people", at: world.today - 1) == [1, 1, 0, 0, 0])
            #expect(try await world.counts("oldest-people", at: Day("2020-12-31")) == [0, 0, 0, 0, 0])
            // The eightieth birthday was 2020-05-05, before living here; the ninetieth is far.
            #expect(try await world.counts("population-pyramid")[1] == 1)
        }
    }

    @Test("A birthday brings people into a form with nobody doing anything", arguments: EngineCase.available)
    func birthday(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            try await world.resident("李秀英", born: "1946-11-20", sex: "2", in: home)
            try await world.forms.compute()
            #expect(try await world.counts("oldest-people")[0] == 0)
            world.clock.set(Instant(LocalTime(day: try #require(Day("2026-11-19")), hour: 23)))
            #expect(try await world.listed("oldest-people").isEmpty)
            world.clock.advance(.hours(2))
            #expect(try await world.counts("oldest-people")[0] == 1)
            #expect(try await world.listed("oldest-people").count == 1)
        }
    }

    @Test(
        "What was wrong is corrected in the past, too; what was known then can still be asked",
        arguments: EngineCase.available)
    func knownThen(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let old = try await world.resident("王小明", born: "1940-05-05", in: home, ["lives-alone": "是"])
            let before = world.today
            world.clock.advance(.days(10))
            try await world.write(.person, old.id, ["lives-alone": "否"], since: Day("2021-01-01"), correction: true)
            #expect(try await world.counts("oldest-people", at: before) == [1, 0, 0, 0, 0])
            #expect(try await world.counts("oldest-people", at: before, knownOn: before) == [1, 1, 0, 0, 0])
        }
    }

    @Test("Whoever moves or dies leaves the forms of the place on that day", arguments: EngineCase.available)
    func movesAndDeaths(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let (first, second) = (try await world.household(), try await world.household(in: FormsWorld.grids[2]))
            let old = try await world.resident("王小明", born: "1940-05-05", in: first)
            try await world.write(.person, old.id, ["household": second.id.text], since: Day("2025-03-01"))
            #expect(try await world.counts("oldest-people", in: FormsWorld.east, at: Day("2025-02-28"))[0] == 1)
            #expect(try await world.counts("oldest-people", in: FormsWorld.east, at: Day("2025-03-01"))[0] == 0)
            #expect(try await world.counts("oldest-people", in: FormsWorld.west)[0] == 1)
            try await world.write(.person, old.id, ["death-day": "2026-06-01"], since: Day("2026-06-01"))
            #expect(try await world.counts("oldest-people", at: Day("2026-06-01"))[0] == 1)
            #expect(try await world.counts("oldest-people", at: Day("2026-06-02"))[0] == 0)
            #expect(try await world.listed("oldest-people").isEmpty)
            // A dwelling that was in the wrong grid takes its people along.
            let home = try #require(second.record.value("dwelling", at: world.today).flatMap { SubjectID(parsing: $0) })
            try await world.write(
                .dwelling, home, ["grid": FormsWorld.grids[1]], since: Day("2021-01-01"), correction: true)
            #expect(try await world.counts("oldest-people", in: FormsWorld.west, at: Day("2025-03-01"))[0] == 0)
            #expect(try await world.counts("oldest-people", in: FormsWorld.grids[1], at: Day("2025-03-01"))[0] == 1)
        }
    }

    @Test("A form that is new, or computed further, gives what a write had given", arguments: EngineCase.available)
    func building(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            for index in 0..<7 {
                try await world.resident("王小明", born: "194\(index)-05-05", in: home, ["lives-alone": "是"])
            }
            let building = FormBuilding(engine: world.forms.engine, registry: world.registry, house: world.house)
            try await building.run(chunk: 2)
            let figures = try await world.counts("oldest-people")
            #expect(figures[0] == 7 && figures[1] == 7)
            // A year later it is computed a year further; nothing is counted twice.
            world.clock.advance(.days(400))
            try await building.run(chunk: 3)
            try await building.settle()
            try await building.settle()
            #expect(try await world.counts("oldest-people")[0] == 7)
            #expect(try await world.counts("oldest-people", at: Day("2024-06-01"))[0] == 5)
        }
    }
}
