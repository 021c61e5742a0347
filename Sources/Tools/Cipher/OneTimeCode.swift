public import Ground

/// Time-based one-time codes (RFC 6238, SHA-1, six digits, 30 seconds), as every authenticator app makes them.
public enum OneTimeCode {
    public static func code(secret: [UInt8], at instant: Instant) -> String {
        code(secret: secret, step: UInt64(max(0, instant.milliseconds)) / 30_000)
    }

    /// - Returns: the step that matched (one before to one after now), so that the caller can refuse its reuse.
    public static func matchingStep(_ code: String, secret: [UInt8], at instant: Instant) -> UInt64? {
        let now = UInt64(max(0, instant.milliseconds)) / 30_000
        return [now, now &- 1, now + 1].first {
            Digest.equal(Array(Self.code(secret: secret, step: $0).utf8), Array(code.utf8))
        }
    }

    /// What an authenticator app scans or types.
    public static func address(secret: [UInt8], account: String, issuer: String) -> String {
        "otpauth://totp/\(percentEncoded(issuer)):\(percentEncoded(account))?secret=\(base32(secret))&issuer=\(percentEncoded(issuer))"
    }

    public static func base32(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var result = ""
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                result.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { result.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
        return result
    }

    private static func code(secret: [UInt8], step: UInt64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> UInt64(56 - 8 * $0)) }
        let digest = authentication(of: message, key: secret)
        let offset = Int(digest[19] & 15)
        let number =
            (UInt32(digest[offset] & 0x7F) << 24 | UInt32(digest[offset + 1]) << 16 | UInt32(digest[offset + 2]) << 8
                | UInt32(digest[offset + 3])) % 1_000_000
        let text = String(number)
        return String(repeating: "0", count: 6 - text.count) + text
    }

    private static func authentication(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? sha1(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        return sha1(block.map { $0 ^ 0x5C } + sha1(block.map { $0 ^ 0x36 } + message))
    }

    /// SHA-1 (FIPS 180-4): libsodium leaves it out, and the standard for one-time codes asks for it.
    private static func sha1(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        let bitCount = UInt64(message.count) * 8
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * $0)) }
        for start in stride(from: 0, to: bytes.count, by: 64) {
            var words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + word * 4 + $1]) }
            }
            for index in 16..<80 {
                words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for index in 0..<80 {
                let (mix, constant): (UInt32, UInt32) =
                    switch index {
                    case 0..<20: ((b & c) | (~b & d), 0x5A82_7999)
                    case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case 40..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                (a, b, c, d, e) = (rotated(a, 5) &+ mix &+ e &+ constant &+ words[index], a, rotated(b, 30), c, d)
            }
            state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + [byte].hexadecimal.uppercased()
            }
        }.joined()
    }
}
