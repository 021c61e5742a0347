import Foundation
import Ground
import Storage
import StorageTesting
import Testing

let notes = Migration(
    "tests.0001-notes",
    """
    CREATE TABLE notes (
        id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL UNIQUE, at BIGINT, weight DOUBLE PRECISION, done BOOLEAN,
        body BYTEA, CHECK (title <> ''))
    """,
    "CREATE TABLE replies (id TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL REFERENCES notes (id), text TEXT NOT NULL)")

func insert(_ id: String, title: String? = nil, at: Int64? = nil) -> SQL {
    "INSERT INTO notes (id, title, at) VALUES (\(id), \(title ?? "title \(id)"), \(at))"
}

func code(_ body: () async throws -> Void) async -> DatabaseError.Code? {
    do { try await body() } catch { return (error as? DatabaseError)?.code }
    return nil
}

@Suite("Transactions", .timeLimit(.minutes(2)))
struct TransactionTests {
    @Test("Every type comes back as it went in", arguments: EngineCase.available)
    func types(engine: EngineCase) async throws {
        let texts = ["", "格物 'quoted' \"double\"", "😀👩‍👩‍👧", "𠮷𡃁㐀", "a\tb\nc\\d", "$1 ?1 %s"]
        let numbers: [Int64?] = [nil, 0, .max, .min, -1]
        let doubles: [Double?] = [nil, 0.1, -1.7976931348623157e308, .leastNonzeroMagnitude, 3]
        let blobs: [[UInt8]?] = [nil, [], [0, 1, 0, 255], Array(repeating: 0xAB, count: 100_000)]
        try await engine.withDatabase(migrations: [notes]) { database in
            for position in 0..<6 {
                let id = "\(position)"
                let flag: Bool? = position % 3 == 0 ? nil : position % 3 == 1
                let number = numbers[position % 5]
                let double = doubles[position % 5]
                let blob = blobs[position % 4]
                let title = texts[position] + id
                let row = try await database.write { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO notes (id, title, at, weight, done, body)
                        VALUES (\(id), \(title), \(number), \(double), \(flag), \(blob))
                        """)
                    return try transaction.first(
                        "SELECT title, at, weight, done, body FROM notes WHERE id = \(id)")
                }
                let found = try #require(row)
                #expect(try found.text(0) == title)
                #expect(try found.intIfAny(1) == number)
                #expect(try found.doubleIfAny(2) == double)
                #expect(try found.boolIfAny(3) == flag)
                #expect(try found.blobIfAny(4) == blob)
            }
            let empty = try await database.query("SELECT body FROM notes WHERE id = '1'")
            #expect(try empty[0].blob(0) == [])
        }
    }

    @Test("A sum of whole numbers is a whole number", arguments: EngineCase.available)
    func sum(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.batch([insert("a", at: 3), insert("b", at: 4)]) }
            #expect(try await database.query("SELECT sum(at), count(*) FROM notes")[0].int(0) == 7)
        }
    }

    @Test("Text that holds NUL is refused on every path", arguments: EngineCase.available)
    func nul(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            let text = "a\u{0}b"
            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute(insert("x", title: text)) }
            }
            await #expect(throws: DatabaseError.self) { try await database.query("SELECT 1 WHERE \(text) = 'a'") }
            #expect(try await database.query("SELECT count(*) FROM notes")[0].int(0) == 0)
        }
    }

    @Test("What is broken is named by its kind", arguments: EngineCase.available)
    func kinds(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.execute(insert("a")) }
            func kind(_ sql: SQL) async -> DatabaseError.Code? {
                await code { try await database.write { _ = try $0.execute(sql) } }
            }
            #expect(await kind(insert("a", title: "other")) == .unique)
            #expect(await kind(insert("b", title: "title a")) == .unique)
            #expect(await kind(insert("c", title: "")) == .check)
            #expect(await kind("INSERT INTO notes (id) VALUES ('d')") == .notNull)
            #expect(await kind("INSERT INTO replies (id, note, text) VALUES ('r', 'none', '')") == .foreignKey)
            #expect(await kind("SELEKT 1") == .other)
            #expect(await kind("DELETE FROM notes; DELETE FROM notes") == .other)
            let readOnly = await code { try await database.read { _ = try $0.execute("DELETE FROM notes") } }
            #expect(readOnly == .readOnly)
            let single = await code { _ = try await database.query("DELETE FROM notes RETURNING id") }
            #expect(single == .readOnly)
            #expect(try await database.query("SELECT count(*) FROM notes")[0].int(0) == 1)
        }
    }

    @Test("A closure that throws leaves nothing behind", arguments: EngineCase.available)
    func rollback(engine: EngineCase) async throws {
        struct Changed: Error {}
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            await #expect(throws: Changed.self) {
                try await database.write { transaction in
                    try transaction.execute(insert("a"))
                    throw Changed()
                }
            }
            #expect(try await database.query("SELECT id FROM notes").isEmpty)
        }
    }

    @Test("A failed statement dooms its transaction even when the closure hides it", arguments: EngineCase.available)
    func doom(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.execute(insert("a")) }
            let hidden = await code {
                try await database.write { transaction in
                    try transaction.execute(insert("b"))
                    _ = try? transaction.execute(insert("a"))
                }
            }
            #expect(hidden == .unique)
            #expect(try await database.query("SELECT id FROM notes").count == 1)
        }
    }

    @Test("A failing write does not harm its neighbours in the same commit", arguments: EngineCase.available)
    func neighbours(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.execute(insert("taken")) }
            let codes = await withTaskGroup(of: DatabaseError.Code?.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        await code {
                            try await database.write { transaction in
                                try transaction.execute(insert("n\(number)"))
                                if number % 4 == 0 { try transaction.execute(insert("taken")) }
                            }
                        }
                    }
                }
                return await group.reduce(into: [DatabaseError.Code?]()) { $0.append($1) }
            }
            let refused = codes.count { $0 == .unique }
            let kept = codes.count { $0 == nil }
            #expect(refused == 16)
            #expect(kept == 48)
            let found = try await database.query("SELECT id FROM notes WHERE id <> 'taken' ORDER BY id")
            #expect(try found.map { try $0.text(0) } == (0..<64).filter { $0 % 4 != 0 }.map { "n\($0)" }.sorted())
        }
    }

    @Test("What 64 writers were told is there after reopening", arguments: EngineCase.available)
    func durable(engine: EngineCase) async throws {
        try await engine.withLocation { location in
            let database = try openDatabase(location)
            try await Migrator.migrate(database, [notes])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<64 {
                    group.addTask {
                        for number in 0..<10 {
                            try await database.write { try $0.execute(insert("\(writer)-\(number)")) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            await database.close()
            let again = try openDatabase(location)
            #expect(try await again.query("SELECT count(*) FROM notes")[0].int(0) == 640)
            await again.close()
        }
    }

    @Test("A reader sees one state while a writer writes", arguments: EngineCase.available)
    func snapshot(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.execute(insert("first")) }
            let began = DispatchSemaphore(value: 0)
            let written = DispatchSemaphore(value: 0)
            async let counts = database.read { transaction in
                let before = try transaction.query("SELECT count(*) FROM notes")[0].int(0)
                began.signal()
                guard written.wait(timeout: .now() + 20) == .success else { return [before, -1] }
                return [before, try transaction.query("SELECT count(*) FROM notes")[0].int(0)]
            }
            try await database.write { transaction in
                _ = began.wait(timeout: .now() + 20)
                try transaction.execute(insert("second"))
            }
            written.signal()
            #expect(try await counts == [1, 1])
            #expect(try await database.query("SELECT count(*) FROM notes")[0].int(0) == 2)
        }
    }

    @Test("Concurrent read-then-write closures behave as if one came after the other", arguments: EngineCase.available)
    func serial(engine: EngineCase) async throws {
        try await engine.withLocation { location in
            // Two databases stand for two servers.
            let databases = [try openDatabase(location), try openDatabase(location)]
            try await Migrator.migrate(databases[0], [notes])
            try await databases[0].write { try $0.execute(insert("counter", at: 0)) }
            let failures = await withTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        // Another server may win several times in a row; the caller is then asked to come again.
                        for attempt in 0..<50 {
                            let code = await code {
                                try await databases[number % 2].write { transaction in
                                    let at = try transaction.first("SELECT at FROM notes WHERE id = 'counter'")?.int(0)
                                    try transaction.execute(
                                        "UPDATE notes SET at = \((at ?? 0) + 1) WHERE id = 'counter'")
                                }
                            }
                            if code == nil { return 0 }
                            if code != .serialization && code != .busy || attempt == 49 { return 1 }
                        }
                        return 1
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(failures == 0)
            #expect(try await databases[1].query("SELECT at FROM notes")[0].int(0) == 40)
            for database in databases { await database.close() }
        }
    }

    @Test("Several statements at once answer in their order", arguments: EngineCase.available)
    func several(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            // More bytes than both sides' sockets hold, in both directions.
            let long = String(repeating: "长", count: 20_000)
            let answers = try await database.write { transaction in
                try transaction.batch((0..<600).map { insert("\($0)", title: "\($0) \(long)", at: Int64($0)) })
                return try transaction.queries(
                    (0..<600).map { "SELECT at, title FROM notes WHERE id = \("\($0)") AND title <> \(long)" })
            }
            #expect(try answers.map { try $0[0].int(0) } == (0..<600).map(Int64.init))
            #expect(try answers[599][0].text(1) == "599 \(long)")
            let failed = await code {
                try await database.write { transaction in
                    try transaction.batch([insert("new"), insert("1"), insert("newer")])
                }
            }
            #expect(failed == .unique)
            #expect(try await database.query("SELECT id FROM notes WHERE id LIKE 'new%'").isEmpty)
        }
    }

    @Test("Rows come one by one and the closure may stop", arguments: EngineCase.available)
    func each(engine: EngineCase) async throws {
        struct Enough: Error {}
        try await engine.withDatabase(migrations: [notes]) { database in
            try await database.write { try $0.batch((0..<1000).map { insert("\($0)", at: Int64($0)) }) }
            let sum = try await database.snapshot { transaction in
                var sum: Int64 = 0
                try transaction.each("SELECT at FROM notes ORDER BY at") { sum += try $0.int(0) }
                do {
                    try transaction.each("SELECT at FROM notes ORDER BY at") { row in
                        if try row.int(0) == 10 { throw Enough() }
                    }
                } catch is Enough {}
                return sum + (try transaction.query("SELECT count(*) FROM notes")[0].int(0))
            }
            #expect(sum == 499_500 + 1000)
            let wrong = await code { try await database.read { try $0.each("SELECT nothing FROM notes") { _ in } } }
            #expect(wrong == .other)
        }
    }

    @Test("Counts of changed rows are those of the statement", arguments: EngineCase.available)
    func changes(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            let counts = try await database.write { transaction in
                try transaction.batch([insert("a"), insert("b")])
                return [
                    try transaction.execute("UPDATE notes SET at = 1"),
                    try transaction.execute("SELECT id FROM notes"),
                    try transaction.execute("CREATE TABLE other (id BIGINT)"),
                    try transaction.execute(
                        "INSERT INTO notes (id, title) VALUES ('a', 'x') ON CONFLICT (id) DO NOTHING"),
                    try transaction.execute("DELETE FROM notes WHERE id = 'a'"),
                ]
            }
            #expect(counts == [2, 0, 0, 0, 1])
        }
    }

    @Test("Single statements fail each for itself", arguments: EngineCase.available)
    func singles(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database in
            let outcomes = await withTaskGroup(of: (Int, Int64?).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let rows =
                            number % 5 == 0
                            ? try? await database.query("SELECT nothing FROM nowhere")
                            : try? await database.query("SELECT CAST(\(number) AS BIGINT)")
                        return (number, try? rows?.first?.int(0))
                    }
                }
                return await group.reduce(into: [Int: Int64?]()) { $0[$1.0] = $1.1 }
            }
            for number in 0..<200 {
                let expected: Int64? = number % 5 == 0 ? nil : Int64(number)
                #expect(outcomes[number] == .some(expected))
            }
        }
    }

    @Test("A full queue turns callers away, a closed database too", arguments: EngineCase.available)
    func overloaded(engine: EngineCase) async throws {
        var options = DatabaseOptions()
        options.queueLimit = 4
        try await engine.withDatabase(options: options) { database in
            let gate = DispatchSemaphore(value: 0)
            let codes = await withTaskGroup(of: DatabaseError.Code?.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        await code { try await database.write { _ in _ = gate.wait(timeout: .now() + 20) } }
                    }
                }
                // One runs or waits to; at most four wait behind each.
                var codes: [DatabaseError.Code?] = []
                for await code in group {
                    codes.append(code)
                    if codes.count == 20 { for _ in 0..<40 { gate.signal() } }
                }
                return codes
            }
            let turnedAway = codes.count { $0 == .overloaded }
            #expect(turnedAway >= 20)
            #expect(codes.contains(nil))
            await database.close()
            #expect(await code { _ = try await database.query("SELECT 1") } == .connection)
        }
    }
}
