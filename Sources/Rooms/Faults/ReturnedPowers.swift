public import Cases
public import Desk
public import Ground
public import Mandates
public import Storage

/// 可退: when a power goes from a street, the open matters that it had because of that power go back with it.
public struct ReturnedPowers: PowerFollower {
    private let cases: Cases
    private let rules: FaultRules

    /// - Throws: a refusal naming the file when `faults.yaml` cannot be read.
    public init(house: House, cases: Cases) throws(Refusal) {
        self.cases = cases
        rules = try FaultRules.load(
            from: house.rules, isPower: { _ in true }, isCategory: { cases.rules.categories[$0] != nil })
    }

    public func left(
        _ power: String, of street: AreaPrefix, as end: PowerStage, by scope: Scope?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let categories = rules.powers.first(where: { $0.power == power })?.categories else { return }
        if let scope, scope.area == street {
            try cases.returnOpen(
                categories: categories, because: "权力 \(power) 已退回，相关事项一并退回", reason: "power-returned", by: scope,
                at: now, in: transaction)
        }
        // What the street may not return itself, and all of it where the county took the power or its trial ran out.
        try cases.handBackOpen(
            categories: categories, of: street, because: "权力 \(power)：\(end.title.chinese)，相关事项一并交回", by: scope,
            at: now, in: transaction)
    }
}
