import Cipher
import Testing

@testable import Identity

@Suite("QR codes")
struct QRCodeTests {
    @Test(
        "A code is drawn as readers read it (each was read back with ZBar when it was written down)",
        arguments: [
            ("HELLO", 21, "2612fbd2b777dd2f"),
            (
                "otpauth://totp/%E6%A0%BC%E7%89%A9:wang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%A0%BC%E7%89%A9",
                37, "c92f25fdd7cf8838"
            ),
            (String(repeating: "x", count: 271), 57, "7426a9e8f08e418d"),
        ])
    func drawn(_ text: String, _ size: Int, _ digest: String) throws {
        let code = try #require(QRCode(text))
        #expect(code.size == size)
        let bits = (0..<size).flatMap { y in (0..<size).map { x in code.isDark(x: x, y: y) ? UInt8(1) : 0 } }
        #expect(Digest.sha256(bits).prefix(8).hexadecimal == digest)
    }

    @Test("A text that does not fit is refused")
    func tooLong() {
        #expect(QRCode(String(repeating: "x", count: 272)) == nil)
    }
}
