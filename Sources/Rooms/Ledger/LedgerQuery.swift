import Desk
import Ground
import Storage
import Web

/// What a reader of the ledger asks for; the same on the page, in the export and in the interface.
struct LedgerQuery: Sendable, Hashable {
    var area: AreaPrefix?
    /// An act, or with a dot at its end all acts of a room: `cases.`.
    var act: String?
    /// Id or name of who did it.
    var actor: String?
    /// An id, or kind and id: `case:0123…`.
    var subject: String?
    var from: Day?
    /// The last day that is wanted.
    var to: Day?

    init() {}

    init(_ parameters: QueryParameters) throws(Refusal) {
        if let text = parameters.filled("area") {
            guard let area = AreaPrefix(text) else { throw Self.malformed("area", "区划代码", "an area code") }
            self.area = area
        }
        act = parameters.filled("act")
        actor = parameters.filled("actor")
        subject = parameters.filled("subject")
        from = try Self.day("from", parameters)
        to = try Self.day("to", parameters)
    }

    private static func day(_ name: String, _ parameters: QueryParameters) throws(Refusal) -> Day? {
        guard let text = parameters.filled(name) else { return nil }
        guard let day = Day(text) else { throw malformed(name, "日期（如 2026-11-21）", "a date such as 2026-11-21") }
        return day
    }

    private static func malformed(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(
            .malformed, "ledger.filter",
            LocalizedText("\(field) 应为\(chinese)", "\(field) must be \(english)"), field: field)
    }

    private func conditions(_ view: LedgerView) -> SQL {
        var all = [view.condition]
        if let area { all.append(area.condition(on: "area")) }
        if let act {
            // A slash is the character after the dot.
            all.append(act.hasSuffix(".") ? "act >= \(act) AND act < \(act.dropLast() + "/")" : "act = \(act)")
        }
        if let actor { all.append("actor_id = \(actor) OR actor_name = \(actor)") }
        if let subject {
            let parts = subject.split(separator: ":", maxSplits: 1).map(String.init)
            all.append(
                parts.count == 2
                    ? "subject_id = \(parts[1]) AND subject_kind = \(parts[0])" : "subject_id = \(subject)")
        }
        // Ids begin with the time at which they were made, so the list's own order narrows the days down; an hour more
        // at both ends for clocks that differ.
        if let from {
            let start = Instant(LocalTime(day: from))
            all.append("id >= \(Self.firstID(at: start - .hours(1))) AND received_at >= \(start)")
        }
        if let to {
            let end = Instant(LocalTime(day: to + 1))
            all.append("id < \(Self.firstID(at: end + .hours(1))) AND received_at < \(end)")
        }
        return .all(all)
    }

    /// The text that sorts before all ids of that moment.
    static func firstID(at instant: Instant) -> String {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let time = max(0, instant.milliseconds)
        return String(
            decoding: stride(from: Int64(45), through: 0, by: -5).map { digits[Int(time >> $0 & 31)] }, as: UTF8.self)
    }

    /// Newest first.
    func statement(for view: LedgerView, after: String?, limit: Int) -> SQL {
        let before: SQL = after.map { "id < \($0)" } ?? "TRUE"
        return """
            SELECT \(trusted: LedgerEntry.columns), block FROM ledger_entries
            WHERE \(conditions(view)) AND \(before)
            ORDER BY id DESC LIMIT \(limit)
            """
    }
}

/// An entry and the block that seals it.
struct LedgerLine: Sendable {
    var entry: LedgerEntry
    var block: Int64?

    init(_ row: Row) throws(DatabaseError) {
        entry = try LedgerEntry(row)
        block = try row.intIfAny(13)
    }
}
