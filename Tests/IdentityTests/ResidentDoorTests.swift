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

    @Test("One code a minute, ten a day", arguments: EngineCase.available)
    func limits(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.door.sendCode(to: try number(), client: office.client())
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == "identity.too-often")
            for _ in 0..<9 {
                office.clock.advance(.minutes(1))
                try await office.door.sendCode(to: try number(), client: office.client())
            }
            office.clock.advance(.minutes(1))
            #expect(
                await office.refusal { try await office.door.sendCode(to: try number(), client: office.client()) }
                    == "identity.too-often")
            office.clock.advance(.hours(25))
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
