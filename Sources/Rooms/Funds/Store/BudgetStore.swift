import Desk
import Ground
import Storage

/// Which lines of money are listed.
struct BudgetFilter: Sendable, Hashable {
    var street: AreaPrefix?
    var year: Int64?
}

enum BudgetStore {
    private static let columns: StaticString =
        "id, street, area, title, source, ground, year, allotted, spent, committed, plan, version"
    /// Sorts after every identifier.
    static let afterAll = String(repeating: "z", count: 27)

    static func insert(_ line: BudgetLine, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO budget_lines (\(trusted: columns))
            VALUES (\(line.id), \(line.street.code), \(line.area.code), \(line.title), \(line.source), \(line.ground),
                    \(line.year), \(line.allotted), \(line.spent), \(line.committed), \(planText(line)), \(line.version))
            """)
    }

    /// - Returns: false when it changed since it was read.
    static func update(_ line: inout BudgetLine, in transaction: any Transaction) throws -> Bool {
        let seen = line.version
        line.version += 1
        return try transaction.execute(
            """
            UPDATE budget_lines SET allotted = \(line.allotted), spent = \(line.spent),
                committed = \(line.committed), plan = \(planText(line)), version = \(line.version)
            WHERE id = \(line.id) AND version = \(seen)
            """) == 1
    }

    /// A department sees what it paid in, a street what it holds, whoever stands wider all within.
    static func visible(_ scope: Scope) -> SQL {
        if let line = scope.line { return "source = \(line) AND \(scope.area.condition(on: "street"))" }
        if scope.area.level < .street { return "\(scope.area.condition(on: "street"))" }
        return "street = \(String(scope.area.code.prefix(9)))"
    }

    static func find(_ id: BudgetLineID, for scope: Scope, in transaction: any Transaction) throws -> BudgetLine? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM budget_lines WHERE id = \(id) AND \(visible(scope))"
        ).map(line)
    }

    static func page(
        for scope: Scope, _ filter: BudgetFilter = BudgetFilter(), after: String?, limit: Int,
        in transaction: any Transaction
    ) throws -> [BudgetLine] {
        let before = after ?? afterAll
        let street: SQL = filter.street.map { "street = \($0.code)" } ?? "TRUE"
        let year: SQL = filter.year.map { "year = \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM budget_lines
            WHERE id < \(before) AND \(street) AND \(year) AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(line)
    }

    static func insert(
        _ move: BudgetMove, id: Identifier<BudgetMove>, of line: BudgetLineID, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO budget_moves (id, line, kind, yuan, words, paper, at, post)
            VALUES (\(id), \(line), \(move.kind.rawValue), \(move.yuan), \(move.words), \(move.paper), \(move.at),
                    \(move.post))
            """)
    }

    /// The newest first.
    static func moves(of id: BudgetLineID, limit: Int, in transaction: any Transaction) throws -> [BudgetMove] {
        try transaction.query(
            """
            SELECT kind, yuan, words, paper, at, post FROM budget_moves WHERE line = \(id)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).compactMap { row in
            guard let kind = BudgetMove.Kind(rawValue: try row.text(0)) else { return nil }
            return BudgetMove(
                kind: kind, yuan: try row.int(1), words: try row.text(2), paper: try row.text(3),
                at: try row.instant(4), post: try row.identifier(5))
        }
    }

    private static func planText(_ line: BudgetLine) -> String? {
        line.plan.map { $0.quarters.map(String.init).joined(separator: ",") }
    }

    private static func plan(_ text: String) -> SpendingPlan? {
        let quarters = text.split(separator: ",").compactMap { Int64($0) }
        return quarters.count == 4 ? SpendingPlan(quarters: quarters) : nil
    }

    /// Lines of a year in a street or community, by street; a community's are those that go to it or its grids.
    static func open(
        _ year: Int64, in area: AreaPrefix, limit: Int, in transaction: any Transaction
    ) throws -> [BudgetLine] {
        let street = AreaPrefix(area.code.prefix(9)) ?? area
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM budget_lines
            WHERE year = \(year) AND \(street.condition(on: "street")) AND \(area.condition(on: "area"))
            ORDER BY street, id LIMIT \(limit)
            """
        ).map(line)
    }

    private static func line(_ row: Row) throws -> BudgetLine {
        BudgetLine(
            id: try row.identifier(0), street: AreaPrefix(try row.text(1)) ?? .everywhere,
            area: AreaPrefix(try row.text(2)) ?? .everywhere, title: try row.text(3), source: try row.textIfAny(4),
            ground: try row.textIfAny(5), year: try row.int(6), allotted: try row.int(7), spent: try row.int(8),
            committed: try row.int(9), plan: try row.textIfAny(10).flatMap(plan), version: try row.int(11))
    }
}
