import Cases
import Desk
import Ground
import Identity
import Storage

/// 功能性网格: laid over base grids for some categories of matters from one day to another; the base grids stay as they are.
struct FunctionalGrid: Sendable, Hashable {
    var id: Identifier<FunctionalGrid>
    var area: AreaPrefix
    var name: String
    /// Codes of categories; a matter of any below one of them is meant, too.
    var categories: [String]
    /// Codes of base grids.
    var members: [String]
    var validFrom: Day
    /// The first day on which it is no longer.
    var validTo: Day
    /// Who is told of its matters.
    var post: PostID
    var version: Int64 = 1

    func holds(on day: Day) -> Bool { validFrom <= day && day < validTo }

    func takes(_ matter: Cases.OpenMatter) -> Bool {
        guard let category = matter.category else { return false }
        return members.contains(matter.area.code) && categories.contains { category.hasPrefix($0) }
    }
}

enum FunctionalStore {
    private static let columns: StaticString =
        "id, area, name, categories, members, valid_from, valid_to, post, version"

    static func insert(_ grid: FunctionalGrid, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO functional_grids (id, area, name, categories, members, valid_from, valid_to, post, version)
            VALUES (\(grid.id), \(grid.area.code), \(grid.name), \(grid.categories.joined(separator: "\n")),
                    \(grid.members.joined(separator: "\n")), \(grid.validFrom), \(grid.validTo), \(grid.post),
                    \(grid.version))
            """)
    }

    static func update(_ grid: FunctionalGrid, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE functional_grids SET members = \(grid.members.joined(separator: "\n")), valid_to = \(grid.validTo),
                version = \(grid.version) WHERE id = \(grid.id)
            """)
    }

    /// Newest first; ended ones, too.
    static func page(for scope: Scope, after: String?, limit: Int, in transaction: any Transaction) throws
        -> [FunctionalGrid]
    {
        guard scope.line == nil else { return [] }
        return try transaction.query(pageQuery(for: scope, after: after, limit: limit)).map(grid)
    }

    static func pageQuery(for scope: Scope, after: String?, limit: Int) -> SQL {
        let rest: SQL = after.map { "id < \($0)" } ?? "TRUE"
        return """
            SELECT \(trusted: columns) FROM functional_grids WHERE \(scope.area.condition(on: "area")) AND \(rest)
            ORDER BY id DESC LIMIT \(limit)
            """
    }

    static func find(_ id: Identifier<FunctionalGrid>, for scope: Scope, in transaction: any Transaction) throws
        -> FunctionalGrid
    {
        guard scope.line == nil,
            let found = try transaction.first("SELECT \(trusted: columns) FROM functional_grids WHERE id = \(id)")
                .map(grid), scope.area.contains(found.area)
        else { throw Refusal.nothingHere }
        return found
    }

    /// Those that hold on a day.
    static func holding(on day: Day, in transaction: any Transaction) throws -> [FunctionalGrid] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM functional_grids WHERE valid_to > \(day) ORDER BY valid_to, id LIMIT 2000
            """
        ).map(grid).filter { $0.holds(on: day) }
    }

    /// Members that end are replaced by the grids that go on for them.
    static func move(_ moves: [String: String], in transaction: any Transaction) throws {
        guard !moves.isEmpty else { return }
        let all = try transaction.query(
            "SELECT \(trusted: columns) FROM functional_grids ORDER BY valid_to DESC, id LIMIT 2000"
        ).map(grid)
        for var grid in all where grid.members.contains(where: { moves[$0] != nil }) {
            grid.members = Array(Set(grid.members.map { moves[$0] ?? $0 })).sorted()
            grid.version += 1
            try update(grid, in: transaction)
        }
    }

    // MARK: Matters

    static func taken(by id: Identifier<FunctionalGrid>, in transaction: any Transaction) throws -> Set<CaseID> {
        Set(
            try transaction.query(
                "SELECT case_id FROM functional_grid_matters WHERE functional = \(id) ORDER BY case_id LIMIT 20000"
            ).map { try $0.identifier(0) })
    }

    static func take(
        _ matter: CaseID, by id: Identifier<FunctionalGrid>, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO functional_grid_matters (functional, case_id, taken_at) VALUES (\(id), \(matter), \(now))
            ON CONFLICT (functional, case_id) DO NOTHING
            """)
    }

    private static func grid(_ row: Row) throws -> FunctionalGrid {
        guard let area = AreaPrefix(try row.text(1)), let from = Day(try row.text(5)), let to = Day(try row.text(6))
        else { throw DatabaseError(.wrongType, "functional_grids holds no grid") }
        return FunctionalGrid(
            id: try row.identifier(0), area: area, name: try row.text(2),
            categories: try row.text(3).split(separator: "\n").map(String.init),
            members: try row.text(4).split(separator: "\n").map(String.init), validFrom: from, validTo: to,
            post: try row.identifier(7), version: try row.int(8))
    }
}
