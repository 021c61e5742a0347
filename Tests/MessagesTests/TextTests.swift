import Cipher
import Desk
import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@testable import Messages

@Suite("Texts to residents")
struct TextTests {
    @Test("A text leaves once, even when several servers look for work", arguments: EngineCase.available)
    func onceOnly(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let clock = ManualClock(start)
            let sender = RecordingSender()
            let servers = try (0..<4).map { _ in TextSending(house: try makeHouse(database, clock), sender: sender) }
            try await database.write { transaction in
                for number in 0..<30 { try Messages.text(try text("第 \(number) 条"), in: transaction) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in servers { group.addTask { try await server.sendDue() } }
                try await group.waitForAll()
            }
            #expect(sender.sent.count == 30)
            #expect(Set(sender.sent.map(\.text)).count == 30)
            #expect(sender.sent.allSatisfy { $0.phone == phone })
        }
    }

    @Test("Nothing leaves from a transaction that failed", arguments: EngineCase.available)
    func nothingFromFailures(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let sender = RecordingSender()
            let sending = TextSending(house: try makeHouse(database, ManualClock(start)), sender: sender)
            struct Failure: Error {}
            await #expect(throws: Failure.self) {
                try await database.write { transaction in
                    try Messages.text(try text("不该发出"), in: transaction)
                    throw Failure()
                }
            }
            try await sending.sendDue()
            #expect(sender.sent.isEmpty)
        }
    }

    @Test("A failing sender is tried again later, and given up visibly in the end", arguments: EngineCase.available)
    func backOff(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let clock = ManualClock(start)
            let sender = RecordingSender()
            sender.breaks(true)
            let sending = TextSending(house: try makeHouse(database, clock), sender: sender)
            try await database.write { try Messages.text(try text("验证"), in: $0) }

            func line(_ state: TextState) async throws -> TextLine? {
                try await database.read {
                    try TextStore.lines(
                        state, for: scope(post: "post1"), in: county, after: nil, limit: 10, transaction: $0
                    ).first
                }
            }
            try await sending.sendDue()
            #expect(try await line(.waiting)?.tries == 1)
            try await sending.sendDue()
            #expect(try await line(.waiting)?.tries == 1, "the wait is not over")
            for _ in 1..<TextSending.mostTries {
                clock.advance(.hours(3))
                try await sending.sendDue()
            }
            let failed = try #require(try await line(.failed))
            #expect(failed.tries == TextSending.mostTries)
            #expect(failed.failure?.isEmpty == false)

            sender.breaks(false)
            let id = failed.id
            let now = clock.now()
            #expect(
                try await database.write {
                    try TextStore.retry(id, for: scope(post: "post1"), in: county, at: now, transaction: $0)
                })
            try await sending.sendDue()
            #expect(sender.sent.map(\.id) == [id])
            #expect(try await line(.sent)?.id == id)
        }
    }

    @Test(
        "Staff see and send again the texts of their own area only; those of none, with the whole county",
        arguments: EngineCase.available)
    func keepsToArea(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let clock = ManualClock(start)
            let sender = RecordingSender()
            sender.breaks(true)
            let sending = TextSending(house: try makeHouse(database, clock), sender: sender)
            // A community of the street, its sibling whose code begins alike, another street, and none.
            for area in ["990101001002", "990101001003", "990101002", nil] {
                let area = area.flatMap { AreaPrefix($0) }
                try await database.write { try Messages.text(try text(area?.code ?? "none", area: area), in: $0) }
            }
            for _ in 0..<TextSending.mostTries {
                try await sending.sendDue()
                clock.advance(.hours(3))
            }
            func seen(from area: String) async throws -> Set<String> {
                try await database.read { transaction in
                    Set(
                        try TextStore.lines(
                            .failed, for: scope(post: "p", area: area), in: county, after: nil, limit: 10,
                            transaction: transaction
                        ).map(\.text))
                }
            }
            let all: Set = ["990101001002", "990101001003", "990101002", "none"]
            #expect(try await seen(from: "990101001") == ["990101001002", "990101001003"])
            #expect(try await seen(from: "990101001002") == ["990101001002"])
            #expect(try await seen(from: "990101002") == ["990101002"])
            #expect(try await seen(from: "990101003").isEmpty)
            #expect(try await seen(from: "990101") == all)
            #expect(try await seen(from: "9901") == all)
            #expect(try await seen(from: "990102").isEmpty)

            let ids = try await database.query("SELECT area, id FROM texts").reduce(into: [String: String]()) {
                $0[try $1.textIfAny(0) ?? "none"] = try $1.text(1)
            }
            func retry(_ text: String, from area: String) async throws -> Bool {
                let id = try #require(ids[text])
                let now = clock.now()
                return try await database.write {
                    try TextStore.retry(id, for: scope(post: "p", area: area), in: county, at: now, transaction: $0)
                }
            }
            #expect(try await retry("990101001002", from: "990101002") == false)
            #expect(try await retry("none", from: "990101001") == false)
            #expect(try await retry("990101001002", from: "990101001"))
            #expect(try await retry("none", from: "990101"))
        }
    }

    @Test("A street's texts are found by its own index, however many the others have")
    func plan() async throws {
        try await EngineCase.sqlite.withDatabase(migrations: Messages.migrations) { database in
            for area in ["990101001", "990101001002"] {
                let query = TextStore.query(
                    .sent, for: scope(post: "p", area: area), in: county, after: "0", limit: 31)
                let plan = try await database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains("texts_by_street") }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }

    @Test("A server that dies while sending leaves its texts to another", arguments: EngineCase.available)
    func claimEnds(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let clock = ManualClock(start)
            let sender = RecordingSender()
            let sending = TextSending(house: try makeHouse(database, clock), sender: sender)
            try await database.write { try Messages.text(try text("一"), in: $0) }
            let until = start + TextSending.claimLength
            let claimed = try await database.write {
                try TextStore.claim(as: "dead", at: start, until: until, limit: 10, in: $0)
            }
            #expect(claimed.count == 1)
            try await sending.sendDue()
            #expect(sender.sent.isEmpty)
            clock.set(until)
            try await sending.sendDue()
            #expect(sender.sent.count == 1)
        }
    }

    @Test("A code and a number never lie readable in the table", arguments: EngineCase.available)
    func sealed(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let sender = RecordingSender()
            let sending = TextSending(house: try makeHouse(database, ManualClock(start)), sender: sender)
            try await database.write { try Messages.text(try text("验证码 {code}，请勿转告", code: "482913"), in: $0) }
            func stored() async throws -> String {
                let rows = try await database.query(
                    "SELECT phone_sealed, phone_index, text, code_sealed, subject_id, failure FROM texts")
                return rows.flatMap(\.values).map { value in
                    if case .blob(let bytes) = value { return String(decoding: bytes, as: UTF8.self) }
                    return "\(value)"
                }.joined(separator: "|")
            }
            let before = try await stored()
            #expect(!before.contains("482913") && !before.contains(phone))
            #expect(before.contains("{code}"))
            try await sending.sendDue()
            #expect(sender.sent.map(\.text) == ["验证码 482913，请勿转告"])
            let codes = try await database.query("SELECT code_sealed FROM texts")
            #expect(codes.first?.isNull(0) == true, "a code that was sent is forgotten")
        }
    }

    @Test("The outbox file gets one line of JSON for each text, and only its owner reads it")
    func outboxFile() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("outbox-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let sender = OutboxFileSender(path: path)
        for number in 0..<60 {
            try await sender.send(OutgoingText(id: "\(number)", phone: phone, text: "第\n\"\(number)\" 条", at: start))
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 60)
        #expect(lines.last?.contains("\"id\":\"59\"") == true)
        let texts = OutboxFileSender.lastTexts(of: path, count: 50)
        #expect(texts.count == 50)
        #expect(texts.first?.phone == phone)
        #expect(texts.first?.text == "第\n\"59\" 条")
        #expect(texts.first?.at == start.iso8601)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
