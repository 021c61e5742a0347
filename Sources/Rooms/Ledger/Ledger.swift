public import Desk
import Ground
public import Storage

extension Right {
    /// May read the ledger of the own area.
    public static let ledgerRead = Right("ledger.read")
}

/// Every act, as a by-product of the act itself; sealed in blocks, so that any change to the past is found.
public struct Ledger: Room {
    let house: House

    public init(house: House) { self.house = house }

    /// Writes the entry as part of the act's own transaction: either both are durable or neither is. One statement.
    public static func record(_ entry: LedgerEntry, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO ledger_entries (id, act, subject_kind, subject_id, actor_kind, actor_id, actor_post, actor_name,
                                        happened_at, received_at, area, purpose, facts)
            VALUES (\(entry.id), \(entry.act), \(entry.subjectKind), \(entry.subjectID), \(entry.actor.kind.rawValue),
                    \(entry.actor.id), \(entry.actor.post), \(entry.actor.name), \(entry.happenedAt),
                    \(entry.receivedAt), \(entry.area), \(entry.purpose), \(entry.facts))
            """)
    }

    public static let rights: [Right] = [.ledgerRead]

    public static let migrations: [Migration] = LedgerSchema.migrations

    public func addRoutes(to routes: Routes) {}
}
