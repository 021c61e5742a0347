import Desk
import Ground
import Registry
import Storage

/// 订阅: what changed in a list since a subscriber last asked. Kept only for forms that somebody subscribed to.
///
/// Changes are numbered by a counter whose row every writer holds until its commit, so a number that is read has none below
/// it still to come, on one server or several. What changes by the day alone, a birthday or the end of a stay, is found by
/// its day.
struct FeedMark: Sendable, Hashable {
    var number: Int64
    /// Days up to and with this one were told, up to this subject.
    var day: Day
    var subject: String

    /// Sorts after every id.
    static let endOfDay = "~"

    var text: String { "\(number)-\(day)-\(subject == Self.endOfDay ? "end" : subject)" }

    init(number: Int64, day: Day, subject: String = Self.endOfDay) {
        (self.number, self.day, self.subject) = (number, day, subject)
    }

    /// - Returns: nil when the text is no mark.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let number = Int64(parts[0]), number >= 0,
            let day = Day(parts[1...3].joined(separator: "-")),
            parts[4] == "end" || SubjectID(parsing: parts[4]) != nil
        else { return nil }
        self.init(number: number, day: day, subject: parts[4] == "end" ? Self.endOfDay : parts[4])
    }
}

enum FeedStore {
    /// Of which forms changes are kept, by key.
    static func forms(in transaction: any Transaction) throws -> Set<String> {
        Set(try transaction.query("SELECT form FROM form_feeds ORDER BY form LIMIT 5000").map { try $0.text(0) })
    }

    /// Since which number changes are kept, and the last one; nil when there is no feed.
    static func numbers(of form: String, in transaction: any Transaction) throws -> (begun: Int64, last: Int64)? {
        try transaction.first("SELECT begun_at, number FROM form_feeds WHERE form = \(form)").map {
            (try $0.int(0), try $0.int(1))
        }
    }

    /// Numbers begin with the time, so that those of a feed that was given up never come again.
    static func begin(_ form: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO form_feeds (form, number, begun_at, read_at)
            VALUES (\(form), \(now.milliseconds), \(now.milliseconds), \(now))
            ON CONFLICT (form) DO UPDATE SET read_at = excluded.read_at
            """)
    }

    static func touch(_ form: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later("UPDATE form_feeds SET read_at = \(now) WHERE form = \(form)")
    }

    /// Gives up feeds that nobody has read for long.
    static func end(unreadSince limit: Instant, in transaction: any Transaction) throws -> Bool {
        let ended = try transaction.query("SELECT form FROM form_feeds WHERE read_at < \(limit) LIMIT 5000").map {
            try $0.text(0)
        }
        for form in ended {
            try transaction.later("DELETE FROM form_changes WHERE form = \(form)")
            try transaction.later("DELETE FROM form_feeds WHERE form = \(form)")
        }
        return !ended.isEmpty
    }

    /// Statements that number a change; the counter's row is held from here to the end of the transaction.
    static func adding(_ subject: SubjectID, area: String?, to form: String) -> [SQL] {
        [
            "UPDATE form_feeds SET number = number + 1 WHERE form = \(form)",
            """
            INSERT INTO form_changes (form, subject, number, area)
            SELECT form, \(subject), number, \(area) FROM form_feeds WHERE form = \(form)
            ON CONFLICT (form, subject) DO UPDATE SET number = excluded.number, area = excluded.area
            """,
        ]
    }

    struct Change: Sendable {
        var subject: SubjectID
        var number: Int64
        /// Where it was listed before, as far as it was.
        var area: String?
    }

    static func changes(of form: String, after number: Int64, limit: Int, in transaction: any Transaction) throws
        -> [Change]
    {
        try transaction.query(changesQuery(form, after: number, limit: limit)).map {
            Change(subject: try $0.identifier(0), number: try $0.int(1), area: try $0.textIfAny(2))
        }
    }

    static func changesQuery(_ form: String, after number: Int64, limit: Int) -> SQL {
        """
        SELECT subject, number, area FROM form_changes
        WHERE form = \(form) AND number > \(number) ORDER BY form, number LIMIT \(limit)
        """
    }

    /// Who came into the list or left it by the day, in the order of days.
    static func turns(
        of instance: String, after mark: FeedMark, until today: Day, limit: Int, in transaction: any Transaction
    ) throws -> [(day: Day, subject: SubjectID, area: String)] {
        try transaction.query(turnsQuery(instance, after: mark, until: today, limit: limit)).compactMap { row in
            guard let day = Day(try row.text(0)) else { return nil }
            return (day, try row.identifier(1), try row.text(2))
        }
    }

    static func turnsQuery(_ instance: String, after mark: FeedMark, until today: Day, limit: Int) -> SQL {
        """
        SELECT turn_day, subject, area FROM (
            SELECT from_day AS turn_day, subject, area FROM form_rows
            WHERE form = \(instance) AND (from_day, subject) > (\(mark.day), \(mark.subject)) AND from_day <= \(today)
            UNION ALL
            SELECT until_day AS turn_day, subject, area FROM form_rows
            WHERE form = \(instance) AND (until_day, subject) > (\(mark.day), \(mark.subject))
                AND until_day <= \(today)
        ) AS turns
        ORDER BY turn_day, subject LIMIT \(limit)
        """
    }
}
