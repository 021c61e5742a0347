import Cipher
import Foundation
import Ground

/// What sender and receiver share.
struct WebhookSecret: Sendable, Hashable {
    private let key: [UInt8]

    static func made() -> WebhookSecret { WebhookSecret(key: SecureRandom.bytes(32)) }

    private init(key: [UInt8]) { self.key = key }

    /// - Returns: nil when it is none of ours.
    init?(_ text: String) {
        guard text.hasPrefix("whsec_"), let key = Data(base64Encoded: String(text.dropFirst(6))), key.count >= 24 else {
            return nil
        }
        self.key = Array(key)
    }

    /// `whsec_` and base 64, as the libraries of Standard Webhooks take it.
    var text: String { "whsec_" + Data(key).base64EncodedString() }

    /// One signature of the specification Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`.
    func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        let content = Array("\(id).\(seconds).".utf8) + body
        return "v1," + Data(Digest.authentication(of: content, key: key)).base64EncodedString()
    }
}

/// The three headers of a signed message.
struct SignedMessage: Sendable {
    var id: String
    var seconds: Int64
    var signatures: [String]

    static let idHeader = "webhook-id"
    static let timeHeader = "webhook-timestamp"
    static let signatureHeader = "webhook-signature"

    /// - Throws: a refusal naming the header that is missing or cannot be read.
    init(id: String?, time: String?, signature: String?) throws(Refusal) {
        guard let id, (1...200).contains(id.utf8.count) else { throw Self.missing(Self.idHeader) }
        guard let time, let seconds = Int64(time) else { throw Self.missing(Self.timeHeader) }
        guard let signature, !signature.isEmpty else { throw Self.missing(Self.signatureHeader) }
        self.id = id
        self.seconds = seconds
        signatures = signature.split(separator: " ").prefix(10).map(String.init)
    }

    /// Whether one of the secrets signed exactly this, lately.
    /// - Throws: a refusal that tells a wrong clock from a wrong signature.
    func check(_ body: [UInt8], against secrets: [WebhookSecret], at now: Instant, tolerance: Span) throws(Refusal) {
        let isSigned = secrets.contains { secret in
            let expected = Array(secret.signature(id: id, seconds: seconds, body: body).utf8)
            return signatures.contains { Digest.equal(Array($0.utf8), expected) }
        }
        guard isSigned else {
            throw Refusal(
                .forbidden, "channels.signature",
                LocalizedText("签名不符", "The signature does not fit"),
                wayOn: LocalizedText(
                    "请核对密钥，并对 id.timestamp.正文 的原始字节签名", "Check the secret, and sign the raw bytes of id.timestamp.body"),
                field: Self.signatureHeader)
        }
        // Only who knows the secret learns what is wrong with its clock.
        let difference = now.milliseconds / 1000 - min(max(seconds, 0), 1 << 40)
        guard abs(difference) <= tolerance.milliseconds / 1000 else {
            throw Refusal(
                .forbidden, "channels.clock",
                LocalizedText(
                    "时间戳与服务器相差 \(difference) 秒，超过允许的 \(tolerance.milliseconds / 1000) 秒",
                    "The timestamp is \(difference) seconds off the server's; \(tolerance.milliseconds / 1000) are allowed"
                ),
                wayOn: LocalizedText(
                    "请校准发送方的时钟（服务器时间 \(now.iso8601)）", "Set the sender's clock; it is \(now.iso8601) here"),
                field: Self.timeHeader)
        }
    }

    private static func missing(_ header: String) -> Refusal {
        Refusal(
            .malformed, "channels.header",
            LocalizedText("缺少或无法识别请求头 \(header)", "The header \(header) is missing or wrong"),
            field: header)
    }
}
