import CSodium
public import Ground

/// Seals personal elements (XChaCha20-Poly1305) and makes blind indexes, so that a phone number can be found by its
/// whole value without being readable in the database.
public struct Vault: Sendable {
    private let sealing: [UInt8]
    private let indexing: [UInt8]

    public init(sealing: [UInt8], indexing: [UInt8]) {
        self.sealing = sealing
        self.indexing = indexing
    }

    /// - Parameter purpose: what the value is (`cases.reporter.phone`); a sealed value cannot be moved to another use.
    public func seal(_ text: String, for purpose: StaticString) -> [UInt8] {
        let nonce = SecureRandom.bytes(Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES))
        let message = Array(text.utf8)
        let data = Self.bytes(purpose)
        var sealed = [UInt8](repeating: 0, count: message.count + Int(crypto_aead_xchacha20poly1305_ietf_ABYTES))
        var length: UInt64 = 0
        _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed, &length, message, UInt64(message.count), data, UInt64(data.count), nil, nonce, sealing)
        return nonce + sealed.prefix(Int(length))
    }

    /// - Throws: a refusal when the bytes were changed, belong to another purpose, or another key sealed them.
    public func open(_ bytes: [UInt8], for purpose: StaticString) throws(Refusal) -> String {
        let nonceLength = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
        guard bytes.count >= nonceLength + Int(crypto_aead_xchacha20poly1305_ietf_ABYTES) else { throw Self.unreadable }
        let nonce = Array(bytes.prefix(nonceLength))
        let sealed = Array(bytes.dropFirst(nonceLength))
        let data = Self.bytes(purpose)
        var message = [UInt8](repeating: 0, count: sealed.count)
        var length: UInt64 = 0
        let answer = crypto_aead_xchacha20poly1305_ietf_decrypt(
            &message, &length, nil, sealed, UInt64(sealed.count), data, UInt64(data.count), nonce, sealing)
        guard answer == 0 else { throw Self.unreadable }
        return String(decoding: message.prefix(Int(length)), as: UTF8.self)
    }

    /// Seals bytes for one use and one thing: what was sealed for one person cannot be shown as another's.
    public func seal(_ message: [UInt8], for purpose: StaticString, of identity: String) -> [UInt8] {
        let nonce = SecureRandom.bytes(Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES))
        let data = Self.bytes(purpose) + [0] + Array(identity.utf8)
        var sealed = [UInt8](repeating: 0, count: message.count + Int(crypto_aead_xchacha20poly1305_ietf_ABYTES))
        var length: UInt64 = 0
        _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed, &length, message, UInt64(message.count), data, UInt64(data.count), nil, nonce, sealing)
        return nonce + sealed.prefix(Int(length))
    }

    /// - Throws: a refusal when the bytes were changed, belong to another use or thing, or another key sealed them.
    public func open(_ bytes: [UInt8], for purpose: StaticString, of identity: String) throws(Refusal) -> [UInt8] {
        let nonceLength = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
        let tagLength = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)
        guard bytes.count >= nonceLength + tagLength else { throw Self.unreadable }
        let nonce = Array(bytes.prefix(nonceLength))
        let data = Self.bytes(purpose) + [0] + Array(identity.utf8)
        var message = [UInt8](repeating: 0, count: bytes.count - nonceLength - tagLength)
        var length: UInt64 = 0
        let answer: Int32 = bytes.withUnsafeBufferPointer { whole in
            guard let start = whole.baseAddress else { return -1 }
            return crypto_aead_xchacha20poly1305_ietf_decrypt(
                &message, &length, nil, start + nonceLength, UInt64(bytes.count - nonceLength), data,
                UInt64(data.count), nonce, sealing)
        }
        guard answer == 0 else { throw Self.unreadable }
        return message
    }

    /// The same text gives the same index; nothing else can be learnt from it without the key.
    public func blindIndex(_ text: String, for purpose: StaticString) -> String {
        Digest.authentication(of: Self.bytes(purpose) + [0] + Array(text.utf8), key: indexing).prefix(16).hexadecimal
    }

    private static func bytes(_ purpose: StaticString) -> [UInt8] {
        Array(UnsafeBufferPointer(start: purpose.utf8Start, count: purpose.utf8CodeUnitCount))
    }

    private static var unreadable: Refusal {
        Refusal(
            .fault, "cipher.unreadable",
            LocalizedText("加密内容无法读取：密钥不符或数据被改动", "An encrypted value cannot be read: wrong key, or it was changed"),
            wayOn: LocalizedText("请用创建数据库时的密钥文件启动", "Start with the key file that the database was created with"))
    }
}
