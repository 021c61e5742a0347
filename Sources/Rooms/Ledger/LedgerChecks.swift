import Cipher
import Desk
import Ground
import Storage

/// Checks of the ledger and what they found, for the page that shows it.
struct LedgerChecks: Sendable {
    let house: House

    /// One check that was made.
    struct Record: Sendable {
        var checkedAt: Instant
        var fromBlock: Int64
        var blocks: Int64
        var entries: Int64
        var unsealed: Int64
        var findings: Int64
        var firstFinding: String?
        var lastRoot: [UInt8]
    }

    /// Checks everything once a day, whichever server comes first.
    func runIfDue() async throws {
        let now = house.clock.now()
        let due = now - .hours(24)
        let recent = try await house.database.query(
            "SELECT 1 FROM ledger_checks WHERE from_block = 1 AND checked_at > \(due) LIMIT 1")
        if recent.isEmpty { _ = try await run() }
    }

    /// - Parameter count: only so many of the last blocks; nil for all.
    func run(lastBlocks count: Int64? = nil) async throws -> Verification {
        var from: Int64 = 1
        if let count {
            let last = try await house.database.query("SELECT max(number) FROM ledger_blocks")
            from = max(1, (try last.first?.intIfAny(0) ?? 0) - count + 1)
        }
        let verification = try await Ledger.verify(
            house.database, publicKey: house.keys.signing.publicKey, fromBlock: from, at: house.clock.now())
        let first = verification.findings.first.map { "\($0.text.chinese) / \($0.text.english)" }
        _ = try await house.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO ledger_checks (checked_at, from_block, blocks, entries, unsealed, findings, first_finding,
                                           last_root)
                VALUES (\(verification.checkedAt), \(verification.fromBlock), \(verification.blocks),
                        \(verification.entries), \(verification.unsealed), \(verification.findingCount), \(first),
                        \(verification.lastRoot))
                ON CONFLICT (checked_at) DO NOTHING
                """)
        }
        return verification
    }

    static func last(in transaction: any Transaction) throws -> Record? {
        try records(after: nil, limit: 1, in: transaction).first
    }

    /// Newest first.
    /// - Parameter after: when the last one of the page before was made.
    static func records(after: Instant?, limit: Int, in transaction: any Transaction) throws -> [Record] {
        let beginning: SQL = after.map { "checked_at < \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT checked_at, from_block, blocks, entries, unsealed, findings, first_finding, last_root
            FROM ledger_checks WHERE \(beginning) ORDER BY checked_at DESC LIMIT \(limit)
            """
        ).map { row in
            Record(
                checkedAt: try row.instant(0), fromBlock: try row.int(1), blocks: try row.int(2),
                entries: try row.int(3), unsealed: try row.int(4), findings: try row.int(5),
                firstFinding: try row.textIfAny(6), lastRoot: try row.blob(7))
        }
    }

    static func lastBlocks(_ count: Int, in transaction: any Transaction) throws -> [LedgerBlock] {
        try transaction.query(
            "SELECT \(trusted: LedgerBlock.columns) FROM ledger_blocks ORDER BY number DESC LIMIT \(count)"
        ).map(LedgerBlock.init)
    }
}
