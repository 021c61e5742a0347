import Cases
import Desk
import Foundation
import Ground
import Storage

/// One drawing of the sample.
struct SiteDraw: Sendable {
    var id: Identifier<SiteDraw>
    /// What was closed from the first day on and before the last one.
    var from: Day
    var until: Day
    var seed: String
    /// The block of the ledger whose root the seed is.
    var block: Int64
    var population: Int64
    var drawn: Int64
    /// The rules as they were, so that the draw can be made again when they have changed.
    var rules: SampleRules
    var at: Instant
}

/// One matter that was drawn.
struct SiteCheck: Sendable {
    var id: Identifier<SiteCheck>
    var draw: Identifier<SiteDraw>
    var closing: Identifier<Closing>
    var caseID: CaseID
    var area: AreaPrefix
    var category: String?
    var body: BodyID?
    var dueAt: Instant
    var outcome: CheckOutcome?
    var checkedAt: Instant?
    var staff: StaffID?
    var words: String?
}

/// Draws and checks. Whoever reads a list of checks gives a scope.
enum CheckStore {
    // MARK: Draws

    private static let drawColumns: StaticString = "id, from_day, until_day, seed, block, population, drawn, at, rules"

    static func insert(_ draw: SiteDraw, in transaction: any Transaction) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let rules = String(decoding: try encoder.encode(draw.rules), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO site_draws (id, from_day, until_day, seed, block, population, drawn, rules, at)
            VALUES (\(draw.id), \(draw.from.number), \(draw.until.number), \(draw.seed), \(draw.block),
                \(draw.population), \(draw.drawn), \(rules), \(draw.at))
            """)
    }

    static func draw(until: Day, in transaction: any Transaction) throws -> SiteDraw? {
        try transaction.first("SELECT \(trusted: drawColumns) FROM site_draws WHERE until_day = \(until.number)")
            .map(draw)
    }

    static func draw(_ id: Identifier<SiteDraw>, in transaction: any Transaction) throws -> SiteDraw? {
        try transaction.first("SELECT \(trusted: drawColumns) FROM site_draws WHERE id = \(id)").map(draw)
    }

    /// The latest first.
    static func draws(after: Identifier<SiteDraw>?, limit: Int, in transaction: any Transaction) throws -> [SiteDraw] {
        let condition: SQL
        if let after { condition = "id < \(after)" } else { condition = "TRUE" }
        return try transaction.query(
            "SELECT \(trusted: drawColumns) FROM site_draws WHERE \(condition) ORDER BY id DESC LIMIT \(limit)"
        ).map(draw)
    }

    private static func draw(_ row: Row) throws -> SiteDraw {
        SiteDraw(
            id: try row.identifier(0), from: Day(number: try row.int(1)), until: Day(number: try row.int(2)),
            seed: try row.text(3), block: try row.int(4), population: try row.int(5), drawn: try row.int(6),
            rules: try JSONDecoder().decode(SampleRules.self, from: Data(try row.text(8).utf8)),
            at: try row.instant(7))
    }

    /// What was closed in a period and stands.
    static func closed(from: Instant, until: Instant, in transaction: any Transaction) throws -> [SiteSample.Unit] {
        try transaction.query(closedQuery(from: from, until: until)).map {
            SiteSample.Unit(id: try $0.text(0), category: try $0.textIfAny(1), area: try $0.text(2))
        }
    }

    static func closedQuery(from: Instant, until: Instant) -> SQL {
        """
        SELECT id, category, area FROM closings
        WHERE closed_at >= \(from) AND closed_at < \(until) AND undone_at IS NULL ORDER BY closed_at, id
        """
    }

    /// What a draw was made of, as it was marked then.
    static func population(of draw: SiteDraw, in transaction: any Transaction) throws -> [SiteSample.Unit] {
        let (from, until) = draw.span
        return try transaction.query(
            """
            SELECT id, category, area FROM closings
            WHERE closed_at >= \(from) AND closed_at < \(until) AND draw = \(draw.id) ORDER BY closed_at, id
            """
        ).map { SiteSample.Unit(id: try $0.text(0), category: try $0.textIfAny(1), area: try $0.text(2)) }
    }

    static func markPopulation(of draw: SiteDraw, in transaction: any Transaction) throws(DatabaseError) {
        let (from, until) = draw.span
        try transaction.execute(
            """
            UPDATE closings SET draw = \(draw.id)
            WHERE closed_at >= \(from) AND closed_at < \(until) AND undone_at IS NULL
            """)
    }

    // MARK: Checks

    private static let columns: StaticString = """
        id, draw, closing, case_id, area, category, body, due_at, outcome, checked_at, staff, words
        """

    /// Copies what the closing says into a check.
    static func insert(
        _ id: Identifier<SiteCheck>, of draw: SiteDraw, closing: String, dueAt: Instant,
        in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO site_checks (id, draw, closing, case_id, area, category, body, due_at)
            SELECT \(id), \(draw.id), id, case_id, area, category, body, \(dueAt) FROM closings WHERE id = \(closing)
            """)
    }

    static func find(_ id: Identifier<SiteCheck>, for scope: Scope, in transaction: any Transaction) throws
        -> SiteCheck?
    {
        guard scope.line == nil else { return nil }
        return try transaction.first("SELECT \(trusted: columns) FROM site_checks WHERE id = \(id)").map(check)
            .flatMap { scope.area.contains($0.area) ? $0 : nil }
    }

    /// By area. Open ones without those of the viewer's own body, which others look at.
    static func page(
        isOpen: Bool, for scope: Scope, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [SiteCheck] {
        guard scope.line == nil else { return [] }
        return try transaction.query(pageQuery(isOpen: isOpen, for: scope, after: after, limit: limit)).map(check)
    }

    static func pageQuery(isOpen: Bool, for scope: Scope, after: String?, limit: Int) -> SQL {
        var conditions = [scope.area.condition(on: "area")]
        if isOpen {
            conditions.append("outcome IS NULL")
            conditions.append("(body IS NULL OR body <> \(scope.body))")
        } else {
            conditions.append("outcome IS NOT NULL")
        }
        let key = after?.split(separator: "-", maxSplits: 1).map(String.init) ?? []
        if key.count == 2 { conditions.append("(area, id) > (\(key[0]), \(key[1]))") }
        return """
            SELECT \(trusted: columns) FROM site_checks WHERE \(SQL.all(conditions)) ORDER BY area, id LIMIT \(limit)
            """
    }

    static func checks(of draw: Identifier<SiteDraw>, in transaction: any Transaction) throws -> [SiteCheck] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM site_checks WHERE draw = \(draw) ORDER BY id LIMIT 5000"
        ).map(check)
    }

    /// - Returns: false when somebody was faster.
    static func end(
        _ id: Identifier<SiteCheck>, _ outcome: CheckOutcome, words: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE site_checks SET outcome = \(outcome.rawValue), checked_at = \(now), staff = \(scope.staff),
                post = \(scope.post), words = \(words) WHERE id = \(id) AND outcome IS NULL
            """) == 1
    }

    private static func check(_ row: Row) throws -> SiteCheck {
        SiteCheck(
            id: try row.identifier(0), draw: try row.identifier(1), closing: try row.identifier(2),
            caseID: try row.identifier(3), area: AreaPrefix(try row.text(4)) ?? .everywhere,
            category: try row.textIfAny(5), body: try row.identifierIfAny(6), dueAt: try row.instant(7),
            outcome: try row.textIfAny(8).flatMap(CheckOutcome.init), checkedAt: try row.instantIfAny(9),
            staff: try row.identifierIfAny(10), words: try row.textIfAny(11))
    }
}

extension SiteDraw {
    var span: (from: Instant, until: Instant) { (Instant(LocalTime(day: from)), Instant(LocalTime(day: until))) }
}
