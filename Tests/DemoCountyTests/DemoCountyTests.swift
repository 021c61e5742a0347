import Cases
import Cipher
import Desk
import Forms
import Foundation
import Geo
import Grids
import Ground
import Identity
import Ledger
import Mandates
import Messages
import Places
import Registry
import Storage
import StorageTesting
import Testing
import Web

@testable import DemoCounty
@testable import gewu

@Suite("The generated county")
struct DemoCountyTests {
    @Test("Its matters, counts, deadlines, people and ledger are true", arguments: EngineCase.available)
    func isTrue(engine: EngineCase) async throws {
        try await DemoHouse.with(engine) { demo in
            let summary = try await demo.create()
            #expect(summary.cases >= 300 && summary.openCases > 20 && summary.steps > 5 * summary.cases)
            // What the platform archived or the clock overtook; everything else that people meant to do was allowed.
            #expect(Double(summary.refusedActs) < Double(summary.steps) * 0.01)

            let unanswered = try await demo.number(
                """
                SELECT COUNT(*) FROM cases c WHERE NOT EXISTS (
                    SELECT 1 FROM posts p JOIN staff s ON s.id = p.staff
                    WHERE p.id = c.answerable_post AND p.staff = c.answerable AND p.until_at IS NULL AND s.state = 'active')
                """)
            #expect(unanswered == 0)
            #expect(
                try await demo.number("SELECT COUNT(*) FROM cases WHERE (due_at IS NULL) <> (ended_at IS NOT NULL)")
                    == 0)
            #expect(
                try await demo.number(
                    """
                    SELECT COUNT(*) FROM cases c WHERE c.version <> (SELECT COUNT(*) FROM case_steps s WHERE s.case_id = c.id)
                    """) == 0)
            let recount = try await demo.rows(
                """
                SELECT COALESCE(community, area), COALESCE(body, ''), state, COUNT(*) FROM cases
                GROUP BY COALESCE(community, area), COALESCE(body, ''), state ORDER BY 1, 2, 3
                """)
            let counts = try await demo.rows(
                "SELECT area, body, state, total FROM case_counts WHERE total <> 0 ORDER BY area, body, state")
            #expect(counts == recount)
            let verification = try await Ledger.verify(
                demo.house.database, publicKey: demo.house.keys.signing.publicKey, at: DemoHouse.until)
            #expect(verification.isIntact && verification.unsealed == 0)
            #expect(verification.entries == Int64(summary.ledgerEntries))
            #expect(try await demo.number("SELECT COUNT(*) FROM texts WHERE state <> 'sent'") == 0)
            #expect(try await demo.number("SELECT COUNT(*) FROM texts") > 100)
            let late = try await demo.number("SELECT COUNT(*) FROM cases WHERE received_at > \(DemoHouse.until)")
            #expect(late == 0)
            // Lists of a span of time go by the identifiers, so these tell when a matter came.
            for row in try await demo.house.database.query("SELECT id, received_at FROM cases") {
                let (id, received) = (try row.text(0), try row.instant(1))
                #expect(id.prefix(10) == (IdentifierSource.lowest(at: received) as CaseID).text.prefix(10))
            }
        }
    }

    @Test("Its homes have people with one number each, and every form counts them", arguments: EngineCase.available)
    func homes(engine: EngineCase) async throws {
        try await DemoHouse.with(engine) { demo in
            _ = try await demo.create(households: 400, cases: 10, hasHomes: true)
            func count(_ kind: String) async throws -> Int64 {
                try await demo.number("SELECT COUNT(*) FROM registry_subjects WHERE kind = \(kind)")
            }
            let (homes, people) = (try await count("household"), try await count("person"))
            #expect(homes > 250 && people > 2 * homes)
            let counted = try await demo.number(
                "SELECT CAST(SUM(count) AS BIGINT) FROM form_totals WHERE cell = 0 AND form >= 'population-pyramid@' AND form < 'population-pyramidA'"
            )
            #expect(counted == people)
            #expect(try await demo.number("SELECT COUNT(*) FROM form_states WHERE built_at IS NULL") == 0)
            // A department's form was approved and is current; another waits; some systems are typed no more.
            #expect(try await demo.number("SELECT COUNT(*) FROM form_proposals WHERE state = 'approved'") == 1)
            #expect(try await demo.number("SELECT COUNT(*) FROM form_proposals WHERE state = 'asked'") == 1)
            #expect(
                try await demo.number(
                    "SELECT COUNT(*) FROM form_proposals WHERE admitted LIKE '%language-help%' AND admitted LIKE '%we-contact%'"
                ) == 1)
            #expect(
                try await demo.number(
                    "SELECT COUNT(*) FROM form_states WHERE form >= 'asked-' AND form < 'asked.' AND horizon IS NOT NULL"
                ) == 1)
            #expect(try await demo.number("SELECT COUNT(*) FROM system_standings") == 10)
        }
    }

    @Test("A building has one place, one name and one grid, whether the map or the registry is asked")
    func buildings() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            _ = try await demo.create(households: 400, cases: 10, hasHomes: true)
            let rooms = try Assembly.Rooms(in: demo.house)
            let day = DemoHouse.until.local().day
            let shown = try await rooms.grids.buildings(in: AreaPrefix("330106") ?? .everywhere, limit: 1_000)
            #expect(shown.count > 5)
            let (kept, homes) = try await demo.house.database.read { transaction in
                (
                    try rooms.registry.records(of: .building, after: nil, limit: 1_000, in: transaction),
                    try rooms.registry.records(of: .dwelling, after: nil, limit: 5_000, in: transaction)
                )
            }
            func line(_ name: String?, _ grid: String?, _ place: PlacePoint?) -> String {
                "\(name ?? "?") \(grid ?? "?") \(place?.text ?? "?")"
            }
            let onMap = shown.map { building in
                line(
                    building.name, building.grid,
                    PlacePoint(longitude: building.place.longitude, latitude: building.place.latitude))
            }
            let inRegistry = kept.map { _, record in
                line(
                    record.value("building-name", at: day), record.value("building-grid", at: day),
                    record.value("building-place", at: day).flatMap { PlacePoint($0) })
            }
            #expect(inRegistry.sorted() == onMap.sorted())
            // As many homes as the map says it has, each at its building.
            let households = Dictionary(shown.map { ($0.name, $0.households) }) { first, _ in first }
            let own = Dictionary(grouping: homes) { $0.record.value("building", at: day) ?? "" }
            for (id, record) in kept {
                let name = record.value("building-name", at: day) ?? ""
                #expect(own[id.text]?.count == households[name], "\(name)")
                #expect(
                    own[id.text]?.allSatisfy {
                        $0.record.value("place", at: day) == record.value("building-place", at: day)
                    } == true)
            }
        }
    }

    @Test("Every queue has something in it, and every role an account")
    func queues() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            let summary = try await demo.create()
            let states = Set(try await demo.rows("SELECT DISTINCT state FROM cases").map { $0[0] })
            let workflow = try CaseRules(reading: demo.house.rules).workflow
            for state in workflow.states { #expect(states.contains(.text(state.name.rawValue)), "\(state.name)") }
            let known = Set(Ledger.rights + Places.rights + Messages.rights + Identity.rights + Cases.rights)
            let roles = try Roles.load(from: demo.house.rules, knownRights: known)
            #expect(Set(summary.accounts.map(\.role)) == Set(roles.all.map(\.key)))
            #expect(summary.accounts.allSatisfy { $0.login == $0.role })
            let open = try await demo.rows("SELECT login FROM staff WHERE password_hash IS NOT NULL ORDER BY login")
            #expect(open.map { $0[0] } == summary.accounts.map(\.login).sorted().map { SQLValue.text($0) })
            let twice = try await demo.number(
                "SELECT COUNT(*) FROM (SELECT staff FROM posts GROUP BY staff HAVING COUNT(*) > 1) AS holders")
            #expect(twice > 0)
        }
    }

    @Test("Half of the matters are answered in the time that the mix says, give or take 15 percent")
    func handlingTimes() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            _ = try await demo.create(cases: 900)
            let settled = DemoHouse.until - .days(25)
            // What was never answered took longer than any.
            let days = try await demo.rows(
                """
                SELECT COALESCE(
                    (SELECT MIN(s.at) FROM case_steps s WHERE s.case_id = c.id AND s.act IN ('finish', 'settle-directly', 'settle')),
                    9000000000000) - c.reported_at
                FROM cases c WHERE c.state <> 'declined' AND c.reported_at < \(settled) ORDER BY 1
                """
            ).map { row -> Double in
                guard case .int(let milliseconds) = row[0] else { return .infinity }
                return Double(milliseconds) / 86_400_000
            }
            let wanted = try DemoFiles(demo.house.rules).mix.medianDays
            let median = days[days.count / 2]
            #expect(abs(median - wanted) <= 0.15 * wanted, "\(median) days instead of \(wanted)")
        }
    }

    @Test("The same seed makes the same county, another seed another")
    func sameSeed() async throws {
        var fingerprints: [[UInt8]] = []
        for seed: UInt64 in [1, 1, 2] {
            try await DemoHouse.with(.sqlite) { demo in
                _ = try await demo.create(seed: seed, cases: 120)
                fingerprints.append(try await demo.fingerprint())
            }
        }
        #expect(fingerprints[0] == fingerprints[1])
        #expect(fingerprints[0] != fingerprints[2])
    }

    @Test("Nothing is made in a database that is not empty")
    func notEmpty() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            _ = try await demo.create(cases: 20)
            let before = try await demo.number("SELECT COUNT(*) FROM cases")
            let refusal = await #expect(throws: Refusal.self) { try await demo.create(seed: 9, cases: 20) }
            #expect(refusal?.code == "demo.not-empty")
            #expect(try await demo.number("SELECT COUNT(*) FROM cases") == before)
        }
    }

    @Test("A grid has some 400 households, and people work in each street")
    func grids() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            let summary = try await demo.create(households: 60_000, cases: 10)
            #expect(summary.grids == 150)
            #expect((250...430).contains(summary.staff))
            let sizes = try await demo.rows("SELECT MIN(households), MAX(households), COUNT(DISTINCT code) FROM grids")
            guard case .int(let least) = sizes[0][0], case .int(let most) = sizes[0][1] else {
                Issue.record("no grids")
                return
            }
            #expect(least >= 300 && most <= 500)
            // The grids are designed from the buildings: every one is in a grid, and the households agree.
            #expect(try await demo.number("SELECT COUNT(*) FROM buildings WHERE grid IS NULL") == 0)
            #expect(try await demo.number("SELECT COUNT(*) FROM grid_outlines") == 150)
            #expect(
                try await demo.number(
                    """
                    SELECT COUNT(*) FROM grids g WHERE households <>
                        (SELECT SUM(b.households) FROM buildings b WHERE b.grid = g.code)
                    """) == 0)
            #expect(try await demo.number("SELECT COUNT(*) FROM grids WHERE length(code) <> 15") == 0)
            #expect(
                try await demo.number("SELECT COUNT(*) FROM grids WHERE longitude NOT BETWEEN 119.9 AND 120.3") == 0)
        }
    }

    @Test("The usual county has about 300 staff in several staffed streets, and a grid for every 400 households")
    func usualCounty() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            let summary = try await demo.create(households: DemoCounty.usualHouseholds, cases: 10)
            #expect((280...320).contains(summary.staff) && summary.streets >= 5)
            #expect(summary.households / summary.grids == 400)
            let households = try await demo.number("SELECT SUM(households) FROM grids")
            #expect(abs(Double(households) / Double(summary.households) - 1) < 0.03)
            // Each street can take in, verify and lead by itself.
            let whole = try await demo.number(
                """
                SELECT COUNT(*) FROM (
                    SELECT area FROM posts WHERE role IN ('street_dispatcher', 'verifier', 'street_leader', 'street_handler')
                    GROUP BY area HAVING COUNT(DISTINCT role) = 4) AS streets
                """)
            #expect(whole == Int64(summary.streets))
            // The accounts that are shown work in the street that is named.
            let shown = summary.accounts.filter { $0.area.utf8.count >= 9 }
            #expect(Set(shown.map { $0.area.prefix(9) }).count == 1)
            let area = try #require(shown.first).area.prefix(9)
            let name = try await demo.rows("SELECT name FROM divisions WHERE code = \(String(area))")
            #expect(name.first?.first == .text(summary.street.chinese))
        }
    }

    @Test("Streets that take matters in are known; what comes from another is the county coordination's to answer for")
    func unstaffedStreet() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            let summary = try await demo.create(cases: 10)
            let identity = try Identity(house: demo.house, knownRights: DemoCounty.rights, bodies: NoBodies())
            let cases = try Cases(house: demo.house, identity: identity, bodies: NoBodies(), areas: NoAreas())
            let staffed = try await demo.house.database.read {
                try identity.directory.staffedAreas(below: summary.area, right: Right("case.accept"), in: $0)
            }
            #expect(staffed.count == summary.streets && staffed.allSatisfy { $0.level == .street })

            let unstaffed = try #require(AreaPrefix("330106110"))
            #expect(!staffed.contains(unstaffed))
            for _ in 0..<3 {
                let record = try await demo.house.database.write { transaction in
                    var report = Report(title: "路灯不亮", detail: "路灯不亮，晚上看不见。", channel: .resident)
                    report.area = unstaffed
                    return try cases.report(report, by: .system, scope: nil, at: DemoHouse.until, in: transaction)
                }
                let role = try await demo.rows("SELECT role FROM posts WHERE id = \(record.answerablePost)")
                #expect(role.first?.first == .text("coordination_officer"))
            }
        }
    }

    @Test("Who reads English finds no body of a county, street or town without an English name")
    func englishNames() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            _ = try await demo.create(households: DemoCounty.usualHouseholds, cases: 10)
            #expect(try await demo.number("SELECT COUNT(*) FROM bodies WHERE english_name IS NULL") == 0)
            let above = try await demo.rows("SELECT english_name FROM bodies WHERE level IN ('county', 'street')")
            #expect(above.count > 40)
            for row in above {
                guard case .text(let name) = row[0] else { continue }
                #expect(name.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
            }
        }
    }

    @Test("Quantiles give back their points and rise between them")
    func quantiles() {
        let quantiles = Quantiles(["5": 1, "50": 10, "95": 100])
        #expect(quantiles.median == 10)
        #expect(quantiles.value(at: 0.05) == 1 && quantiles.value(at: 0.999) == 100)
        let values = stride(from: 0.0, to: 1, by: 0.01).map { quantiles.value(at: $0) }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    }
}

extension DemoCountyTests {
    @Test("The compounds and landmarks that residents write of are in the gazetteer")
    func landmarks() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            _ = try await demo.create(cases: 40)
            let names = try await demo.rows("SELECT DISTINCT name FROM case_landmarks WHERE kind = '小区'").map {
                "\($0[0])"
            }
            #expect(names.count > 10)
            let landmarks = try await demo.number("SELECT COUNT(*) FROM case_landmarks WHERE kind = '地标'")
            #expect(Int(landmarks) == (try DemoFiles(demo.house.rules)).names.landmarks.count)
            // Every address of a matter names a compound that is there, in the matter's own street.
            let unknown = try await demo.number(
                """
                SELECT COUNT(*) FROM cases c WHERE c.address IS NOT NULL AND c.kind = 'matter' AND NOT EXISTS (
                    SELECT 1 FROM case_landmarks l
                    WHERE c.address LIKE '%' || l.name || '%' AND substr(l.area, 1, 9) = c.street)
                """)
            #expect(unknown == 0)
        }
    }
}

/// Whoever only reports asks for no body.
private struct NoBodies: BodyLookup {
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [] }
}

private struct NoAreas: AreaLookup {
    func name(of area: AreaPrefix) -> String? { nil }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
    func area(at location: Location) -> AreaPrefix? { nil }
}

/// An empty house with the shipped rules.
struct DemoHouse: Sendable {
    let house: House

    /// A Thursday morning.
    static let until = Instant(LocalTime(day: Day("2026-08-20") ?? Day(number: 0), hour: 10, minute: 30))

    static func with(_ engine: EngineCase, _ body: (DemoHouse) async throws -> Void) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        try await engine.withDatabase(migrations: Assembly.migrations) { database in
            let house = House(
                database: database, clock: ManualClock(until), identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
                settings: House.Settings(), grounds: GroundsOfMandates())
            try await body(DemoHouse(house: house))
        }
    }

    @discardableResult
    func create(
        households: Int = 2_000, seed: UInt64 = 1, cases: Int? = nil, hasHomes: Bool = false
    ) async throws -> DemoCounty.Summary {
        let plan = DemoCounty.Plan(
            households: households, seed: seed, until: Self.until, cases: cases, hasHomes: hasHomes)
        return try await DemoCounty(plan: plan).create(in: house)
    }

    func rows(_ query: SQL) async throws -> [[SQLValue]] { try await house.database.query(query).map(\.values) }

    func number(_ query: SQL) async throws -> Int64 {
        guard case .int(let number) = try await rows(query)[0][0] else { return -1 }
        return number
    }

    /// A hash of all rows, without what chance makes different on purpose: sealed values, the password's hash, and the ids
    /// of notices and texts.
    func fingerprint() async throws -> [UInt8] {
        var hash: [UInt8] = []
        for query: SQL in [
            "SELECT * FROM divisions ORDER BY code", "SELECT * FROM grids ORDER BY code",
            "SELECT * FROM bodies ORDER BY id",
            "SELECT id, name, login, phone_index, state, area, created FROM staff ORDER BY id",
            "SELECT * FROM posts ORDER BY id",
            """
            SELECT id, number, version, title, detail, category, area, address, longitude, latitude, channel, state,
                reported_at, received_at, state_since, due_at, final_due_at, finished_at, ended_at, body, handler,
                answerable, answerable_post, is_supervised, is_bound, extension_asked, trail, result, is_solved,
                satisfaction, phone_index, phone_masked, name_masked, reporting_staff, source, source_number, rungs_told, tell_at
            FROM cases ORDER BY id
            """,
            "SELECT * FROM case_steps ORDER BY case_id, version",
            "SELECT * FROM case_counts ORDER BY area, body, state",
            """
            SELECT recipient, area, kind, subject_id, text_zh, text_en, address, at, urgent FROM notices
            ORDER BY at, subject_id, recipient, kind
            """,
            "SELECT phone_index, text, subject_id, at, state, sent_at FROM texts ORDER BY at, subject_id, text",
            "SELECT * FROM ledger_entries ORDER BY id", "SELECT * FROM ledger_blocks ORDER BY number",
        ] {
            let values = try await rows(query)
            #expect(!values.isEmpty)
            hash = Digest.sha256(hash + Array("\(values)".utf8))
        }
        return hash
    }
}
