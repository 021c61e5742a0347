import Desk
import Ground
import Identity
import Storage

enum TimeCorrectionEntity {}
typealias TimeCorrectionID = Identifier<TimeCorrectionEntity>

/// A correction as it is kept; taken back, not deleted.
struct KeptTimeCorrection: Sendable, Hashable {
    var id: TimeCorrectionID
    var correction: TimeCorrection
    var at: Instant
    var withdrawnAt: Instant?
}

enum TimeCorrectionStore {
    static let migrations = [
        Migration(
            "workload.0003-time-corrections",
            """
            CREATE TABLE time_corrections (
                id TEXT PRIMARY KEY,
                item TEXT NOT NULL,
                task TEXT NOT NULL,
                standard BIGINT NOT NULL,
                minutes BIGINT NOT NULL,
                from_on TEXT NOT NULL,
                reason TEXT NOT NULL,
                lower_quarter BIGINT NOT NULL,
                middle BIGINT NOT NULL,
                upper_quarter BIGINT NOT NULL,
                records BIGINT NOT NULL,
                people BIGINT NOT NULL,
                afterwards BIGINT NOT NULL,
                post TEXT NOT NULL,
                at BIGINT NOT NULL,
                withdrawn_at BIGINT
            )
            """)
    ]

    /// The county's lists have a few hundred tasks; a table of corrections stays small.
    private static let most = 10_000

    private static let columns: StaticString = """
        id, item, task, standard, minutes, from_on, reason, lower_quarter, middle, upper_quarter, records, people,
        afterwards, at, withdrawn_at
        """

    static func insert(_ one: KeptTimeCorrection, by scope: Scope, in transaction: any Transaction) throws {
        let (correction, figures) = (one.correction, one.correction.figures)
        try transaction.execute(
            """
            INSERT INTO time_corrections (id, item, task, standard, minutes, from_on, reason, lower_quarter, middle,
                upper_quarter, records, people, afterwards, post, at)
            VALUES (\(one.id), \(correction.item), \(correction.task), \(correction.standard), \(correction.minutes),
                \(correction.from), \(correction.reason), \(figures.lower), \(figures.middle), \(figures.upper),
                \(figures.records), \(figures.people), \(figures.afterwards), \(scope.post), \(one.at))
            """)
    }

    /// In the order in which they were made, those that were taken back too.
    static func all(in transaction: any Transaction) throws -> [KeptTimeCorrection] {
        try transaction.query("SELECT \(trusted: columns) FROM time_corrections ORDER BY id LIMIT \(most)")
            .compactMap(kept)
    }

    /// Those that count, in the order in which they were made.
    static func standing(in transaction: any Transaction) throws -> [TimeCorrection] {
        try all(in: transaction).filter { $0.withdrawnAt == nil }.map(\.correction)
    }

    static func find(_ id: TimeCorrectionID, in transaction: any Transaction) throws -> KeptTimeCorrection? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM time_corrections WHERE id = \(id) AND withdrawn_at IS NULL"
        ).flatMap(kept)
    }

    static func withdraw(_ id: TimeCorrectionID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE time_corrections SET withdrawn_at = \(now) WHERE id = \(id) AND withdrawn_at IS NULL")
    }

    private static func kept(_ row: Row) throws -> KeptTimeCorrection? {
        guard let from = Day(try row.text(5)) else { return nil }
        return KeptTimeCorrection(
            id: try row.identifier(0),
            correction: TimeCorrection(
                item: try row.text(1), task: try row.text(2), standard: try row.int(3), minutes: try row.int(4),
                from: from, reason: try row.text(6),
                figures: RecordedTime.Figures(
                    lower: try row.int(7), middle: try row.int(8), upper: try row.int(9), records: try row.int(10),
                    people: try row.int(11), afterwards: try row.int(12))),
            at: try row.instant(13), withdrawnAt: try row.instantIfAny(14))
    }
}
