import Cipher
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Ledger

@Suite("Proof of inclusion")
struct ProofTests {
    @Test("Every entry of every size of block can be proved, and nothing else", arguments: 1...17)
    func provesEveryEntry(count: Int) throws {
        let leaves = (0..<count).flatMap { Digest.sha256("entry \($0)") }
        let root = MerkleTree.root(of: leaves)
        for position in 0..<count {
            let path = try #require(MerkleTree.path(to: position, in: leaves))
            #expect(MerkleTree.root(from: Digest.sha256("entry \(position)"), by: path) == root)
            #expect(MerkleTree.root(from: Digest.sha256("entry \(position + 1)"), by: path) != root)
        }
        #expect(MerkleTree.path(to: count, in: leaves) == nil)
    }

    @Test("The tree has the shape of RFC 6962: with three entries, the third rises alone")
    func hasKnownShape() {
        let leaves = (0..<3).map { Digest.sha256("\($0)") }
        let expected = Digest.sha256(
            [0x01] + Digest.sha256([0x01] + leaves[0] + leaves[1]) + leaves[2])
        #expect(MerkleTree.root(of: leaves.flatMap { $0 }) == expected)
    }

    @Test("A proof holds for the entry as it was sealed, and for the true key only", arguments: EngineCase.available)
    func holds(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(13)
            try await ledger.sealing.run()
            let scope = ledger.scope(area: "330106")
            for entry in entries {
                let found = try await proof(entry, scope, ledger)
                var proof = try #require(found)
                #expect(proof.isValid(by: ledger.keys.signing.publicKey))
                #expect(!proof.isValid(by: KeyRing.forTests("other").signing.publicKey))
                proof.entry.act = "cases.closed"
                #expect(!proof.isValid(by: ledger.keys.signing.publicKey))
            }
        }
    }

    @Test("An entry that is not sealed has no proof yet", arguments: EngineCase.available)
    func refusesUnsealed(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entry = try await ledger.record(1)[0]
            let refusal = await #expect(throws: Refusal.self) {
                try await proof(entry, ledger.scope(area: "330106"), ledger)
            }
            #expect(refusal?.code == "ledger.proof.unsealed")
        }
    }

    @Test(
        "Entries of another area are neither proved nor listed, a sibling's whose code begins alike included",
        arguments: EngineCase.available)
    func keepsToArea(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let here = try await ledger.record(1, area: "330106001002")[0]
            let sibling = try await ledger.record(1, area: "330106002001")[0]
            let nowhere = try await ledger.record(1, area: nil)[0]
            try await ledger.sealing.run()
            let street = ledger.scope(area: "330106001")
            #expect(try await proof(here, street, ledger) != nil)
            #expect(try await proof(sibling, street, ledger) == nil)
            #expect(try await proof(nowhere, street, ledger) == nil)
            #expect(try await list(LedgerQuery(), street, ledger) == [here.id])
            let county = ledger.scope(area: "330106")
            #expect(try await list(LedgerQuery(), county, ledger) == [nowhere.id, sibling.id, here.id])
        }
    }

    @Test("Filters narrow the list down", arguments: EngineCase.available)
    func filters(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = try await ledger.record(3)
            let county = ledger.scope(area: "330106")
            let day = ledger.clock.now().local().day
            var query = LedgerQuery()
            query.subject = "case:case-2"
            #expect(try await list(query, county, ledger) == [entries[1].id])
            query = LedgerQuery()
            query.act = "cases."
            #expect(try await list(query, county, ledger).count == 3)
            query.act = "cases"
            #expect(try await list(query, county, ledger).isEmpty)
            query = LedgerQuery()
            query.actor = "staff-1"
            #expect(try await list(query, county, ledger) == [entries[0].id])
            query = LedgerQuery()
            query.from = day
            query.to = day
            #expect(try await list(query, county, ledger).count == 3)
            query.from = day + 1
            query.to = nil
            #expect(try await list(query, county, ledger).isEmpty)
            query.from = nil
            query.to = day - 1
            #expect(try await list(query, county, ledger).isEmpty)
        }
    }

    @Test("The first id of a moment sorts before every id made then, and after every id made before")
    func boundsIdentifiers() {
        let source = IdentifierSource(seed: 3)
        let moment = Instant(milliseconds: 1_790_000_000_000)
        let before = source.nextText(at: moment - Span(milliseconds: 1))
        let then = source.nextText(at: moment)
        #expect(before < LedgerQuery.firstID(at: moment))
        #expect(LedgerQuery.firstID(at: moment) < then)
    }

    /// Posts are known here by the beginning of their ids alone.
    private func view(of scope: Scope) throws -> LedgerView {
        var words = LedgerWords()
        words.writtenBy = { body in "actor_post = \("post of " + body.text)" }
        return LedgerView(
            of: scope, in: try #require(AreaPrefix("330106")), LedgerWords.joined([LedgerWords(), words]))
    }

    @Test(
        "A department's post sees what its own posts wrote, and nothing when nobody knows them",
        arguments: EngineCase.available)
    func department(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            var scope = ledger.scope(area: "330106")
            scope.line = "water"
            var own = ledger.entry(1)
            own.actor.post = "post of " + scope.body.text
            var beyond = ledger.entry(2, area: nil)
            beyond.actor.post = own.actor.post
            let foreign = ledger.entry(3)
            for entry in [own, beyond, foreign] {
                try await ledger.database.write { try Ledger.record(entry, in: $0) }
            }
            try await ledger.sealing.run()
            #expect(try await list(LedgerQuery(), scope, ledger) == [beyond.id, own.id])
            #expect(try await proof(own, scope, ledger) != nil)
            #expect(try await proof(foreign, scope, ledger) == nil)
            var query = LedgerQuery()
            query.subject = "case:" + foreign.subjectID
            #expect(try await list(query, scope, ledger).isEmpty)
            let unknown = LedgerView(of: scope, in: try #require(AreaPrefix("330106")), LedgerWords())
            let statement = LedgerQuery().statement(for: unknown, after: nil, limit: 50)
            #expect(try await ledger.database.query(statement).isEmpty)
            // The bodies of an area see all of it.
            scope.line = nil
            #expect(try await list(LedgerQuery(), scope, ledger).count == 3)
        }
    }

    @Test("The checks that were made are listed page after page, newest first", arguments: EngineCase.available)
    func checks(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            for number in 1...5 {
                try await ledger.execute([
                    """
                    INSERT INTO ledger_checks (checked_at, from_block, blocks, entries, unsealed, findings, last_root)
                    VALUES (\(ledger.clock.now() + .seconds(Int64(number))), 1, \(number), 0, 0, 0, \([UInt8](repeating: 0, count: 32)))
                    """
                ])
            }
            let (first, second) = try await ledger.database.read { transaction in
                let first = try LedgerChecks.records(after: nil, limit: 3, in: transaction)
                let second = try LedgerChecks.records(after: first.last?.checkedAt, limit: 3, in: transaction)
                return (first, second)
            }
            #expect(first.map(\.blocks) == [5, 4, 3])
            #expect(second.map(\.blocks) == [2, 1])
        }
    }

    private func proof(_ entry: LedgerEntry, _ scope: Scope, _ ledger: LedgerFixture) async throws -> InclusionProof? {
        let view = try view(of: scope)
        return try await ledger.database.read { try Ledger.proof(of: entry.id, visibleTo: view, in: $0) }
    }

    private func list(_ query: LedgerQuery, _ scope: Scope, _ ledger: LedgerFixture) async throws
        -> [Identifier<LedgerEntry>]
    {
        let statement = query.statement(for: try view(of: scope), after: nil, limit: 50)
        return try await ledger.database.read { try $0.query(statement).map { try LedgerLine($0).entry.id } }
    }
}
