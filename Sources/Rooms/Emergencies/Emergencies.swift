public import Desk
public import Ground
public import Identity
public import Ledger
public import Storage

/// 应急: plans, who is on duty, whom to reach, and chains of hand-overs in which nobody is ever lost.
public struct Emergencies: Room {
    let house: House
    let identity: Identity
    let bodies: any BodyLookup

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, identity: Identity, bodies: any BodyLookup) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.bodies = bodies
    }

    public static let migrations: [Migration] = []

    public static let rights: [Right] = []

    public func addRoutes(to routes: Routes) {}

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords { LedgerWords() }
}
