import Ground
import Storage
import StorageTesting
import Testing

@Suite("Migrations", .timeLimit(.minutes(2)))
struct MigrationTests {
    private static let steps = [
        Migration("a.0001", "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"),
        Migration(
            "a.0002", [.shared("ALTER TABLE a ADD COLUMN b TEXT"), .only(.postgres, "CREATE INDEX a_b ON a (b)")]),
        Migration("b.0001", "INSERT INTO a (id, b) VALUES (1, 'x')"),
    ]

    @Test("Steps run once, in their order", arguments: EngineCase.available)
    func order(engine: EngineCase) async throws {
        try await engine.withDatabase { database async throws -> Void in
            #expect(try await Migrator.migrate(database, Self.steps) == ["a.0001", "a.0002", "b.0001"])
            #expect(try await Migrator.migrate(database, Self.steps).isEmpty)
            #expect(try await database.query("SELECT b FROM a").count == 1)
        }
    }

    @Test("A step changed after it ran is refused by name", arguments: EngineCase.available)
    func changed(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Self.steps) { database async throws -> Void in
            var steps = Self.steps
            steps[1].statements[0] = .shared("ALTER TABLE a ADD COLUMN c TEXT")
            do {
                try await Migrator.migrate(database, steps)
                Issue.record("the changed step was accepted")
            } catch let refusal as Refusal {
                #expect(refusal.code == "storage.migration.changed")
                #expect(refusal.message.chinese.contains("a.0002") && refusal.message.english.contains("a.0002"))
            }
        }
    }

    @Test("A database of a newer version is refused", arguments: EngineCase.available)
    func newer(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Self.steps) { database async throws -> Void in
            do {
                try await Migrator.migrate(database, Array(Self.steps.dropLast()))
                Issue.record("the unknown step was accepted")
            } catch let refusal as Refusal {
                #expect(refusal.code == "storage.migration.newer")
            }
        }
    }

    @Test("A step that fails leaves no trace and can be run again", arguments: EngineCase.available)
    func resumable(engine: EngineCase) async throws {
        let broken = Migration("c.0001", "CREATE TABLE c (id BIGINT)", "INSERT INTO nowhere (id) VALUES (1)")
        let mended = Migration("c.0001", "CREATE TABLE c (id BIGINT)", "INSERT INTO c (id) VALUES (1)")
        try await engine.withDatabase { database async throws -> Void in
            let failure = await code { try await Migrator.migrate(database, Self.steps + [broken]) }
            #expect(failure == .other)
            #expect(try await Migrator.migrate(database, Self.steps + [mended]) == ["c.0001"])
            #expect(try await database.query("SELECT id FROM c").count == 1)
        }
    }

    @Test("Servers that start together run each step once", arguments: EngineCase.available)
    func together(engine: EngineCase) async throws {
        let steps =
            Self.steps
            + (0..<10).map { number in
                Migration(
                    "d.\(number)", "CREATE TABLE d\(number) (id BIGINT)",
                    "INSERT INTO d\(number) (id) SELECT id FROM a")
            }
        try await engine.withLocation { location in
            let ran = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let database = try openDatabase(location)
                        let names = try await Migrator.migrate(database, steps)
                        await database.close()
                        return names
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ran.sorted() == steps.map(\.name).sorted())
        }
    }
}
