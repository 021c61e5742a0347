import Cipher
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Identity
@testable import Messages

@Suite("Log-in of residents")
struct ResidentDoorTests {
    private func number(_ text: String = Office.phone) throws -> PhoneNumber { try #require(PhoneNumber(text)) }

    /// The code that was queued last, opened as the sender does.
    private func lastCode(_ office: Office) async throws -> String {
        let row = try #require(try await office.database.query("SELECT code_sealed FROM texts ORDER BY id DESC").first)
        return try office.house.keys.vault.open(try row.blob(0), for: ResidentText.codePurpose)
    }

    @Test("The code that was sent opens, once", arguments: EngineCase.available)
    func opens(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            let code = try await lastCode(office)
            #expect(code.count == 6)
            let cookie = try await office.door.enter(phone: try number(), code: code, client: office.client())
            let visitor = try #require(try await office.identity.keeper.visitor(cookie: cookie))
            #expect(visitor.resident?.maskedPhone == "138****1234")
            #expect(visitor.resident?.phoneIndex == (try number()).index(office.house.keys.vault))
            #expect(visitor.scope == nil)
            #expect(
                await office.refusal {
                    try await office.door.enter(phone: try number(), code: code, client: office.client())
                } == "identity.resident-code-refused")
        }
    }

    @Test("A code is too old after five minutes", arguments: EngineCase.available)
    func expires(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            let code = try await lastCode(office)
            office.clock.advance(.minutes(5))
            #expect(
                await office.refusal {
                    try await office.door.enter(phone: try number(), code: code, client: office.client())
                } == "identity.resident-code-refused")
        }
    }

    @Test("After five wrong codes the right one no longer opens", arguments: EngineCase.available)
    func tries(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            let code = try await lastCode(office)
            let wrong = code == "000000" ? "111111" : "000000"
            for _ in 0..<5 {
                _ = await office.refusal {
                    try await office.door.enter(phone: try number(), code: wrong, client: office.client())
                }
            }
            #expect(
                await office.refusal {
                    try await office.door.enter(phone: try number(), code: code, client: office.client())
                } == "identity.resident-code-refused")
        }
    }

    @Test("A code of one number opens no other", arguments: EngineCase.available)
    func otherNumber(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            let code = try await lastCode(office)
            try await office.door.sendCode(to: try number("13900005678"), client: office.client())
            let other = try await lastCode(office)
            guard code != other else { return }
            #expect(
                await office.refusal {
                    try await office.door.enter(phone: try number("13900005678"), code: code, client: office.client())
                } == "identity.resident-code-refused")
        }
    }

    @Test("A stranger who asks for codes all day keeps nobody from their own for long", arguments: EngineCase.available)
    func strangers(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let owner = office.client("10.0.0.9")
            func minutesUntilCode() async throws -> Int {
                for minutes in 0...60 {
                    let phone = try number()
                    if await office.refusal({ try await office.door.sendCode(to: phone, client: owner) }) == nil {
                        return minutes
                    }
                    office.clock.advance(.minutes(1))
                }
                return 61
            }
            // One stranger: soon waits alone.
            var sent = 0
            for _ in 0..<(24 * 12) {
                let stranger = office.client("10.0.0.1")
                if await office.refusal({ try await office.door.sendCode(to: try number(), client: stranger) }) == nil {
                    sent += 1
                }
                office.clock.advance(.minutes(5))
            }
            #expect(sent < 20, "the number got \(sent) texts in a day")
            let alone = try await minutesUntilCode()
            #expect(alone <= 15)
            // Many at once, from everywhere: the wait stays short.
            for host in 0..<200 {
                let stranger = office.client("10.0.1.\(host)")
                _ = await office.refusal { try await office.door.sendCode(to: try number(), client: stranger) }
                office.clock.advance(.minutes(1))
            }
            let together = try await minutesUntilCode()
            #expect(together <= 15)
        }
    }

    @Test("Whoever is told to wait for another code may still use the one that came", arguments: EngineCase.available)
    func codeInHand(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            #expect(try await office.door.hasCode(try number()) == false)
            try await office.door.sendCode(to: try number(), client: office.client("10.0.0.1"))
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == "identity.too-often")
            #expect(try await office.door.hasCode(try number()))
            office.clock.advance(.minutes(5))
            #expect(try await office.door.hasCode(try number()) == false)
        }
    }

    @Test("One code a minute, then each waits longer, never as long as a day", arguments: EngineCase.available)
    func limits(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == "identity.too-often")
            for _ in 0..<4 {
                office.clock.advance(.minutes(1))
                try await office.door.sendCode(to: try number(), client: office.client())
            }
            office.clock.advance(.minutes(1))
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == "identity.too-often")
            office.clock.advance(.minutes(1))
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == nil)
        }
    }

    @Test("A landline gets no code", arguments: EngineCase.available)
    func landline(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            #expect(
                await office.refusal {
                    try await office.door.sendCode(to: try number("0571-87654321"), client: office.client())
                } == "identity.phone-mobile")
        }
    }
}
