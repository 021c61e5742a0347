import Desk
import Ground
import Identity
import Storage

enum TargetStore {
    static let migrations = [
        Migration(
            "burdens.0002-targets",
            """
            CREATE TABLE burden_targets (
                id TEXT PRIMARY KEY,
                parent TEXT,
                root TEXT NOT NULL,
                indicator TEXT NOT NULL,
                area TEXT NOT NULL,
                county TEXT NOT NULL,
                body TEXT NOT NULL,
                body_name TEXT NOT NULL,
                line TEXT,
                amount BIGINT NOT NULL,
                unit TEXT NOT NULL,
                at_most BOOLEAN NOT NULL,
                in_year BIGINT NOT NULL,
                at BIGINT NOT NULL,
                withdrawn BOOLEAN NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX burden_targets_by_root ON burden_targets (root, id)",
            "CREATE INDEX burden_targets_by_year ON burden_targets (county, in_year, id)")
    ]

    private static let columns: StaticString =
        "id, parent, root, indicator, area, body_name, line, amount, unit, at_most, in_year, at, withdrawn, version"

    private static func county(_ scope: Scope) -> String { String(scope.area.code.prefix(6)) }

    static func insert(_ one: Target, by scope: Scope, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO burden_targets (\(trusted: columns), county, body)
            VALUES (\(one.id), \(one.parent), \(one.root), \(one.indicator), \(one.area.code), \(one.bodyName),
                    \(one.line), \(one.value), \(one.unit), \(one.isAtMost), \(Int64(one.year)), \(one.at),
                    \(one.isWithdrawn), \(one.version), \(county(scope)), \(scope.body))
            """)
    }

    /// Who registered it takes it back.
    static func withdraw(_ id: TargetID, by scope: Scope, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE burden_targets SET withdrawn = TRUE, version = version + 1
            WHERE id = \(id) AND county = \(county(scope)) AND body = \(scope.body) AND withdrawn = FALSE
            """) == 1
    }

    /// All staff of a county who may read the lists see its chains: that is what they are for.
    static func find(_ id: TargetID, for scope: Scope, in transaction: any Transaction) throws -> Target? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM burden_targets WHERE id = \(id) AND county = \(county(scope))"
        ).map(target)
    }

    static func chain(_ root: TargetID, for scope: Scope, in transaction: any Transaction) throws -> [Target] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM burden_targets WHERE root = \(root) AND county = \(county(scope))
            ORDER BY id LIMIT 5000
            """
        ).map(target)
    }

    /// Those of a year that one body registered.
    static func ids(
        of body: BodyID, in year: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> Set<TargetID> {
        Set(
            try transaction.query(
                """
                SELECT id FROM burden_targets
                WHERE county = \(county(scope)) AND in_year = \(Int64(year)) AND body = \(body) LIMIT 5000
                """
            ).map { try $0.identifier(0) })
    }

    static func ofYear(_ year: Int, for scope: Scope, in transaction: any Transaction) throws -> [Target] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM burden_targets WHERE county = \(county(scope)) AND in_year = \(Int64(year))
            ORDER BY id DESC LIMIT 5000
            """
        ).map(target)
    }

    private static func target(_ row: Row) throws -> Target {
        Target(
            id: try row.identifier(0), parent: try row.identifierIfAny(1), root: try row.identifier(2),
            indicator: try row.text(3), area: AreaPrefix(try row.text(4)) ?? .everywhere, bodyName: try row.text(5),
            line: try row.textIfAny(6), value: try row.int(7), unit: try row.text(8), isAtMost: try row.bool(9),
            year: Int(try row.int(10)), at: try row.instant(11), isWithdrawn: try row.bool(12),
            version: try row.int(13))
    }
}
