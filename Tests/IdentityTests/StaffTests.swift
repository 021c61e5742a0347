import Cipher
import Desk
import Ground
import Messages
import Storage
import StorageTesting
import Testing

@testable import Identity

@Suite("Managing staff")
struct StaffTests {
    private func entering(_ login: String, role: String = "clerk", body: String, area: String? = nil)
        -> StaffCommands.Entering
    {
        StaffCommands.Entering(
            name: "李四", login: login, phone: Office.phone, body: Bodies.id(of: body), role: role, area: area)
    }

    @Test(
        "A person entered logs in with the one-time password and must choose their own", arguments: EngineCase.available
    )
    func enter(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("head", Office.street)])
            let (_, password) = try await office.identity.staffCommands.enterWithPassword(
                entering("lisi", body: Office.street), by: try await office.scope("wang"), once: office.once)
            let cookie = try await office.enter("lisi", try #require(password))
            #expect(try await office.identity.keeper.visitor(cookie: cookie)?.duty == .choosePassword)
            #expect(
                await office.refusal {
                    try await office.identity.staffCommands.enterWithPassword(
                        entering("LiSi", body: Office.street), by: try await office.scope("wang"), once: office.once)
                } == "identity.login-taken")
        }
    }

    @Test("Nobody manages outside their area, though the code begins alike", arguments: EngineCase.available)
    func outside(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("head", Office.street)])
            let other = try await office.person("other", [("clerk", Office.sibling)])
            let above = try await office.person("above", [("judge", Office.county)])
            let scope = try await office.scope("wang")
            let commands = office.identity.staffCommands
            for (body, area) in [(Office.sibling, nil), (Office.county, nil), (Office.street, Office.sibling)] {
                #expect(
                    await office.refusal {
                        try await commands.enterWithPassword(
                            entering("new", body: body, area: area), by: scope, once: office.once)
                    } == "identity.outside-area")
            }
            for person in [other, above] {
                #expect(
                    await office.refusal {
                        try await commands.resetPassword(person.id, alsoSecondStep: true, by: scope, once: office.once)
                    } == Refusal.nothingHere.code)
                #expect(
                    await office.refusal { try await commands.end(person.posts[0], by: scope, once: office.once) }
                        == Refusal.nothingHere.code)
            }
            let lines = try await office.database.read {
                try StaffList.lines(
                    StaffFilter(), scope: scope, bodies: Bodies(),
                    at: office.clock.now(),
                    after: nil, limit: 10, in: $0)
            }
            #expect(lines.map(\.login) == ["wang"])
        }
    }

    @Test(
        "Nobody gives, takes or takes over rights that they lack; an administrator may", arguments: EngineCase.available
    )
    func beyond(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("wang", [("head", Office.street)])
            try await office.person("admin", [("administrator", Office.county)])
            let judge = try await office.person("judge", [("judge", Office.street)])
            let clerk = try await office.person("clerk", [("clerk", Office.street)])
            let head = try await office.scope("wang")
            let commands = office.identity.staffCommands
            let giving = StaffCommands.Giving(
                staff: clerk.id, body: Bodies.id(of: Office.street), role: "judge", area: nil)
            #expect(
                await office.refusal { try await commands.give(giving, by: head, once: office.once) }
                    == "identity.rights-beyond")
            #expect(
                await office.refusal {
                    try await commands.resetPassword(judge.id, alsoSecondStep: true, by: head, once: office.once)
                } == "identity.rights-beyond")
            #expect(
                await office.refusal { try await commands.end(judge.posts[0], by: head, once: office.once) }
                    == "identity.rights-beyond")
            let admin = try await office.scope("admin")
            #expect(await office.refusal { try await commands.give(giving, by: admin, once: office.once) } == nil)
            #expect(
                await office.refusal { try await commands.give(giving, by: admin, once: office.once) }
                    == "identity.post-held")
        }
    }

    @Test("A role stands only at its level", arguments: EngineCase.available)
    func level(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            #expect(
                await office.refusal {
                    try await office.identity.staffCommands.enterWithPassword(
                        entering("new", role: "clerk", body: Office.county), by: try await office.scope("admin"),
                        once: office.once)
                } == "identity.role-level")
        }
    }

    @Test("Switching the post changes rights and area of the session", arguments: EngineCase.available)
    func switching(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let wang = try await office.person("wang", [("clerk", Office.street), ("judge", Office.county)])
            let cookie = try await office.enter("wang")
            let keeper = office.identity.keeper
            #expect(try await keeper.visitor(cookie: cookie)?.scope?.area.code == Office.street)
            try await office.database.write {
                try SessionStore.setPost(SessionKeeper.id(of: cookie), wang.posts[1], in: $0)
            }
            keeper.forget(SessionKeeper.id(of: cookie))
            let scope = try await keeper.visitor(cookie: cookie)?.scope
            #expect(scope?.area.code == Office.county)
            #expect(scope?.rights == [Right("case.rule")])
            // When that post ends, the other one remains.
            let now = office.clock.now()
            _ = try await office.database.write { try PostStore.end(wang.posts[1], at: now, in: $0) }
            office.clock.advance(.seconds(6))
            #expect(try await keeper.visitor(cookie: cookie)?.scope?.area.code == Office.street)
        }
    }

    @Test("Who has left is out at once, and their posts have ended", arguments: EngineCase.available)
    func leaving(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            let wang = try await office.person("wang", [("clerk", Office.street), ("judge", Office.county)])
            let cookie = try await office.enter("wang")
            #expect(try await office.identity.keeper.visitor(cookie: cookie) != nil)
            let admin = try await office.scope("admin")
            _ = try await office.identity.staffCommands.leave(wang.id, by: admin, once: office.once)
            #expect(try await office.identity.keeper.visitor(cookie: cookie) == nil)
            let posts = try await office.database.read { try office.identity.directory.posts(of: wang.id, in: $0) }
            #expect(posts.isEmpty)
            #expect(
                await office.refusal {
                    try await office.identity.staffCommands.leave(admin.staff, by: admin, once: office.once)
                } == "identity.not-oneself")
        }
    }

    @Test("A number is shown for a purpose, and the ledger keeps it", arguments: EngineCase.available)
    func reveal(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            let wang = try await office.person("wang", [("clerk", Office.street)], phone: Office.phone)
            let admin = try await office.scope("admin")
            let commands = office.identity.staffCommands
            #expect(
                await office.refusal { try await commands.reveal(wang.id, purpose: " ", by: admin) }
                    == "identity.wrong-purpose")
            #expect(try await commands.reveal(wang.id, purpose: "通知值班", by: admin) == Office.phone)
            let kept = try await office.database.query(
                "SELECT purpose, subject_id FROM ledger_entries WHERE act = 'personal.revealed'")
            #expect(try kept.map { try $0.text(0) } == ["通知值班"])
            #expect(try kept.map { try $0.text(1) } == [wang.id.text])
        }
    }

    @Test("No number of anybody lies in clear in any table", arguments: EngineCase.available)
    func phonesSealed(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            let admin = try await office.scope("admin")
            _ = try await office.identity.staffCommands.enterWithPassword(
                entering("lisi", body: Office.street), by: admin, once: Once(owner: "a", key: "k", content: [1]))
            let phone = try #require(try await office.database.query("SELECT id FROM staff WHERE login = 'lisi'").first)
            _ = try await office.identity.staffCommands.reveal(StaffID(try phone.text(0)), purpose: "核对", by: admin)
            let mobile = try #require(PhoneNumber(Office.phone))
            try await office.door.sendCode(to: mobile, client: office.client())
            _ = await office.refusal { try await office.enter(Office.phone) }
            let stored = try await office.everythingStored()
            #expect(stored.count > 50)
            #expect(stored.allSatisfy { !$0.contains(Office.phone) })
        }
    }

    @Test("The list of staff is paged by key and filtered", arguments: EngineCase.available)
    func list(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            for number in 0..<7 {
                try await office.person("clerk\(number)", [("clerk", number < 4 ? Office.street : Office.sibling)])
            }
            try await office.person("none", [])
            let scope = try await office.scope("admin")
            let now = office.clock.now()
            func page(_ filter: StaffFilter, _ after: String?) async throws -> [StaffLine] {
                try await office.database.read {
                    try StaffList.lines(
                        filter, scope: scope, bodies: Bodies(), at: now, after: after, limit: 3, in: $0)
                }
            }
            var seen: [String] = []
            var after: String?
            repeat {
                let lines = try await page(StaffFilter(), after)
                seen += lines.map(\.login)
                after = lines.count == 3 ? lines.last?.key : nil
            } while after != nil
            #expect(seen == ["admin"] + (0..<7).map { "clerk\($0)" })
            #expect(try await page(StaffFilter(text: "CLERK5"), nil).map(\.login) == ["clerk5"])
            #expect(try await page(StaffFilter(text: "测试·clerk6"), nil).map(\.login) == ["clerk6"])
            #expect(try await page(StaffFilter(role: "administrator"), nil).map(\.login) == ["admin"])
            #expect(try await page(StaffFilter(body: Bodies.id(of: Office.sibling)), nil).count == 3)
            #expect(try await page(StaffFilter(holding: .none), nil).map(\.login) == ["none"])
        }
    }
}
