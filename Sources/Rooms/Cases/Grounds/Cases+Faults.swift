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

extension Cases {
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
