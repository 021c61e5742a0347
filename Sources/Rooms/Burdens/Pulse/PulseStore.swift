import Cipher
import Desk
import Ground
import Storage

enum PulseRoundEntity {}
typealias PulseRoundID = Identifier<PulseRoundEntity>

struct PulseRound: Sendable, Hashable {
    var id: PulseRoundID
    var area: AreaPrefix
    var openedAt: Instant
    /// The last day.
    var closesOn: Day
    /// What was asked, kept with the round.
    var questions: [String]

    func isOpen(on day: Day) -> Bool { day <= closesOn }
}

/// Sums and unused slips. There is no table of who was asked or who answered.
enum PulseStore {
    static let migrations = [
        Migration(
            "burdens.0001-pulse",
            """
            CREATE TABLE pulse_rounds (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                opened_at BIGINT NOT NULL,
                closes_on TEXT NOT NULL,
                questions TEXT NOT NULL
            )
            """,
            "CREATE INDEX pulse_rounds_by_area ON pulse_rounds (area, id)",
            """
            CREATE TABLE pulse_groups (
                round TEXT NOT NULL,
                places TEXT NOT NULL,
                size BIGINT NOT NULL,
                answers BIGINT NOT NULL,
                PRIMARY KEY (round, places)
            )
            """,
            // Unused slips only, as hashes; one that was used is gone.
            """
            CREATE TABLE pulse_slips (
                hash TEXT PRIMARY KEY,
                round TEXT NOT NULL,
                places TEXT NOT NULL
            )
            """,
            "CREATE INDEX pulse_slips_by_round ON pulse_slips (round, hash)",
            """
            CREATE TABLE pulse_counts (
                round TEXT NOT NULL,
                places TEXT NOT NULL,
                question TEXT NOT NULL,
                choice TEXT NOT NULL,
                answers BIGINT NOT NULL,
                PRIMARY KEY (round, places, question, choice)
            )
            """)
    ]

    static func hash(_ code: String) -> String {
        let digits = Array("0123456789abcdef")
        let text = code.uppercased().filter { $0.isLetter || $0.isNumber }
        return String(Digest.sha256("pulse " + text).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// - Parameter codes: of each group; only their hashes are kept, sorted, so that their order says nothing.
    static func insert(
        _ round: PulseRound, _ groups: [(group: PulseGroup, codes: [String])], in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO pulse_rounds (id, area, opened_at, closes_on, questions)
            VALUES (\(round.id), \(round.area.code), \(round.openedAt), \(round.closesOn),
                    \(round.questions.joined(separator: ",")))
            """)
        for (group, codes) in groups {
            try transaction.execute(
                """
                INSERT INTO pulse_groups (round, places, size, answers)
                VALUES (\(round.id), \(group.key), \(Int64(group.size)), 0)
                """)
            try transaction.batch(
                codes.map(hash).sorted().map {
                    "INSERT INTO pulse_slips (hash, round, places) VALUES (\($0), \(round.id), \(group.key))"
                })
        }
    }

    private static let columns: StaticString = "id, area, opened_at, closes_on, questions"

    static func rounds(
        for scope: Scope, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [PulseRound] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM pulse_rounds
            WHERE area = \(String(scope.area.code.prefix(6))) AND id < \(after ?? "~") ORDER BY id DESC LIMIT \(limit)
            """
        ).map(round)
    }

    static func find(_ id: PulseRoundID, for scope: Scope, in transaction: any Transaction) throws -> PulseRound? {
        try transaction.first(
            """
            SELECT \(trusted: columns) FROM pulse_rounds
            WHERE id = \(id) AND area = \(String(scope.area.code.prefix(6)))
            """
        ).map(round)
    }

    private static func round(_ row: Row) throws -> PulseRound {
        PulseRound(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere,
            openedAt: try row.instant(2), closesOn: Day(try row.text(3)) ?? Day(number: 0),
            questions: try row.text(4).split(separator: ",").map(String.init))
    }

    /// The round of a slip that was not used; without it, nothing.
    static func round(ofSlip code: String, in transaction: any Transaction) throws -> PulseRound? {
        try transaction.first(
            """
            SELECT r.id, r.area, r.opened_at, r.closes_on, r.questions
            FROM pulse_slips s JOIN pulse_rounds r ON r.id = s.round WHERE s.hash = \(hash(code))
            """
        ).map(round)
    }

    /// The slip goes, and its answers are added to the sums of its group: all that is kept of them.
    /// - Returns: false when there is no such slip, or no longer.
    static func count(
        _ choices: [String: String], ofSlip code: String, in transaction: any Transaction
    ) throws -> Bool {
        let rows = try transaction.query("DELETE FROM pulse_slips WHERE hash = \(hash(code)) RETURNING round, places")
        guard let row = rows.first else { return false }
        let (round, places) = (try row.text(0), try row.text(1))
        try transaction.execute(
            "UPDATE pulse_groups SET answers = answers + 1 WHERE round = \(round) AND places = \(places)")
        for (question, choice) in choices.sorted(by: { $0.key < $1.key }) {
            try transaction.execute(
                """
                INSERT INTO pulse_counts (round, places, question, choice, answers)
                VALUES (\(round), \(places), \(question), \(choice), 1)
                ON CONFLICT (round, places, question, choice) DO UPDATE SET answers = pulse_counts.answers + 1
                """)
        }
        return true
    }

    static func counts(of round: PulseRoundID, in transaction: any Transaction) throws -> [PulseCounts] {
        var found: [String: PulseCounts] = [:]
        for row in try transaction.query(
            "SELECT places, size, answers FROM pulse_groups WHERE round = \(round) ORDER BY places LIMIT 2000")
        {
            let places = try row.text(0)
            found[places] = PulseCounts(
                group: PulseGroup(
                    places: places.split(separator: "+").map(String.init), size: Int(try row.int(1))),
                answers: Int(try row.int(2)), counts: [:])
        }
        for row in try transaction.query(
            """
            SELECT places, question, choice, answers FROM pulse_counts WHERE round = \(round)
            ORDER BY places, question, choice LIMIT 200000
            """)
        {
            found[try row.text(0)]?.counts[try row.text(1), default: [:]][try row.text(2)] = Int(try row.int(3))
        }
        return found.values.sorted { $0.group.key < $1.group.key }
    }

    /// Slips of rounds that are over open nothing any more.
    static func forgetSlips(closedBefore day: Day, in transaction: any Transaction) throws {
        let rows = try transaction.query(
            "SELECT id FROM pulse_rounds WHERE closes_on < \(day) ORDER BY id DESC LIMIT 100")
        for row in rows { try transaction.execute("DELETE FROM pulse_slips WHERE round = \(try row.text(0))") }
    }
}
