import Desk
import Foundation
import Ground
import Storage

/// One publication of lists.
struct ListRevision: Sendable, Hashable {
    var number: Int64
    var note: String
    var validFrom: Day
    var at: Instant
    var post: PostID
    var added: Int64
    var changed: Int64
    var removed: Int64
}

enum ListStore {
    /// All lists of a county together hold no more items than this.
    static let mostItems = 5_000

    static func revisions(before number: Int64? = nil, limit: Int, in transaction: any Transaction) throws
        -> [ListRevision]
    {
        let last = number ?? Int64.max
        return try transaction.query(
            """
            SELECT number, note, valid_from, at, post, added, changed, removed FROM mandate_revisions
            WHERE number < \(last) ORDER BY number DESC LIMIT \(limit)
            """
        ).map { row in
            ListRevision(
                number: try row.int(0), note: try row.text(1), validFrom: Day(try row.text(2)) ?? Day(number: 0),
                at: try row.instant(3), post: try row.identifier(4), added: try row.int(5), changed: try row.int(6),
                removed: try row.int(7))
        }
    }

    static func current(in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT number FROM mandate_revisions ORDER BY number DESC LIMIT 1")?.int(0) ?? 0
    }

    /// The items of a revision, by code; of one list where one is named.
    static func items(
        at revision: Int64, list: MandateList? = nil, in transaction: any Transaction
    ) throws -> [MandateItem] {
        let lists = (list.map { [$0] } ?? MandateList.allCases).map(\.rawValue)
        return try transaction.query(
            """
            SELECT content FROM mandate_items
            WHERE list IN (\(list: lists)) AND since <= \(revision) AND (until IS NULL OR until > \(revision))
            ORDER BY list, code LIMIT \(mostItems)
            """
        ).map { try decoded($0.text(0)) }
    }

    /// Where a page of items goes on: after this item, in the order of lists and codes.
    struct Place: Sendable, Hashable {
        var list: MandateList
        var code: String

        init(_ item: MandateItem) { (list, code) = (item.list, item.code) }

        /// As it stands in an address: `basic.B0101`.
        init?(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let list = MandateList(rawValue: String(parts[0])), parts[1].utf8.count <= 12 else {
                return nil
            }
            (self.list, code) = (list, String(parts[1]))
        }

        var text: String { "\(list.rawValue).\(code)" }
    }

    /// The next items of a revision that fit, by list and code, and where to go on.
    static func page(
        at revision: Int64, list: MandateList?, after place: Place?, limit: Int, in transaction: any Transaction,
        fits: (MandateItem) -> Bool
    ) throws -> (items: [MandateItem], next: Place?) {
        var found: [MandateItem] = []
        var place = place
        while true {
            let batch = try items(at: revision, list: list, after: place, limit: 200, in: transaction)
            for item in batch where fits(item) {
                if found.count == limit { return (found, found.last.map { Place($0) }) }
                found.append(item)
            }
            guard batch.count == 200, let last = batch.last else { return (found, nil) }
            place = Place(last)
        }
    }

    private static func items(
        at revision: Int64, list: MandateList?, after place: Place?, limit: Int, in transaction: any Transaction
    ) throws -> [MandateItem] {
        let lists = (list.map { [$0] } ?? MandateList.allCases).map(\.rawValue)
        let (lastList, lastCode) = (place?.list.rawValue ?? "", place?.code ?? "")
        return try transaction.query(
            """
            SELECT content FROM mandate_items
            WHERE list IN (\(list: lists)) AND (list, code) > (\(lastList), \(lastCode))
                AND since <= \(revision) AND (until IS NULL OR until > \(revision))
            ORDER BY list, code LIMIT \(limit)
            """
        ).map { try decoded($0.text(0)) }
    }

    /// Every form in which an item ever stood, oldest first, with the revision that brought it and the one that ended it.
    static func history(of code: String, in transaction: any Transaction) throws
        -> [(since: Int64, until: Int64?, item: MandateItem)]
    {
        try transaction.query(
            "SELECT since, until, content FROM mandate_items WHERE code = \(code) ORDER BY since LIMIT 500"
        ).map { (try $0.int(0), try $0.intIfAny(1), try decoded($0.text(2))) }
    }

    static func item(_ code: String, in transaction: any Transaction) throws -> MandateItem? {
        try transaction.first(
            "SELECT content FROM mandate_items WHERE code = \(code) AND until IS NULL ORDER BY since DESC LIMIT 1"
        ).map { try decoded($0.text(0)) }
    }

    static func publish(
        _ revision: ListRevision, _ difference: ListDifference, in transaction: any Transaction
    ) throws {
        let ended = difference.removed.map(\.code) + difference.changed.map(\.after.code)
        var statements: [SQL] = ended.map {
            "UPDATE mandate_items SET until = \(revision.number) WHERE code = \($0) AND until IS NULL"
        }
        for item in difference.added + difference.changed.map(\.after) {
            statements.append(
                """
                INSERT INTO mandate_items (code, since, list, lead, content)
                VALUES (\(item.code), \(revision.number), \(item.list.rawValue), \(item.lead), \(try encoded(item)))
                """)
        }
        statements.append(
            """
            INSERT INTO mandate_revisions (number, note, valid_from, at, post, added, changed, removed)
            VALUES (\(revision.number), \(revision.note), \(revision.validFrom), \(revision.at), \(revision.post),
                    \(revision.added), \(revision.changed), \(revision.removed))
            """)
        try transaction.batch(statements)
    }
}

/// Sorts after every identifier, in whatever order a database has for its letters.
let afterAll = String(repeating: "z", count: 27)

/// Values that are kept whole, as JSON with sorted keys.
func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

func decoded<Value: Decodable>(_ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
}
