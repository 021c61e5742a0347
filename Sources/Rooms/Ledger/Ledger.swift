import Cipher
public import Desk
public import Ground
public import Storage

extension Right {
    /// May read the ledger of the own area.
    public static let ledgerRead = Right("ledger.read")
}

/// Every act, as a by-product of the act itself; sealed in blocks, so that any change to the past is found.
///
/// What cannot be found: an entry that is not sealed yet (a few seconds), and a whole end of the chain cut off together
/// with the chain's own counter. Against the second, keep the last root elsewhere and give it to the check.
public struct Ledger: Room {
    let house: House
    let words: LedgerWords

    /// - Parameter words: what the codes of the entries mean, from the rooms that write them.
    public init(house: House, words: [LedgerWords] = []) {
        self.house = house
        self.words = LedgerWords.joined(words)
    }

    /// Writes the entry as part of the act's own transaction: either both are durable or neither is. One statement.
    ///
    /// The facts stay for good: they hold no name, number or address of a resident in clear.
    public static func record(_ entry: LedgerEntry, in transaction: any Transaction) throws {
        try transaction.later(insertion(of: entry))
    }

    /// The statement of `record`, for a batch of several.
    public static func insertion(of entry: LedgerEntry) -> SQL {
        """
        INSERT INTO ledger_entries (id, act, subject_kind, subject_id, actor_kind, actor_id, actor_post, actor_name,
                                    happened_at, received_at, area, purpose, facts)
        VALUES (\(entry.id), \(entry.act), \(entry.subjectKind), \(entry.subjectID), \(entry.actor.kind.rawValue),
                \(entry.actor.id), \(entry.actor.post), \(entry.actor.name), \(entry.happenedAt),
                \(entry.receivedAt), \(entry.area), \(entry.purpose), \(entry.facts))
        """
    }

    /// What was done to one thing, oldest first. Whoever calls has checked that the viewer may see the thing.
    public static func timeline(
        of subjectKind: String, _ subjectID: String, limit: Int = 1000, in transaction: any Transaction
    ) throws -> [LedgerEntry] {
        try transaction.query(
            """
            SELECT \(trusted: LedgerEntry.columns) FROM ledger_entries
            WHERE subject_id = \(subjectID) AND subject_kind = \(subjectKind)
            ORDER BY id LIMIT \(limit)
            """
        ).map(LedgerEntry.init)
    }

    /// Checks the whole past, or that from one block on.
    /// - Parameters:
    ///   - publicKey: of the installation's signing key.
    ///   - expectedRoot: a root that was kept elsewhere; it must stand in the chain.
    public static func verify(
        _ database: any Database, publicKey: [UInt8], fromBlock: Int64 = 1, expectedRoot: [UInt8]? = nil,
        at now: Instant = SystemClock().now()
    ) async throws -> Verification {
        try await database.snapshot { transaction in
            var verifier = Verifier(
                publicKey: publicKey, fromBlock: fromBlock, expectedRoot: expectedRoot, at: now)
            try verifier.run(in: transaction)
            return verifier.result
        }
    }

    public static let rights: [Right] = [.ledgerRead]

    public static let migrations: [Migration] = LedgerSchema.migrations

    public var menu: [MenuEntry] {
        [MenuEntry("/ledger", icon: "scroll-text", LedgerTexts.ledger, right: .ledgerRead, order: 80)]
    }

    public var jobs: [Job] {
        let sealing = Sealing(
            database: house.database, key: house.keys.signing, clock: house.clock, chain: house.settings.area,
            entriesPerBlock: 512, pauses: 2)
        let checks = LedgerChecks(house: house)
        return [
            Job("seal", every: .seconds(2)) { try await sealing.run() },
            Job("check-ledger", every: .hours(1)) { try await checks.runIfDue() },
        ]
    }

    public func addRoutes(to routes: Routes) {
        LedgerPages(house: house, words: words).add(to: routes)
        LedgerAPI(house: house, words: words).add(to: routes)
    }
}
