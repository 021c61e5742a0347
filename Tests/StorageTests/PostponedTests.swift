import Ground
import Storage
import StorageTesting
import Testing

@Suite("Statements that go out later")
struct PostponedTests {
    private static let schema = [
        Migration("postponed.0001", "CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)")
    ]

    @Test("What was put off is seen by the next statement and durable with the rest", arguments: EngineCase.available)
    func order(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Self.schema) { database in
            let seen = try await database.write { transaction in
                try transaction.later("INSERT INTO notes (id, text) VALUES (\("a"), \("one"))")
                try transaction.later("INSERT INTO notes (id, text) VALUES (\("b"), \("two"))")
                let seen = try transaction.query("SELECT COUNT(*) FROM notes")[0].int(0)
                try transaction.later("INSERT INTO notes (id, text) VALUES (\("c"), \("three"))")
                return seen
            }
            #expect(seen == 2)
            #expect(try await database.query("SELECT COUNT(*) FROM notes")[0].int(0) == 3)
        }
    }

    @Test("What fails later fails its own transaction and none beside it", arguments: EngineCase.available)
    func failure(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Self.schema) { database in
            try await database.write { try $0.execute("INSERT INTO notes (id, text) VALUES (\("taken"), \("x"))") }
            let outcomes = await withTaskGroup(of: (Int, DatabaseError.Code?).self) { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            try await database.write { transaction in
                                let id = number.isMultiple(of: 4) ? "taken" : "free-\(number)"
                                try transaction.later(
                                    "INSERT INTO notes (id, text) VALUES (\("extra-\(number)"), \("y"))")
                                try transaction.later("INSERT INTO notes (id, text) VALUES (\(id), \("y"))")
                            }
                            return (number, nil)
                        } catch { return (number, (error as? DatabaseError)?.code) }
                    }
                }
                return await group.reduce(into: [Int: DatabaseError.Code?]()) { $0[$1.0] = $1.1 }
            }
            for (number, code) in outcomes { #expect(code == (number.isMultiple(of: 4) ? .unique : nil), "\(number)") }
            #expect(try await database.query("SELECT COUNT(*) FROM notes")[0].int(0) == 1 + 30 * 2)
        }
    }
}
