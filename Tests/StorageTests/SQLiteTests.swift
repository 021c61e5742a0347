import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@Suite("SQLite", .timeLimit(.minutes(2)))
struct SQLiteTests {
    @Test("The writer waits for the disk, keeps a log and checks references")
    func settings() async throws {
        try await EngineCase.sqlite.withDatabase { database async throws -> Void in
            func setting(_ name: String) async throws -> SQLValue {
                try await database.write { try $0.query(SQL(stringLiteral: "PRAGMA \(name)"))[0].values[0] }
            }
            #expect(try await setting("synchronous") == .int(2))
            #expect(try await setting("journal_mode") == .text("wal"))
            #expect(try await setting("foreign_keys") == .int(1))
            #expect(try await database.query("PRAGMA query_only")[0].int(0) == 1)
        }
    }

    @Test("A full disk is told as such, nothing is half kept, and the database goes on")
    func full() async throws {
        var options = DatabaseOptions()
        options.largestFileBytes = 400_000
        try await EngineCase.sqlite.withDatabase(migrations: [notes], options: options) {
            database async throws -> Void in
            let long = String(repeating: "x", count: 20_000)
            let codes = await withTaskGroup(of: DatabaseError.Code?.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        await code {
                            try await database.write { transaction in
                                try transaction.execute(insert("a\(number)", title: "\(number) \(long)"))
                                try transaction.execute(insert("b\(number)"))
                            }
                        }
                    }
                }
                return await group.reduce(into: [DatabaseError.Code?]()) { $0.append($1) }
            }
            let kept = codes.count { $0 == nil }
            let refused = codes.count { $0 == .full }
            #expect(refused == 64 - kept)
            #expect(kept > 3 && kept < 30)
            #expect(try await database.query("SELECT count(*) FROM notes")[0].int(0) == Int64(2 * kept))
            try await database.write { try $0.execute("DELETE FROM notes") }
            try await database.write { try $0.execute(insert("again", title: long)) }
            #expect(try await database.query("PRAGMA integrity_check")[0].text(0) == "ok")
        }
    }

    @Test("A new file and what stands beside it are for their owner only, and closing leaves no log behind")
    func files() async throws {
        try await EngineCase.sqlite.withLocation { location in
            let path = String(location.connectionString.dropFirst("sqlite:".count))
            func permissions(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            let database = try openDatabase(location)
            try await Migrator.migrate(database, [notes])
            for number in 0..<200 {
                try await database.write {
                    try $0.execute(insert("\(number)", title: "\(number) " + String(repeating: "x", count: 5_000)))
                }
            }
            for file in [path, path + "-wal", path + "-shm"] {
                let found = try permissions(file)
                #expect(found == 0o600, "\(file)")
            }
            await database.close()
            let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            #expect((log ?? 0) == 0)
        }
    }

    @Test("What was acknowledged survives the loss of the process")
    func killed() async throws {
        try await EngineCase.sqlite.withLocation { location in
            let database = try openDatabase(location)
            try await Migrator.migrate(database, [notes])
            for number in 0..<50 { try await database.write { try $0.execute(insert("\(number)")) } }
            // The files as they are while the database is open: what a killed process leaves.
            let path = String(location.connectionString.dropFirst("sqlite:".count))
            try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
            try FileManager.default.copyItem(atPath: path + "-wal", toPath: path + ".copy-wal")
            let copy = try openDatabase(DatabaseLocation("sqlite:\(path).copy"))
            #expect(try await copy.query("SELECT count(*) FROM notes")[0].int(0) == 50)
            #expect(try await copy.query("PRAGMA integrity_check")[0].text(0) == "ok")
            await copy.close()
            await database.close()
        }
    }

    @Test("A file that is no database is refused on opening")
    func noDatabase() async throws {
        try await EngineCase.sqlite.withLocation { location in
            let path = String(location.connectionString.dropFirst("sqlite:".count))
            try Data(repeating: 0x41, count: 10_000).write(to: URL(fileURLWithPath: path))
            do {
                _ = try openDatabase(location)
                Issue.record("opened")
            } catch let error as DatabaseError {
                #expect(error.code == .corrupt)
            }
            do {
                _ = try openDatabase(DatabaseLocation("sqlite:/nowhere-at-all/x.sqlite"))
                Issue.record("opened")
            } catch let error as DatabaseError {
                #expect(error.code == .connection)
            }
        }
    }

    @Test("A read that takes too long ends, and its reader serves on")
    func tooLong() async throws {
        var options = DatabaseOptions()
        options.statementTimeout = Span(milliseconds: 100)
        options.readers = 1
        try await EngineCase.sqlite.withDatabase(options: options) { database async throws -> Void in
            let endless: SQL = """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
                SELECT count(*) FROM numbers
                """
            let late = await code { _ = try await database.query(endless) }
            #expect(late == .timeout)
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }

    @Test("The log is emptied when nobody writes")
    func log() async throws {
        try await EngineCase.sqlite.withLocation { location in
            let database = try openDatabase(location)
            let path = String(location.connectionString.dropFirst("sqlite:".count)) + "-wal"
            try await Migrator.migrate(database, [notes])
            func size() throws -> Int {
                try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            }
            let long = String(repeating: "x", count: 100_000)
            try await database.write { transaction in
                for number in 0..<80 { try transaction.execute(insert("\(number)", title: "\(number)\(long)")) }
            }
            for _ in 0..<200 where try size() > 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(try size() == 0)
            // It was large: what was in it now stands in the file itself.
            let file = try FileManager.default.attributesOfItem(atPath: String(path.dropLast(4)))[.size] as? Int ?? 0
            #expect(file > 4 << 20)
            await database.close()
        }
    }
}
