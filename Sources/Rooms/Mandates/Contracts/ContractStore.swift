import Desk
import Ground
import Storage

/// Which contracts are listed.
struct ContractFilter: Sendable, Hashable {
    var buyer: BodyID?
    /// Whose period touches these days.
    var days: ClosedRange<Day>?
    /// All of them when empty.
    var stages: [ContractStage] = []

    var condition: SQL {
        let isOfBuyer: SQL = buyer.map { "buyer = \($0)" } ?? "TRUE"
        let isInDays: SQL =
            days.map { "begins_on <= \($0.upperBound) AND ends_on >= \($0.lowerBound)" } ?? "TRUE"
        let isAtStage: SQL = stages.isEmpty ? "TRUE" : "stage IN (\(list: stages.map(\.rawValue)))"
        return "\(isOfBuyer) AND \(isInDays) AND \(isAtStage)"
    }
}

enum ContractStore {
    private static let columns: StaticString =
        """
        id, number, demand, title, buyer, buyer_name, area, quantity, yuan, begins_on, ends_on, conditions, stage,
        delivered, accepted, paid, by_hired, minutes, times, area_level, roles, due_at, version
        """

    static func insert(_ one: Contract, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO contracts (\(trusted: columns))
            VALUES (\(one.id), \(one.number), \(one.demand), \(one.title), \(one.buyer), \(one.buyerName),
                    \(one.area.code), \(one.quantity), \(one.yuan), \(one.from), \(one.until), \(one.conditions),
                    \(one.stage.rawValue), \(one.delivered), \(one.accepted), \(one.paid), \(one.isByHired),
                    \(one.minutes), \(one.times), \(one.level.rawValue), \(one.roles.joined(separator: ",")), \(one.dueAt),
                    \(one.version))
            """)
    }

    static func update(_ one: inout Contract, in transaction: any Transaction) throws -> Bool {
        let seen = one.version
        one.version += 1
        return try transaction.execute(
            """
            UPDATE contracts SET stage = \(one.stage.rawValue), conditions = \(one.conditions),
                delivered = \(one.delivered), accepted = \(one.accepted), paid = \(one.paid), due_at = \(one.dueAt),
                version = \(one.version)
            WHERE id = \(one.id) AND version = \(seen)
            """) == 1
    }

    /// Whoever stands at the county sees all, a department those it buys, a street those it sells.
    private static func visible(_ scope: Scope) -> SQL {
        if scope.line != nil { return "buyer = \(scope.body)" }
        if scope.area.level <= .county { return "\(scope.area.condition(on: "area"))" }
        return "area = \(String(scope.area.code.prefix(9)))"
    }

    static func find(_ id: ContractID, for scope: Scope, in transaction: any Transaction) throws -> Contract? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM contracts WHERE id = \(id) AND \(visible(scope))"
        ).map(contract)
    }

    /// How the hours of bought work fall on days, as far as streets agreed to it and their own posts do it.
    static func spans(of demands: [DemandID], in transaction: any Transaction) throws -> [DemandID: [BurdenHours]] {
        var spans: [DemandID: [BurdenHours]] = [:]
        for start in stride(from: 0, to: demands.count, by: 500) {
            let some = demands[start..<min(start + 500, demands.count)].map(\.text)
            let rows = try transaction.query(
                """
                SELECT \(trusted: columns) FROM contracts
                WHERE demand IN (\(list: some)) AND stage IN ('agreed', 'delivered', 'disputed', 'accepted', 'paid')
                ORDER BY demand, area LIMIT 50000
                """
            ).map(contract)
            for one in rows where !one.isByHired {
                spans[one.demand, default: []].append(
                    BurdenHours(from: one.from, until: one.until, minutes: one.minutes * one.quantity, steps: []))
            }
        }
        return spans
    }

    static func numbered(_ number: String, in transaction: any Transaction) throws -> Contract? {
        try transaction.first("SELECT \(trusted: columns) FROM contracts WHERE number = \(number)").map(contract)
    }

    static func page(
        for scope: Scope, _ filter: ContractFilter = ContractFilter(), after: String?, limit: Int,
        in transaction: any Transaction
    ) throws -> [Contract] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM contracts
            WHERE id < \(after ?? afterAll) AND \(filter.condition) AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(contract)
    }

    static func of(_ demand: DemandID, in transaction: any Transaction) throws -> [Contract] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM contracts WHERE demand = \(demand) ORDER BY area LIMIT 1000"
        ).map(contract)
    }

    static func alive(limit: Int, in transaction: any Transaction) throws -> [Contract] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM contracts WHERE stage IN ('agreed', 'delivered')
            ORDER BY stage, id LIMIT \(limit)
            """
        ).map(contract)
    }

    /// Work that was accepted and waits for its money, within the scope's area.
    static func accepted(for scope: Scope, limit: Int, in transaction: any Transaction) throws -> [Contract] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM contracts WHERE stage = 'accepted' AND \(visible(scope))
            ORDER BY stage, id LIMIT \(limit)
            """
        ).map(contract)
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [Contract] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM contracts WHERE due_at IS NOT NULL AND due_at < \(now)
            ORDER BY due_at LIMIT 200
            """
        ).map(contract)
    }

    private static func contract(_ row: Row) throws -> Contract {
        Contract(
            id: try row.identifier(0), number: try row.text(1), demand: try row.identifier(2), title: try row.text(3),
            buyer: try row.identifier(4), buyerName: try row.text(5), area: AreaPrefix(try row.text(6)) ?? .everywhere,
            quantity: try row.int(7), yuan: try row.int(8), from: Day(try row.text(9)) ?? Day(number: 0),
            until: Day(try row.text(10)) ?? Day(number: 0), conditions: try row.text(11),
            stage: ContractStage(rawValue: try row.text(12)) ?? .ended, delivered: try row.int(13),
            accepted: try row.int(14), paid: try row.int(15), isByHired: try row.bool(16), minutes: try row.int(17),
            times: try row.int(18), level: AreaLevel(rawValue: try row.text(19)) ?? .grid,
            roles: try row.text(20).split(separator: ",").map(String.init), dueAt: try row.instantIfAny(21),
            version: try row.int(22))
    }
}
