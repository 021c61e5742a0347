import Cipher
import Foundation
import Ground
import Testing

@Suite("Secrets")
struct CipherTests {
    @Test("A one-time code is that of RFC 6238, appendix B")
    func oneTimeCode() {
        let secret = Array("12345678901234567890".utf8)
        // The standard lists eight digits; six are their end.
        #expect(OneTimeCode.code(secret: secret, at: Instant(milliseconds: 59_000)) == "287082")
        #expect(OneTimeCode.code(secret: secret, at: Instant(milliseconds: 1_111_111_109_000)) == "081804")
        #expect(OneTimeCode.code(secret: secret, at: Instant(milliseconds: 20_000_000_000_000)) == "353130")
    }

    @Test("A one-time code of the last half minute is still accepted, an older one is not")
    func oneTimeCodeWindow() {
        let secret = SecureRandom.bytes(20)
        let now = Instant(milliseconds: 1_700_000_000_000)
        let earlier = OneTimeCode.code(secret: secret, at: now - .seconds(30))
        #expect(OneTimeCode.matchingStep(earlier, secret: secret, at: now) != nil)
        #expect(OneTimeCode.matchingStep(earlier, secret: secret, at: now + .seconds(120)) == nil)
    }

    @Test("A password is verified by its own hash only, and an unknown account never")
    func passwords() async throws {
        let hasher = PasswordHasher()
        let stored = try await hasher.hash("一针万线 42")
        #expect(stored.hasPrefix("$argon2id$"))
        #expect(try await hasher.verify("一针万线 42", against: stored))
        #expect(try await !hasher.verify("一针万线 43", against: stored))
        #expect(try await !hasher.verify("一针万线 42", against: nil))
    }

    @Test("A sealed value opens for its purpose only, and not when one bit was changed")
    func sealing() throws {
        let vault = KeyRing.forTests().vault
        let sealed = vault.seal("13800001234", for: "phone")
        #expect(try vault.open(sealed, for: "phone") == "13800001234")
        #expect(throws: Refusal.self) { try vault.open(sealed, for: "name") }
        var changed = sealed
        changed[30] ^= 1
        #expect(throws: Refusal.self) { try vault.open(changed, for: "phone") }
        #expect(vault.seal("13800001234", for: "phone") != sealed)
    }

    @Test("A blind index is the same for the same text and key, and for nothing else")
    func blindIndex() {
        let vault = KeyRing.forTests().vault
        #expect(vault.blindIndex("13800001234", for: "phone") == vault.blindIndex("13800001234", for: "phone"))
        #expect(vault.blindIndex("13800001234", for: "phone") != vault.blindIndex("13800001235", for: "phone"))
        #expect(
            vault.blindIndex("13800001234", for: "phone")
                != KeyRing.forTests("other").vault.blindIndex("13800001234", for: "phone"))
    }

    @Test("The key file is made once, readable by its owner only, and refuses to be guessed when damaged")
    func keyFile() throws {
        let path = NSTemporaryDirectory() + "gewu-key-\(UUID().uuidString)"
        defer { unlink(path) }
        let first = try KeyRing.loadOrCreate(at: path)
        let second = try KeyRing.loadOrCreate(at: path)
        #expect(first.session == second.session)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try "gewu-key-1 12".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: Refusal.self) { try KeyRing.loadOrCreate(at: path) }
    }

    @Test("Hexadecimal and base 64 give back what went in", arguments: 0..<70)
    func encodings(length: Int) {
        let bytes = SecureRandom.bytes(length)
        #expect([UInt8](hexadecimal: bytes.hexadecimal) == bytes)
        #expect([UInt8](base64URL: bytes.base64URL) == bytes)
    }

    @Test("A signature holds for its message and key only")
    func signatures() {
        let key = KeyRing.forTests().signing
        let signature = key.sign([1, 2, 3])
        #expect(SigningKey.isValid(signature, of: [1, 2, 3], by: key.publicKey))
        #expect(!SigningKey.isValid(signature, of: [1, 2, 4], by: key.publicKey))
        #expect(!SigningKey.isValid(signature, of: [1, 2, 3], by: KeyRing.forTests("other").signing.publicKey))
    }
}
