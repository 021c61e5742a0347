import Cases
import Desk
import Ground
import Storage

/// Mediators, and in which disputes they are not free.
enum MediatorStore {
    private static let columns: StaticString =
        "id, name, organisation, area, level, fields, languages, phone_index, is_active, open_count, version"

    static func insert(_ one: Mediator, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO mediators (\(trusted: columns))
            VALUES (\(one.id), \(one.name), \(one.organisation), \(one.area.code), \(one.level),
                    \(one.fields.sorted().joined(separator: ",")), \(one.languages.sorted().joined(separator: ",")),
                    \(one.phoneIndex), \(one.isActive), \(one.openCount), \(one.version))
            """)
    }

    static func update(_ one: Mediator, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE mediators SET name = \(one.name), organisation = \(one.organisation), level = \(one.level),
                fields = \(one.fields.sorted().joined(separator: ",")),
                languages = \(one.languages.sorted().joined(separator: ",")), phone_index = \(one.phoneIndex),
                is_active = \(one.isActive), version = \(one.version)
            WHERE id = \(one.id)
            """)
    }

    static func load(_ id: MediatorID, by change: Int, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE mediators SET open_count = open_count + \(change) WHERE id = \(id)")
    }

    static func find(_ id: MediatorID, in transaction: any Transaction) throws -> Mediator? {
        try transaction.first("SELECT \(trusted: columns) FROM mediators WHERE id = \(id)").map(record)
    }

    /// Those of an area, and of the wider areas that hold it when asked so.
    static func mediators(
        of area: AreaPrefix, andAbove: Bool, after: MediatorID? = nil, limit: Int, in transaction: any Transaction
    ) throws -> [Mediator] {
        var condition = area.condition(on: "area")
        if andAbove {
            let above = [0, 2, 4, 6, 9, 12].filter { $0 < area.code.utf8.count }.map { String(area.code.prefix($0)) }
            condition = "(\(condition) OR area IN (\(list: above)))"
        }
        if let after { condition = "\(condition) AND id > \(after)" }
        return try transaction.query(
            "SELECT \(trusted: columns) FROM mediators WHERE \(condition) ORDER BY id LIMIT \(limit)"
        ).map(record)
    }

    static func tie(
        _ mediator: MediatorID, to dispute: CaseID, reasonSealed: [UInt8], at now: Instant,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_ties (dispute, mediator, reason_sealed, at)
            VALUES (\(dispute), \(mediator), \(reasonSealed), \(now))
            ON CONFLICT (dispute, mediator) DO NOTHING
            """)
    }

    static func tied(to dispute: CaseID, in transaction: any Transaction) throws -> Set<MediatorID> {
        Set(
            try transaction.query("SELECT mediator FROM dispute_ties WHERE dispute = \(dispute) LIMIT 200").map {
                try $0.identifier(0)
            })
    }

    static func names(_ ids: some Sequence<MediatorID>, in transaction: any Transaction) throws -> [MediatorID: String]
    {
        let wanted = Set(ids).sorted()
        guard !wanted.isEmpty else { return [:] }
        return try transaction.query("SELECT id, name FROM mediators WHERE id IN (\(list: wanted))").reduce(into: [:]) {
            $0[try $1.identifier(0)] = try $1.text(1)
        }
    }

    private static func record(_ row: Row) throws -> Mediator {
        func words(_ column: Int) throws -> Set<String> {
            Set(try row.text(column).split(separator: ",").map(String.init))
        }
        return Mediator(
            id: try row.identifier(0), name: try row.text(1), organisation: try row.text(2),
            area: AreaPrefix(try row.text(3)) ?? .everywhere, level: try row.text(4), fields: try words(5),
            languages: try words(6), phoneIndex: try row.textIfAny(7), isActive: try row.bool(8),
            openCount: try row.int(9), version: try row.int(10))
    }
}
