import CSodium
import Dispatch
import Ground
import Synchronization

/// argon2id with 19 MiB and two passes (OWASP's first choice), on one thread of its own: it takes some 20 ms of a
/// core, so it must never run on the threads that serve requests, and never for many at once.
public final class PasswordHasher: Sendable {
    private let queue = DispatchQueue(label: "password-hasher")
    private let waiting = Mutex(0)
    private let most: Int

    /// - Parameter most: how many may wait; above it callers are told to come back.
    public init(most: Int = 64) { self.most = most }

    public func hash(_ password: String) async throws -> String {
        try await run {
            var result = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
            let bytes = Array(password.utf8).map { CChar(bitPattern: $0) }
            guard crypto_pwhash_str(&result, bytes, UInt64(bytes.count), 2, 19 * 1024 * 1024) == 0 else {
                throw Refusal(
                    .unavailable, "cipher.memory", LocalizedText("内存不足，请稍后再试", "Out of memory; try again later"))
            }
            return String(decoding: result.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Takes as long for an unknown account as for a known one: pass nil and it verifies against a hash of nothing.
    public func verify(_ password: String, against stored: String?) async throws -> Bool {
        try await run {
            let known = stored ?? Self.nobody
            let bytes = Array(password.utf8).map { CChar(bitPattern: $0) }
            var hash = known.utf8.map { CChar(bitPattern: $0) } + [0]
            hash += [CChar](repeating: 0, count: max(0, Int(crypto_pwhash_STRBYTES) - hash.count))
            return crypto_pwhash_str_verify(hash, bytes, UInt64(bytes.count)) == 0 && stored != nil
        }
    }

    private static let nobody =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$dVcMfGQ3mGwVYZ6ZXqKzRTt3eQ3oTnXc5yQfI2m3HkU"

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let accepted = waiting.withLock { waiting in
            guard waiting < most else { return false }
            waiting += 1
            return true
        }
        guard accepted else {
            throw Refusal(
                .unavailable, "cipher.busy",
                LocalizedText("登录人数较多，请稍后再试", "Many people are logging in; try again shortly"),
                retryAfterSeconds: 5)
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let result = Result { try body() }
                self.waiting.withLock { $0 -= 1 }
                continuation.resume(with: result)
            }
        }
    }
}
