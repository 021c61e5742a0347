import Cases
import Desk
import Emergencies
import Ground
import Storage
import StorageTesting
import Testing
import Web

@testable import Command

@Suite("Figures of the wall")
struct FiguresTests {
    @Test("A matter is counted by its area and by how its deadline stands", arguments: EngineCase.available)
    func countsByAreaAndDeadline(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let matter = try await world.reported()
            let due = try #require(matter.due?.at)
            #expect(due.local().day == world.now.local().day)
            let county = try await world.figures("coordinator")
            #expect(county.named == ["matter.today": 1, "areas.330106001.today": 1])
            let street = try await world.figures("northduty")
            #expect(street.named == ["matter.today": 1, "areas.330106001001.today": 1])
            #expect(try await world.figures("southduty").named.isEmpty)
            // Nobody acts; only time goes by.
            world.clock.advance(Span(milliseconds: (due - world.now).milliseconds + 60_000))
            #expect(
                try await world.figures("northduty").named == [
                    "matter.overdue": 1, "areas.330106001001.overdue": 1,
                ])
            world.clock.advance(.days(3))
            #expect(try await world.figures("northduty").count("matter")[.overdue] == 1)
        }
    }

    @Test(
        "What a sensor raised is counted among the matters and once more as an alarm", arguments: EngineCase.available)
    func countsSensors(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            _ = try await world.reported(channel: .sensor)
            let figures = try await world.figures("coordinator")
            #expect(figures.named["matter.today"] == 1)
            #expect(figures.named["sensed.today"] == 1)
        }
    }

    @Test("A department's wall counts only what it was given", arguments: EngineCase.available)
    func departmentSeesItsOwn(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let matter = try await world.reported()
            _ = try await world.reported()
            let category = try #require(world.cases.rules.categories.leaves.first).code
            try await world.act(
                matter.id, Command("accept", category: category, area: CommandWorld.community), by: "northduty")
            #expect(try await world.figures("cityhand").named.isEmpty)
            try await world.act(matter.id, Command("dispatch", body: try world.body("city")), by: "northduty")
            let figures = try await world.figures("cityhand")
            #expect(figures.count("matter").total == 1)
            #expect(try await world.figures("coordinator").count("matter").total == 2)
        }
    }

    @Test("A wall shows no area that is not the viewer's", arguments: EngineCase.available)
    func refusesOtherAreas(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            await #expect(throws: Refusal.self) {
                try await world.figures("northduty", in: CommandWorld.south)
            }
            await #expect(throws: Refusal.self) { try await world.figures("worker") }
            let south = try await world.figures("coordinator", in: CommandWorld.south)
            #expect(south.area == CommandWorld.south)
        }
    }

    @Test("A hand-over that nobody acknowledged in time is an alarm on both sides", arguments: EngineCase.available)
    func countsHandOvers(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let chain = try await RandomDay.chain(in: world)
            let (emergencies, now, giver) = (world.emergencies, world.now, try world.scope("northduty"))
            _ = try await world.house.database.write {
                try emergencies.take(
                    HandOverReport(.send, lot: chain.lot, from: chain.here, to: chain.there, count: 10, minutes: 30),
                    of: chain.event, try Occurrence(nil, at: now), by: giver, in: $0)
            }
            for name in ["coordinator", "northduty", "southduty"] {
                #expect(try await world.figures(name).emergencies?.unacknowledged == 1)
                #expect(try await world.figures(name).emergencies?.late == 0)
            }
            world.clock.advance(.minutes(31))
            #expect(try await world.figures("southduty").emergencies?.late == 1)
            #expect(try await world.figures("southduty").emergencies?.running == 1)
        }
    }

    @Test(
        "A branch of the contact tree that nobody confirmed rings on the walls of its area until somebody does",
        arguments: EngineCase.available)
    func ringsForContacts(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let event = try await world.started()
            #expect(try await world.figures("coordinator").emergencies?.ringing == [:])
            // Longer than all deputies of all branches have, one after the other.
            for _ in 0..<12 {
                world.clock.advance(.minutes(30))
                try await world.watch()
            }
            let before = try #require(try await world.figures("coordinator").emergencies?.ringing[.contact])
            let north = try await world.alarms(.contact, "northduty")
            let one = try #require(north.first)
            #expect(north.allSatisfy { CommandWorld.north.contains($0.area) && $0.event == event.id })
            #expect(try await world.figures("northduty").emergencies?.ringing[.contact] == Int64(north.count))
            // It has rung more than once, and is one alarm that has risen.
            #expect(one.level > 1 && Set(north.map(\.text)).count == north.count)
            #expect(try await world.alarms(.contact, "coordinator").count == Int(before))
            let number = try await world.number(ofContact: one)
            let (emergencies, now, scope) = (world.emergencies, world.now, try world.scope("coordinator"))
            _ = try await world.house.database.write {
                try emergencies.settleContact(
                    number, note: "已派人上门", of: event.id, try Occurrence(nil, at: now), by: scope, in: $0)
            }
            #expect(try await world.figures("coordinator").emergencies?.ringing[.contact] == before - 1)
            for name in ["coordinator", "northduty", "southduty"] {
                #expect(try await world.figures(name).named == world.recount(name).named, "\(name)")
            }
        }
    }

    @Test("On a screen an exercise says so before anything that may be cut off", arguments: [true, false])
    func marksExercises(isWall: Bool) async throws {
        try await CommandWorld.with(.sqlite) { world in
            _ = try await world.started(isExercise: true)
            for _ in 0..<12 {
                world.clock.advance(.minutes(30))
                try await world.watch()
            }
            let (command, scope, now) = (world.command, try world.scope("coordinator"), world.now)
            let model = try await world.house.database.read { try command.model(in: nil, for: scope, at: now, in: $0) }
            let parts = WallParts(command: command, language: .english, isWall: isWall).all(model)
            let mark = "<span class=\"tag\">Exercise</span>"
            for id in ["wall-alarms", "wall-emergencies"] {
                let html = try #require(parts.first { $0.id == id }).html
                let text = String(decoding: html.bytes, as: UTF8.self)
                #expect(text.contains("<tr><td>\(mark) <a href=\"/emergencies/") == isWall, "\(text)")
                #expect(text.contains("</a> \(mark)</td>") == !isWall, "\(text)")
            }
        }
    }

    @Test(
        "A shift that nobody takes over rings on the wall until it is taken", arguments: EngineCase.available)
    func ringsForShifts(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let (emergencies, head, duty) = (
                world.emergencies, try world.scope("northhead"), try world.scope("northduty")
            )
            let start = world.now
            func shift(_ person: String, _ from: Instant) async throws -> ShiftRecord {
                try await world.house.database.write {
                    try emergencies.plan(
                        PlannedShift(
                            area: CommandWorld.north, kind: "duty", person: person, from: from,
                            until: from + .hours(8)), by: head, at: start, in: $0)
                }
            }
            let ending = try await shift("northhead", start - .hours(8) + .minutes(10))
            _ = try await shift("northduty", start + .minutes(5))
            _ = try await world.house.database.write {
                try emergencies.offerShift(
                    ending.id, to: duty.staff, note: "无", by: head, at: start, in: $0)
            }
            world.clock.advance(.minutes(30))
            try await world.watch()
            #expect(try await world.figures("coordinator").named["ringing.shift"] == nil)
            world.clock.advance(.minutes(10))
            try await world.watch()
            #expect(try await world.figures("coordinator").named["ringing.shift"] == 1)
            #expect(try await world.figures("southduty").named["ringing.shift"] == nil)
            #expect(try await world.alarms(.shift, "northduty").map(\.area) == [CommandWorld.north])
            #expect(try await world.figures("northduty").named == world.recount("northduty").named)
            let now = world.now
            _ = try await world.house.database.write {
                try emergencies.takeShift(ending.id, by: duty, at: now, in: $0)
            }
            #expect(try await world.figures("coordinator").named["ringing.shift"] == nil)
            #expect(try await world.alarms(.shift, "northduty").isEmpty)
        }
    }

    @Test(
        "A shift that nobody ever takes over stops ringing when the next shift is over, and the ledger says so",
        arguments: EngineCase.available)
    func stopsRingingForShifts(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let (emergencies, head, duty) = (
                world.emergencies, try world.scope("northhead"), try world.scope("northduty")
            )
            let start = world.now
            try await world.house.database.write { transaction in
                func plan(_ person: String, _ from: Instant, _ until: Instant) throws -> ShiftRecord {
                    try emergencies.plan(
                        PlannedShift(
                            area: CommandWorld.north, kind: "duty", person: person, from: from, until: until),
                        by: head, at: start, in: transaction)
                }
                let ending = try plan("northhead", start - .hours(8), start)
                _ = try plan("northduty", start, start + .hours(3))
                _ = try emergencies.offerShift(
                    ending.id, to: duty.staff, note: "无", by: head, at: start, in: transaction)
            }
            for (minutes, rings) in [(31, 1), (140, 1), (10, nil), (600, nil)] as [(Int64, Int64?)] {
                world.clock.advance(.minutes(minutes))
                try await world.watch()
                #expect(try await world.figures("coordinator").named["ringing.shift"] == rings)
                #expect(try await world.alarms(.shift, "northduty").count == Int(rings ?? 0))
                #expect(try await world.figures("northduty").named == world.recount("northduty").named)
            }
        }
    }

    @Test(
        "After any acts, every figure of every wall is what a recount from the ledger finds",
        arguments: EngineCase.available, [1, 2, 3] as [UInt64])
    func agreesWithTheLedger(engine: EngineCase, seed: UInt64) async throws {
        try await CommandWorld.with(engine) { world in
            var day = RandomDay(world: world, random: SeededRandom(seed: seed))
            for round in 1...6 {
                try await day.play(acts: 40)
                for (name, area) in RandomDay.walls {
                    let shown = try await world.figures(name, in: area)
                    let found = try await world.recount(name, in: area)
                    #expect(shown.named == found.named, "wall of \(name) after round \(round)")
                }
            }
            // A day in which nothing happened would prove nothing.
            #expect(day.done.count >= 12, "only \(day.done.sorted { $0.key < $1.key })")
            #expect(try await world.figures("coordinator").named.count > 8)
        }
    }

    @Test(
        "Figures leave out what would be counted twice: no row of the counts is below zero",
        arguments: EngineCase.available)
    func countsStayWhole(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            var day = RandomDay(world: world, random: SeededRandom(seed: 9))
            try await day.play(acts: 80)
            let below = try await world.house.database.query("SELECT area FROM case_open_counts WHERE total < 0")
            #expect(below.isEmpty)
            let counted = try await world.house.database.query(
                "SELECT CAST(SUM(total) AS BIGINT) FROM case_open_counts")
            let open = try await world.house.database.query("SELECT COUNT(*) FROM cases WHERE ended_at IS NULL")
            let (sum, number) = (try counted[0].int(0), try open[0].int(0))
            #expect(sum == number)
        }
    }
}
