import Desk
import Glibc
import Ground

/// What `Rules/webhooks.yaml` says: where may be told, and how often is tried.
struct WebhookRules: Sendable {
    var allowsPlainHTTP: Bool
    var allowed: [NetworkRange]
    var timeout: Span
    var pauses: [Span]
    var giveUpAfter: Int64

    static let file = "webhooks.yaml"

    /// - Throws: a refusal naming file and line.
    static func load(from rules: RuleFiles) throws(Refusal) -> WebhookRules {
        let text = try rules.decode(Text.self, from: file)
        let source = try rules.file(file)
        var allowed: [NetworkRange] = []
        for range in text.allowPrivate {
            guard let range = NetworkRange(range, parse: bytes) else {
                throw RuleFiles.refusal(
                    "“\(range)” is no range such as 10.20.0.0/16", "“\(range)”不是网段（如 10.20.0.0/16）", in: source,
                    line: nil)
            }
            allowed.append(range)
        }
        guard !text.pauses.isEmpty, text.giveUpAfter > 0, text.timeout.span <= .minutes(1) else {
            throw RuleFiles.refusal(
                "pauses has an entry, giveUpAfter is at least 1, timeout at most 1 minute",
                "pauses 至少一项，giveUpAfter 至少 1，timeout 最多 1 分钟", in: source, line: nil)
        }
        return WebhookRules(
            allowsPlainHTTP: text.plainHTTP, allowed: allowed, timeout: text.timeout.span,
            pauses: text.pauses.map(\.span), giveUpAfter: text.giveUpAfter)
    }

    /// How long to wait after so many failures in a row.
    func pause(afterFailures failures: Int64) -> Span { pauses[min(pauses.count, max(1, Int(failures))) - 1] }

    func mayReach(_ address: NetworkAddress) -> Bool {
        allowed.contains { $0.contains(address) } || !NetworkRange.notPublic.contains { $0.contains(address) }
    }

    /// The 4 or 16 bytes of an address; nil when the text is none.
    static func bytes(of text: String) -> [UInt8]? {
        // An address of IPv6 may name the interface it is good for.
        let plain = text.split(separator: "%").first.map(String.init) ?? text
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, plain, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private struct Text: Decodable {
        var plainHTTP: Bool
        var allowPrivate: [String]
        var timeout: Length
        var pauses: [Length]
        var giveUpAfter: Int64
    }
}
