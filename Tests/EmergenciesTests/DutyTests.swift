import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Emergencies

struct DutyTests {
    private static let day = EmergencyWorld.start - .hours(1)

    @Test("Gaps are what no shift covers")
    func gaps() throws {
        let source = IdentifierSource(seed: 1)
        let area = try #require(AreaPrefix(EmergencyWorld.north))
        func shift(_ from: Int64, _ until: Int64) -> ShiftRecord {
            ShiftRecord(
                id: source.next(at: Self.day), area: area, kind: "duty", staff: source.next(at: Self.day),
                post: source.next(at: Self.day), from: Self.day + .hours(from), until: Self.day + .hours(until))
        }
        let found = DutyGap.gaps(
            area, "duty", from: Self.day, until: Self.day + .hours(24), [shift(12, 20), shift(-4, 8), shift(7, 10)])
        #expect(found.map { ($0.from - Self.day).milliseconds / 3_600_000 } == [10, 20])
        #expect(found.map { ($0.until - Self.day).milliseconds / 3_600_000 } == [12, 24])
    }

    @Test(
        "A table of shifts is taken whole or not at all, and says which rows are wrong", arguments: EngineCase.available
    )
    func imports(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let head = try world.scope("northhead")
            let good = "区域代码,值班类别,人员,开始,结束\n330106001,值班员,northduty,2026-07-06 08:00,2026-07-07 08:00\n"
            let bad =
                good
                + "330106001,值班员,nobody,2026-07-07 08:00,2026-07-08 08:00\n330106002,duty,southduty,2026-07-07 08:00,2026-07-08 08:00\n"
            let work = RosterImport(emergencies: world.emergencies)
            let refused = try await work.take(Array(bad.utf8), by: head, at: world.clock.now())
            #expect(refused.faults.map(\.row) == [3, 4])
            #expect(try await world.house.database.query("SELECT id FROM duty_shifts").isEmpty)
            for _ in 0..<2 {
                let taken = try await work.take(Array(good.utf8), by: head, at: world.clock.now())
                #expect(taken.planned == 1 && taken.faults.isEmpty)
            }
            #expect(try await world.house.database.query("SELECT id FROM duty_shifts").count == 1)
        }
    }

    @Test("Until a shift is taken over, it is open; not taken in time, the head hears", arguments: EngineCase.available)
    func handsOver(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let head = try world.scope("northhead")
            let (one, next) = (try world.scope("northduty"), try world.scope("northhand"))
            let now = world.clock.now()
            let area = try #require(AreaPrefix(EmergencyWorld.north))
            let shift = try await world.write { emergencies, transaction in
                let first = try emergencies.plan(
                    PlannedShift(area: area, kind: "duty", person: "northduty", from: now - .hours(8), until: now),
                    by: head, at: now, in: transaction)
                _ = try emergencies.plan(
                    PlannedShift(area: area, kind: "duty", person: "northhand", from: now, until: now + .hours(8)),
                    by: head, at: now, in: transaction)
                return try emergencies.offerShift(
                    first.id, to: next.staff, note: "泵站钥匙在窗口", by: one, at: now, in: transaction)
            }
            #expect(shift.state == .offered)
            world.clock.advance(.minutes(31))
            try await world.watch()
            #expect(try await world.notices("northhead", "duty.not-taken") == 1)
            let later = world.clock.now()
            await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.takeShift(shift.id, by: head, at: later, in: $1) }
            }
            let taken = try await world.write { try $0.takeShift(shift.id, by: next, at: later, in: $1) }
            #expect(taken.state == .taken)
            world.clock.advance(.hours(2))
            try await world.watch()
            #expect(try await world.notices("northhead", "duty.not-taken") == 1)
        }
    }

    @Test(
        "A shift that is planned again keeps its id; handed over, it is not changed any more",
        arguments: EngineCase.available)
    func plansAgain(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let (head, one, next) = (
                try world.scope("northhead"), try world.scope("northduty"), try world.scope("northhand")
            )
            let now = world.clock.now()
            let area = try #require(AreaPrefix(EmergencyWorld.north))
            @Sendable func plan(_ person: String, _ hours: Int64) async throws -> ShiftRecord {
                try await world.write {
                    try $0.plan(
                        PlannedShift(area: area, kind: "duty", person: person, from: now, until: now + .hours(hours)),
                        by: head, at: now, in: $1)
                }
            }
            let first = try await plan("northduty", 8)
            #expect(try await plan("northduty", 8) == first)
            let planned = try await world.house.database.query(
                "SELECT id FROM ledger_entries WHERE act = 'duty.planned'")
            #expect(planned.count == 1, "what changes nothing is no act")
            let longer = try await plan("northduty", 10)
            #expect(longer.id == first.id && longer.until == now + .hours(10))
            let kept = try await world.house.database.read { try ShiftStore.find(first.id, in: $0) }
            #expect(kept == longer)
            _ = try await plan("northhand", 12)
            let offered = try await world.write {
                try $0.offerShift(first.id, to: next.staff, note: "无", by: one, at: now, in: $1)
            }
            #expect(try await plan("northduty", 10).id == offered.id)
            let refused = await #expect(throws: Refusal.self) { try await plan("northduty", 11) }
            #expect(refused?.code == "duty.begun")
            // The id that a program was answered is one that it can use.
            try await world.write { emergencies, transaction in
                let second = try emergencies.plan(
                    PlannedShift(
                        area: area, kind: "lead", person: "northhead", from: now, until: now + .hours(8)), by: head,
                    at: now, in: transaction)
                let again = try emergencies.plan(
                    PlannedShift(
                        area: area, kind: "lead", person: "northhead", from: now, until: now + .hours(9)), by: head,
                    at: now, in: transaction)
                #expect(again.id == second.id)
                try emergencies.removeShift(again.id, by: head, at: now, in: transaction)
            }
        }
    }

    @Test(
        "A shift that nobody took rings until the shift of whom it was offered to is over, and stays as not taken",
        arguments: EngineCase.available)
    func neverTaken(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let (head, one, next) = (
                try world.scope("northhead"), try world.scope("northduty"), try world.scope("northhand")
            )
            let now = world.clock.now()
            let area = try #require(AreaPrefix(EmergencyWorld.north))
            let shift = try await world.write { emergencies, transaction in
                let first = try emergencies.plan(
                    PlannedShift(area: area, kind: "duty", person: "northduty", from: now - .hours(8), until: now),
                    by: head, at: now, in: transaction)
                _ = try emergencies.plan(
                    PlannedShift(area: area, kind: "duty", person: "northhand", from: now, until: now + .hours(2)),
                    by: head, at: now, in: transaction)
                return try emergencies.offerShift(
                    first.id, to: next.staff, note: "无", by: one, at: now, in: transaction)
            }
            world.clock.advance(.minutes(31))
            try await world.watch()
            #expect(try await world.ringing(.shift) == 1)
            world.clock.advance(.minutes(88))
            try await world.watch()
            #expect(try await world.ringing(.shift) == 1)
            world.clock.advance(.minutes(1))
            try await world.watch()
            #expect(try await world.ringing(.shift) == 0)
            let told = try await world.notices("northhead", "duty.not-taken")
            world.clock.advance(.hours(5))
            try await world.watch()
            #expect(try await world.ringing(.shift) == 0)
            #expect(try await world.notices("northhead", "duty.not-taken") == told)
            let kept = try await world.house.database.read { try ShiftStore.find(shift.id, in: $0) }
            #expect(kept?.state.rawValue == "not-taken" && kept?.offeredTo == next.staff)
            let entries = try await world.house.database.query(
                "SELECT id FROM ledger_entries WHERE act = 'duty.not-taken'")
            #expect(entries.count == 1)
            let later = world.clock.now()
            let refused = await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.takeShift(shift.id, by: next, at: later, in: $1) }
            }
            #expect(refused?.code == "duty.not-taken")
            let roster = try await world.call(.get, "/duty", as: "northhead")
            #expect(roster.status == 200 && roster.text.contains("无人接班"))
        }
    }

    @Test(
        "A shift that is not handed over is over a day after its end, without an alarm, and stays on the roster",
        arguments: EngineCase.available)
    func endsByItself(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let (head, one, next) = (
                try world.scope("northhead"), try world.scope("northduty"), try world.scope("northhand")
            )
            let now = world.clock.now()
            let area = try #require(AreaPrefix(EmergencyWorld.north))
            let shift = try await world.write { emergencies, transaction in
                try emergencies.plan(
                    PlannedShift(area: area, kind: "duty", person: "northduty", from: now, until: now + .hours(8)),
                    by: head, at: now, in: transaction)
            }
            func state() async throws -> ShiftRecord.State? {
                try await world.house.database.read { try ShiftStore.find(shift.id, in: $0)?.state }
            }
            world.clock.advance(.hours(31))
            try await world.watch()
            #expect(try await state() == .planned)
            world.clock.advance(.hours(1))
            try await world.watch()
            try await world.watch()
            #expect(try await state() == .over)
            #expect(try await world.ringing(.shift) == 0)
            let entries = try await world.house.database.query("SELECT id FROM ledger_entries WHERE act = 'duty.over'")
            #expect(entries.count == 1)
            let later = world.clock.now()
            let late = await #expect(throws: Refusal.self) {
                _ = try await world.write {
                    try $0.offerShift(shift.id, to: next.staff, note: "无", by: one, at: later, in: $1)
                }
            }
            #expect(late?.code == "duty.over" && late?.wayOn != nil)
            let gone = await #expect(throws: Refusal.self) {
                try await world.write { try $0.removeShift(shift.id, by: head, at: later, in: $1) }
            }
            #expect(gone?.code == "duty.begun")
        }
    }

    @Test(
        "A calendar program reads one's own shifts with a key, and nothing once it is revoked",
        arguments: EngineCase.available)
    func calendar(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let (head, duty) = (try world.scope("northhead"), try world.scope("northduty"))
            let now = world.clock.now()
            let area = try #require(AreaPrefix(EmergencyWorld.north))
            let secret = try await world.write { emergencies, transaction in
                for person in ["northduty", "northhead"] {
                    _ = try emergencies.plan(
                        PlannedShift(area: area, kind: "duty", person: person, from: now, until: now + .hours(8)),
                        by: head, at: now, in: transaction)
                }
                return try emergencies.makeCalendarKey(by: duty, at: now, in: transaction)
            }
            let found = try await world.call(.get, "/calendars/duty.ics?key=\(secret)")
            #expect(found.status == 200)
            #expect(found.type == "text/calendar; charset=utf-8")
            #expect(found.text.components(separatedBy: "BEGIN:VEVENT").count == 2)
            #expect(found.text.contains("DTSTART:20260706T010000Z\r\n"))
            #expect(found.text.hasSuffix("END:VCALENDAR\r\n"))
            let keys = try await world.house.database.read { try ShiftStore.keys(of: duty.staff, in: $0) }
            let key = try #require(keys.first)
            try await world.write { try $0.revokeCalendarKey(key.id, by: duty, at: now, in: $1) }
            #expect(try await world.call(.get, "/calendars/duty.ics?key=\(secret)").status == 403)
            #expect(try await world.call(.get, "/calendars/duty.ics").status == 403)

            // The roster of the area has both, with who answers; that it went out is on the ledger.
            let roster = try await world.call(.get, "/duty/export.ics?area=\(EmergencyWorld.north)", as: "northhead")
            #expect(roster.status == 200 && roster.type == "text/calendar; charset=utf-8", "\(roster.text)")
            #expect(roster.text.components(separatedBy: "BEGIN:VEVENT").count == 3)
            let unfolded = roster.text.replacingOccurrences(of: "\r\n ", with: "")
            for person in ["northduty", "northhead"] {
                let name = try world.scope(person).staffName
                #expect(unfolded.contains(" · \(name) · "), "\(name): \(unfolded)")
            }
            let noted = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'duty.exported'")
            #expect(try noted.first?.int(0) == 1)
            #expect(try await world.call(.get, "/duty/export.ics?area=\(EmergencyWorld.north)").status == 303)
        }
    }

    @Test("Lines of a calendar are folded between characters at 75 bytes")
    func folds() {
        let folded = DutyCalendar.folded("SUMMARY:" + String(repeating: "值", count: 60))
        #expect(folded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        #expect(
            folded.replacingOccurrences(of: "\r\n ", with: "") == "SUMMARY:" + String(repeating: "值", count: 60)
                + "\r\n")
    }
}
