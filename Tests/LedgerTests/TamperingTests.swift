import Cipher
import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

/// What someone with the database in hand might do to the past, and what the check must say to it.
struct Tampering: Sendable, CustomTestStringConvertible {
    var name: String
    var statements: @Sendable (_ entries: [LedgerEntry]) -> [SQL]
    /// At least these are found.
    var finds: [Verification.Finding.Kind]
    /// The block of the first finding.
    var block: Int64

    var testDescription: String { name }

    static func sets(_ name: String, _ assignment: @autoclosure @escaping @Sendable () -> SQL) -> Tampering {
        Tampering(
            name: name,
            statements: { ["UPDATE ledger_entries SET \(assignment()) WHERE id = \($0[6].id)"] },
            finds: [.changedEntry], block: 2)
    }

    private static let insertion: SQL = """
        INSERT INTO ledger_entries (id, act, subject_kind, subject_id, actor_kind, actor_id, actor_post, actor_name,
                                    happened_at, received_at, area, purpose, facts, block)
        """

    static let all: [Tampering] = [
        sets("another act", "act = 'cases.closed'"),
        sets("other facts", "facts = \(Array("{\"number\":8}".utf8))"),
        sets("another actor", "actor_id = 'staff-9'"),
        sets("another actor's name", "actor_name = '乙'"),
        sets("another post", "actor_post = NULL"),
        sets("another kind of actor", "actor_kind = 'system'"),
        sets("no readable kind of actor", "actor_kind = 'nobody'"),
        sets("an earlier time", "happened_at = happened_at - 3600000"),
        sets("another time of receipt", "received_at = received_at + 1"),
        sets("another area", "area = '330106001003'"),
        sets("no area", "area = NULL"),
        sets("a purpose", "purpose = ''"),
        sets("another subject", "subject_id = 'case-99'"),
        sets("content moved between columns", "subject_kind = 'cas', subject_id = 'e' || subject_id"),
        Tampering(
            name: "another id, in the same place",
            statements: { ["UPDATE ledger_entries SET id = \($0[6].id.text + "0") WHERE id = \($0[6].id)"] },
            finds: [.changedEntry], block: 2),
        Tampering(
            name: "an entry removed",
            statements: { ["DELETE FROM ledger_entries WHERE id = \($0[6].id)"] },
            finds: [.removedEntry], block: 2),
        Tampering(
            name: "an entry removed from its block",
            statements: { ["UPDATE ledger_entries SET block = NULL WHERE id = \($0[6].id)"] },
            finds: [.removedEntry], block: 2),
        Tampering(
            name: "an entry added to a sealed block",
            statements: {
                [
                    insertion + """
                        SELECT \($0[6].id.text + "x"), act, subject_kind, subject_id, actor_kind, actor_id, actor_post,
                               actor_name, happened_at, received_at, area, purpose, facts, block
                        FROM ledger_entries WHERE id = \($0[6].id)
                        """
                ]
            }, finds: [.addedEntry], block: 2),
        Tampering(
            name: "two entries swapped",
            statements: { entries in
                let (first, second) = (entries[6], entries[7])
                return [
                    "UPDATE ledger_entries SET id = 'held' WHERE id = \(first.id)",
                    "UPDATE ledger_entries SET id = \(first.id) WHERE id = \(second.id)",
                    "UPDATE ledger_entries SET id = \(second.id) WHERE id = 'held'",
                ]
            }, finds: [.changedEntry, .changedEntry], block: 2),
        Tampering(
            name: "an entry moved to another block",
            statements: { ["UPDATE ledger_entries SET block = 1 WHERE id = \($0[6].id)"] },
            finds: [.addedEntry, .removedEntry], block: 1),
        Tampering(
            name: "an entry in a block that is none",
            statements: { ["UPDATE ledger_entries SET block = 9 WHERE id = \($0[6].id)"] },
            finds: [.removedEntry, .addedEntry], block: 2),
        Tampering(
            name: "the last block removed, its entries kept",
            statements: { _ in ["DELETE FROM ledger_blocks WHERE number = 3"] },
            finds: [.missingBlock], block: 3),
        Tampering(
            name: "the last block and its entries removed",
            statements: { _ in
                ["DELETE FROM ledger_blocks WHERE number = 3", "DELETE FROM ledger_entries WHERE block = 3"]
            }, finds: [.missingBlock], block: 3),
        Tampering(
            name: "a block in the middle and its entries removed",
            statements: { _ in
                ["DELETE FROM ledger_blocks WHERE number = 2", "DELETE FROM ledger_entries WHERE block = 2"]
            }, finds: [.missingBlock, .brokenChain], block: 2),
        Tampering(
            name: "another root in a block",
            statements: { _ in ["UPDATE ledger_blocks SET root = \(Digest.sha256("x")) WHERE number = 2"] },
            finds: [.changedBlock, .wrongSignature, .brokenChain], block: 2),
        Tampering(
            name: "another root of the entries",
            statements: { _ in ["UPDATE ledger_blocks SET entries_root = \(Digest.sha256("x")) WHERE number = 2"] },
            finds: [.changedBlock], block: 2),
        Tampering(
            name: "another time of sealing",
            statements: { _ in ["UPDATE ledger_blocks SET sealed_at = sealed_at - 1 WHERE number = 2"] },
            finds: [.changedBlock], block: 2),
        Tampering(
            name: "another previous root",
            statements: { _ in ["UPDATE ledger_blocks SET previous_root = \(Digest.sha256("x")) WHERE number = 2"] },
            finds: [.changedBlock, .brokenChain], block: 2),
        Tampering(
            name: "no signature",
            statements: { _ in ["UPDATE ledger_blocks SET signature = \([UInt8]()) WHERE number = 2"] },
            finds: [.wrongSignature], block: 2),
        Tampering(
            name: "blocks swapped",
            statements: { _ in
                [
                    "UPDATE ledger_blocks SET number = 99 WHERE number = 1",
                    "UPDATE ledger_blocks SET number = 1 WHERE number = 2",
                    "UPDATE ledger_blocks SET number = 2 WHERE number = 99",
                ]
            }, finds: [.changedBlock, .brokenChain], block: 1),
    ]
}

@Suite("Any change to the past is found")
struct TamperingTests {
    @Test("What was tampered with is found and located", arguments: EngineCase.available, Tampering.all)
    func finds(engine: EngineCase, tampering: Tampering) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(13)
            try await ledger.sealing.run()
            #expect(try await ledger.verify().isIntact)
            try await ledger.execute(tampering.statements(entries))
            let check = try await ledger.verify()
            #expect(!check.isIntact)
            let kinds = check.findings.map(\.kind)
            for kind in tampering.finds { #expect(kinds.contains(kind), "\(check.findings)") }
            #expect(check.findings.first?.block == tampering.block, "\(check.findings)")
            #expect(check.findingCount == Int64(check.findings.count))
        }
    }

    @Test("A changed entry is named, and no other", arguments: EngineCase.available)
    func namesTheEntry(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(13)
            try await ledger.sealing.run()
            try await ledger.execute(["UPDATE ledger_entries SET act = 'x' WHERE id = \(entries[6].id)"])
            #expect(
                try await ledger.verify().findings == [
                    .init(.changedEntry, block: 2, entry: entries[6].id.text, position: 2)
                ])
            try await ledger.execute(["DELETE FROM ledger_entries WHERE id = \(entries[8].id)"])
            #expect(
                try await ledger.verify().findings == [
                    .init(.changedEntry, block: 2, entry: entries[6].id.text, position: 2),
                    .init(.removedEntry, block: 2, position: 4),
                ])
        }
    }

    @Test("A chain sealed anew with another key is found", arguments: EngineCase.available)
    func findsAnotherKey(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(13)
            try await ledger.sealing.run()
            try await ledger.execute([
                "DELETE FROM ledger_blocks", "DELETE FROM ledger_chains",
                "UPDATE ledger_entries SET block = NULL, act = 'cases.closed'",
            ])
            #expect(entries.count == 13)
            let forger = Sealing(
                database: ledger.database, key: KeyRing.forTests("forger").signing, clock: ledger.clock,
                chain: .everywhere, entriesPerBlock: 5)
            try await forger.run()
            let check = try await ledger.verify()
            #expect(check.findings.map(\.kind) == [.wrongSignature, .wrongSignature, .wrongSignature])
        }
    }

    @Test(
        "With the root kept elsewhere, even a past replaced with the true key is found", arguments: EngineCase.available
    )
    func findsReplacedPast(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            try await ledger.record(13)
            try await ledger.sealing.run()
            let kept = try await ledger.verify().lastRoot
            try await ledger.record(3)
            try await ledger.sealing.run()
            #expect(try await ledger.verify(expectedRoot: kept).isIntact)
            try await ledger.execute([
                "DELETE FROM ledger_blocks", "DELETE FROM ledger_chains",
                "UPDATE ledger_entries SET block = NULL, act = 'cases.closed'",
            ])
            try await ledger.sealing.run()
            #expect(try await ledger.verify().isIntact)
            let check = try await ledger.verify(expectedRoot: kept)
            #expect(check.findings.map(\.kind) == [.expectedRootMissing])
        }
    }

    @Test("A check from a later block sees what happened from there on", arguments: EngineCase.available)
    func checksFromLaterBlock(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(13)
            try await ledger.sealing.run()
            let intact = try await ledger.verify(fromBlock: 3)
            #expect(intact.isIntact, "\(intact.findings)")
            #expect(intact.entries == 3)
            try await ledger.execute(["UPDATE ledger_entries SET act = 'x' WHERE id = \(entries[12].id)"])
            #expect(try await ledger.verify(fromBlock: 3).findings.map(\.kind) == [.changedEntry])
        }
    }
}
