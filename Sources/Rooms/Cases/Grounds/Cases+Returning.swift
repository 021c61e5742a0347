public import Desk
public import Ground
public import Storage

extension Cases {
    /// Returns what a post's own body has open of these categories, because the power for it went: each by the act of its
    /// workflow, so that it goes on as any returned matter does. What a rule forbids to return (a ruling binds it, it was
    /// returned too often) stays.
    /// - Returns: the numbers of those returned.
    @discardableResult
    public func returnOpen(
        categories: [String], because opinion: String, reason: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [String] {
        var returned: [String] = []
        for id in try CaseStore.open(of: scope.body, most: 1_000, in: transaction) {
            guard let record = try CaseStore.find(id, in: transaction), record.kind == Workflow.matter,
                let category = record.category, categories.contains(where: { category.hasPrefix($0) })
            else { continue }
            do {
                _ = try act(
                    id, Command("return", opinion: opinion, reason: reason), by: .staff(scope), actor: Actor(scope),
                    at: now, in: transaction)
                returned.append(record.number)
            } catch let refusal as Refusal where refusal.kind == .ruleBroken || refusal.kind == .conflict {
                continue
            }
        }
        return returned
    }
}

extension CaseStore {
    /// What a body was given and has not ended: to be taken or being handled.
    fileprivate static func open(of body: BodyID, most: Int, in transaction: any Transaction) throws -> [CaseID] {
        try transaction.query(
            """
            SELECT id FROM cases WHERE body = \(body) AND state IN ('dispatched', 'handling')
            ORDER BY body, state, id LIMIT \(most)
            """
        ).map { try $0.identifier(0) }
    }
}
