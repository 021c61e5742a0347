public import Desk
public import Ground
import Identity
public import Storage

/// How much of one kind a department has sent in a year, against what it may send at all.
public struct CapStanding: Sendable, Hashable {
    public var line: String
    public var kind: DemandKind
    /// Of it, what was asked for: what one street was heard on, or what one body sent.
    public var here: Int64
    /// Sent by the whole department, or on the way, as the gate counts it.
    public var sent: Int64
    /// nil where no yearly cap holds.
    public var most: Int64?
    /// Months of the base year that nobody knows.
    public var holes: Int
    /// When those who answer for it were told that it rises again after a cut; nil while it does not.
    public var risesSince: Instant?

    /// As much was sent as a cap allows, or more.
    public var isFull: Bool { most.map { sent >= $0 } ?? false }

    /// More was sent than a cap, perhaps lowered since, allows.
    public var isOver: Bool { most.map { sent > $0 } ?? false }
}

extension Mandates {
    /// Where the departments stand that sent something in a year to a street, or through a body, by department and kind.
    public func capStandings(
        _ year: Int, heardIn street: AreaPrefix? = nil, by body: BodyID? = nil, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [CapStanding] {
        try scope.require(.readMandates)
        let rows = try DemandStore.ofYear(year, heardIn: street, by: body, for: scope, in: transaction)
        let told = try RiseStore.told(in: transaction)
        let first = Day(year: year, month: 1, day: 1) ?? Day(number: 0)
        let groups = Dictionary(grouping: rows.filter { $0.line != nil }) {
            [$0.line ?? "", caps.counted($0.kind).rawValue]
        }
        return try groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, rows in
            let here = Int64(rows.count(where: \.counts))
            guard here > 0, let kind = DemandKind(rawValue: key[1]) else { return nil }
            let allowance = caps.allowance(kind, line: key[0])
            return CapStanding(
                line: key[0], kind: kind, here: here,
                sent: try DemandStore.sent(caps.together(kind), by: key[0], inYearOf: first, in: transaction),
                most: allowance.most, holes: allowance.holes,
                risesSince: told.first { $0.line == key[0] && $0.kind == kind }?.at)
        }
    }
}
