import Cases
import Cipher
import Desk
import Foundation
import Ground
import Ledger
import Logging
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import DemoCounty
@testable import gewu

@Suite("A played day of a street")
struct PlayedDayTests {
    @Test(
        "Every figure agrees with the ledger, everything of the story happened, and nothing was lost in any hour",
        arguments: EngineCase.available)
    func wholeDay(engine: EngineCase) async throws {
        try await DayWorld.with(engine) { world in
            let outcome = try await world.play { try await world.expectNothingLost(afterHour: $0) }
            let differing = outcome.figures.filter { !$0.agrees }
            #expect(differing.isEmpty, "\(differing)")
            #expect(outcome.figures.count > 30 && outcome.agrees)
            for wall in ["The wall of the county", "The wall of the street"] {
                #expect(outcome.figures.contains { $0.group.english == wall && $0.shown > 0 }, "\(wall)")
            }
            #expect(Double(outcome.refusedActs) <= Double(outcome.ledgerEntries) * 0.02)
            try await world.expectEveryChannel()
            try await world.expectWhistles()
            try await world.expectWorkTogether()
            try await world.expectTheStorm()
            try await world.expectThePhone()

            // A counter that somebody changed past the rooms is found.
            try await world.house.database.write { transaction in
                let changed = try transaction.execute(
                    """
                    UPDATE case_counts SET total = total + 1
                    WHERE state = 'handling' AND body = (SELECT MIN(body) FROM case_counts WHERE state = 'handling')
                    """)
                #expect(changed > 0)
            }
            let rules = try CaseRules(reading: world.house.rules)
            let falsified = try await DayFigures(world.house, rules).compare().filter { !$0.agrees }
            #expect(falsified.contains { $0.title.chinese == "处置中" && $0.shown > $0.recounted })
        }
    }

    @Test("The same seed plays the same day, another seed another; the next run plays the next workday")
    func sameSeed() async throws {
        var days: [[String]] = []
        for seed: UInt64 in [1, 1, 2] {
            try await DayWorld.with(.sqlite, households: 400, cases: 10, seed: seed) { world in
                _ = try await world.play(minutes: 9 * 60 + 30)
                days.append(try await world.fingerprint())
                let next = try #require(
                    try await DaySetting.next(in: world.house, knownRights: Assembly.rights))
                #expect(next.midnight == world.setting.midnight + .days(1))
            }
        }
        #expect(days[0] == days[1])
        #expect(days[0] != days[2])
    }

    @Test("In a database that holds something else, it says what to do")
    func foreign() async throws {
        try await EngineCase.sqlite.withDatabase(migrations: Assembly.migrations) { database in
            let house = try DayWorld.emptyHouse(database, outbox: "unused.jsonl")
            #expect(try await DaySetting.next(in: house, knownRights: Assembly.rights) == nil)
            let entry = LedgerEntry(
                id: house.identifiers.next(at: DayWorld.midnight), act: "cases.report", subjectKind: "case",
                subjectID: "x", actor: .system, happenedAt: DayWorld.midnight, receivedAt: DayWorld.midnight)
            try await database.write { try Ledger.record(entry, in: $0) }
            let refusal = await #expect(throws: Refusal.self) {
                try await DaySetting.next(in: house, knownRights: Assembly.rights)
            }
            #expect(refusal?.code == "demo.no-county" && refusal?.wayOn != nil)
        }
    }

    @Test("A story that cannot be played stops with the beat and a way on")
    func stopped() async throws {
        try await DayWorld.with(.sqlite, households: 400, cases: 10) { world in
            var scene = world.scene()
            await #expect(throws: DayFault.self) { try await scene.rate(Self.beat("rate", on: "nothing")) }
            #expect(throws: DayFault.self) { try scene.actor("nobody") }
            #expect(throws: DayFault.self) { try scene.body("nobody") }
        }
    }

    private static func beat(_ kind: String, on: String) throws -> DayBeat {
        try JSONDecoder().decode(
            DayBeat.self, from: Data("{\"at\": \"08:00\", \"kind\": \"\(kind)\", \"on\": \"\(on)\"}".utf8))
    }
}

/// A small county on the eve of its day, and the server that it is played in.
struct DayWorld: Sendable {
    let house: House
    let setting: DaySetting
    private let own: DayHouse

    /// A Thursday: the day after it is a workday too.
    static let midnight = Instant(LocalTime(day: Day("2026-08-20") ?? Day(number: 0)))

    static func emptyHouse(_ database: any Database, outbox: String) throws -> House {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        return House(
            database: database, clock: ManualClock(midnight), identifiers: IdentifierSource(), keys: .forTests(),
            rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
            settings: House.Settings(outboxFile: outbox), grounds: GroundsOfMandates())
    }

    static func with(
        _ engine: EngineCase, households: Int = 2_000, cases: Int = 60, seed: UInt64 = 1,
        _ body: (DayWorld) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await engine.withDatabase(migrations: Assembly.migrations) { database in
            let house = try emptyHouse(database, outbox: folder.path + "/outbox.jsonl")
            let plan = DemoCounty.Plan(households: households, seed: seed, days: 10, until: midnight, cases: cases)
            _ = try await DemoCounty(plan: plan, knownRights: Assembly.rights).create(in: house)
            let setting = try #require(
                try await DaySetting.next(in: house, knownRights: Assembly.rights))
            #expect(setting.midnight == midnight)
            let own = try DayHouse(house, setting: setting)
            try await own.rooms.places.refresh()
            try await body(DayWorld(house: own.house, setting: setting, own: own))
        }
    }

    func play(
        minutes: Int = 1_440, afterHour: @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> PlayedDay.Outcome {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await own.day(setting, door: try own.door(logger)).play(
            minutes: minutes, afterHour: afterHour)
    }

    func scene() -> DayScene {
        DayScene(
            stage: setting.stage, rooms: own.day(setting, door: NoDoor()).rooms, house: house, clock: own.clock,
            midnight: setting.midnight, password: "")
    }

    private struct NoDoor: FrontDoor {
        func answer(_ knock: Knock) async throws -> DoorAnswer { DoorAnswer(status: 404, headers: [], body: []) }
    }

    // MARK: What the database says

    func number(_ query: SQL) async throws -> Int64 { try await house.database.query(query)[0].int(0) }

    func texts(_ query: SQL) async throws -> [String] { try await house.database.query(query).map { try $0.text(0) } }

    private func done(_ act: String) async throws -> Int64 {
        let since = setting.midnight
        return try await number("SELECT COUNT(*) FROM ledger_entries WHERE act = \(act) AND received_at >= \(since)")
    }

    func expectNothingLost(afterHour hour: Int) async throws {
        let unanswered = try await number(
            """
            SELECT COUNT(*) FROM cases c WHERE c.ended_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM posts p JOIN staff s ON s.id = p.staff
                WHERE p.id = c.answerable_post AND p.staff = c.answerable AND p.until_at IS NULL AND s.state = 'active')
            """)
        #expect(unanswered == 0, "hour \(hour)")
        let ledgerless = try await number(
            """
            SELECT COUNT(*) FROM cases c
            WHERE NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.subject_id = c.id AND e.subject_kind = 'case')
            """)
        #expect(ledgerless == 0, "hour \(hour)")
        let lost = try await number(
            """
            SELECT COUNT(DISTINCT e.subject_id) FROM ledger_entries e
            WHERE e.subject_kind = 'case' AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = e.subject_id)
            """)
        #expect(lost == 0, "hour \(hour)")
        let early = try await number(
            """
            SELECT COUNT(*) FROM cases w JOIN cases p ON p.parent = w.id
            WHERE w.ended_at IS NOT NULL AND w.state <> 'joined' AND (p.ended_at IS NULL OR p.ended_at > w.ended_at)
            """)
        #expect(early == 0, "hour \(hour)")
        let miscounted = try await number(
            """
            SELECT COUNT(*) FROM cases w WHERE w.open_parts <> (
                SELECT COUNT(*) FROM cases p WHERE p.parent = w.id AND p.ended_at IS NULL)
            """)
        #expect(miscounted == 0, "hour \(hour)")
        #expect(
            try await number("SELECT COUNT(*) FROM cases WHERE (due_at IS NULL) <> (ended_at IS NOT NULL)") == 0,
            "hour \(hour)")
    }

    func expectEveryChannel() async throws {
        let since = setting.midnight
        let channels = try await texts("SELECT DISTINCT channel FROM cases WHERE received_at >= \(since)")
        for channel in Channel.allCases { #expect(channels.contains(channel.rawValue), "\(channel)") }
        #expect(try await done("channels.secret-made") == 1)
        // The gauge's second message is a remark in the matter that its first one made.
        #expect(
            try await number(
                "SELECT COUNT(*) FROM cases WHERE channel = 'sensor' AND received_at >= \(since)") == 1)
        #expect(
            try await number(
                """
                SELECT COUNT(*) FROM case_steps s JOIN cases c ON c.id = s.case_id
                WHERE c.channel = 'sensor' AND s.act = 'remark'
                """) == 1)
    }

    func expectWhistles() async throws {
        let since = setting.midnight
        let kinds = try await texts(
            "SELECT variant FROM cases WHERE kind = 'whistle' AND received_at >= \(since) ORDER BY variant")
        #expect(kinds == ["alone", "emergency", "enforcement"])
        #expect(try await done("cases.contest-whistle") == 1)
        #expect(
            try await number(
                """
                SELECT COUNT(*) FROM cases
                WHERE kind = 'report-in' AND state = 'released' AND variant = 'enforcement' AND received_at >= \(since)
                """) == 1)
        // One body reported in only after its hour.
        #expect(
            try await number(
                """
                SELECT COUNT(*) FROM case_steps s JOIN cases c ON c.id = s.case_id JOIN case_steps o
                    ON o.case_id = s.case_id AND o.version = 1
                WHERE s.act = 'report-in' AND s.at >= \(since) AND s.at > o.due_at
                """) == 1)
        #expect(try await done("cases.close-whistle") == 1)
        #expect(try await done("cases.record-outcome") == 1)
    }

    func expectWorkTogether() async throws {
        for act in ["part-finish", "escalate-bounce", "rule", "separate", "joined-with", "separated-from", "dispute"] {
            #expect(try await done("cases.\(act)") >= 1, "\(act)")
        }
        let since = setting.midnight
        let answered = try await number(
            """
            SELECT COUNT(*) FROM cases WHERE state = 'archived' AND is_solved AND received_at >= \(since)
                AND (SELECT COUNT(*) FROM cases p WHERE p.parent = cases.id AND p.state = 'part-done') = 2
            """)
        #expect(answered == 1)
        // The history hands one over in its very last instant.
        let begun = since + .hours(1)
        let mediated = try await number(
            """
            SELECT COUNT(*) FROM cases d JOIN cases m ON m.id = d.parent
            WHERE d.kind = 'dispute' AND d.ended_at IS NULL AND m.state = 'mediating' AND d.received_at >= \(begun)
            """)
        #expect(mediated == 1)
        #expect(try await number("SELECT COUNT(*) FROM cases WHERE joined_count = 1 AND received_at >= \(since)") == 1)
    }

    func expectTheStorm() async throws {
        for act in ["passed-on", "reached", "sent", "received", "settled", "reported", "ended", "alarm"] {
            #expect(try await done("emergencies.\(act)") >= 1, "\(act)")
        }
        #expect(try await done("emergencies.started") == 2)
        let since = setting.midnight
        #expect(
            try await number(
                "SELECT COUNT(*) FROM emergency_alarms WHERE subject LIKE 'hand-over:%' AND at >= \(since)") >= 1)
        #expect(
            try await number("SELECT COUNT(*) FROM emergency_alarms WHERE subject LIKE 'shift:%' AND at >= \(since)")
                >= 1)
        #expect(
            try await number(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'emergencies.received' AND received_at > happened_at + 60000"
            )
                == 1)
        #expect(try await done("duty.taken") == 2)
        #expect(try await done("duty.alarm") >= 1)
    }

    func expectThePhone() async throws {
        #expect(try await done("gridday.arrived-late") == 3)
        #expect(try await done("gridday.patrol-found") == 1)
        let since = setting.midnight
        // Sent twice, there once; judged by when it was seen.
        #expect(
            try await number(
                """
                SELECT COUNT(*) FROM cases WHERE detail LIKE '%行道树%' AND received_at >= \(since)
                    AND reported_at < received_at - 3600000
                """) == 1)
    }

    /// What the ledger holds of the day, without the sealed room's hourly marks, which nobody may foresee.
    func fingerprint() async throws -> [String] {
        let since = setting.midnight
        return try await house.database.query(
            """
            SELECT id, act, subject_id, actor_id, happened_at, received_at, facts FROM ledger_entries
            WHERE received_at >= \(since) AND act <> 'sealed.mark' ORDER BY id
            """
        ).map { "\($0.values)" }
    }
}
