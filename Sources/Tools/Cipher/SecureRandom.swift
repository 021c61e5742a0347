import CSodium

/// Chance that nobody can guess, from the kernel through libsodium.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        randombytes_buf(&result, count)
        return result
    }

    /// A secret of 256 bits that can stand in an address, a header or a cookie.
    public static func token() -> String { bytes(32).base64URL }

    /// A code of decimal digits, as sent to a phone.
    public static func code(digits: Int) -> String {
        (0..<digits).map { _ in String(randombytes_uniform(10)) }.joined()
    }
}
