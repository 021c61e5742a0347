import Desk
import Geo
import Ground
import Storage

/// Barriers as files brought them in, and what was taken out and can come back.
enum BarrierSourceStore {
    static let migration = Migration(
        "grids.0006-barrier-sources",
        """
        CREATE TABLE barrier_sources (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            brought_by TEXT NOT NULL,
            brought_at BIGINT NOT NULL
        )
        """,
        // `course` is well-known binary; `removal` is set of those taken out.
        """
        CREATE TABLE barriers (
            id TEXT NOT NULL PRIMARY KEY,
            source TEXT NOT NULL REFERENCES barrier_sources (id),
            kind TEXT NOT NULL,
            name TEXT,
            metres DOUBLE PRECISION,
            course BYTEA NOT NULL,
            removal TEXT
        )
        """,
        "CREATE INDEX barriers_in_force ON barriers (kind, id) WHERE removal IS NULL",
        "CREATE INDEX barriers_by_source ON barriers (source, id)",
        "CREATE INDEX barriers_by_removal ON barriers (removal, id) WHERE removal IS NOT NULL",
        """
        CREATE TABLE barrier_removals (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            removed_by TEXT NOT NULL,
            removed_at BIGINT NOT NULL,
            successor TEXT,
            barriers BIGINT NOT NULL
        )
        """,
        "CREATE TABLE barrier_numbers (id BIGINT NOT NULL PRIMARY KEY, next BIGINT NOT NULL)",
        "INSERT INTO barrier_numbers (id, next) SELECT 1, COALESCE(MAX(id), -1) + 1 FROM grid_barriers",
        "ALTER TABLE grid_barriers ADD COLUMN barrier TEXT",
        "CREATE INDEX grid_barriers_by_barrier ON grid_barriers (barrier)")

    private static let columns: StaticString = "id, source, kind, name, metres, course"

    private static func barrier(_ row: Row) throws -> Barrier? {
        guard let shape = WellKnownBinary.geometry(try row.blob(5)) else { return nil }
        return Barrier(
            id: try row.identifier(0), source: try row.identifier(1), kind: try row.text(2),
            name: try row.textIfAny(3), metres: try row.doubleIfAny(4), courses: Barrier.courses(of: shape))
    }

    // MARK: Bringing in

    static func insert(
        _ source: BarrierSource, _ barriers: [Barrier], in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO barrier_sources (id, name, brought_by, brought_at)
            VALUES (\(source.id), \(source.name), \(source.by), \(source.broughtAt))
            """)
        try transaction.batch(
            barriers.map { barrier in
                """
                INSERT INTO barriers (id, source, kind, name, metres, course)
                VALUES (\(barrier.id), \(barrier.source), \(barrier.kind), \(barrier.name), \(barrier.metres),
                        \(WellKnownBinary.bytes(barrier.shape)))
                """
            })
    }

    // MARK: What is in force

    private static func condition(_ kind: String?, _ source: BarrierSource.ID?) -> SQL {
        let ofKind: SQL = kind.map { "kind = \($0)" } ?? "TRUE"
        let ofSource: SQL = source.map { "source = \($0)" } ?? "TRUE"
        return "removal IS NULL AND \(ofKind) AND \(ofSource)"
    }

    /// In the order of class and id.
    static func pageQuery(
        kind: String?, source: BarrierSource.ID?, after: (kind: String, id: String), limit: Int
    ) -> SQL {
        """
        SELECT \(trusted: columns) FROM barriers
        WHERE \(condition(kind, source)) AND kind >= \(after.kind) AND (kind > \(after.kind) OR id > \(after.id))
        ORDER BY kind, id LIMIT \(limit)
        """
    }

    static func page(
        kind: String?, source: BarrierSource.ID?, after: (kind: String, id: String), limit: Int,
        in transaction: any Transaction
    ) throws -> [Barrier] {
        try transaction.query(pageQuery(kind: kind, source: source, after: after, limit: limit)).compactMap {
            try barrier($0)
        }
    }

    static func sums(kind: String?, source: BarrierSource.ID?, in transaction: any Transaction) throws -> [BarrierSum] {
        try transaction.query(
            """
            SELECT kind, COUNT(*), COALESCE(SUM(metres), 0.0) FROM barriers WHERE \(condition(kind, source))
            GROUP BY kind ORDER BY kind
            """
        ).map { BarrierSum(kind: try $0.text(0), count: Int(try $0.int(1)), metres: try $0.double(2)) }
    }

    /// Those of which something is in force, the latest first.
    static func sources(limit: Int, in transaction: any Transaction) throws -> [BarrierSource] {
        try transaction.query(
            """
            SELECT s.id, s.name, s.brought_by, s.brought_at, SUM(CASE WHEN b.kind = \(GroundBarrier.bridge) THEN 0 ELSE 1 END),
                SUM(CASE WHEN b.kind = \(GroundBarrier.bridge) THEN 1 ELSE 0 END), COALESCE(SUM(b.metres), 0.0)
            FROM barrier_sources s JOIN barriers b ON b.source = s.id
            WHERE b.removal IS NULL
            GROUP BY s.id, s.name, s.brought_by, s.brought_at ORDER BY s.id DESC LIMIT \(limit)
            """
        ).map { row in
            BarrierSource(
                id: try row.identifier(0), name: try row.text(1), by: try row.text(2), broughtAt: try row.instant(3),
                barriers: Int(try row.int(4)), bridges: Int(try row.int(5)), metres: try row.double(6))
        }
    }

    /// Where bridges are.
    static func bridges(limit: Int, in transaction: any Transaction) throws -> [Position] {
        try page(kind: GroundBarrier.bridge, source: nil, after: ("", ""), limit: limit, in: transaction)
            .compactMap(\.place)
    }

    /// What of one file is in force, or of all files.
    static func inForce(named name: String?, in transaction: any Transaction) throws -> [Barrier] {
        let ofName: SQL = name.map { "source IN (SELECT id FROM barrier_sources WHERE name = \($0))" } ?? "TRUE"
        return try transaction.query(
            "SELECT \(trusted: columns) FROM barriers WHERE removal IS NULL AND \(ofName) ORDER BY id"
        ).compactMap { try barrier($0) }
    }

    static func find(_ id: Barrier.ID, in transaction: any Transaction) throws -> Barrier? {
        try transaction.first("SELECT \(trusted: columns) FROM barriers WHERE id = \(id) AND removal IS NULL")
            .flatMap { try barrier($0) }
    }

    static func source(_ id: BarrierSource.ID, in transaction: any Transaction) throws -> BarrierSource? {
        try transaction.first("SELECT id, name, brought_by, brought_at FROM barrier_sources WHERE id = \(id)").map {
            BarrierSource(
                id: try $0.identifier(0), name: try $0.text(1), by: try $0.text(2), broughtAt: try $0.instant(3))
        }
    }

    // MARK: Taking out

    /// What is taken out together.
    enum Part: Sendable {
        case one(Barrier.ID)
        case source(BarrierSource.ID)
        /// Files of a name, but not this one.
        case named(String, except: BarrierSource.ID)
        case all(except: BarrierSource.ID)

        var condition: SQL {
            switch self {
            case .one(let id): "id = \(id)"
            case .source(let id): "source = \(id)"
            case .named(let name, let except):
                "source IN (SELECT id FROM barrier_sources WHERE name = \(name)) AND source <> \(except)"
            case .all(let except): "source <> \(except)"
            }
        }
    }

    /// - Returns: how many were taken out; 0 when there was nothing of it in force, and then nothing is kept.
    static func remove(_ part: Part, as removal: Removal, in transaction: any Transaction) throws -> Int {
        let count = try transaction.execute(
            "UPDATE barriers SET removal = \(removal.id) WHERE removal IS NULL AND \(part.condition)")
        guard count > 0 else { return 0 }
        try transaction.execute(
            """
            INSERT INTO barrier_removals (id, name, removed_by, removed_at, successor, barriers)
            VALUES (\(removal.id), \(removal.name), \(removal.by), \(removal.at), \(removal.successor), \(count))
            """)
        try BarrierStore.lift(removal.id, in: transaction)
        return count
    }

    private static let removalColumns: StaticString = "id, name, removed_by, removed_at, successor, barriers"

    private static func removal(_ row: Row) throws -> Removal {
        Removal(
            id: try row.identifier(0), name: try row.text(1), by: try row.text(2), at: try row.instant(3),
            successor: try row.textIfAny(4).map { BarrierSource.ID($0) }, barriers: Int(try row.int(5)))
    }

    static func removals(limit: Int, in transaction: any Transaction) throws -> [Removal] {
        try transaction.query(
            "SELECT \(trusted: removalColumns) FROM barrier_removals ORDER BY id DESC LIMIT \(limit)"
        ).map(removal)
    }

    static func removal(_ id: Removal.ID, in transaction: any Transaction) throws -> Removal? {
        try transaction.first("SELECT \(trusted: removalColumns) FROM barrier_removals WHERE id = \(id)").map(removal)
    }

    /// Whether another file of the same name is in force, or one that came in place of the one that came in its place;
    /// the successor itself, which goes when this comes back, is none.
    static func isReplacedSince(_ removal: Removal, in transaction: any Transaction) throws -> Bool {
        let other = try transaction.first(
            """
            SELECT 1 FROM barriers b JOIN barrier_sources s ON s.id = b.source
            JOIN barrier_sources other ON other.name = s.name AND other.id <> s.id
            WHERE b.removal = \(removal.id) AND other.id <> \(removal.successor?.text ?? "")
                AND EXISTS (SELECT 1 FROM barriers x WHERE x.source = other.id AND x.removal IS NULL) LIMIT 1
            """)
        if other != nil { return true }
        var next = removal.successor
        var seen: Set<BarrierSource.ID> = []
        while let one = next, seen.insert(one).inserted {
            if try isInForce(one, in: transaction) { return one != removal.successor }
            next = try transaction.first(
                """
                SELECT r.successor FROM barriers b JOIN barrier_removals r ON r.id = b.removal
                WHERE b.source = \(one) AND r.successor IS NOT NULL ORDER BY r.id DESC LIMIT 1
                """
            ).flatMap { try $0.textIfAny(0) }.map { BarrierSource.ID($0) }
        }
        return false
    }

    private static func isInForce(_ source: BarrierSource.ID, in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 FROM barriers WHERE source = \(source) AND removal IS NULL LIMIT 1") != nil
    }

    /// Puts back what one removal took out.
    static func restore(_ removal: Removal.ID, in transaction: any Transaction) throws -> [Barrier] {
        let back = try transaction.query(
            "SELECT \(trusted: columns) FROM barriers WHERE removal = \(removal) ORDER BY id"
        ).compactMap { try barrier($0) }
        try transaction.execute("UPDATE barriers SET removal = NULL WHERE removal = \(removal)")
        try transaction.execute("DELETE FROM barrier_removals WHERE id = \(removal)")
        _ = try BarrierStore.lay(back, in: transaction)
        return back
    }

    /// What was taken out before goes for good.
    static func forget(before: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM barriers WHERE removal IN (SELECT id FROM barrier_removals WHERE removed_at < \(before))
            """)
        try transaction.execute("DELETE FROM barrier_removals WHERE removed_at < \(before)")
        try transaction.execute(
            """
            DELETE FROM barrier_sources WHERE brought_at < \(before)
                AND NOT EXISTS (SELECT 1 FROM barriers WHERE barriers.source = barrier_sources.id)
            """)
    }
}
