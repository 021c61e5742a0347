import Foundation
import Ground

/// Where a destination is, as far as it may be one.
struct WebhookURL: Sendable, Hashable {
    let text: String
    let isSecure: Bool
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    /// - Throws: a refusal that names what is wrong with it.
    init(_ text: String, allowsPlainHTTP: Bool) throws(Refusal) {
        guard text.utf8.count <= 1_000, let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http"
        else { throw Self.wrong("应为 https:// 开头的完整地址", "It is a whole address that begins with https://") }
        guard scheme == "https" || allowsPlainHTTP else {
            throw Self.wrong(
                "须使用 https（或在 webhooks.yaml 中允许 plainHTTP）", "It must be https, unless webhooks.yaml says plainHTTP")
        }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            throw Self.wrong("地址中不要带用户名、口令或 #", "It holds no user, password or #")
        }
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        guard (1...65_535).contains(port) else { throw Self.wrong("端口有误", "The port is wrong") }
        self.text = text
        isSecure = scheme == "https"
        // URLComponents keeps the brackets of an IPv6 address.
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        target = path + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// As it stands in the header `Host`.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func wrong(_ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "channels.url", LocalizedText(chinese, english), field: "url")
    }
}
