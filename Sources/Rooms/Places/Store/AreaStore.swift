import Desk
import Ground
import Storage

/// Divisions as they are kept: one row for each stretch of time.
enum AreaStore {
    static let columns: StaticString = "code, name, level, parent, valid_from, valid_to, source"

    static func area(_ row: Row) throws(DatabaseError) -> Area {
        let level = try row.text(2)
        guard let level = AreaLevel(rawValue: level) else { throw DatabaseError(.wrongType, "no level: \(level)") }
        return Area(
            code: try row.text(0), name: try row.text(1), level: level, parent: try row.textIfAny(3),
            validFrom: try row.day(4), validTo: try row.dayIfAny(5), source: try row.text(6))
    }

    static func valid(at day: Day) -> SQL {
        "valid_from <= \(day) AND (valid_to IS NULL OR valid_to > \(day))"
    }

    static func area(_ code: String, at day: Day, in transaction: any Transaction) throws -> Area? {
        try transaction.first(
            """
            SELECT \(trusted: columns) FROM divisions WHERE code = \(code) AND \(valid(at: day))
            ORDER BY valid_from DESC LIMIT 1
            """
        ).map(area)
    }

    /// All that the code was, oldest first.
    static func history(of code: String, in transaction: any Transaction) throws -> [Area] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM divisions WHERE code = \(code) ORDER BY valid_from"
        ).map(area)
    }

    /// The divisions around a code, widest first, as they were on that day; the code itself last. A grid's code (15
    /// digits) has the divisions around its community.
    static func ancestors(of code: String, at day: Day, in transaction: any Transaction) throws -> [Area] {
        let lineage = prefixes(of: code)
        let rows = try transaction.query(
            """
            SELECT \(trusted: columns) FROM divisions WHERE code IN (\(list: lineage)) AND \(valid(at: day))
            ORDER BY code
            """)
        var areas: [Area] = []
        for row in rows {
            let area = try area(row)
            // Versions meet but never overlap; should two, the later one counts.
            if areas.last?.code == area.code { areas.removeLast() }
            areas.append(area)
        }
        return areas
    }

    static func prefixes(of code: String) -> [String] {
        [2, 4, 6, 9, 12].filter { $0 <= code.utf8.count }.map { String(code.prefix($0)) }
    }

    static func children(
        of parent: String?, at day: Day, after: String? = nil, limit: Int = 10_000, in transaction: any Transaction
    ) throws -> [Area] {
        let below: SQL = parent.map { "parent = \($0)" } ?? "parent IS NULL"
        let rest: SQL = after.map { "code > \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM divisions WHERE \(below) AND \(rest) AND \(valid(at: day))
            ORDER BY code LIMIT \(limit)
            """
        ).map(area)
    }

    /// How many divisions lie right below each of these.
    static func childCounts(of parents: [String], at day: Day, in transaction: any Transaction) throws -> [String:
        Int64]
    {
        let rows = try transaction.query(
            """
            SELECT parent, count(*) FROM divisions WHERE parent IN (\(list: parents)) AND \(valid(at: day))
            GROUP BY parent
            """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.text(0), try $0.int(1)) })
    }

    /// Names that begin with the text, codes that begin or end with it, within an area. A name is never a key: the answer
    /// may hold several of the same name.
    static func search(
        _ text: String, within area: AreaPrefix, at day: Day, limit: Int, in transaction: any Transaction
    ) throws -> [Area] {
        let isCode = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let match: SQL
        if isCode {
            let length = text.utf8.count
            match = """
                substr(code, 1, \(length)) = \(text)
                OR (length(code) >= \(length) AND substr(code, length(code) - \(length - 1), \(length)) = \(text))
                """
        } else {
            match = "substr(name, 1, \(text.unicodeScalars.count)) = \(text)"
        }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM divisions
            WHERE \(area.condition(on: "code")) AND (\(match)) AND \(valid(at: day))
            ORDER BY code LIMIT \(limit)
            """
        ).map(self.area)
    }

    static func successors(of code: String, in transaction: any Transaction) throws -> [Successor] {
        try transaction.query(
            """
            SELECT code, successor, since, standing FROM division_successors
            WHERE code = \(code) OR successor = \(code) ORDER BY since, code, successor
            """
        ).map { row in
            Successor(
                code: try row.text(0), successor: try row.text(1), since: try row.day(2),
                standing: Successor.Standing(rawValue: try row.text(3)) ?? .proposed)
        }
    }
}

extension Row {
    func day(_ column: Int) throws(DatabaseError) -> Day {
        let text = try text(column)
        guard let day = Day(text) else { throw DatabaseError(.wrongType, "no day: \(text)") }
        return day
    }

    func dayIfAny(_ column: Int) throws(DatabaseError) -> Day? { isNull(column) ? nil : try day(column) }
}
