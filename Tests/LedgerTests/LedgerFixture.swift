import Cipher
import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

/// A ledger with a few sealed blocks, whose entries say only what matters.
struct LedgerFixture: Sendable {
    let database: any Database
    let clock = ManualClock(Instant(milliseconds: 1_790_000_000_000))
    let identifiers = IdentifierSource(seed: 7)
    let keys = KeyRing.forTests("ledger")
    static let area = "330106001002"

    var sealing: Sealing { sealing(entriesPerBlock: 5) }

    func sealing(entriesPerBlock: Int) -> Sealing {
        Sealing(
            database: database, key: keys.signing, clock: clock, chain: AreaPrefix("330106") ?? .everywhere,
            entriesPerBlock: entriesPerBlock)
    }

    /// Runs the body on a new, empty ledger.
    static func with<Value: Sendable>(
        _ engine: EngineCase, _ body: (LedgerFixture) async throws -> Value
    ) async throws -> Value {
        try await engine.withDatabase(migrations: Ledger.migrations) { try await body(LedgerFixture(database: $0)) }
    }

    func entry(_ number: Int, area: String? = LedgerFixture.area, subject: String? = nil) -> LedgerEntry {
        clock.advance(.seconds(1))
        return LedgerEntry(
            id: identifiers.next(at: clock.now()), act: "cases.accepted", subjectKind: "case",
            subjectID: subject ?? "case-\(number)",
            actor: Actor(kind: .staff, id: "staff-\(number % 3)", post: "post-1", name: "网格员\(number % 3)"),
            happenedAt: clock.now() - .minutes(5), receivedAt: clock.now(), area: area,
            facts: JSONWriter.object { $0.member("number", number) })
    }

    /// Records so many entries, each in a transaction of its own.
    @discardableResult
    func record(_ count: Int, area: String? = LedgerFixture.area) async throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        for number in 1...count {
            let entry = entry(number, area: area)
            try await database.write { try Ledger.record(entry, in: $0) }
            entries.append(entry)
        }
        return entries
    }

    func execute(_ statements: [SQL]) async throws {
        _ = try await database.write { transaction in
            for statement in statements { try transaction.execute(statement) }
        }
    }

    func verify(expectedRoot: [UInt8]? = nil, fromBlock: Int64 = 1) async throws -> Verification {
        try await Ledger.verify(
            database, publicKey: keys.signing.publicKey, fromBlock: fromBlock, expectedRoot: expectedRoot,
            at: clock.now())
    }

    func scope(area: String) -> Scope {
        Scope(
            staff: identifiers.next(at: clock.now()), staffName: "甲", post: identifiers.next(at: clock.now()),
            postName: LocalizedText("网格员", "Grid worker"), role: "grid-worker", rights: [.ledgerRead],
            area: AreaPrefix(area) ?? .everywhere, body: identifiers.next(at: clock.now()), bodyName: "街道")
    }
}
