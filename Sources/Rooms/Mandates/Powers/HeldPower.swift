public import Desk
public import Ground
public import Storage

/// A power that a street holds now, as other rooms may read it.
public struct HeldPower: Sendable, Hashable {
    public var id: PowerGrantID
    public var code: String
    public var title: LocalizedText
    /// The department that had it.
    public var line: String
    public var street: AreaPrefix
    /// When its trial or grant began.
    public var since: Instant
    public var instrument: String
    /// What the street lacks by now to use it; empty when nothing.
    public var lacks: [LocalizedText]

    public init(
        id: PowerGrantID, code: String, title: LocalizedText, line: String, street: AreaPrefix, since: Instant,
        instrument: String, lacks: [LocalizedText] = []
    ) {
        self.id = id
        self.code = code
        self.title = title
        self.line = line
        self.street = street
        self.since = since
        self.instrument = instrument
        self.lacks = lacks
    }
}

/// A contract whose work was accepted and is not paid in full.
public struct UnpaidContract: Sendable, Hashable {
    public var id: ContractID
    public var number: String
    public var street: AreaPrefix
    /// Its last day.
    public var until: Day
    /// Yuan still owed.
    public var yuan: Int64

    public init(id: ContractID, number: String, street: AreaPrefix, until: Day, yuan: Int64) {
        self.id = id
        self.number = number
        self.street = street
        self.until = until
        self.yuan = yuan
    }
}

extension Mandates {
    public func isPower(_ code: String) -> Bool { menuOfPowers[code] != nil }

    /// The powers that streets of the scope hold, on trial or granted.
    public func heldPowers(for scope: Scope, in transaction: any Transaction) throws -> [HeldPower] {
        try PowerStore.held(for: scope, limit: 5_000, in: transaction).compactMap { grant in
            guard let power = menuOfPowers[grant.power] else { return nil }
            return HeldPower(
                id: grant.id, code: grant.power, title: power.title, line: power.line, street: grant.area,
                since: grant.grantedAt ?? grant.orderedAt, instrument: grant.instrument,
                lacks: PowerMenu.lacks(power, grant.readiness))
        }
    }

    /// What streets of the scope did, had accepted and were not paid for.
    public func unpaidContracts(for scope: Scope, in transaction: any Transaction) throws -> [UnpaidContract] {
        try ContractStore.accepted(for: scope, limit: 5_000, in: transaction).compactMap { one in
            let owed = one.worth(one.accepted) - one.paid
            guard owed > 0 else { return nil }
            return UnpaidContract(id: one.id, number: one.number, street: one.area, until: one.until, yuan: owed)
        }
    }
}
