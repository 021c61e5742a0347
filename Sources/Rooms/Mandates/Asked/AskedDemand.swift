public import Desk
public import Ground
import Identity
public import Storage

/// How a demand came out of the gate, as far as it is out of it.
public enum DemandOutcome: String, Sendable, Hashable, CaseIterable {
    /// On the terms that were asked.
    case asAsked = "as_asked"
    /// On other terms: changed at the gate, or lowered by a measure since.
    case changed
    /// Only at its price, as contracts.
    case priced
    case refused, withdrawn, cut
    /// Still in the gate.
    case underWay = "under_way"

    public init(_ demand: Demand) {
        switch demand.stage {
        case .admitted, .expired:
            self = demand.isBought ? .priced : demand.terms == demand.content ? .asAsked : .changed
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        case .cut: self = .cut
        case .hearing, .deciding, .offered, .appealed: self = .underWay
        }
    }

    /// Whether it is work below: what ``Mandates/sentDown(_:for:in:)`` counts.
    public var wentDown: Bool { self == .asAsked || self == .changed || self == .priced }

    public var title: LocalizedText {
        switch self {
        case .asAsked: LocalizedText("按原条件准入", "Admitted as asked")
        case .changed: LocalizedText("条件有变后准入", "Admitted on other terms")
        case .priced: LocalizedText("付费准入（购买）", "Admitted at its price")
        case .refused: LocalizedText("不予准入", "Refused")
        case .withdrawn: LocalizedText("已撤回", "Withdrawn")
        case .cut: LocalizedText("准入后核减", "Cut after it was admitted")
        case .underWay: LocalizedText("办理中", "Still in the gate")
        }
    }
}

/// What a body asked for, what became of it, and what the streets said that were heard.
public struct AskedDemand: Sendable, Hashable {
    public var id: DemandID
    public var number: String
    public var title: String
    public var kind: DemandKind
    public var filedAt: Instant
    public var outcome: DemandOutcome
    /// Standard minutes in all, as the gate foretold them; nil where it could not.
    public var minutes: Int64?
    /// Streets that agreed, objected, or said nothing, which is no consent.
    public var agreed: Int64
    public var objected: Int64
    public var silent: Int64
}

extension Mandates {
    /// No body asks for more in a year.
    static let mostAsked = 20_000

    /// What a body filed in these days, the oldest first, as far as the scope sees it.
    public func asked(
        by body: BodyID, _ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction
    ) throws -> [AskedDemand] {
        try scope.require(.readMandates)
        let demands = try DemandStore.asked(
            by: body, from: Instant(LocalTime(day: days.lowerBound)),
            until: Instant(LocalTime(day: days.upperBound + 1)), for: scope, limit: Self.mostAsked, in: transaction)
        let heard = try DemandStore.hearingCounts(of: demands.map(\.id), in: transaction)
        return demands.map { demand in
            let answers = heard[demand.id] ?? [:]
            return AskedDemand(
                id: demand.id, number: demand.number, title: demand.content.title, kind: demand.content.kind,
                filedAt: demand.filedAt, outcome: DemandOutcome(demand), minutes: demand.answer.load?.minutes,
                agreed: answers[.agrees] ?? 0, objected: answers[.objects] ?? 0, silent: answers[nil] ?? 0)
        }
    }

    /// The contracts of a body whose period touches these days, as far as the scope sees them.
    public func contracts(
        boughtBy body: BodyID, _ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction
    ) throws -> [Contract] {
        try scope.require(.readMandates)
        return try ContractStore.page(
            for: scope, ContractFilter(buyer: body, days: days), after: nil, limit: 5_000, in: transaction)
    }

    /// The powers of a street, whatever became of them, the oldest first.
    public func powerGrants(
        in street: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> [PowerGrant] {
        try scope.require(.readMandates)
        return try PowerStore.all(in: street, for: scope, limit: 1_000, in: transaction)
    }
}
