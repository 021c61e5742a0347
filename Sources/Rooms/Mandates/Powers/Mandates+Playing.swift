package import Desk
package import Ground
package import Storage

/// For generators that play the past.
extension Mandates {
    /// A power is ordered, made ready as its menu asks, and given on trial, by the street and the county in turn.
    /// - Returns: false for a power whose batch has not opened by then; nothing is done about it.
    @discardableResult
    package func playPower(
        _ code: String, to street: Scope, by county: Scope, instrument: String, at now: Instant,
        in transaction: any Transaction
    ) throws -> Bool {
        guard let needs = menuOfPowers[code]?.needs else { throw Refusal.nothingHere }
        if let batch = menuOfPowers.batch(of: code), batch.from > now.local().day { return false }
        let grant = try order(code, by: street, at: now, in: transaction)
        let ready = PowerMenu.Readiness(
            staff: needs.staff, qualified: needs.qualified, trainingHours: needs.trainingHours,
            equipment: needs.equipment, reason: "证书原件已核对，登记在办")
        _ = try act(.prepare, on: grant.id, by: county, at: now, in: transaction)
        _ = try act(.ready(ready), on: grant.id, by: street, at: now, in: transaction)
        _ = try act(.trial(instrument: instrument), on: grant.id, by: county, at: now, in: transaction)
        return true
    }

    /// Where a demand stands by now; nil for what the scope does not see.
    package func demand(_ id: DemandID, for scope: Scope, in transaction: any Transaction) throws -> Demand? {
        try DemandStore.find(id, for: scope, in: transaction)
    }

    /// The contracts with streets that came of a demand.
    package func contracts(of demand: DemandID, in transaction: any Transaction) throws -> [Contract] {
        try ContractStore.of(demand, in: transaction)
    }
}
