import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@Suite("Sealing")
struct SealingTests {
    @Test("Everything recorded is sealed in blocks that continue each other", arguments: EngineCase.available)
    func seals(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            try await ledger.record(13)
            let before = try await ledger.verify()
            #expect(before.unsealed == 13)
            #expect(before.blocks == 0)
            #expect(try await ledger.sealing.run() == 3)
            let after = try await ledger.verify()
            #expect(after.isIntact)
            #expect(after.blocks == 3)
            #expect(after.entries == 13)
            #expect(after.unsealed == 0)
            #expect(after.lastBlock == 3)
        }
    }

    @Test("Sealing again when nothing was recorded makes no block", arguments: EngineCase.available)
    func sealsOnce(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            try await ledger.record(5)
            #expect(try await ledger.sealing.run() == 1)
            #expect(try await ledger.sealing.run() == 0)
            #expect(try await ledger.verify().blocks == 1)
        }
    }

    @Test(
        "An entry that commits late is sealed in a later block, and nothing is missed", arguments: EngineCase.available)
    func sealsLateEntries(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let late = ledger.entry(0)
            try await ledger.record(4)
            try await ledger.sealing.run()
            try await ledger.database.write { try Ledger.record(late, in: $0) }
            try await ledger.sealing.run()
            let check = try await ledger.verify()
            #expect(check.isIntact)
            #expect(check.blocks == 2)
            #expect(check.entries == 5)
        }
    }

    @Test("Several servers that seal at once make one chain", arguments: EngineCase.available)
    func sealsTogether(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            try await ledger.record(40)
            let made = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await ledger.sealing.run() } }
                return try await group.reduce(0, +)
            }
            let check = try await ledger.verify()
            #expect(check.isIntact, "\(check.findings)")
            #expect(check.entries == 40)
            #expect(check.blocks == Int64(made))
        }
    }

    @Test("An act whose transaction fails leaves no entry", arguments: EngineCase.available)
    func leavesNothingOfFailedActs(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entry = ledger.entry(1)
            await #expect(throws: Failure.self) {
                try await ledger.database.write { transaction in
                    try Ledger.record(entry, in: transaction)
                    throw Failure()
                }
            }
            let check = try await ledger.verify()
            #expect(check.unsealed == 0)
        }
    }

    private struct Failure: Error {}

    @Test("The timeline of a thing has its entries, oldest first, and no others", arguments: EngineCase.available)
    func tellsTimeline(engine: EngineCase) async throws {
        try await LedgerFixture.with(engine) { ledger in
            let entries = [
                ledger.entry(1, subject: "a"), ledger.entry(2, subject: "b"), ledger.entry(3, subject: "a"),
            ]
            try await ledger.database.write { transaction in
                for entry in entries { try Ledger.record(entry, in: transaction) }
            }
            let timeline = try await ledger.database.read { try Ledger.timeline(of: "case", "a", in: $0) }
            #expect(timeline == [entries[0], entries[2]])
            let other = try await ledger.database.read { try Ledger.timeline(of: "body", "a", in: $0) }
            #expect(other.isEmpty)
        }
    }
}
