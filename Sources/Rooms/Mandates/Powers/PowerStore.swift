import Desk
import Ground
import Storage

enum PowerStore {
    private static let columns: StaticString =
        "id, power, area, stage, readiness, instrument, ordered_at, granted_at, due_at, version"

    static func insert(_ one: PowerGrant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO power_grants (\(trusted: columns))
            VALUES (\(one.id), \(one.power), \(one.area.code), \(one.stage.rawValue), \(try encoded(one.readiness)),
                    \(one.instrument), \(one.orderedAt), \(one.grantedAt), \(one.dueAt), \(one.version))
            """)
    }

    static func update(_ one: inout PowerGrant, in transaction: any Transaction) throws -> Bool {
        let seen = one.version
        one.version += 1
        return try transaction.execute(
            """
            UPDATE power_grants SET stage = \(one.stage.rawValue), readiness = \(try encoded(one.readiness)),
                instrument = \(one.instrument), granted_at = \(one.grantedAt), due_at = \(one.dueAt),
                version = \(one.version)
            WHERE id = \(one.id) AND version = \(seen)
            """) == 1
    }

    static func find(_ id: PowerGrantID, for scope: Scope, in transaction: any Transaction) throws -> PowerGrant? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM power_grants WHERE id = \(id) AND \(visible(scope))"
        ).map(grant)
    }

    /// For what the platform does by itself.
    static func find(_ id: PowerGrantID, in transaction: any Transaction) throws -> PowerGrant? {
        try transaction.first("SELECT \(trusted: columns) FROM power_grants WHERE id = \(id)").map(grant)
    }

    /// A street sees its own; whoever stands wider sees all within.
    private static func visible(_ scope: Scope) -> SQL {
        let area = scope.area.level < .street ? scope.area : AreaPrefix(scope.area.code.prefix(9)) ?? scope.area
        return area.condition(on: "area")
    }

    /// By street, the oldest first.
    static func all(for scope: Scope, power: String? = nil, limit: Int, in transaction: any Transaction) throws
        -> [PowerGrant]
    {
        if let power {
            return try transaction.query(
                """
                SELECT \(trusted: columns) FROM power_grants WHERE power = \(power) AND \(visible(scope))
                ORDER BY area, id LIMIT \(limit)
                """
            ).map(grant)
        }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_grants WHERE \(visible(scope)) ORDER BY area, id LIMIT \(limit)
            """
        ).map(grant)
    }

    /// What was ever ordered in a street, or what is at one stage of it, the oldest first.
    static func all(
        in street: AreaPrefix, stage: PowerStage? = nil, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [PowerGrant] {
        let isWanted: SQL = stage.map { "stage = \($0.rawValue)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_grants
            WHERE area = \(street.code) AND \(isWanted) AND \(visible(scope)) ORDER BY id LIMIT \(limit)
            """
        ).map(grant)
    }

    static func alive(_ power: String, in area: AreaPrefix, in transaction: any Transaction) throws -> PowerGrant? {
        try transaction.first(
            """
            SELECT \(trusted: columns) FROM power_grants
            WHERE power = \(power) AND area = \(area.code) AND stage IN ('ordered', 'training', 'trial', 'granted')
            """
        ).map(grant)
    }

    /// What streets of the scope hold, on trial or for good, by street.
    static func held(for scope: Scope, limit: Int, in transaction: any Transaction) throws -> [PowerGrant] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_grants WHERE stage IN ('trial', 'granted') AND \(visible(scope))
            ORDER BY area, id LIMIT \(limit)
            """
        ).map(grant)
    }

    /// Powers that a street holds now, on trial or for good.
    static func held(in street: AreaPrefix, in transaction: any Transaction) throws -> Set<String> {
        Set(
            try transaction.query(
                """
                SELECT power FROM power_grants WHERE area = \(street.code) AND stage IN ('trial', 'granted') LIMIT 1000
                """
            ).map { try $0.text(0) })
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [PowerGrant] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM power_grants WHERE due_at IS NOT NULL AND due_at < \(now)
            ORDER BY due_at LIMIT 200
            """
        ).map(grant)
    }

    private static func grant(_ row: Row) throws -> PowerGrant {
        PowerGrant(
            id: try row.identifier(0), power: try row.text(1), area: AreaPrefix(try row.text(2)) ?? .everywhere,
            stage: PowerStage(rawValue: try row.text(3)) ?? .lapsed, readiness: try decoded(row.text(4)),
            instrument: try row.text(5), orderedAt: try row.instant(6), grantedAt: try row.instantIfAny(7),
            dueAt: try row.instantIfAny(8), version: try row.int(9))
    }
}
