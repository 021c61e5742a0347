import Cipher
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Identity

@Suite("Tokens of machines")
struct TokenTests {
    private func making(
        rights: [String] = ["case.accept"], area: String? = nil, days: Int64 = 30
    ) -> TokenCommands.Making {
        TokenCommands.Making(name: "对接", rights: rights, area: area, days: days)
    }

    @Test(
        "A token has a part of its maker's rights and area, and says that it is a machine",
        arguments: EngineCase.available)
    func scope(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let wang = try await office.person("wang", [("administrator", Office.county)])
            let made = try await office.identity.tokenCommands.make(
                making(area: Office.street), by: try await office.scope("wang"), once: office.once)
            let secret = try #require(made.secret)
            #expect(secret.hasPrefix("gewu_"))
            let scope = try #require(try await office.identity.keeper.visitor(bearer: secret)?.scope)
            #expect(scope.isMachine)
            #expect(scope.post == wang.posts[0])
            #expect(scope.rights == [Right("case.accept")])
            #expect(scope.area.code == Office.street)
        }
    }

    @Test("Nobody gives a token what they lack", arguments: EngineCase.available)
    func beyond(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("li", [("head", Office.street)])
            let scope = try await office.scope("li")
            let commands = office.identity.tokenCommands
            #expect(
                await office.refusal {
                    try await commands.make(making(rights: ["case.rule"]), by: scope, once: office.once)
                }
                    == "identity.rights-beyond")
            #expect(
                await office.refusal { try await commands.make(making(rights: []), by: scope, once: office.once) }
                    == "identity.rights-beyond")
            for area in [Office.county, Office.sibling] {
                #expect(
                    await office.refusal { try await commands.make(making(area: area), by: scope, once: office.once) }
                        == "identity.outside-area")
            }
            #expect(
                await office.refusal { try await commands.make(making(days: 4000), by: scope, once: office.once) }
                    == "identity.wrong-days")
            var machine = scope
            machine.isMachine = true
            #expect(
                await office.refusal { try await commands.make(making(), by: machine, once: office.once) }
                    == "identity.token-by-machine")
        }
    }

    @Test(
        "A token ends when its time is over, when it is revoked, and when its post ends",
        arguments: EngineCase.available)
    func ends(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let wang = try await office.person("wang", [("administrator", Office.county), ("clerk", Office.street)])
            let scope = try await office.scope("wang")
            let commands = office.identity.tokenCommands
            let keeper = office.identity.keeper
            func made() async throws -> (TokenID, String) {
                let made = try await commands.make(making(days: 1), by: scope, once: office.once)
                return (made.id, try #require(made.secret))
            }
            let (first, firstSecret) = try await made()
            #expect(try await keeper.visitor(bearer: firstSecret) != nil)
            _ = try await commands.revoke(first, by: scope, once: office.once)
            #expect(try await keeper.visitor(bearer: firstSecret) == nil)

            let (_, secondSecret) = try await made()
            office.clock.advance(.days(1))
            #expect(try await keeper.visitor(bearer: secondSecret) == nil)

            let (_, thirdSecret) = try await made()
            #expect(try await keeper.visitor(bearer: thirdSecret) != nil)
            let now = office.clock.now()
            _ = try await office.database.write { try PostStore.end(wang.posts[0], at: now, in: $0) }
            office.clock.advance(.seconds(6))
            #expect(try await keeper.visitor(bearer: thirdSecret) == nil)
        }
    }

    @Test("A secret is shown once and stored nowhere", arguments: EngineCase.available)
    func stored(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("administrator", Office.county)])
            let scope = try await office.scope("wang")
            let once = Once(owner: scope.staff.text, key: "k1", content: Array("a".utf8))
            let first = try await office.identity.tokenCommands.make(making(), by: scope, once: once)
            let again = try await office.identity.tokenCommands.make(making(), by: scope, once: once)
            let secret = try #require(first.secret)
            #expect(again.id == first.id)
            #expect(again.secret == nil)
            #expect(
                try await office.everythingStored().allSatisfy {
                    !$0.contains(secret) && !$0.contains(secret.dropFirst(5))
                })
            let hashes = try await office.database.query("SELECT secret_hash FROM tokens").map { try $0.text(0) }
            #expect(hashes == [Digest.sha256(secret).hexadecimal])
        }
    }

    @Test("Tokens of a sibling area cannot be seen or revoked", arguments: EngineCase.available)
    func siblings(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("administrator", Office.county)])
            let made = try await office.identity.tokenCommands.make(
                making(area: Office.sibling), by: try await office.scope("wang"), once: office.once)
            try await office.person("li", [("head", Office.street)])
            let scope = try await office.scope("li")
            #expect(try await office.database.read { try TokenStore.tokens(in: scope.area, limit: 10, in: $0) }.isEmpty)
            #expect(
                await office.refusal {
                    try await office.identity.tokenCommands.revoke(made.id, by: scope, once: office.once)
                } == Refusal.nothingHere.code)
        }
    }
}

extension Office {
    /// Every value of every table, as text.
    func everythingStored() async throws -> [String] {
        let tables = [
            "staff", "posts", "sessions", "tokens", "throttle", "resident_codes", "answers", "ledger_entries",
            "notices",
            "texts",
        ]
        var result: [String] = []
        for table in tables {
            // The names are this list's own.
            for row in try await database.query(SQL(stringLiteral: "SELECT * FROM \(table)")) {
                for value in row.values {
                    switch value {
                    case .text(let text): result.append(text)
                    case .blob(let bytes): result.append(String(decoding: bytes, as: UTF8.self))
                    case .int(let number): result.append(String(number))
                    case .null, .bool, .double: continue
                    }
                }
            }
        }
        return result
    }
}
