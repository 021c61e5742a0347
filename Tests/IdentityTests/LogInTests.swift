import Cipher
import Desk
import Ground
import Storage
import StorageTesting
import Testing
import Web

@testable import Identity

@Suite("Log-in of staff")
struct LogInTests {
    @Test("Whoever has the password comes in, in the post held", arguments: EngineCase.available)
    func enters(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let wang = try await office.person("wang", [("clerk", Office.street)])
            let cookie = try await office.enter(" WANG　")
            let visitor = try #require(try await office.identity.keeper.visitor(cookie: cookie))
            #expect(visitor.scope?.staff == wang.id)
            #expect(visitor.scope?.post == wang.posts[0])
            #expect(visitor.scope?.rights == [Right("case.accept")])
            #expect(visitor.scope?.area.code == Office.street)
            #expect(visitor.scope?.bodyName == "单位 \(Office.street)")
            #expect(try await office.identity.keeper.visitor(cookie: SecureRandom.token()) == nil)
        }
    }

    @Test("A wrong password, an unknown name and a closed account get one answer", arguments: EngineCase.available)
    func sameAnswer(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let left = try await office.person("left", [("clerk", Office.street)])
            try await office.database.write { try StaffStore.setState(left.id, .left, in: $0) }
            for (login, password) in [
                ("wang", "wrong password"), ("nobody", Office.password), ("left", Office.password),
            ] {
                await #expect(throws: LogIn.refused) { _ = try await office.enter(login, password) }
            }
        }
    }

    @Test("After five wrong passwords each further try waits, twice as long each time", arguments: EngineCase.available)
    func throttledAccount(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            for _ in 0..<5 {
                #expect(await office.refusal { try await office.enter("wang", "wrong") } == "identity.log-in-refused")
            }
            // The right password too, from any address: otherwise guessing would go on elsewhere.
            #expect(
                await office.refusal { try await office.enter("wang", from: office.client("10.0.0.2")) }
                    == "identity.too-often")
            office.clock.advance(.seconds(30))
            #expect(await office.refusal { try await office.enter("wang", "wrong") } == "identity.log-in-refused")
            office.clock.advance(.seconds(30))
            #expect(await office.refusal { try await office.enter("wang") } == "identity.too-often")
            office.clock.advance(.seconds(31))
            #expect(await office.refusal { try await office.enter("wang") } == nil)
            // Success makes the slate clean.
            #expect(await office.refusal { try await office.enter("wang", "wrong") } == "identity.log-in-refused")
        }
    }

    @Test("Unknown names are throttled like known ones", arguments: EngineCase.available)
    func throttledUnknown(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            for _ in 0..<5 { _ = await office.refusal { try await office.enter("nobody") } }
            #expect(await office.refusal { try await office.enter("nobody") } == "identity.too-often")
        }
    }

    @Test("One address cannot try many names", arguments: EngineCase.available)
    func throttledAddress(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            for number in 0..<50 { _ = await office.refusal { try await office.enter("nobody\(number)") } }
            #expect(await office.refusal { try await office.enter("another") } == "identity.too-often")
            #expect(
                await office.refusal { try await office.enter("another", from: office.client("10.0.0.9")) }
                    == "identity.log-in-refused")
        }
    }

    @Test("Many guesses at once do not slip through", arguments: EngineCase.available)
    func burst(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let codes = await withTaskGroup(of: String?.self) { group in
                for number in 0..<12 {
                    group.addTask { await office.refusal { try await office.enter("wang", "guess \(number)") } }
                }
                var codes: [String?] = []
                for await code in group { codes.append(code) }
                return codes
            }
            #expect(codes.count { $0 == "identity.log-in-refused" } == 5)
            #expect(codes.count { $0 == "identity.too-often" } == 7)
        }
    }

    @Test("A session gets a new secret at log-in, and the one before ends", arguments: EngineCase.available)
    func rotation(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let first = try await office.enter("wang")
            #expect(try await office.identity.keeper.visitor(cookie: first) != nil)
            let second = try await office.enter("wang", from: office.client(cookie: first))
            #expect(first != second)
            #expect(try await office.identity.keeper.visitor(cookie: first) == nil)
            #expect(try await office.identity.keeper.visitor(cookie: second) != nil)
        }
    }

    @Test("The table of sessions holds no secret that opens one", arguments: EngineCase.available)
    func hashedSessions(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let cookie = try await office.enter("wang")
            let ids = try await office.database.query("SELECT id FROM sessions").map { try $0.text(0) }
            #expect(ids == [Digest.sha256(cookie).hexadecimal])
            #expect(try await office.identity.keeper.visitor(cookie: ids[0]) == nil)
        }
    }

    @Test("A session ends when idle too long, and in any case after a day", arguments: EngineCase.available)
    func expiry(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let idle = try await office.enter("wang")
            office.clock.advance(.hours(8))
            #expect(try await office.identity.keeper.visitor(cookie: idle) == nil)

            let busy = try await office.enter("wang")
            for _ in 0..<3 {
                office.clock.advance(.hours(7))
                #expect(try await office.identity.keeper.visitor(cookie: busy) != nil)
            }
            office.clock.advance(.hours(4))
            #expect(try await office.identity.keeper.visitor(cookie: busy) == nil)
        }
    }

    @Test("Logging out counts at once, though sessions are remembered", arguments: EngineCase.available)
    func logOut(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let cookie = try await office.enter("wang")
            let session = try #require(try await office.identity.keeper.visitor(cookie: cookie)?.session)
            try await office.logIn.leave(session)
            #expect(try await office.identity.keeper.visitor(cookie: cookie) == nil)
        }
    }

    @Test("Forms of one session are not taken in another", arguments: EngineCase.available)
    func formTokens(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("clerk", Office.street)])
            let keeper = office.identity.keeper
            let first = try await keeper.visitor(cookie: try await office.enter("wang"))?.session
            let second = try await keeper.visitor(cookie: try await office.enter("wang"))?.session
            #expect(first?.formToken != second?.formToken)
            #expect(first?.formToken.count == 43)
        }
    }

    @Test("Whoever holds no post cannot come in", arguments: EngineCase.available)
    func noPost(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [])
            #expect(await office.refusal { try await office.enter("wang") } == "identity.no-post")
        }
    }

    @Test(
        "Only paths of this platform are gone to after log-in",
        arguments: [
            ("/cases?state=open", true), ("//evil.example", false), ("/\\evil.example", false),
            ("https://evil.example", false), ("/a\r\nSet-Cookie: x", false), ("", false), ("/", true),
        ])
    func localPaths(_ next: String, _ isTaken: Bool) {
        #expect((LogInPages.next(.init([("next", next)])) != nil) == isTaken)
    }

    @Test("Passwords are refused with the rule that they break")
    func passwordRules() throws {
        let rules = try SessionRules.load(from: RuleFiles(shipped: RulesFolder.shipped)).passwords
        func code(_ password: String) -> String? { rules.refusal(of: password, login: "zhangsan")?.code }
        #expect(code("short") == "identity.password-short")
        #expect(code("1234567890") == "identity.password-common")
        #expect(code("Password123") == "identity.password-common")
        #expect(code("zhangsan-2026") == "identity.password-common")
        #expect(code("aaaaaaaaaaaa") == "identity.password-common")
        #expect(code("correct horse battery") == nil)
        #expect(code("雨过天晴云破处这般颜色作将来") == nil)
        var strict = rules
        strict.characterKinds = 3
        #expect(strict.refusal(of: "correct horse battery", login: "x")?.code == "identity.password-kinds")
        #expect(strict.refusal(of: "Correct horse battery", login: "x") == nil)
    }
}
