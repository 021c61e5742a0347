import Ground
import Storage
import StorageTesting
import Testing

@Suite("Statements", .timeLimit(.minutes(2)))
struct StatementTests {
    @Test("Pieces are numbered anew where they are put in")
    func pieces() {
        let state: SQL = "state = \("open") AND note <> '$1 stays'"
        let whole: SQL = "SELECT id FROM cases WHERE area = \("33") AND \(state) LIMIT \(10)"
        #expect(whole.text == "SELECT id FROM cases WHERE area = $1 AND state = $2 AND note <> '$1 stays' LIMIT $3")
        #expect(whole.arguments == [.text("33"), .text("open"), .int(10)])
        #expect(SQL.all([]).text == "TRUE")
        #expect(SQL.all(["a = \(1)", "b = \(2)"]).text == "(a = $1) AND (b = $2)")
    }

    @Test("Arguments reach their places in any order", arguments: EngineCase.available)
    func order(engine: EngineCase) async throws {
        var sql: SQL = "SELECT CAST(\("first") AS TEXT), CAST(\("second") AS TEXT)"
        #expect(sql.text.contains("$1") && sql.text.contains("$2"))
        sql = SQL(stringLiteral: "SELECT ") + "CAST(\("a") AS TEXT) || CAST(\("b") AS TEXT), '$1'"
        let statement = sql
        try await engine.withDatabase { database async throws -> Void in
            let row = try await database.query(statement)[0]
            #expect(try row.text(0) == "ab")
            #expect(try row.text(1) == "$1")
        }
    }

    @Test("More than ten arguments keep their numbers", arguments: EngineCase.available)
    func many(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            try await database.write { try $0.batch((0..<30).map { insert("\($0)", at: Int64($0)) }) }
            let wanted = (5..<25).map { "\($0)" }
            let rows = try await database.query("SELECT id FROM notes WHERE id IN (\(list: wanted)) AND at < \(7)")
            #expect(Set(try rows.map { try $0.text(0) }) == ["5", "6"])
        }
    }

    @Test("An empty list holds nothing", arguments: EngineCase.available)
    func emptyList(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            try await database.write { try $0.execute(insert("a")) }
            let none: [String] = []
            #expect(try await database.query("SELECT id FROM notes WHERE id IN (\(list: none))").isEmpty)
        }
    }

    @Test("Lists page by key without gaps or repeats", arguments: EngineCase.available)
    func keyset(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            try await database.write { try $0.batch((0..<23).map { insert("\($0 + 10)", at: Int64($0 / 4)) }) }
            var seen: [String] = []
            var last: (Int64, String)?
            while true {
                let after: SQL = last.map { "(at, id) < (\($0.0), \($0.1))" } ?? "TRUE"
                let rows = try await database.query(
                    "SELECT at, id FROM notes WHERE \(after) ORDER BY at DESC, id DESC LIMIT \(5)")
                guard let end = rows.last else { break }
                last = (try end.int(0), try end.text(1))
                seen += try rows.map { try $0.text(1) }
            }
            #expect(seen == (0..<23).map { "\($0 + 10)" }.reversed())
        }
    }

    @Test("More statements than the cache holds still run", arguments: EngineCase.available)
    func manyTexts(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            for round in 0..<2 {
                for start in stride(from: 0, to: 1000, by: 100) {
                    let sum = try await database.read { transaction in
                        var sum: Int64 = 0
                        for number in start..<start + 100 {
                            sum += try transaction.query(SQL(stringLiteral: "SELECT \(number)"))[0].int(0)
                        }
                        return sum
                    }
                    #expect(sum == Int64(start * 100 + 4950), "round \(round)")
                }
            }
        }
    }

    @Test("Text is ordered by code point", arguments: EngineCase.available)
    func collation(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: [notes]) { database async throws -> Void in
            let titles = ["b", "B", "a", "Z", "_", "丙", "甲", "é", "😀", "\u{FFFD}"]
            try await database.write { try $0.batch(titles.map { insert($0, title: $0) }) }
            let rows = try await database.query("SELECT title FROM notes ORDER BY title")
            let byScalar = titles.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            #expect(try rows.map { try $0.text(0) } == byScalar)
        }
    }
}
