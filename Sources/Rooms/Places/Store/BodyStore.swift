import Desk
import Ground
import Storage

enum BodyStore {
    static let columns: StaticString = """
        id, name, english_name, kind, level, area, line, parent, functional_parent, phone, valid_from, valid_to, version
        """

    static func body(_ row: Row) throws(DatabaseError) -> BodyRecord {
        let area = try row.text(5)
        guard let area = AreaPrefix(area) else { throw DatabaseError(.wrongType, "no area: \(area)") }
        return BodyRecord(
            id: try row.identifier(0), name: try row.text(1), englishName: try row.textIfAny(2),
            kind: BodyRecord.Kind(rawValue: try row.text(3)) ?? .other,
            level: AreaLevel(rawValue: try row.text(4)) ?? area.level, area: area, line: try row.textIfAny(6),
            parent: try row.identifierIfAny(7), functionalParent: try row.identifierIfAny(8),
            phone: try row.textIfAny(9), validFrom: try row.day(10), validTo: try row.dayIfAny(11),
            version: try row.int(12))
    }

    static func insertion(of body: BodyRecord) -> SQL {
        """
        INSERT INTO bodies (id, name, english_name, kind, level, area, line, parent, functional_parent, phone, valid_from,
                            valid_to, version)
        VALUES (\(body.id), \(body.name), \(body.englishName), \(body.kind.rawValue), \(body.level.rawValue),
                \(body.area.code), \(body.line), \(body.parent), \(body.functionalParent), \(body.phone),
                \(body.validFrom), \(body.validTo), \(body.version))
        """
    }

    /// - Returns: whether the version that was seen was still the stored one.
    static func update(_ body: BodyRecord, seen version: Int64, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE bodies SET name = \(body.name), english_name = \(body.englishName), kind = \(body.kind.rawValue),
                level = \(body.level.rawValue), area = \(body.area.code), line = \(body.line),
                parent = \(body.parent), functional_parent = \(body.functionalParent), phone = \(body.phone),
                valid_from = \(body.validFrom), valid_to = \(body.validTo), version = version + 1
            WHERE id = \(body.id) AND version = \(version)
            """) == 1
    }

    static func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM bodies WHERE id = \(id)").map(body)
    }

    /// Bodies that act in an area: theirs contains it, or lies inside it. Widest first.
    static func acting(
        in area: AreaPrefix, at day: Day, limit: Int, transaction: any Transaction
    ) throws -> [BodyRecord] {
        let around = [""] + AreaStore.prefixes(of: area.code).filter { $0 != area.code }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM bodies
            WHERE (area IN (\(list: around)) OR (\(area.condition(on: "area")))) AND \(AreaStore.valid(at: day))
            ORDER BY area, id LIMIT \(limit)
            """
        ).map(body)
    }

    /// Bodies of the area and below, ordered by area.
    static func bodies(
        within area: AreaPrefix, at day: Day, limit: Int, transaction: any Transaction
    ) throws -> [BodyRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM bodies
            WHERE \(area.condition(on: "area")) AND \(AreaStore.valid(at: day)) ORDER BY area, id LIMIT \(limit)
            """
        ).map(body)
    }

    /// Some bodies by their ids; those that are not there are left out.
    static func bodies(_ ids: [BodyID], in transaction: any Transaction) throws -> [BodyRecord] {
        guard !ids.isEmpty else { return [] }
        return try transaction.query("SELECT \(trusted: columns) FROM bodies WHERE id IN (\(list: ids))").map(body)
    }

    /// The body and those above it, nearest first, in one query. A ring, which no write makes, ends after 20 steps.
    static func chain(of id: BodyID, by chain: BodyChain, in transaction: any Transaction) throws -> [BodyRecord] {
        let above: SQL =
            switch chain {
            case .area: "parent"
            case .line: "functional_parent"
            }
        return try transaction.query(
            """
            WITH RECURSIVE chain (id, depth) AS (
                SELECT id, 0 FROM bodies WHERE id = \(id)
                UNION ALL
                SELECT b.\(above), c.depth + 1 FROM chain c JOIN bodies b ON b.id = c.id
                WHERE b.\(above) IS NOT NULL AND c.depth < 20
            )
            SELECT b.id, b.name, b.english_name, b.kind, b.level, b.area, b.line, b.parent, b.functional_parent, b.phone,
                   b.valid_from, b.valid_to, b.version
            FROM chain c JOIN bodies b ON b.id = c.id ORDER BY c.depth
            """
        ).map(body)
    }
}
