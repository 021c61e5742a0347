public import Desk
public import Ground
import Identity
public import Storage

/// A demand of a body that went down to the grassroots.
public struct SentDown: Sendable, Hashable {
    public var id: DemandID
    public var number: String
    public var title: String
    public var stage: DemandStage
    public var filedAt: Instant
}

/// What went down, for whoever compares it with what came from below.
extension Mandates {
    /// A year has fewer; see ``BurdenCaps``.
    private static let mostSentDown = 20_000
    /// What was refused or withdrawn never went down; what is still in the gate has not yet.
    private static let wentDown: [DemandStage] = [.admitted, .expired]

    /// How many demands filed in a period went down, by their sender, as far as the scope sees them.
    public func sentDown(_ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction) throws
        -> [BodyID: Int64]
    {
        try scope.require(.readMandates)
        let (from, until) = Self.span(days)
        return try transaction.query(
            """
            SELECT body, COUNT(*) FROM demands
            WHERE filed_at >= \(from) AND filed_at < \(until) AND stage IN (\(list: Self.wentDown.map(\.rawValue)))
                AND \(DemandStore.visible(scope))
            GROUP BY body ORDER BY body LIMIT \(Self.mostSentDown)
            """
        ).reduce(into: [:]) { counts, row in
            let body: BodyID = try row.identifier(0)
            counts[body] = try row.int(1)
        }
    }

    /// These demands of one body, the oldest first.
    public func sentDown(
        by body: BodyID, _ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction
    ) throws -> [SentDown] {
        try scope.require(.readMandates)
        let (from, until) = Self.span(days)
        return try transaction.query(
            """
            SELECT id, number, title, stage, filed_at FROM demands
            WHERE body = \(body) AND filed_at >= \(from) AND filed_at < \(until)
                AND stage IN (\(list: Self.wentDown.map(\.rawValue))) AND \(DemandStore.visible(scope))
            ORDER BY filed_at, id LIMIT \(Self.mostSentDown)
            """
        ).map { row in
            SentDown(
                id: try row.identifier(0), number: try row.text(1), title: try row.text(2),
                stage: DemandStage(rawValue: try row.text(3)) ?? .admitted, filedAt: try row.instant(4))
        }
    }

    private static func span(_ days: ClosedRange<Day>) -> (from: Instant, until: Instant) {
        (Instant(LocalTime(day: days.lowerBound)), Instant(LocalTime(day: days.upperBound + 1)))
    }
}
