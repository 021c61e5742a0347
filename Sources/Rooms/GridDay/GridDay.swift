public import Cases
public import Desk
public import Ground
public import Identity
public import Ledger
public import Places
public import Storage

/// 全科网格: the grid worker's day. One page on the phone, an outbox that works without a network, patrols.
public struct GridDay: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let bodies: any BodyLookup

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, places: Places, bodies: any BodyLookup
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        self.bodies = bodies
    }

    public static let migrations: [Migration] = []

    public static let rights: [Right] = []

    public func addRoutes(to routes: Routes) {}

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords { LedgerWords() }
}
