import Cipher
import Desk
import Ground
import Identity
import Storage
import StorageTesting
import Testing

@testable import Clues

struct ClueTests {
    private static let now = Instant(milliseconds: 1_780_000_000_000)
    private let vault = KeyRing.forTests().vault

    private func clue(_ text: String = "有人强收保护费", area: AreaPrefix? = nil) -> Clue {
        Clue(
            text: text, area: area, contact: nil, source: .sender, state: .received, receivedAt: Self.now,
            changedAt: Self.now)
    }

    @Test("A code is read with or without dashes, in either case, and nothing else is one")
    func codes() throws {
        let code = ClueCode.random()
        #expect(ClueCode(typed: code.shown) == code)
        #expect(ClueCode(typed: " " + code.shown.uppercased() + " ") == code)
        #expect(code.shown.count == 27)
        for wrong in ["", "123456", code.text + "0", String(code.text.dropLast()) + "g", "１２３４５６１２３４５６１２３４５６１２３４５６"] {
            #expect(ClueCode(typed: wrong) == nil, "\(wrong)")
        }
    }

    @Test("The same sending has the same code; another content or another key another")
    func sameSending() {
        let one = ClueCode.of(sending: "key", content: "a", vault)
        #expect(one == ClueCode.of(sending: "key", content: "a", vault))
        #expect(one != ClueCode.of(sending: "key", content: "b", vault))
        #expect(one != ClueCode.of(sending: "other", content: "a", vault))
        #expect(one != ClueCode.of(sending: "key", content: "a", KeyRing.forTests("else").vault))
    }

    @Test(
        "A key that comes again with the same content is known, with another it is refused, and neither can be read back",
        arguments: EngineCase.available)
    func keysOnce(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Clues.migrations) { database in
            let once = ClueOnce(vault: vault)
            #expect(try await database.read { try once.earlier("key-1", content: "保护费", in: $0) } == nil)
            try await database.write { try once.keep("looking", "key-1", content: "保护费", in: $0) }
            #expect(try await database.read { try once.earlier("key-1", content: "保护费", in: $0) } == "looking")
            #expect(try await database.read { try once.earlier("key-2", content: "保护费", in: $0) } == nil)
            let refusal = await #expect(throws: Refusal.self) {
                try await database.read { try once.earlier("key-1", content: "别的", in: $0) }
            }
            #expect(refusal?.code == Once.keyReused.code && refusal?.kind == .ruleBroken)
            let rows = try await database.query("SELECT key_index, content_index, sealed FROM clue_answers")
            #expect(rows.count == 1)
            for row in rows {
                let text = "\(row.values)" + String(decoding: try row.blob(2), as: UTF8.self)
                for word in ["key-1", "保护费", "looking"] { #expect(!text.contains(word)) }
            }
        }
    }

    @Test("What ended takes no more, and nothing is taken up twice")
    func acts() {
        for act in ClueAct.allCases { #expect(!act.isPossible(in: .ended)) }
        #expect(ClueAct.take.isPossible(in: .received) && !ClueAct.take.isPossible(in: .looking))
        for act in ClueAct.allCases where act != .take {
            #expect(act.isPossible(in: .received) && act.isPossible(in: .looking))
        }
    }

    @Test("An address that sends too much waits, and after an hour no more")
    func limit() throws {
        let limit = SendingLimit()
        for _ in 0..<SendingLimit.mostAnHour { try limit.count("10.0.0.1", at: Self.now) }
        #expect(throws: Refusal.self) { try limit.count("10.0.0.1", at: Self.now + .minutes(59)) }
        try limit.count("10.0.0.2", at: Self.now)
        try limit.count("10.0.0.1", at: Self.now + .hours(1))
    }

    @Test(
        "In the database stands nothing that was said, where, when or in which state", arguments: EngineCase.available)
    func sealed(engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Clues.migrations) { database in
            let store = ClueStore(vault: vault)
            let area = try #require(AreaPrefix("330106001"))
            let one = clue(area: area)
            let code = ClueCode.random()
            let number = try await database.write { try store.insert(one, code: code, in: $0) }
            #expect(number == 1)
            #expect(try await database.write { try store.insert(one, code: code, in: $0) } == nil)
            for row in try await database.query("SELECT number, code_index, sealed FROM clues") {
                let text = "\(row.values)" + String(decoding: try row.blob(2), as: UTF8.self)
                for word in ["保护费", "330106001", "received", "1780000000", code.text] { #expect(!text.contains(word)) }
            }
            let found = try await database.read { try store.find(code, in: $0) }
            #expect(found?.clue == one)
            // Another installation's key opens nothing.
            let foreign = ClueStore(vault: KeyRing.forTests("else").vault)
            #expect(try await database.read { try foreign.find(code, in: $0) } == nil)
            await #expect(throws: Refusal.self) { try await database.read { _ = try foreign.find(1, in: $0) } }
        }
    }

    @Test("A list wants the right, and shows a post only what lies in its area; what has no place is the county's")
    func areas() async throws {
        try await EngineCase.sqlite.withDatabase(migrations: Clues.migrations) { database in
            let store = ClueStore(vault: vault)
            let county = try #require(AreaPrefix("330106"))
            let street = try #require(AreaPrefix("330106001"))
            let all = [clue("一", area: street), clue("二", area: county), clue("三")]
            try await database.write { transaction in
                for one in all { _ = try store.insert(one, code: .random(), in: transaction) }
            }
            func scope(_ area: AreaPrefix, _ rights: Set<Right>, line: String? = nil) -> Scope {
                Scope(
                    staff: StaffID("s"), staffName: "—", post: PostID("p"), postName: LocalizedText("—", "—"),
                    role: "test", rights: rights, area: area, body: BodyID("b"), bodyName: "—", line: line)
            }
            func texts(_ scope: Scope) async throws -> [String] {
                try await database.read {
                    try store.page(for: scope, county: county, before: nil, limit: 10, in: $0).items.map(\.clue.text)
                }
            }
            #expect(try await texts(scope(county, [.readClues])) == ["三", "二", "一"])
            #expect(try await texts(scope(street, [.readClues])) == ["一"])
            #expect(try await texts(scope(county, [.readClues], line: "police")).isEmpty)
            for rights: Set<Right> in [[], [.actOnClues], [.auditClues]] {
                await #expect(throws: Refusal.self) { _ = try await texts(scope(county, rights)) }
            }
        }
    }
}
