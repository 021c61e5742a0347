public import Desk
public import Ground
import Identity
public import Storage

/// A matter as it is read when powers and duties are compared: of what kind, where, and whose it was made.
public struct GivenMatter: Sendable, Hashable {
    public var id: CaseID
    public var number: String
    public var category: String
    public var street: AreaPrefix
    public var receivedAt: Instant
    /// Whom it was given to; nil while nobody has it.
    public var body: BodyID?
    public var bodyName: String?
    public var bodyLine: String?
    public var bodyArea: AreaPrefix?

    public init(
        id: CaseID, number: String, category: String, street: AreaPrefix, receivedAt: Instant, body: BodyID?,
        bodyName: String? = nil, bodyLine: String? = nil, bodyArea: AreaPrefix? = nil
    ) {
        self.id = id
        self.number = number
        self.category = category
        self.street = street
        self.receivedAt = receivedAt
        self.body = body
        self.bodyName = bodyName
        self.bodyLine = bodyLine
        self.bodyArea = bodyArea
    }
}

/// One act on such a matter, as a street’s own body did it.
public struct GivenStep: Sendable, Hashable {
    public var matter: CaseID
    public var number: String
    public var category: String
    public var street: AreaPrefix
    public var act: String
    /// A code of `reasons.yaml`, where the act has one.
    public var reason: String?
    public var at: Instant
    /// As people read it: “Return”.
    public var actTitle: LocalizedText

    public init(
        matter: CaseID, number: String, category: String, street: AreaPrefix, act: String, reason: String?, at: Instant,
        actTitle: LocalizedText
    ) {
        self.matter = matter
        self.number = number
        self.category = category
        self.street = street
        self.act = act
        self.reason = reason
        self.at = at
        self.actTitle = actTitle
    }
}

extension Cases {
    /// What streets’ own bodies did of some kinds on residents’ matters of these categories since an instant, the newest
    /// matters first.
    /// - Parameter limit: of each category.
    public func steps(
        _ acts: [String], categories: [String], since: Instant, limit: Int, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [GivenStep] {
        let lowest: CaseID = IdentifierSource.lowest(at: since)
        var facts: [BodyID: BodyFacts?] = [:]
        var found: [GivenStep] = []
        for category in rules.categories.leaves.map(\.code) where categories.contains(where: category.hasPrefix) {
            let rows = try transaction.query(
                """
                SELECT c.id, c.number, c.street, s.act, s.reason, s.at, s.staff_body
                FROM cases c JOIN case_steps s ON s.case_id = c.id
                WHERE c.category = \(category) AND c.id >= \(lowest) AND c.kind = 'matter' AND c.street IS NOT NULL
                    AND \(scope.area.condition(on: "c.area")) AND s.act IN (\(list: acts)) AND s.staff_body IS NOT NULL
                ORDER BY c.category, c.id DESC, s.version LIMIT \(limit)
                """)
            for row in rows {
                let body: BodyID = try row.identifier(6)
                if facts[body] == nil { facts[body] = try bodies.body(body, in: transaction) }
                guard let street = AreaPrefix(try row.text(2)), let of = facts[body].flatMap({ $0 }), of.line == nil,
                    street.contains(of.area)
                else { continue }
                let act = ActName(rawValue: try row.text(3))
                found.append(
                    GivenStep(
                        matter: try row.identifier(0), number: try row.text(1), category: category, street: street,
                        act: act.rawValue, reason: try row.textIfAny(4), at: try row.instant(5),
                        actTitle: rules.workflow[act]?.title ?? LocalizedText(act.rawValue, act.rawValue)))
            }
        }
        return found
    }

    /// Whether any list of reasons has the code.
    public func isReason(_ code: String) -> Bool {
        rules.reasons.values.contains { list in list.contains { $0.code == code } }
    }

    /// Residents' matters of these categories since an instant, the newest first, in the streets of the scope.
    /// - Parameter limit: of each category.
    public func given(
        categories: [String], since: Instant, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [GivenMatter] {
        let lowest: CaseID = IdentifierSource.lowest(at: since)
        var bodyFacts: [BodyID: BodyFacts] = [:]
        var matters: [GivenMatter] = []
        for category in rules.categories.leaves.map(\.code) where categories.contains(where: category.hasPrefix) {
            let rows = try transaction.query(
                """
                SELECT id, number, street, received_at, body FROM cases
                WHERE category = \(category) AND id >= \(lowest) AND kind = 'matter' AND street IS NOT NULL
                    AND \(scope.area.condition(on: "area"))
                ORDER BY category, id DESC LIMIT \(limit)
                """)
            for row in rows {
                guard let street = AreaPrefix(try row.text(2)) else { continue }
                var matter = GivenMatter(
                    id: try row.identifier(0), number: try row.text(1), category: category, street: street,
                    receivedAt: try row.instant(3), body: try row.identifierIfAny(4))
                if let body = matter.body {
                    if bodyFacts[body] == nil { bodyFacts[body] = try bodies.body(body, in: transaction) }
                    matter.bodyName = bodyFacts[body]?.name
                    matter.bodyLine = bodyFacts[body]?.line
                    matter.bodyArea = bodyFacts[body]?.area
                }
                matters.append(matter)
            }
        }
        return matters
    }
}
