import Desk
import Ground
import Storage

extension CaseRules {
    /// A state in which a post acts first.
    struct OwnedState: Sendable {
        var state: Workflow.State
        /// Only the matters that were given to the post's own body.
        var isOfBody: Bool
    }

    /// The states of all kinds that wait for somebody like this, in the order of the workflows.
    func ownedStates(_ scope: Scope) -> [OwnedState] {
        workflows.flatMap(\.states).compactMap { state in
            guard let owner = state.owner, owner.right.map(scope.may) ?? true else { return nil }
            switch owner.party {
            case .area: return scope.line == nil ? OwnedState(state: state, isOfBody: false) : nil
            case .county:
                return scope.line == nil && scope.area.level <= .county
                    ? OwnedState(state: state, isOfBody: false) : nil
            case .body: return OwnedState(state: state, isOfBody: true)
            case .reporter, .anyone, .answerable, .offered, .platform: return nil
            }
        }
    }
}

/// What the first page and the queue ask of the store.
extension CaseStore {
    /// Maintained counts, narrowed to an area or a body; never a count over the matters.
    static func counts(
        for scope: Scope, area: AreaPrefix?, body: BodyID?, in transaction: any Transaction
    ) throws -> [StateName: Int64] {
        var conditions: [SQL] = [
            scope.line == nil ? scope.area.condition(on: "area") : "body = \(scope.body)"
        ]
        if let area { conditions.append(area.condition(on: "area")) }
        if let body { conditions.append("body = \(body)") }
        let rows = try transaction.query(
            """
            SELECT state, CAST(SUM(total) AS BIGINT) FROM case_counts WHERE \(SQL.all(conditions)) GROUP BY state
            """)
        return try Dictionary(rows.map { (StateName(rawValue: try $0.text(0)), try $0.int(1)) }) { first, _ in first }
    }

    /// The matters that wait for this post, most pressing first.
    static func waiting(
        _ owned: [CaseRules.OwnedState], for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [CaseRecord] {
        var found: [CaseRecord] = []
        for isOfBody in [false, true] {
            var filter = CaseFilter()
            filter.states = owned.filter { $0.isOfBody == isOfBody }.map(\.state.name)
            guard !filter.states.isEmpty else { continue }
            if isOfBody { filter.body = scope.body }
            filter.isByDue = true
            found += try page(filter, for: scope, limit: limit, in: transaction)
        }
        let sorted = found.sorted {
            ($0.due?.at.milliseconds ?? .max, $0.id) < ($1.due?.at.milliseconds ?? .max, $1.id)
        }
        return Array(sorted.prefix(limit))
    }

    /// How many matters of a filter there are, counted only so far. For filters by time, which have an index of their own.
    static func count(_ filter: CaseFilter, for scope: Scope, most: Int, in transaction: any Transaction) throws -> Int
    {
        var conditions = [filter.condition(for: scope, narrowing: false)]
        if !filter.states.isEmpty { conditions.append("state IN (\(list: filter.states.map(\.rawValue)))") }
        let row = try transaction.first(
            "SELECT COUNT(*) FROM (SELECT id FROM cases WHERE \(SQL.all(conditions)) LIMIT \(most)) AS counted")
        return Int(try row?.int(0) ?? 0)
    }
}
