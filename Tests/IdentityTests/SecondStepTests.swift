import Cipher
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Identity

@Suite("The second step of log-in")
struct SecondStepTests {
    private let secret = Array("12345678901234567890".utf8)

    private func enrol(_ person: Office.Person, _ office: Office) async throws {
        let sealed = office.house.keys.vault.seal(secret.hexadecimal, for: StaffStore.secretPurpose)
        try await office.database.write { try StaffStore.setSecret(person.id, sealed: sealed, step: 0, in: $0) }
    }

    private func ticket(_ office: Office) async throws -> String {
        let outcome = try await office.logIn.enter(login: "wang", password: Office.password, client: office.client())
        guard case .codeWanted(let ticket) = outcome else { throw Office.CodeWanted() }
        return ticket
    }

    @Test("A code opens once; its replay is refused", arguments: EngineCase.available)
    func replay(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await enrol(try await office.person("wang", [("clerk", Office.street)]), office)
            let code = OneTimeCode.code(secret: secret, at: office.clock.now())
            let first = try await office.logIn.enter(
                ticket: try await ticket(office), code: code, client: office.client())
            guard case .entered = first else {
                Issue.record("the code did not open")
                return
            }
            let again = try await ticket(office)
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: again, code: code, client: office.client())
                } == "identity.code-refused")
            // Also not the code before it, though the clock's tolerance would allow it.
            let earlier = OneTimeCode.code(secret: secret, at: office.clock.now() - .seconds(30))
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: again, code: earlier, client: office.client())
                } == "identity.code-refused")
            office.clock.advance(.seconds(30))
            let next = OneTimeCode.code(secret: secret, at: office.clock.now())
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: again, code: next, client: office.client())
                } == nil)
        }
    }

    @Test("A ticket is refused when it is forged, or five minutes old", arguments: EngineCase.available)
    func tickets(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let wang = try await office.person("wang", [("clerk", Office.street)])
            try await enrol(wang, office)
            let ticket = try await ticket(office)
            let forged = "\(wang.id).9999999999999." + ticket.split(separator: ".")[2]
            let code = OneTimeCode.code(secret: secret, at: office.clock.now())
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: forged, code: code, client: office.client())
                } == "identity.ticket-old")
            office.clock.advance(.minutes(5))
            let later = OneTimeCode.code(secret: secret, at: office.clock.now())
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: ticket, code: later, client: office.client())
                } == "identity.ticket-old")
        }
    }

    @Test("Codes cannot be guessed: tries are throttled", arguments: EngineCase.available)
    func guessing(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await enrol(try await office.person("wang", [("clerk", Office.street)]), office)
            let ticket = try await ticket(office)
            for _ in 0..<5 {
                #expect(
                    await office.refusal {
                        try await office.logIn.enter(ticket: ticket, code: "000000", client: office.client())
                    } == "identity.code-refused")
            }
            let right = OneTimeCode.code(secret: secret, at: office.clock.now())
            #expect(
                await office.refusal {
                    try await office.logIn.enter(ticket: ticket, code: right, client: office.client())
                } == "identity.too-often")
        }
    }

    @Test("Who decides must enrol first; in a demonstration it may be left out", arguments: EngineCase.available)
    func duty(_ engine: EngineCase) async throws {
        for isDemonstration in [false, true] {
            try await Office.with(engine, isDemonstration: isDemonstration) { office in
                try await office.person("wang", [("judge", Office.county)])
                try await office.person("li", [("clerk", Office.street)])
                let keeper = office.identity.keeper
                let judge = try await keeper.visitor(cookie: try await office.enter("wang"))
                #expect(judge?.duty == (isDemonstration ? .nothing : .enrolSecondStep))
                let clerk = try await keeper.visitor(cookie: try await office.enter("li"))
                #expect(clerk?.duty == .nothing)
            }
        }
    }

    @Test("The secret lies sealed in the table", arguments: EngineCase.available)
    func sealed(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await enrol(try await office.person("wang", [("clerk", Office.street)]), office)
            let stored = try #require(try await office.database.query("SELECT totp_secret FROM staff").first).blob(0)
            #expect(!String(decoding: stored, as: UTF8.self).contains(secret.hexadecimal))
            #expect(!String(decoding: stored, as: UTF8.self).contains("12345678901234567890"))
        }
    }
}
