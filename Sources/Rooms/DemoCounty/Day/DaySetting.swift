import Cases
public import Desk
public import Ground
import Identity
import Ledger
import Storage
import WorkCalendar

/// Which day is played, in which county, by whom.
public struct DaySetting: Sendable {
    /// The day's first instant, local time.
    public let midnight: Instant
    public let seed: UInt64
    public let households: Int
    public let area: AreaPrefix
    let stage: Stage

    /// A workday that is wholly past: on which a new demonstration plays.
    public static func latestDay(before now: Instant, _ rules: RuleFiles) throws -> Instant {
        let time = try workingTime(rules)
        var day = now.local().day - 1
        for _ in 0..<30 where !time.calendar.isWorkday(day) { day = day - 1 }
        return Instant(LocalTime(day: day))
    }

    /// The first workday that begins after everything that the county's ledger holds.
    /// - Parameter seed: nil for the county's own.
    /// - Returns: nil when the database is empty.
    /// - Throws: a refusal when there is something in it that is no demonstration of this version.
    public static func next(in house: House, knownRights: Set<Right>, seed: UInt64? = nil) async throws -> DaySetting? {
        let county = try DemoCounty.area(house.rules)
        let found = try await house.database.read { transaction in
            (
                try Ledger.timeline(of: "county", county.code, in: transaction)
                    .first { $0.act == "demo.county-made" },
                // Rosters are planned ahead of their day, so the last entry is not always the latest.
                try transaction.first(
                    """
                    SELECT MAX(received_at) FROM (
                        SELECT received_at FROM ledger_entries ORDER BY id DESC LIMIT 5000) AS latest
                    """)?.instantIfAny(0)
            )
        }
        guard let last = found.1 else { return nil }
        guard let made = found.0 else { throw foreign }
        let facts = try FactReader(made.facts)
        guard let ownSeed = facts.number("seed"), let households = facts.number("households") else { throw foreign }
        let time = try workingTime(house.rules)
        var day = last.local().day
        if Instant(LocalTime(day: day)) < last { day = day + 1 }
        for _ in 0..<30 where !time.calendar.isWorkday(day) { day = day + 1 }
        let stage = try await stage(
            seed: UInt64(bitPattern: ownSeed), households: Int(households), founded: made.happenedAt, in: house,
            knownRights)
        // Another day of the same county is another day.
        let mixed = (seed ?? UInt64(bitPattern: ownSeed)) ^ UInt64(day.number) &* 0x9E37_79B9_7F4A_7C15
        return DaySetting(
            midnight: Instant(LocalTime(day: day)), seed: mixed, households: Int(households), area: county,
            stage: stage)
    }

    /// The people of the county follow from its seed; those who have left since play no more.
    private static func stage(
        seed: UInt64, households: Int, founded: Instant, in house: House, _ knownRights: Set<Right>
    ) async throws -> Stage {
        let files = try DemoFiles(house.rules)
        let roles = try Roles.load(from: house.rules, knownRights: knownRights)
        let founding = Founding.stage(
            DemoCounty.Plan(households: households, seed: seed, until: founded), files, roles,
            IdentifierSource(seed: seed), passwordHash: "", county: try DemoCounty.county(of: files), founded: founded)
        let rows = try await house.database.query(
            "SELECT id FROM posts WHERE until_at IS NULL ORDER BY id LIMIT 100000")
        let held = Set(try rows.map { row -> PostID in try row.identifier(0) })
        let known = founding.posts.filter { held.contains($0.id) }.count
        guard known * 2 > founding.posts.count else { throw foreign }
        return founding.keeping(held)
    }

    private static func workingTime(_ rules: RuleFiles) throws -> WorkingTime {
        try CaseRules(reading: rules).time
    }

    private static let foreign = Refusal(
        .conflict, "demo.no-county",
        LocalizedText(
            "数据库中不是本版本生成的演示县，不在其上演示",
            "The database holds no demonstration county of this version; no day is played in it"),
        wayOn: LocalizedText(
            "请换一个数据库，或用 --reset 重新生成", "Name another database, or begin anew with --reset"))
}

extension Stage {
    /// The same, without those whose post has ended.
    func keeping(_ posts: Set<PostID>) -> Stage {
        func still(_ scopes: [Scope]) -> [Scope] { scopes.filter { posts.contains($0.post) } }
        var stage = self
        stage.coordination = still(coordination)
        stage.hotline = still(hotline)
        for line in departments.keys { stage.departments[line]?.handlers = still(departments[line]?.handlers ?? []) }
        for index in streets.indices {
            stage.streets[index].dispatchers = still(streets[index].dispatchers)
            stage.streets[index].leaders = still(streets[index].leaders)
            stage.streets[index].verifiers = still(streets[index].verifiers)
            stage.streets[index].handlers = still(streets[index].handlers)
            for community in streets[index].communities.indices {
                stage.streets[index].communities[community].handlers = still(
                    streets[index].communities[community].handlers)
            }
        }
        return stage
    }
}
