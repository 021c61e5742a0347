import Desk
import Ground
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

/// What is asked at a home, and what is not.
struct AskingTests {
    @Test("A home is asked what forms need and nobody knows, and nothing else", arguments: EngineCase.available)
    func missing(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let young = try await world.resident("王小明", born: "1990-05-05", in: home)
            let visit = try await world.home(home.id)
            // Nobody is asked about an illness only to find out whether a list concerns them.
            #expect(
                visit.questions(about: old.id).map(\.element.key).sorted() == ["care-ability", "lives-alone", "phone"])
            #expect(visit.questions(about: young.id).map(\.element.key) == ["employment"])
            #expect(
                Set(visit.questions.map(\.element.key)).subtracting([
                    "care-ability", "lives-alone", "phone", "employment",
                ]) == ["fuel", "lift"])
            let phone = try #require(visit.questions.first { $0.element.key == "phone" })
            #expect(phone.forms == ["old"] && phone.reason == .missing)
            // Who turns out to be in a list is asked what it shows.
            try await world.write(.person, young.id, ["employment": "2", "chronic-illness": "1"])
            #expect(
                try await world.home(home.id).questions(about: young.id).map(\.element.key).sorted() == [
                    "education", "phone",
                ])
            try await world.write(.household, home.id, ["fuel": "1"])
            #expect(try await world.asked(home.id).contains("gas-alarm"))
            try await world.write(.household, home.id, ["fuel": "3"])
            #expect(try await !world.asked(home.id).contains("gas-alarm"))
        }
    }

    @Test("Nothing is asked twice within its validity, and again when it is over", arguments: EngineCase.available)
    func validity(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let asked = try await world.home(home.id).questions
            let answers = asked.map { question in
                VisitReport.Answer(
                    subject: question.subject, element: question.element.key, act: .now,
                    value: question.element.key == "phone" ? "13800138000" : "1")
            }
            let result = try await world.report(home.id, answers)
            #expect(result.written == asked.count && result.kept.isEmpty && result.conflicts.isEmpty)
            // Fuel 1 brings the household into another list; of what was answered nothing comes back.
            #expect(try await world.asked(home.id) == ["gas-alarm"])
            try await world.report(home.id, [.init(subject: home.id, element: "gas-alarm", act: .now, value: "是")])
            #expect(try await world.asked(home.id).isEmpty)
            #expect(try await world.list().plan.homes.isEmpty)
            for element in ["phone", "lives-alone", "care-ability", "fuel", "gas-alarm", "lift"] {
                let valid = try #require(world.registry.dictionary[element]?.validDays)
                world.clock.set(VisitsWorld.start + .days(Int64(valid)))
                #expect(try await !world.asked(home.id).contains(element), "\(element) on its last day")
                world.clock.set(VisitsWorld.start + .days(Int64(valid) + 1))
                #expect(try await world.asked(home.id).contains(element), "\(element) the day after")
            }
            // Seen to be still so, it is fresh again; since when it has been so stays as it was.
            let now = world.clock.now()
            try await world.report(home.id, [.init(subject: old.id, element: "phone", act: .still)])
            #expect(try await !world.asked(home.id).contains("phone"))
            let (registry, scope, day) = (world.registry, try world.scope("worker"), world.today)
            let statement = try await world.house.database.read {
                try registry.subject(old.id, for: scope, in: $0).record.statement("phone", at: day)
            }
            #expect(statement?.since == VisitsWorld.start.local().day && statement?.seenAt == now)
            #expect(statement?.value == "13800138000")
        }
    }

    @Test(
        "What does not hold, and what somebody would rather not say, is not asked again",
        arguments: EngineCase.available)
    func none(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let result = try await world.report(
                home.id,
                [
                    .init(subject: old.id, element: "phone", act: .none),
                    .init(subject: old.id, element: "care-ability", act: .declined),
                ])
            #expect(result.written == 1 && result.declined == 1)
            #expect(try await world.asked(home.id) == ["lives-alone", "fuel", "lift"])
            world.clock.advance(.days(181))
            #expect(try await world.asked(home.id).contains("care-ability"))
            #expect(try await !world.asked(home.id).contains("phone"))
        }
    }

    @Test("Where nobody was at home, the walk comes back after some days", arguments: EngineCase.available)
    func nobody(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            try await world.report(home.id, [], outcome: .nobody)
            let list = try await world.list()
            #expect(list.plan.homes.isEmpty && list.waiting == 1)
            world.clock.advance(.days(3))
            #expect(try await world.list().plan.homes.map(\.id) == [home.id])
        }
    }

    @Test("The walk goes from building to building, and inside a building by address", arguments: EngineCase.available)
    func order(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            var homes: [String: SubjectID] = [:]
            for (address, place) in [
                ("文三路 3 幢 201 室", "120.13300,30.28000"), ("文三路 1 幢 1001 室", nil),
                ("文三路 1 幢 201 室", "120.13000,30.28000"),
                ("文三路 9 幢 101 室", nil), ("文三路 2 幢 101 室", "120.13100,30.28000"),
            ] {
                var facts = ["grid": VisitsWorld.grids[0], "address": address]
                if let place { facts["place"] = place }
                let dwelling = try await world.write(.dwelling, facts, since: Day("2021-01-01"))
                let home = try await world.write(.household, ["dwelling": dwelling.id.text], since: Day("2021-01-01"))
                homes[address] = home.id
            }
            let list = try await world.list()
            #expect(
                list.plan.homes.map(\.id)
                    == [
                        "文三路 1 幢 201 室", "文三路 1 幢 1001 室", "文三路 2 幢 101 室", "文三路 3 幢 201 室", "文三路 9 幢 101 室",
                    ].compactMap { homes[$0] })
            #expect(list.plan.withoutPlace == 1 && list.homes == 5)
            let metres = try #require(list.plan.metres)
            #expect(abs(metres - 288) < 4)
        }
    }

    @Test("Who died is asked nothing, and nobody sees the homes of another area", arguments: EngineCase.available)
    func scope(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            try await world.write(.person, old.id, ["death-day": "2026-10-01"])
            #expect(try await world.asked(home.id) == ["fuel"])
            await #expect(throws: Refusal.self) { try await world.home(home.id, by: "third") }
            await #expect(throws: Refusal.self) { try await world.list(by: "third") }
            await #expect(throws: Refusal.self) {
                try await world.report(
                    home.id, [.init(subject: home.id, element: "fuel", act: .now, value: "1")], by: "third")
            }
        }
    }
}
