import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Ledger

@Suite("The head of the ledger")
struct HeadTests {
    @Test("It stays while nothing is recorded, and moves with every entry", arguments: EngineCase.available)
    func moves(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { fixture in
            let empty = try await Ledger.head(of: fixture.database)
            #expect(try await Ledger.head(of: fixture.database) == empty)
            try await fixture.record(1)
            let one = try await Ledger.head(of: fixture.database)
            #expect(one != empty)
            #expect(try await Ledger.head(of: fixture.database) == one)
        }
    }

    @Test("It moves when an entry of a server comes whose clock is behind", arguments: EngineCase.available)
    func movesBackwards(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { fixture in
            let earlier = fixture.entry(1)
            try await fixture.record(3)
            let before = try await Ledger.head(of: fixture.database)
            try await fixture.database.write { try Ledger.record(earlier, in: $0) }
            #expect(try await Ledger.head(of: fixture.database) != before)
        }
    }

    @Test("It moves when as many are sealed as are recorded", arguments: EngineCase.available)
    func movesWhileSealing(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { fixture in
            try await fixture.record(2)
            let before = try await Ledger.head(of: fixture.database)
            try await fixture.sealing.run()
            try await fixture.record(2)
            #expect(try await Ledger.head(of: fixture.database) != before)
        }
    }

    @Test("Every entry is given once, in the order of ids", arguments: EngineCase.available)
    func givesAll(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { fixture in
            let entries = try await fixture.record(12)
            try await fixture.sealing.run()
            let found = try await fixture.database.read { transaction in
                var found: [LedgerEntry] = []
                try Ledger.each(in: transaction) { found.append($0) }
                return found
            }
            #expect(found.map(\.id) == entries.map(\.id))
        }
    }
}
