import Foundation
import Ground
import Storage
import StorageTesting
import Testing

/// Two tables that refer to each other, one to itself, one with a row from the start.
private let county: [Migration] = [
    notes,
    Migration(
        "tests.0002-places",
        """
        CREATE TABLE places (
            code TEXT NOT NULL PRIMARY KEY, parent TEXT REFERENCES places (code), name TEXT NOT NULL,
            code_length BIGINT GENERATED ALWAYS AS (length(code)) STORED)
        """,
        "CREATE TABLE heads (id BIGINT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)",
        "INSERT INTO heads (id, number) VALUES (1, 0)"),
]

private func fill(_ database: any Database) async throws {
    try await database.write { transaction in
        for number in 0..<500 {
            let flag: Bool? = number % 3 == 0 ? nil : number % 2 == 0
            try transaction.execute(
                """
                INSERT INTO notes (id, title, at, weight, done, body)
                VALUES (\("n\(number)"), \("tab\tline\nback\\slash 😀 \(number)"), \(Int64.max - Int64(number)),
                    \(Double(number) / 3), \(flag), \(number % 5 == 0 ? nil : [UInt8(number % 256), 0, 10, 9]))
                """)
            try transaction.execute(
                "INSERT INTO replies (id, note, text) VALUES (\("r\(number)"), \("n\(number)"), '')")
        }
        // The order of keys puts the child before its parent.
        try transaction.execute("INSERT INTO places (code, parent, name) VALUES ('z', NULL, 'county')")
        try transaction.execute("INSERT INTO places (code, parent, name) VALUES ('b', 'z', 'town')")
        try transaction.execute("INSERT INTO places (code, parent, name) VALUES ('a', 'b', 'village')")
        try transaction.execute("UPDATE heads SET number = 42")
    }
}

/// The file without its first line, which tells engine and time, and its last, the checksum.
private func rows(in path: String) throws -> [Substring] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().dropLast()
}

private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
}

private func refusal(_ body: () async throws -> Void) async -> String? {
    do { try await body() } catch { return (error as? Refusal)?.code }
    return nil
}

@Suite("Backup", .timeLimit(.minutes(2)))
struct BackupTests {
    @Test(
        "A restore that broke off leaves the database empty, so the next one does it all",
        arguments: EngineCase.available)
    func brokenOff(engine: EngineCase) async throws {
        try await withFolder { folder in
            let file = folder + "/whole.backup"
            try await engine.withDatabase(migrations: county) { database async throws -> Void in
                try await fill(database)
                try await Backup.backup(database, to: file)
            }
            try await engine.withDatabase { database async throws -> Void in
                // The last, newer step fails: after the schema was made and all rows were loaded.
                let broken = county + [Migration("tests.0003-broken", "CREATE TABLE notes (id TEXT)")]
                let failure = await code { try await Backup.restore(from: file, into: database, migrations: broken) }
                #expect(failure != nil)
                let summary = try await Backup.restore(from: file, into: database, migrations: county)
                #expect(summary.rows == 1004)
                #expect(try await database.query("SELECT number FROM heads")[0].int(0) == 42)
            }
        }
    }

    @Test(
        "Data go from either engine to either and back out equal", arguments: EngineCase.available, EngineCase.available
    )
    func journey(source: EngineCase, target: EngineCase) async throws {
        try await withFolder { folder in
            let first = folder + "/first.backup"
            let second = folder + "/second.backup"
            try await source.withDatabase(migrations: county) { database async throws -> Void in
                try await fill(database)
                let summary = try await Backup.backup(database, to: first)
                #expect(summary.rows == 1004)
                #expect(try Backup.verify(first) == summary)
            }
            try await target.withDatabase { database async throws -> Void in
                try await Backup.restore(from: first, into: database, migrations: county)
                try await Backup.backup(database, to: second)
                #expect(try await database.query("SELECT number FROM heads")[0].int(0) == 42)
                // The references hold again.
                let orphan = await code {
                    try await database.write {
                        _ = try $0.execute("INSERT INTO places (code, parent, name) VALUES ('x', 'none', '')")
                    }
                }
                #expect(orphan == .foreignKey)
                #expect(
                    await refusal { try await Backup.restore(from: first, into: database, migrations: county) }
                        == "storage.restore.not-empty")
            }
            #expect(try rows(in: first) == rows(in: second))
            #expect(try rows(in: first).count > 1004)
        }
    }

    @Test("A backup of an older version is brought forward", arguments: EngineCase.available)
    func older(engine: EngineCase) async throws {
        let next = Migration("tests.0003-rename", "ALTER TABLE places RENAME COLUMN name TO title")
        try await withFolder { folder in
            let path = folder + "/old.backup"
            try await engine.withDatabase(migrations: county) { database async throws -> Void in
                try await fill(database)
                try await Backup.backup(database, to: path)
            }
            try await engine.withDatabase { database async throws -> Void in
                try await Backup.restore(from: path, into: database, migrations: county + [next])
                #expect(try await database.query("SELECT title FROM places WHERE code = 'a'")[0].text(0) == "village")
            }
            try await engine.withDatabase { database async throws -> Void in
                let code = await refusal { try await Backup.restore(from: path, into: database, migrations: [notes]) }
                #expect(code == "storage.migration.newer")
            }
        }
    }

    @Test("A backup that was cut off or changed by one bit is refused and nothing is written")
    func damaged() async throws {
        try await withFolder { folder in
            let path = folder + "/whole.backup"
            try await EngineCase.sqlite.withDatabase(migrations: county) { database async throws -> Void in
                try await fill(database)
                try await Backup.backup(database, to: path)
            }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var copies: [Data] = [Data(), whole.dropLast(1), whole.dropLast(100), whole + Data("V\n".utf8)]
            for cut in [1, 2, 3, 5] { copies.append(whole.prefix(whole.count * cut / 7)) }
            for position in stride(from: 0, to: whole.count, by: whole.count / 60) {
                var copy = whole
                copy[position] ^= 1 << UInt8(position % 8)
                copies.append(copy)
            }
            for copy in copies {
                let damaged = folder + "/damaged.backup"
                try copy.write(to: URL(fileURLWithPath: damaged))
                #expect(throws: Refusal.self) { try Backup.verify(damaged) }
            }
            try await EngineCase.sqlite.withDatabase { database async throws -> Void in
                let code = await refusal {
                    try await Backup.restore(from: folder + "/damaged.backup", into: database, migrations: county)
                }
                #expect(code == "storage.backup.damaged")
                #expect(try await database.query("SELECT name FROM sqlite_schema").isEmpty)
            }
        }
    }

    @Test("A backup that fails leaves no file behind, and one that ends is for its owner only")
    func files() async throws {
        try await withFolder { folder in
            try await EngineCase.sqlite.withDatabase(migrations: county) { database async throws -> Void in
                #expect(
                    await refusal { try await Backup.backup(database, to: folder + "/none/x.backup") }
                        == "storage.backup.not-written")
                let path = folder + "/x.backup"
                try await Backup.backup(database, to: path)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.backup"])
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    @Test("A backup holds one moment while writers go on", arguments: EngineCase.available)
    func moment(engine: EngineCase) async throws {
        try await withFolder { folder in
            try await engine.withDatabase(migrations: county) { database async throws -> Void in
                try await fill(database)
                let writer = Task {
                    var number = 0
                    while !Task.isCancelled {
                        let id = "w\(number)"
                        try await database.write { transaction in
                            try transaction.execute(insert(id))
                            try transaction.execute(
                                "INSERT INTO replies (id, note, text) VALUES (\(id), \(id), 'written meanwhile')")
                        }
                        number += 1
                    }
                }
                let path = folder + "/moment.backup"
                for _ in 0..<5 { try await Backup.backup(database, to: path) }
                writer.cancel()
                _ = await writer.result
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                let replies = lines.count { $0.hasPrefix("V\tt") && $0.contains("written meanwhile") }
                let notes = lines.count { $0.contains("title w") }
                #expect(replies == notes && notes > 0)
            }
        }
    }
}
