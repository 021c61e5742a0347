public import Desk
public import Ground
import Identity
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
        let states = rules.workflow(named: Workflow.matter)?["return"]?.from ?? []
        for id in try CaseStore.open(of: scope.body, in: states, categories, most: 1_000, in: transaction) {
            guard let record = try CaseStore.find(id, in: transaction) else { continue }
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

extension Cases {
    /// The act of ``Workflow/matter`` by which the platform takes matters from a street whose power has gone.
    private static let powerGone: ActName = "power-gone"
    /// So many bodies of one street are looked at.
    private static let mostBodies = 500

    /// Hands back what the street's own bodies still have open of these categories, because it has no power for them any
    /// more: to be taken, being handled, hanging or with mediation. No ruling and no number of returns keeps them there: without the power nobody of the street may handle them.
    /// A county's own workflow without the act keeps them where they are.
    /// - Parameter scope: of the post by whose act the power went; nil when the platform ended it.
    /// - Returns: the numbers of those handed back.
    @discardableResult
    public func handBackOpen(
        categories: [String], of street: AreaPrefix, because opinion: String, by scope: Scope?, at now: Instant,
        in transaction: any Transaction
    ) throws -> [String] {
        var handedBack: [String] = []
        guard let states = rules.workflow(named: Workflow.matter)?[Self.powerGone]?.from else { return [] }
        let own = try bodies.bodies(in: street, limit: Self.mostBodies, in: transaction).filter {
            $0.line == nil && street.contains($0.area)
        }
        for body in own {
            for id in try CaseStore.open(of: body.id, in: states, categories, most: 1_000, in: transaction) {
                guard let record = try CaseStore.find(id, in: transaction), states.contains(record.state) else {
                    continue
                }
                _ = try act(
                    id, Command(Self.powerGone, opinion: opinion), by: .system,
                    actor: scope.map { Actor($0) } ?? .system,
                    at: now, in: transaction)
                handedBack.append(record.number)
            }
        }
        return handedBack
    }
}

extension CaseStore {
    /// Residents' matters of these categories that a body was given and that stand in one of these states.
    fileprivate static func open(
        of body: BodyID, in states: [StateName], _ categories: [String], most: Int, in transaction: any Transaction
    ) throws -> [CaseID] {
        try categories.flatMap { category in
            try transaction.query(
                """
                SELECT id FROM cases
                WHERE body = \(body) AND state IN (\(list: states.map(\.rawValue))) AND kind = \(Workflow.matter)
                    AND category >= \(category) AND category < \(category + ":")
                ORDER BY body, state, id LIMIT \(most)
                """
            ).map { try $0.identifier(0) }
        }
    }
}
