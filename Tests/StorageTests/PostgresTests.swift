import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@Suite("PostgreSQL", .timeLimit(.minutes(2)), .enabled(if: EngineCase.available.contains(.postgres)))
struct PostgresTests {
    private static let cutOthers: SQL = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """

    @Test("Every kind of work goes on after the server has cut the connections")
    func reconnect() async throws {
        try await EngineCase.postgres.withDatabase(migrations: [notes]) { database async throws -> Void in
            for round in 0..<3 {
                try await database.write { try $0.execute(insert("\(round)")) }
                _ = try await database.read { try $0.query("SELECT 1") }
                _ = try await database.query("SELECT 1")
                let cut = try await database.snapshot { try $0.query(Self.cutOthers)[0].int(0) }
                #expect(cut >= 3)
                try await database.write { try $0.execute(insert("after \(round)")) }
                let read = try await database.read { try $0.query("SELECT count(*) FROM notes")[0].int(0) }
                #expect(read == Int64(2 * round + 2))
                let asked = try await database.query("SELECT count(*) FROM notes")[0].int(0)
                #expect(asked == read)
            }
        }
    }

    @Test("A write whose connection is lost before the commit is done once")
    func lostBeforeCommit() async throws {
        try await EngineCase.postgres.withDatabase(migrations: [notes]) { database async throws -> Void in
            let inside = DispatchSemaphore(value: 0)
            let cut = DispatchSemaphore(value: 0)
            async let done: Void = database.write { transaction in
                try transaction.execute(insert("once"))
                inside.signal()
                // The second run does not wait.
                _ = cut.wait(timeout: .now() + 5)
                cut.signal()
                _ = try transaction.query("SELECT 1")
            }
            _ = try await database.snapshot { transaction in
                _ = inside.wait(timeout: .now() + 5)
                return try transaction.query(Self.cutOthers)
            }
            cut.signal()
            try await done
            #expect(try await database.query("SELECT id FROM notes").count == 1)
        }
    }

    @Test("The session has its time limits, writes are serializable and reads see one state")
    func settings() async throws {
        var options = DatabaseOptions()
        options.statementTimeout = Span(milliseconds: 300)
        try await EngineCase.postgres.withDatabase(options: options) { database async throws -> Void in
            @Sendable func setting(_ transaction: any Transaction, _ name: String) throws -> String? {
                try transaction.first(SQL(stringLiteral: "SHOW \(name)"))?.text(0)
            }
            let names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
            let limits = try await database.read { transaction in try names.map { try setting(transaction, $0) } }
            #expect(limits == ["300ms", "5s", "1min"])
            #expect(try await database.write { try setting($0, "transaction_isolation") } == "serializable")
            #expect(try await database.read { try setting($0, "transaction_isolation") } == "repeatable read")
            #expect(try await database.snapshot { try setting($0, "statement_timeout") } == "0")
            #expect(await code { _ = try await database.query("SELECT pg_sleep(5)") } == .timeout)
            #expect(await code { try await database.write { _ = try $0.query("SELECT pg_sleep(5)") } } == .timeout)
        }
    }
}
