import Desk
import Ground
import Storage

enum MeasureEntity {}
typealias MeasureID = Identifier<MeasureEntity>

/// Corrections of kinds, and what was done about sources of burden.
enum MeasureStore {
    static let migration = Migration(
        "mandates.0006-measures",
        """
        CREATE TABLE burden_corrections (
            demand TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            words TEXT NOT NULL,
            at BIGINT NOT NULL,
            post TEXT NOT NULL
        )
        """,
        // Minutes are those of the whole period at the terms before and after.
        """
        CREATE TABLE burden_measures (
            id TEXT PRIMARY KEY,
            demand TEXT NOT NULL,
            measure TEXT NOT NULL,
            kind TEXT NOT NULL,
            first_day TEXT NOT NULL,
            minutes_before BIGINT NOT NULL,
            minutes_after BIGINT NOT NULL CHECK (minutes_after <= minutes_before),
            other TEXT,
            words TEXT NOT NULL,
            at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX burden_measures_by_demand ON burden_measures (demand, id)",
        "CREATE INDEX burden_measures_by_day ON burden_measures (first_day, id)")

    struct Correction: Sendable, Hashable {
        var kind: BurdenKind
        var words: String
        var at: Instant
    }

    static func correct(
        _ demand: DemandID, _ correction: Correction, by scope: Scope, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO burden_corrections (demand, kind, words, at, post)
            VALUES (\(demand), \(correction.kind.rawValue), \(correction.words), \(correction.at), \(scope.post))
            ON CONFLICT (demand) DO UPDATE SET kind = excluded.kind, words = excluded.words, at = excluded.at,
                post = excluded.post
            """)
    }

    static func correction(of demand: DemandID, in transaction: any Transaction) throws -> Correction? {
        try transaction.first("SELECT kind, words, at FROM burden_corrections WHERE demand = \(demand)").flatMap {
            row in
            try BurdenKind(rawValue: try row.text(0)).map {
                Correction(kind: $0, words: try row.text(1), at: try row.instant(2))
            }
        }
    }

    static func insert(_ taken: TakenMeasure, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO burden_measures (id, demand, measure, kind, first_day, minutes_before, minutes_after, other,
                words, at)
            VALUES (\(taken.id), \(taken.demand), \(taken.measure.rawValue), \(taken.kind.rawValue), \(taken.day),
                \(taken.minutesBefore), \(taken.minutesAfter), \(taken.other), \(taken.words), \(taken.at))
            """)
    }

    static func of(_ demand: DemandID, in transaction: any Transaction) throws -> [TakenMeasure] {
        try transaction.query(
            """
            SELECT id, demand, measure, kind, first_day, minutes_before, minutes_after, other, words, at
            FROM burden_measures WHERE demand = \(demand) ORDER BY id LIMIT 200
            """
        ).compactMap(measure)
    }

    /// Demands that were admitted and whose period reaches into the days, with their measures.
    static func sources(
        _ days: ClosedRange<Day>, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [(demand: Demand, measures: [TakenMeasure], correction: Correction?)] {
        let demands = try DemandStore.inForce(days, for: scope, limit: limit, in: transaction)
        var (measures, corrections): ([DemandID: [TakenMeasure]], [DemandID: Correction]) = ([:], [:])
        let ids = demands.map(\.id)
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = ids[start..<min(start + 500, ids.count)].map(\.text)
            for row in try transaction.query(
                """
                SELECT id, demand, measure, kind, first_day, minutes_before, minutes_after, other, words, at
                FROM burden_measures WHERE demand IN (\(list: some)) ORDER BY demand, id LIMIT 5000
                """)
            {
                if let found = try measure(row) { measures[found.demand, default: []].append(found) }
            }
            for row in try transaction.query(
                "SELECT kind, words, at, demand FROM burden_corrections WHERE demand IN (\(list: some)) LIMIT 500")
            {
                guard let kind = BurdenKind(rawValue: try row.text(0)) else { continue }
                corrections[try row.identifier(3)] = Correction(
                    kind: kind, words: try row.text(1), at: try row.instant(2))
            }
        }
        return demands.compactMap { demand in
            let taken = measures[demand.id] ?? []
            // What was withdrawn before it was admitted never was work.
            guard demand.stage != .withdrawn || !taken.isEmpty else { return nil }
            return (demand, taken, corrections[demand.id])
        }
    }

    private static func measure(_ row: Row) throws -> TakenMeasure? {
        guard let measure = BurdenMeasure(rawValue: try row.text(2)), let kind = BurdenKind(rawValue: try row.text(3)),
            let day = Day(try row.text(4))
        else { return nil }
        return TakenMeasure(
            id: try row.identifier(0), demand: try row.identifier(1), measure: measure, kind: kind, day: day,
            minutesBefore: try row.int(5), minutesAfter: try row.int(6), other: try row.textIfAny(7),
            words: try row.text(8), at: try row.instant(9))
    }
}

/// One thing that was done about a source of burden.
struct TakenMeasure: Sendable, Hashable {
    var id: MeasureID
    var demand: DemandID
    var measure: BurdenMeasure
    /// Of which kind the source was held to be.
    var kind: BurdenKind
    /// From this day on.
    var day: Day
    /// Of the whole period, at the terms before and after.
    var minutesBefore: Int64
    var minutesAfter: Int64
    /// Number of the demand into which it was merged.
    var other: String?
    var words: String
    var at: Instant
}
