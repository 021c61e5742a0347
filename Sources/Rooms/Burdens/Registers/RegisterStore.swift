import Desk
import Foundation
import Ground
import Identity
import Places
import Storage

enum RegisterStore {
    static let migrations = [
        Migration(
            "burdens.0003-registers",
            """
            CREATE TABLE plaques (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                asked_by TEXT NOT NULL,
                asked_name TEXT NOT NULL,
                ground TEXT NOT NULL,
                hung_on TEXT NOT NULL,
                down_on TEXT,
                down_why TEXT NOT NULL,
                post TEXT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX plaques_by_area ON plaques (area, id)",
            """
            CREATE TABLE assessments (
                id TEXT PRIMARY KEY,
                county TEXT NOT NULL,
                title TEXT NOT NULL,
                body TEXT NOT NULL,
                body_name TEXT NOT NULL,
                ground TEXT NOT NULL,
                in_year BIGINT NOT NULL,
                indicators TEXT NOT NULL,
                areas TEXT NOT NULL,
                ended_why TEXT,
                post TEXT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX assessments_by_year ON assessments (county, in_year, id)"),
        // Without a day, what ended before this counts as begun.
        Migration("burdens.0004-assessment-ends", "ALTER TABLE assessments ADD COLUMN ended_on TEXT"),
        Migration(
            "burdens.0005-register-grounds", "CREATE INDEX assessments_by_ground ON assessments (ground, id)"),
    ]

    private static let plaqueColumns: StaticString =
        "id, area, title, asked_by, asked_name, ground, hung_on, down_on, down_why, version"
    private static let assessmentColumns: StaticString =
        "id, title, body, body_name, ground, in_year, indicators, areas, ended_why, version, ended_on"

    static func insert(_ one: Plaque, by post: PostID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO plaques (\(trusted: plaqueColumns), post)
            VALUES (\(one.id), \(one.area.code), \(one.title), \(one.askedBy), \(one.askedName), \(one.ground),
                    \(one.hungOn), \(one.downOn), \(one.downWhy), \(one.version), \(post))
            """)
    }

    /// - Returns: false when it was taken down before.
    static func takeDown(
        _ id: PlaqueID, on day: Day, why: String, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE plaques SET down_on = \(day), down_why = \(why), version = version + 1
            WHERE id = \(id) AND down_on IS NULL
            """) == 1
    }

    static func plaque(_ id: PlaqueID, for scope: Scope, in transaction: any Transaction) throws -> Plaque? {
        try transaction.first(
            "SELECT \(trusted: plaqueColumns) FROM plaques WHERE id = \(id) AND \(visible(scope))"
        ).map(plaque)
    }

    /// Public property of a place: whoever works in the street sees all of the street's.
    private static func visible(_ scope: Scope) -> SQL {
        let area = scope.area.level < .street ? scope.area : AreaPrefix(scope.area.code.prefix(9)) ?? scope.area
        return area.condition(on: "area")
    }

    static func plaques(
        for scope: Scope, after: Plaque?, limit: Int, in transaction: any Transaction
    ) throws -> [Plaque] {
        let (area, id) = (after?.area.code ?? "", after?.id.text ?? "")
        return try transaction.query(
            """
            SELECT \(trusted: plaqueColumns) FROM plaques
            WHERE \(visible(scope)) AND area >= \(area) AND (area > \(area) OR id > \(id))
            ORDER BY area, id LIMIT \(limit)
            """
        ).map(plaque)
    }

    static func hanging(in area: AreaPrefix, in transaction: any Transaction) throws -> Int64 {
        try transaction.first(
            "SELECT COUNT(*) FROM plaques WHERE area = \(area.code) AND down_on IS NULL")?.int(0) ?? 0
    }

    /// What hangs there on a ground: its title.
    static func hanging(in area: AreaPrefix, on ground: String, in transaction: any Transaction) throws -> String? {
        try transaction.first(
            """
            SELECT title FROM plaques WHERE area = \(area.code) AND ground = \(ground) AND down_on IS NULL
            ORDER BY id LIMIT 1
            """)?.text(0)
    }

    private static func plaque(_ row: Row) throws -> Plaque {
        Plaque(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, title: try row.text(2),
            askedBy: try row.identifier(3), askedName: try row.text(4), ground: try row.text(5),
            hungOn: Day(try row.text(6)) ?? Day(number: 0), downOn: try row.textIfAny(7).flatMap { Day($0) },
            downWhy: try row.text(8), version: try row.int(9))
    }

    // MARK: Assessments

    /// The county of whoever sets it, or the prefecture or province itself.
    private static func county(_ scope: Scope) -> String { String(scope.area.code.prefix(6)) }

    /// Set in one's own county, above it, or anywhere below one's own area.
    private static func seen(_ scope: Scope) -> SQL {
        let own = county(scope)
        let around = [0, 2, 4, 6].map { String(own.prefix($0)) }
        let above: SQL = "county IN (\(list: around))"
        return scope.area.level < .county ? "(\(above) OR \(scope.area.condition(on: "county")))" : above
    }

    static func insert(_ one: Assessment, by scope: Scope, in transaction: any Transaction) throws {
        let indicators = String(decoding: try JSONEncoder().encode(one.indicators), as: UTF8.self)
        let areas = one.areas.map(\.code).joined(separator: ",")
        try transaction.execute(
            """
            INSERT INTO assessments (\(trusted: assessmentColumns), county, post)
            VALUES (\(one.id), \(one.title), \(one.body), \(one.bodyName), \(one.ground), \(one.year), \(indicators),
                    \(areas), \(one.endedWhy), \(one.version), \(one.endedOn), \(county(scope)), \(scope.post))
            """)
    }

    /// - Returns: false when it was ended before.
    static func end(
        _ id: AssessmentID, on day: Day, why: String, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE assessments SET ended_why = \(why), ended_on = \(day), version = version + 1
            WHERE id = \(id) AND ended_why IS NULL
            """) == 1
    }

    static func assessment(
        _ id: AssessmentID, for scope: Scope, in transaction: any Transaction
    ) throws -> Assessment? {
        try transaction.first(
            "SELECT \(trusted: assessmentColumns) FROM assessments WHERE id = \(id) AND \(seen(scope))"
        ).map(assessment)
    }

    /// All staff of a county see by what places are assessed: that is what the register is for.
    static func assessments(
        of year: Int64, for scope: Scope, in transaction: any Transaction
    ) throws -> [Assessment] {
        try transaction.query(
            """
            SELECT \(trusted: assessmentColumns) FROM assessments
            WHERE \(seen(scope)) AND in_year = \(year) ORDER BY id DESC LIMIT 2000
            """
        ).map(assessment)
    }

    /// Whoever set them: one that another county cannot see has used a ground, too.
    static func assessments(on ground: String, in transaction: any Transaction) throws -> [Assessment] {
        try transaction.query(
            "SELECT \(trusted: assessmentColumns) FROM assessments WHERE ground = \(ground) ORDER BY id DESC LIMIT 200"
        ).map(assessment)
    }

    private static func assessment(_ row: Row) throws -> Assessment {
        Assessment(
            id: try row.identifier(0), title: try row.text(1), body: try row.identifier(2), bodyName: try row.text(3),
            ground: try row.text(4), year: try row.int(5),
            indicators: try JSONDecoder().decode([Assessment.Indicator].self, from: Data(try row.text(6).utf8)),
            areas: try row.text(7).split(separator: ",").compactMap { AreaPrefix($0) },
            endedWhy: try row.textIfAny(8), endedOn: try row.textIfAny(10).flatMap { Day($0) },
            version: try row.int(9))
    }
}
