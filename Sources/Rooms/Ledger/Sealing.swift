public import Cipher
public import Desk
public import Ground
public import Storage

/// Seals what was recorded. Runs on every server: whoever holds the chain's row seals, the others wait their turn and find
/// nothing left. A block and the mark on its entries are one transaction, so being cut off leaves nothing half sealed.
public struct Sealing: Sendable {
    let database: any Database
    let key: SigningKey
    let clock: any WallClock
    /// The name of the chain, when the first block is made.
    let chain: String
    let entriesPerBlock: Int
    let pauses: Int

    /// - Parameter entriesPerBlock: at most 4096. While a block is sealed, other writes wait, so it is small: a thousand
    ///   entries took some twenty milliseconds on SQLite, sixty on PostgreSQL (two busy cores).
    /// - Parameter pauses: how many times as long as a full block took to wait after it.
    public init(
        database: any Database, key: SigningKey, clock: any WallClock, chain: AreaPrefix, entriesPerBlock: Int = 1024,
        pauses: Int = 0
    ) {
        self.database = database
        self.key = key
        self.clock = clock
        self.chain = chain.code
        self.entriesPerBlock = max(1, min(4096, entriesPerBlock))
        self.pauses = pauses
    }

    /// Seals everything that was committed when it was called.
    /// - Returns: how many blocks were made.
    @discardableResult
    public func run() async throws -> Int {
        var made = 0
        while try await hasUnsealed() {
            let begun = ContinuousClock.now
            let count = try await database.write { try sealNext(in: $0) }
            if count > 0 { made += 1 }
            // A block that is not full held all there was.
            if count < entriesPerBlock { break }
            // After an import there are hundreds of blocks to make, and whoever writes waits while one is made: those who
            // work go first. Bounded, so that sealing keeps up even with a database that is slow all the time.
            try await Task.sleep(for: min((ContinuousClock.now - begun) * pauses, .milliseconds(250)))
        }
        return made
    }

    private func hasUnsealed() async throws -> Bool {
        !(try await database.query("SELECT 1 FROM ledger_entries WHERE block IS NULL LIMIT 1").isEmpty)
    }

    private func sealNext(in transaction: any Transaction) throws -> Int {
        let chain = try transaction.first("SELECT chain FROM ledger_chains LIMIT 1")?.text(0) ?? chain
        try transaction.execute("INSERT INTO ledger_chains (chain, blocks) VALUES (\(chain), 0) ON CONFLICT DO NOTHING")
        // Writing the row, changed or not, holds it until the end of this transaction.
        try transaction.execute("UPDATE ledger_chains SET blocks = blocks WHERE chain = \(chain)")
        let last = try transaction.first(
            "SELECT number, root FROM ledger_blocks WHERE chain = \(chain) ORDER BY number DESC LIMIT 1")
        let number = (try last?.int(0) ?? 0) + 1
        let previousRoot = try last?.blob(1) ?? LedgerBlock.noRoot
        let rows = try transaction.query(
            """
            UPDATE ledger_entries SET block = \(number)
            WHERE id IN (SELECT id FROM ledger_entries WHERE block IS NULL ORDER BY id LIMIT \(entriesPerBlock))
            RETURNING \(trusted: LedgerEntry.columns)
            """)
        guard !rows.isEmpty else { return 0 }
        let entries = try rows.map(LedgerEntry.init).sorted { $0.id < $1.id }
        let (block, leaves) = LedgerBlock.sealing(
            entries, chain: chain, number: number, after: previousRoot, at: clock.now(), by: key)
        try transaction.execute(
            """
            INSERT INTO ledger_blocks (chain, number, first_entry, last_entry, entry_count, previous_root, entries_root,
                                       sealed_at, root, signature, leaves)
            VALUES (\(block.chain), \(block.number), \(block.firstEntry), \(block.lastEntry), \(block.entryCount),
                    \(block.previousRoot), \(block.entriesRoot), \(block.sealedAt), \(block.root), \(block.signature),
                    \(leaves))
            """)
        try transaction.execute("UPDATE ledger_chains SET blocks = \(number) WHERE chain = \(chain)")
        return entries.count
    }
}
