import Desk
import Ground
import Storage

/// Times a kind was sent, month by month, and the rises of which people were told.
enum RiseStore {
    static let migration = Migration(
        "mandates.0005-rises",
        """
        CREATE TABLE burden_rises (
            line TEXT NOT NULL,
            kind TEXT NOT NULL,
            told_at BIGINT NOT NULL,
            was BIGINT NOT NULL,
            lowest BIGINT NOT NULL,
            reached BIGINT NOT NULL,
            over_at BIGINT,
            PRIMARY KEY (line, kind, told_at)
        )
        """,
        // A rise is told once, whichever server looks.
        "CREATE UNIQUE INDEX burden_rises_once ON burden_rises (line, kind) WHERE over_at IS NULL")

    /// What departments send of a kind.
    struct Series: Sendable, Hashable {
        var line: String
        var kind: DemandKind
        /// The oldest first, the month of the day asked for last.
        var months: [Int64]
    }

    struct Told: Sendable, Hashable {
        var line: String
        var kind: DemandKind
        var at: Instant
        var lowest: Int64
    }

    /// So many months are looked at: a cut of last year is still known.
    static let window = 24

    /// The first days of the months that end with that of a day, and of the month after.
    static func firsts(until day: Day) -> [Day] {
        let parts = day.parts
        let last = parts.year * 12 + parts.month - 1
        return ((last - window + 1)...(last + 1)).map { month in
            Day(year: month / 12, month: month % 12 + 1, day: 1) ?? day
        }
    }

    /// What is counted under one cap is one series.
    /// - Parameter scope: whose view; nil for the platform itself.
    static func series(
        until day: Day, caps: BurdenCaps, for scope: Scope?, in transaction: any Transaction
    ) throws -> [Series] {
        var found: [[String]: [Int64]] = [:]
        let firsts = firsts(until: day)
        let seen: SQL = scope.map(DemandStore.visible) ?? "TRUE"
        for month in 0..<window {
            let (from, until) = (
                Instant(LocalTime(day: firsts[month])), Instant(LocalTime(day: firsts[month + 1]))
            )
            let rows = try transaction.query(
                """
                SELECT line, kind, COUNT(*) FROM demands
                WHERE filed_at >= \(from) AND filed_at < \(until) AND line IS NOT NULL
                    AND \(DemandStore.isCounted) AND \(seen)
                GROUP BY line, kind
                """)
            for row in rows {
                guard let kind = DemandKind(rawValue: try row.text(1)) else { continue }
                let key = [try row.text(0), caps.counted(kind).rawValue]
                found[key, default: Array(repeating: 0, count: window)][month] += try row.int(2)
            }
        }
        return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, months in
            DemandKind(rawValue: key[1]).map { Series(line: key[0], kind: $0, months: months) }
        }
    }

    /// Rises that people know of and that are not over.
    static func told(in transaction: any Transaction) throws -> [Told] {
        try transaction.query(
            "SELECT line, kind, told_at, lowest FROM burden_rises WHERE over_at IS NULL ORDER BY line, kind LIMIT 2000"
        ).compactMap { row in
            try DemandKind(rawValue: try row.text(1)).map { kind in
                Told(line: try row.text(0), kind: kind, at: try row.instant(2), lowest: try row.int(3))
            }
        }
    }

    /// - Returns: false when it was told already.
    static func tell(
        _ rise: Rebound.Rise, _ line: String, _ kind: DemandKind, at now: Instant, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO burden_rises (line, kind, told_at, was, lowest, reached)
            VALUES (\(line), \(kind.rawValue), \(now), \(rise.before), \(rise.lowest), \(rise.now))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    static func end(_ told: Told, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE burden_rises SET over_at = \(now)
            WHERE line = \(told.line) AND kind = \(told.kind.rawValue) AND over_at IS NULL
            """)
    }

    /// The bodies that sent it in the last three months.
    static func senders(
        of line: String, _ kinds: [DemandKind], since: Instant, in transaction: any Transaction
    ) throws -> [BodyID] {
        try transaction.query(
            """
            SELECT DISTINCT body FROM demands
            WHERE line = \(line) AND kind IN (\(list: kinds.map(\.rawValue))) AND filed_at >= \(since)
                AND \(DemandStore.isCounted)
            ORDER BY body LIMIT 20
            """
        ).map { try $0.identifier(0) }
    }
}
