public import Cases
public import Desk
public import Ground
public import Identity
public import Ledger
public import Places
public import Storage

/// 渠道: how matters come in from other systems, and how what becomes of them goes out again.
public struct Channels: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let bodies: any BodyLookup
    let publicRules: PublicRules

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, places: Places, bodies: any BodyLookup
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        self.bodies = bodies
        publicRules = try PublicRules.load(from: house.rules, categories: cases.rules.categories)
    }

    public static let migrations: [Migration] = []

    public func addRoutes(to routes: Routes) {
        Open311(channels: self).add(to: routes)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords { LedgerWords() }

    /// The names of the bodies that matters were given to.
    func bodyNames(_ matters: [PublicMatter], in transaction: any Transaction) throws -> [BodyID: String] {
        var names: [BodyID: String] = [:]
        for id in Set(matters.compactMap(\.body)) { names[id] = try bodies.body(id, in: transaction)?.name }
        return names
    }
}
