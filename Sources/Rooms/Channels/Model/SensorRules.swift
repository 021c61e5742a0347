import Cases
import Desk
import Ground

/// What `Rules/sensors.yaml` says: which sources there are, and how their messages become matters.
struct SensorRules: Sendable {
    var tolerance: Span
    var sources: [SensorSource]

    subscript(key: String) -> SensorSource? { sources.first { $0.key == key } }

    static let file = "sensors.yaml"

    /// - Throws: a refusal naming file and line.
    static func load(from rules: RuleFiles, categories: CategoryTree) throws(Refusal) -> SensorRules {
        let text = try rules.decode(Text.self, from: file)
        let source = try rules.file(file)
        var keys: Set<String> = []
        for item in text.sources ?? [] {
            let line = source.text.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0.contains("key: \(item.key)") }.map { $0 + 1 }
            guard item.key.wholeMatch(of: /[a-z][a-z0-9-]{1,39}/) != nil, keys.insert(item.key).inserted else {
                throw RuleFiles.refusal(
                    "a key is 2 to 40 of a-z 0-9 - and stands once", "key 须为 2–40 个 a-z 0-9 -，且不重复", in: source,
                    line: line)
            }
            guard categories[item.category]?.isLeaf == true else {
                throw RuleFiles.refusal(
                    "there is no leaf \(item.category) among the categories", "没有末级类别 \(item.category)", in: source,
                    line: line)
            }
        }
        return SensorRules(tolerance: text.tolerance.span, sources: (text.sources ?? []).map(\.source))
    }

    private struct Text: Decodable {
        struct Raise: Decodable {
            var path: String
            var values: [String]
        }

        struct Source: Decodable {
            var key: String
            var zh: String
            var en: String
            var category: String
            var device: String
            var title: String
            var detail: String
            var at: String?
            var longitude: String?
            var latitude: String?
            var area: String?
            var address: String?
            var raise: Raise?
            var remarkEvery: Length?

            var source: SensorSource {
                SensorSource(
                    key: key, title: LocalizedText(zh, en), category: category, device: device, matterTitle: title,
                    matterDetail: detail, at: at, longitude: longitude, latitude: latitude, area: area,
                    address: address,
                    raise: raise.map { ($0.path, $0.values) }, remarkEvery: remarkEvery?.span ?? .minutes(30))
            }
        }

        var tolerance: Length
        var sources: [Source]?
    }
}

/// One system that sends what its sensors see.
struct SensorSource: Sendable {
    var key: String
    var title: LocalizedText
    var category: String
    var device: String
    var matterTitle: String
    var matterDetail: String
    var at: String?
    var longitude: String?
    var latitude: String?
    var area: String?
    var address: String?
    var raise: (path: String, values: [String])?
    var remarkEvery: Span

    /// A message, read as this source's file says.
    struct Message: Sendable {
        var device: String
        /// Whether it is reason for a matter.
        var isRaised: Bool
        var title: String
        var detail: String
        var at: Instant?
        var location: Location?
        var area: AreaPrefix?
        var address: String?
    }

    /// - Throws: a refusal naming the path at which something is missing.
    func read(_ value: JSONValue) throws(Refusal) -> Message {
        guard let name = value[device]?.words?.trimmingLine, !name.isEmpty, name.utf8.count <= 200 else {
            throw Self.missing(device)
        }
        var isRaised = true
        if let raise {
            guard let found = value[raise.path]?.words else { throw Self.missing(raise.path) }
            isRaised = raise.values.contains(found)
        }
        var message = Message(
            device: name, isRaised: isRaised, title: String(filled(matterTitle, value).prefix(100)),
            detail: String(filled(matterDetail, value).prefix(5_000)))
        if let at, let found = value[at] {
            guard let instant = found.instant else { throw Self.missing(at) }
            message.at = instant
        }
        if let longitude, let latitude, let east = value[longitude]?.number, let north = value[latitude]?.number {
            guard let location = Location(longitude: east, latitude: north) else { throw Self.missing(longitude) }
            message.location = location
        }
        if let area, let code = value[area]?.words {
            guard let prefix = AreaPrefix(code), prefix != .everywhere else { throw Self.missing(area) }
            message.area = prefix
        }
        message.address = address.flatMap { value[$0]?.words }.map { String($0.prefix(300)) }
        return message
    }

    /// `{path}` becomes what stands there; a dash when nothing does.
    private func filled(_ template: String, _ value: JSONValue) -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let path = String(rest[rest.index(after: open)..<close])
            result += value[path]?.words.map { String($0.trimmingLine.prefix(200)) } ?? "—"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private static func missing(_ path: String) -> Refusal {
        Refusal(
            .ruleBroken, "channels.sensor-field",
            LocalizedText("报文中“\(path)”缺失或无法识别", "In the message, “\(path)” is missing or cannot be read"),
            wayOn: LocalizedText("请核对 sensors.yaml 中的路径", "Check the paths in sensors.yaml"), field: path)
    }
}

extension String {
    /// On one line, without control characters, without space at both ends.
    var trimmingLine: String {
        let plain = String(String.UnicodeScalarView(unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        guard let first = plain.firstIndex(where: { !$0.isWhitespace }),
            let last = plain.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(plain[first...last])
    }
}
