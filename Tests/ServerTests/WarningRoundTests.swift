import Desk
import Foundation
import Ground
import Hummingbird
import HummingbirdTesting
import Places
import Storage
import StorageTesting
import Testing

@testable import Warnings
@testable import gewu

@Suite("A warning goes from the counts of a place to a look, and is judged by what came")
struct WarningRoundTests {
    private static let community = "330106001001"

    /// Sixty quiet days with a matter every other day, and then three days of many.
    private static func fill(_ county: County, until yesterday: Day) async throws {
        try await county.rooms.places.refresh()
        try await county.house.database.write { transaction in
            try transaction.batch(
                (0..<63).flatMap { back -> [SQL] in
                    let count = back < 3 ? 6 : back % 2
                    guard count > 0 else { return [] }
                    return [
                        """
                        INSERT INTO place_days (day, area, category, complained, proactive)
                        VALUES (\((yesterday - back).number), \(community), \(County.category), \(count), 0)
                        """
                    ]
                })
        }
    }

    /// The server's own round has looked at today's yesterday already, when it started and nothing was there.
    private static func tomorrow(_ county: County) -> Instant { county.house.clock.now() + .days(1) }

    private static func listed(_ county: County, _ state: String) async throws -> [[String: Any]] {
        try #require(
            try await county.call(.get, "/warnings?state=\(state)", nil, county.dispatcher).json["warnings"]
                as? [[String: Any]])
    }

    @Test(
        "It is raised once, shows why, becomes a look on the phone of that stretch, and is judged after its days",
        arguments: EngineCase.available)
    func round(_ engine: EngineCase) async throws {
        try await County.with(engine, .router) { county in
            try await county.adoptLists()
            let now = Self.tomorrow(county)
            let yesterday = now.local().day - 1
            try await Self.fill(county, until: yesterday)
            let work = WarningWork(warnings: county.rooms.warnings)
            try await work.round(at: now)
            try await work.round(at: now)

            let open = try await Self.listed(county, "open")
            let warning = try #require(open.first)
            #expect(open.count == 1 && warning["area"] as? String == Self.community)
            #expect(warning["seen"] as? Int == 18 && (warning["expected"] as? Double ?? 9) < 3)
            let id = try #require(warning["id"] as? String)

            // Nobody may close it without a word, and nobody of another street sees it.
            let wordless = try await county.call(.post, "/warnings/\(id)", ["decision": "dismiss"], county.dispatcher)
            #expect(wordless.status == 422 && wordless.text.contains("note"))
            #expect(try await county.call(.get, "/warnings", nil, county.worker).status == 403)
            let unknown = try await county.call(.get, "/warnings?state=all", nil, county.dispatcher)
            #expect(unknown.status == 400)

            // Its category points to an item of the lists in force, which carries the look.
            let planned = try await county.call(.post, "/warnings/\(id)", ["decision": "plan"], county.dispatcher)
            #expect(planned.status == 204, "\(planned.text)")
            let checks = try await county.rows("SELECT area, category FROM patrol_checks WHERE outcome IS NULL")
            #expect(try checks.map { try $0.text(0) } == [Self.community])
            let again = try await county.call(.post, "/warnings/\(id)", ["decision": "plan"], county.dispatcher)
            #expect(again.status == 409)
            let acts = try await county.rows(
                "SELECT act FROM ledger_entries WHERE act LIKE 'warnings.%' ORDER BY act")
            #expect(try acts.map { try $0.text(0) } == ["warnings.planned", "warnings.raised"])

            // A week later it is judged by what came.
            let later = now + .days(8)
            try await county.house.database.write { transaction in
                try transaction.batch(
                    (0..<7).map { after in
                        """
                        INSERT INTO place_days (day, area, category, complained, proactive)
                        VALUES (\((yesterday + 1 + after).number), \(Self.community), \(County.category), 4, 0)
                        """
                    })
            }
            try await work.round(at: later)
            let judged = try await Self.listed(county, "planned")
            #expect(judged.first?["outcome"] as? String == "came")
            // Within the quiet days the same is not told again.
            #expect(try await Self.listed(county, "open").isEmpty)
        }
    }

    @Test("The page says what rose and how right warnings were, in both languages", arguments: ["zh", "en"])
    func page(language: String) async throws {
        try await County.with(.sqlite, .router) { county in
            let now = Self.tomorrow(county)
            try await Self.fill(county, until: now.local().day - 1)
            try await WarningWork(warnings: county.rooms.warnings).round(at: now)
            let page = try await county.request(
                .get, "/warnings",
                headers: ["Authorization": "Bearer " + county.dispatcher, "Accept-Language": language])
            #expect(page.status == 200, "\(page.text.prefix(300))")
            #expect(page.text.contains("某社区") && page.text.contains("18"))
            #expect(page.text.contains(language == "zh" ? "预警准不准" : "How right they were"))
        }
    }

    @Test("Lists of warnings walk along an index and are not sorted")
    func plan() async throws {
        try await County.with(.sqlite, .router) { county in
            let scope = try await Street.person(
                "planner", "street_dispatcher", "330106001", county.house, county.rooms)
            for after in [nil, "330106001001-01ABC"] {
                let query = WarningStore.listQuery(.open, for: scope, after: after, limit: 51)
                let plan = try await county.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.allSatisfy { $0.contains("early_warnings_by_state") }, "\(plan)")
            }
        }
    }
}
