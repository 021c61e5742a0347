import Cipher
import Desk
import Ground
import HTTPTypes
import Messages
import NationalCodes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms
@testable import Identity

/// 谁看过我的信息: what a resident sees with a proved telephone.
struct OwnReadersTests {
    private struct Session: Sendable {
        var cookie: String
        var token: String
    }

    private func session(_ phone: String, _ world: FormsWorld) async throws -> Session {
        let number = try #require(PhoneNumber(phone))
        let (identity, vault, now) = (world.identity, world.house.keys.vault, world.clock.now())
        let cookie = SecureRandom.token()
        let resident = ResidentReference(
            phoneIndex: number.index(vault), maskedPhone: number.masked, phoneSealed: number.sealedForTexts(vault))
        try await world.house.database.write { transaction in
            try identity.keeper.begin(
                cookie: cookie, staff: nil, post: nil, resident: resident,
                client: Client(address: "10.0.0.1", device: "", cookie: nil), at: now, in: transaction)
        }
        return Session(cookie: "gewu=" + cookie, token: identity.keeper.formToken(SessionKeeper.id(of: cookie)))
    }

    private func ask(_ numberEnd: String, _ session: Session, _ world: FormsWorld) async throws -> (
        status: Int, text: String
    ) {
        let answer = try await world.call(
            .post, "/api/v1/my-data/readers", "{\"numberEnd\":\"\(numberEnd)\"}",
            headers: ["Cookie": session.cookie, "X-Form-Token": session.token])
        return (answer.status, answer.text)
    }

    private static let phone = "13800138000"
    /// Of no county's code, for the birth day of the test.
    private static let number = "33019919400505001"

    private func person(_ world: FormsWorld) async throws -> (StoredSubject, end: String) {
        let number = try #require(CitizenNumber.completed(Self.number))
        let home = try await world.household()
        let wang = try await world.resident(
            "王小明", born: "1940-05-05", in: home, ["phone": Self.phone, "citizen-number": number])
        try await world.forms.compute()
        return (wang, String(number.suffix(4)))
    }

    @Test(
        "A resident sees which bodies read what of them and what for, in plain words, and no name of an official",
        arguments: EngineCase.available)
    func own(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let (_, end) = try await person(world)
            let own = try await session(Self.phone, world)
            let before = try await ask(end, own, world)
            #expect(before.status == 200 && before.text == "{\"items\":[]}")
            _ = try await world.call(
                .post, "/api/v1/forms/oldest-people/rows", "{\"purpose\":\"civil-affairs\"}", as: "welfare")
            let after = try await ask(end, own, world)
            #expect(after.text.contains("\"purpose\":\"civil-affairs\"") && after.text.contains("办理低保"))
            #expect(!after.text.contains("welfare") && !after.text.contains("王小明"))
            let noted = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'forms.own-readers-shown' AND actor_kind = 'resident'")
            #expect(try noted[0].int(0) == 2)
            let page = try await world.call(.get, "/my-data", headers: ["Cookie": own.cookie])
            #expect(page.status == 200 && page.text.contains("最后四位"))
        }
    }

    @Test(
        "Another's telephone, or a telephone that changed hands, shows nothing; guessing has to wait",
        arguments: EngineCase.available)
    func others(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let (_, end) = try await person(world)
            let wrong = end == "0000" ? "1111" : "0000"
            let stranger = try await session("13900139000", world)
            #expect(try await ask(end, stranger, world).status == 422)
            let holder = try await session(Self.phone, world)
            let missed = try await ask(wrong, holder, world)
            #expect(missed.status == 422 && missed.text.contains("forms.nobody-held"))
            #expect(try await ask("12", holder, world).status == 422)
            #expect(try await ask(end, Session(cookie: "", token: ""), world).status == 403)
            var last = 422
            for _ in 1...60 where last == 422 { last = try await ask(wrong, holder, world).status }
            #expect(last == 429)
            #expect(try await ask(end, holder, world).status == 429)
        }
    }

    @Test("Without a log-in the page leads to it")
    func door() async throws {
        try await FormsWorld.with(.sqlite) { world in
            let answer = try await world.call(.get, "/my-data")
            #expect(answer.status == 303)
        }
    }

    @Test("A purpose without plain words is told at start, with the file")
    func words() throws {
        let dictionary = try ConditionTests.dictionary()
        let rules = try OwnReaderRules.load(from: RuleFiles(shipped: ConditionTests.shipped), dictionary)
        #expect(Set(rules.purposes.keys) == Set(dictionary.purposes.map(\.key)))
        #expect(dictionary.purposes.allSatisfy { rules.text($0.key)?.english.isEmpty == false })
    }
}
