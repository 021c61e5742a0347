// Needs HummingbirdTesting, which this target's entry in Package.swift must name.
#if canImport(HummingbirdTesting)
    import Cipher
    import Desk
    import Ground
    import HTTPTypes
    import Hummingbird
    import HummingbirdTesting
    import Logging
    import Messages
    import Storage
    import StorageTesting
    import Testing
    import Web

    @testable import Identity

    @Suite("Identity through its door")
    struct PagesTests {
        private typealias Test = (Office, any TestClientProtocol) async throws -> Void

        private func serve(
            _ engine: EngineCase, isDemonstration: Bool = true,
            _ body: @escaping @Sendable (Office, any TestClientProtocol) async throws -> Void
        ) async throws {
            try await Office.with(engine, isDemonstration: isDemonstration) { office in
                let router = Router(context: DeskContext.self)
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let routes = Routes(
                    router: router, house: office.house, menu: office.identity.menu, catalogue: APICatalogue())
                router.add(middleware: Reception(house: office.house, logger: logger, metrics: Metrics()))
                router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
                router.add(middleware: office.identity.sessions)
                office.identity.addRoutes(to: routes)
                try await Application(router: router, logger: logger).test(.router) { try await body(office, $0) }
            }
        }

        private func form(_ pairs: [(String, String)]) -> ByteBuffer { ByteBuffer(string: QueryParameters(pairs).text) }

        private func headers(_ cookie: String? = nil) -> HTTPFields {
            var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            if let cookie { headers[.cookie] = "gewu=\(cookie)" }
            return headers
        }

        private func formToken(_ office: Office, _ cookie: String) -> String {
            office.identity.keeper.formToken(SessionKeeper.id(of: cookie))
        }

        @Test("A page of staff sends strangers to the log-in, and back afterwards", arguments: EngineCase.available)
        func next(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                try await office.person("wang", [("clerk", Office.street)])
                try await client.execute(uri: "/account?x=1", method: .get) { response in
                    #expect(response.status == .seeOther)
                    #expect(response.headers[.location] == "/login?next=%2Faccount%3Fx%3D1")
                }
                let body = form([("login", "wang"), ("password", Office.password), ("next", "/account?x=1")])
                let cookie = try await client.execute(
                    uri: "/login", method: .post, headers: headers(), body: body
                ) { response in
                    #expect(response.status == .seeOther)
                    #expect(response.headers[.location] == "/account?x=1")
                    return response.headers[values: .setCookie].first { $0.hasPrefix("gewu=") }
                }
                let text = try #require(cookie)
                #expect(text.contains("; HttpOnly; SameSite=Lax"))
                let value = String(text.dropFirst(5).prefix(43))
                try await client.execute(uri: "/account", method: .get, headers: headers(value)) { response in
                    #expect(response.status == .ok)
                    #expect(String(buffer: response.body).contains("测试·wang"))
                }
            }
        }

        @Test("A form without the session's token, or from another site, is refused", arguments: EngineCase.available)
        func foreignForms(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                let wang = try await office.person("wang", [("clerk", Office.street), ("judge", Office.county)])
                let cookie = try await office.enter("wang")
                let other = try await office.enter("wang")
                for token in [nil, "", formToken(office, other)] as [String?] {
                    var pairs = [("post", wang.posts[1].text)]
                    if let token { pairs.append(("_token", token)) }
                    try await client.execute(
                        uri: "/account/post", method: .post, headers: headers(cookie), body: form(pairs)
                    ) { #expect($0.status == .forbidden) }
                }
                #expect(try await office.identity.keeper.visitor(cookie: cookie)?.scope?.post == wang.posts[0])
                try await client.execute(
                    uri: "/account/post", method: .post, headers: headers(cookie),
                    body: form([("post", wang.posts[1].text), ("_token", formToken(office, cookie))])
                ) { #expect($0.status == .seeOther) }
                #expect(try await office.identity.keeper.visitor(cookie: cookie)?.scope?.post == wang.posts[1])

                var foreign = headers()
                if let name = HTTPField.Name("Sec-Fetch-Site") { foreign[name] = "cross-site" }
                try await client.execute(
                    uri: "/login", method: .post, headers: foreign,
                    body: form([("login", "wang"), ("password", Office.password)])
                ) { #expect($0.status == .forbidden) }
            }
        }

        @Test("A token opens the interface; a wrong one is told so", arguments: EngineCase.available)
        func bearer(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                try await office.person("wang", [("administrator", Office.county)])
                let made = try await office.identity.tokenCommands.make(
                    .init(name: "对接", rights: ["case.accept"], area: nil, days: 1), by: try await office.scope("wang"),
                    once: office.once)
                let secret = try #require(made.secret)
                try await client.execute(
                    uri: "/api/v1/me", method: .get, headers: [.authorization: "Bearer \(secret)"]
                ) { response in
                    #expect(response.status == .ok)
                    #expect(String(buffer: response.body).contains("\"rights\":[\"case.accept\"]"))
                }
                try await client.execute(
                    uri: "/api/v1/staff", method: .get, headers: [.authorization: "Bearer \(secret)"]
                ) { #expect($0.status == .forbidden) }
                for wrong in ["Bearer gewu_" + SecureRandom.token(), "Basic abc", "Bearer"] {
                    try await client.execute(uri: "/api/v1/me", method: .get, headers: [.authorization: wrong]) {
                        #expect($0.status == .unauthorized)
                    }
                }
            }
        }

        @Test("Until a password of one's own is chosen, nothing else opens", arguments: EngineCase.available)
        func passwordFirst(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                let wang = try await office.person("wang", [("clerk", Office.street)])
                let hash = try await office.identity.hash(password: Office.password)
                try await office.database.write {
                    try StaffStore.setPassword(wang.id, hash: hash, mustChange: true, in: $0)
                }
                let cookie = try await office.enter("wang")
                let elsewhere = try await office.enter("wang")
                try await client.execute(uri: "/account", method: .get, headers: headers(cookie)) { response in
                    #expect(response.headers[.location] == "/account/password")
                }
                try await client.execute(uri: "/api/v1/me", method: .get, headers: headers(cookie)) { response in
                    #expect(response.status == .forbidden)
                }
                let token = formToken(office, cookie)
                func change(_ current: String, _ new: String, _ again: String) async throws -> HTTPResponse.Status {
                    try await client.execute(
                        uri: "/account/password", method: .post, headers: headers(cookie),
                        body: form([("current", current), ("new", new), ("repeat", again), ("_token", token)])
                    ) { $0.status }
                }
                let new = "雨过天晴云破处这般颜色"
                #expect(try await change("wrong", new, new) == .unprocessableContent)
                #expect(try await change(Office.password, new, new + "x") == .unprocessableContent)
                #expect(try await change(Office.password, "short", "short") == .unprocessableContent)
                #expect(try await change(Office.password, new, new) == .ok)
                try await client.execute(uri: "/account", method: .get, headers: headers(cookie)) {
                    #expect($0.status == .ok)
                }
                #expect(try await office.identity.keeper.visitor(cookie: elsewhere) == nil)
                #expect(await office.refusal { try await office.enter("wang") } == "identity.log-in-refused")
                #expect(await office.refusal { try await office.enter("wang", new) } == nil)
            }
        }

        @Test("Who decides enrols by the page before acting", arguments: EngineCase.available)
        func enrolment(_ engine: EngineCase) async throws {
            try await serve(engine, isDemonstration: false) { office, client in
                try await office.person("wang", [("judge", Office.county)])
                let cookie = try await office.enter("wang")
                try await client.execute(uri: "/account", method: .get, headers: headers(cookie)) { response in
                    #expect(response.headers[.location] == "/account/second-step")
                }
                let page = try await client.execute(
                    uri: "/account/second-step", method: .get, headers: headers(cookie)
                ) { String(buffer: $0.body) }
                let start = try #require(page.firstRange(of: "name=\"secret\" value=\""))
                let hexadecimal = String(page[start.upperBound...].prefix(40))
                let secret = try #require([UInt8](hexadecimal: hexadecimal))
                #expect(page.contains("<svg class=\"qr\""))
                let code = OneTimeCode.code(secret: secret, at: office.clock.now())
                try await client.execute(
                    uri: "/account/second-step", method: .post, headers: headers(cookie),
                    body: form([
                        ("secret", hexadecimal), ("current", Office.password), ("code", code),
                        ("_token", formToken(office, cookie)),
                    ])
                ) { #expect($0.status == .seeOther) }
                try await client.execute(uri: "/account", method: .get, headers: headers(cookie)) {
                    #expect($0.status == .ok)
                }
                await #expect(throws: Office.CodeWanted.self) { _ = try await office.enter("wang") }
            }
        }

        @Test(
            "Staff are entered, changed and listed by pages that never show a number", arguments: EngineCase.available)
        func staffPages(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                try await office.person("admin", [("administrator", Office.county)])
                let cookie = try await office.enter("admin")
                let token = formToken(office, cookie)
                let fields = [
                    ("_token", token), ("_key", "k1"), ("name", "李四"), ("login", "lisi"), ("phone", Office.phone),
                    ("body", Bodies.id(of: Office.street).text), ("role", "clerk"),
                ]
                let first = try await client.execute(
                    uri: "/staff", method: .post, headers: headers(cookie), body: form(fields)
                ) { String(buffer: $0.body) }
                #expect(first.contains("一次性密码") && first.contains("138****1234"))
                // Sent twice: one person, and the password is not shown again.
                let again = try await client.execute(
                    uri: "/staff", method: .post, headers: headers(cookie), body: form(fields)
                ) { String(buffer: $0.body) }
                #expect(again.contains("不再显示"))
                let rows = try await office.database.query("SELECT id FROM staff WHERE login = 'lisi'")
                #expect(rows.count == 1)
                let id = try #require(rows.first).text(0)
                for path in [
                    "/staff", "/staff?q=lisi", "/staff/new", "/staff/\(id)", "/api/v1/staff", "/api/v1/staff/\(id)",
                    "/tokens",
                ] {
                    try await client.execute(uri: path, method: .get, headers: headers(cookie)) { response in
                        #expect(response.status == .ok, "\(path)")
                        #expect(!String(buffer: response.body).contains(Office.phone), "\(path)")
                    }
                }
                let shown = try await client.execute(
                    uri: "/staff/\(id)/reveal", method: .post, headers: headers(cookie),
                    body: form([("_token", token), ("purpose", "通知值班")])
                ) { String(buffer: $0.body) }
                #expect(shown.contains(Office.phone))
                // A refusal keeps what was typed.
                let refused = try await client.execute(
                    uri: "/staff", method: .post, headers: headers(cookie),
                    body: form([
                        ("_token", token), ("name", "王五"), ("login", "LISI"), ("role", "clerk"),
                        ("body", Bodies.id(of: Office.street).text),
                    ])
                ) { ($0.status, String(buffer: $0.body)) }
                #expect(refused.0 == .conflict)
                #expect(refused.1.contains("value=\"王五\""))
                // A clerk sees none of it.
                let clerk = try await office.person("clerk", [("clerk", Office.street)])
                let clerkCookie = try await office.enter(clerk.login)
                try await client.execute(uri: "/staff", method: .get, headers: headers(clerkCookie)) {
                    #expect($0.status == .forbidden)
                }
            }
        }

        @Test("A resident logs in by the pages, and logs out", arguments: EngineCase.available)
        func residents(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                let page = try await client.execute(
                    uri: "/resident/login", method: .post, headers: headers(),
                    body: form([("phone", "138 0000 1234"), ("next", "/mine")])
                ) { String(buffer: $0.body) }
                #expect(page.contains("138****1234") && page.contains("/demo/outbox"))
                let sealed = try #require(try await office.database.query("SELECT code_sealed FROM texts").first).blob(
                    0)
                let code = try office.house.keys.vault.open(sealed, for: ResidentText.codePurpose)
                let wrong = code == "123456" ? "654321" : "123456"
                try await client.execute(
                    uri: "/resident/login/code", method: .post, headers: headers(),
                    body: form([("phone", Office.phone), ("code", wrong)])
                ) { #expect($0.status == .unauthorized) }
                let cookie = try await client.execute(
                    uri: "/resident/login/code", method: .post, headers: headers(),
                    body: form([("phone", Office.phone), ("code", code), ("next", "/mine")])
                ) { response in
                    #expect(response.headers[.location] == "/mine")
                    return response.headers[values: .setCookie].first
                }
                let value = String(try #require(cookie).dropFirst(5).prefix(43))
                #expect(try await office.identity.keeper.visitor(cookie: value)?.resident != nil)
                // A resident is no member of staff.
                try await client.execute(uri: "/account", method: .get, headers: headers(value)) {
                    #expect($0.status == .seeOther)
                }
                try await client.execute(
                    uri: "/logout", method: .post, headers: headers(value),
                    body: form([("_token", formToken(office, value))])
                ) { #expect($0.headers[values: .setCookie].contains { $0.contains("Max-Age=0") }) }
                #expect(try await office.identity.keeper.visitor(cookie: value) == nil)
            }
        }

        @Test(
            "The browser's language survives the log-in, unless the person chose one", arguments: EngineCase.available)
        func languageAtLogIn(_ engine: EngineCase) async throws {
            try await serve(engine) { office, client in
                try await office.person("wang", [("clerk", Office.street)])
                func logIn(cookie: String? = nil) async throws -> (session: String, language: String?) {
                    var sent = headers()
                    sent[.acceptLanguage] = "en-GB,en;q=0.9"
                    sent[.cookie] = cookie
                    let body = form([("login", "wang"), ("password", Office.password)])
                    let set = try await client.execute(uri: "/login", method: .post, headers: sent, body: body) {
                        $0.headers[values: .setCookie]
                    }
                    let session = try #require(set.first { $0.hasPrefix("gewu=") })
                    return (
                        String(session.dropFirst(5).prefix(43)),
                        set.first { $0.hasPrefix("language=") }.map { String($0.dropFirst(9).prefix { $0 != ";" }) }
                    )
                }
                let first = try await logIn()
                #expect(first.language == nil, "nothing was chosen: the browser decides")
                var english = headers(first.session)
                english[.acceptLanguage] = "en-GB,en;q=0.9"
                try await client.execute(uri: "/account", method: .get, headers: english) {
                    #expect(String(buffer: $0.body).contains("My account"))
                }
                try await client.execute(
                    uri: "/language", method: .post, headers: english,
                    body: form([("language", "zh-Hans"), ("_token", formToken(office, first.session))])
                ) { #expect($0.status == .seeOther) }
                #expect(try await logIn().language == "zh-Hans", "the choice follows the person to another browser")
                #expect(try await logIn(cookie: "language=en").language == nil, "what this browser chose holds here")
            }
        }

        @Test("Language and size are chosen by anybody, and lead back only to here", arguments: EngineCase.available)
        func choices(_ engine: EngineCase) async throws {
            try await serve(engine) { _, client in
                try await client.execute(
                    uri: "/language", method: .post, headers: headers(),
                    body: form([("language", "en"), ("back", "//evil.example")])
                ) { response in
                    #expect(response.headers[.location] == "/")
                    #expect(response.headers[values: .setCookie].first?.hasPrefix("language=en;") == true)
                }
                try await client.execute(
                    uri: "/appearance", method: .post, headers: headers(),
                    body: form([("size", "care"), ("theme", "night"), ("back", "/login")])
                ) { response in
                    #expect(response.headers[.location] == "/login")
                    #expect(response.headers[values: .setCookie].map { $0.prefix(10) } == ["size=care;"])
                }
                try await client.execute(uri: "/appearance", method: .get) {
                    #expect(String(buffer: $0.body).contains("关怀版"))
                }
            }
        }
    }
#endif
