import Desk
import Foundation
import Ground
import Logging
import Storage

/// The settings of this installation, each with the place it comes from.
struct Configuration: Sendable {
    enum Source: Sendable, Hashable {
        case standard
        case file(String, line: Int)
        case environment(String)
        case option(String)

        func text(_ language: Language) -> String {
            switch self {
            case .standard: LocalizedText("默认", "default")(language)
            case .file(let name, let line): "\(name):\(line)"
            case .environment(let name): LocalizedText("环境变量 \(name)", "environment \(name)")(language)
            case .option(let name): LocalizedText("命令行 \(name)", "command line \(name)")(language)
            }
        }
    }

    struct Value: Sendable, Hashable {
        var text: String
        var source: Source
    }

    private(set) var values: [ConfigurationKey: Value] = [:]
    /// The file that was read, if any.
    private(set) var file: String?
    /// `GEWU_…` variables that mean nothing here.
    private(set) var unknownVariables: [String] = []

    /// Variables that scripts and tests use beside the settings.
    private static let variablesOfScripts: Set<String> = [
        "GEWU_BUILD", "GEWU_URL", "GEWU_COUNTY", "GEWU_PROGRAM", "GEWU_FOLDER", "GEWU_EXAMPLES",
        "GEWU_TEST_POSTGRES", "GEWU_TEST_REQUIRE_POSTGRES", "GEWU_UPDATE_DOCS",
    ]

    /// - Parameters:
    ///   - path: a file that must be there; otherwise `gewu.yaml` here or in `/etc/gewu` is read when present.
    ///   - database: what `--database` said.
    init(
        path: String? = nil, database: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Refusal) {
        for key in ConfigurationKey.allCases {
            if let standard = key.standard { values[key] = Value(text: standard, source: .standard) }
        }
        let usual = ["gewu.yaml", "/etc/gewu/gewu.yaml"]
        if let file = path ?? usual.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            self.file = file
            for (key, value) in try ConfigurationFile.read(file) { values[key] = value }
        }
        for (name, text) in environment where name.hasPrefix("GEWU_") {
            if let key = ConfigurationKey.allCases.first(where: { $0.environmentName == name }) {
                values[key] = Value(text: text, source: .environment(name))
            } else if !Self.variablesOfScripts.contains(name) {
                unknownVariables.append(name)
            }
        }
        unknownVariables.sort()
        if let database { values[.database] = Value(text: database, source: .option("--database")) }
        try check()
    }

    subscript(key: ConfigurationKey) -> String? { values[key]?.text }

    /// The value as it may be shown: without secrets.
    func shown(_ key: ConfigurationKey) -> String {
        guard let text = values[key]?.text else { return "" }
        switch key {
        case .metricsToken: return text.isEmpty ? "" : "•••"
        case .database: return Self.withoutPassword(text)
        default: return text
        }
    }

    static func withoutPassword(_ location: String) -> String {
        // A text that cannot be read as a location may still hold a password.
        (try? DatabaseLocation(location))?.description ?? location.prefix { $0 != ":" } + ":•••"
    }

    // MARK: Typed

    var database: String { self[.database] ?? "" }
    var title: LocalizedText { LocalizedText(self[.titleChinese] ?? "", self[.titleEnglish] ?? "") }
    var keysFile: String { self[.keys] ?? "gewu.keys" }
    var outboxFile: String { self[.outbox] ?? "outbox.jsonl" }
    var ownRules: String? { self[.rules] }
    var ownAssets: [String] { Self.list(self[.assets]) }
    var trustedProxies: [String] { Self.list(self[.trustedProxies]) }
    var metricsToken: String? { self[.metricsToken].flatMap { $0.isEmpty ? nil : $0 } }
    var isDemonstration: Bool { flag(.demonstration) ?? false }
    var secureCookies: Bool { flag(.secureCookies) ?? true }
    var logLevel: Logger.Level { Logger.Level(rawValue: self[.logLevel] ?? "") ?? .info }
    var area: AreaPrefix { AreaPrefix(self[.area] ?? "") ?? .everywhere }
    var uploadLimit: Int { Self.bytes(self[.uploadLimit] ?? "") ?? 20_971_520 }
    var connections: Int { number(.connections) ?? 4000 }
    var inFlight: Int { number(.inFlight) ?? 512 }
    var requestSeconds: Int { number(.requestSeconds) ?? 120 }
    var stopSeconds: Int { number(.stopSeconds) ?? 30 }
    var tls: (certificate: String, key: String)? {
        guard let certificate = self[.tlsCertificate], let key = self[.tlsKey] else { return nil }
        return (certificate, key)
    }
    var listen: (host: String, port: Int) { Self.address(self[.listen] ?? "") ?? ("127.0.0.1", 8080) }

    mutating func set(_ key: ConfigurationKey, _ text: String, option: String) throws(Refusal) {
        values[key] = Value(text: text, source: .option(option))
        try check()
    }

    var settings: House.Settings {
        House.Settings(
            title: title, area: area, secureCookies: secureCookies, outboxFile: outboxFile,
            isDemonstration: isDemonstration, uploadLimit: uploadLimit, trustedProxies: trustedProxies)
    }

    // MARK: Checks

    private func check() throws(Refusal) {
        func require(
            _ key: ConfigurationKey, _ isRight: Bool, _ expected: @autoclosure () -> LocalizedText
        ) throws(Refusal) {
            guard !isRight, let value = values[key] else { return }
            let expected = expected()
            throw Refusal(
                .malformed, "config.value",
                LocalizedText(
                    "\(value.source.text(.chinese))：\(key.rawValue) 的值“\(shown(key))”不对，应为\(expected.chinese)",
                    "\(value.source.text(.english)): \(key.rawValue) is “\(shown(key))”, but should be \(expected.english)"
                ),
                field: key.rawValue)
        }
        for key in [ConfigurationKey.demonstration, .secureCookies] where values[key] != nil {
            try require(key, flag(key) != nil, LocalizedText(" true 或 false", "true or false"))
        }
        for key in [ConfigurationKey.connections, .inFlight, .requestSeconds, .stopSeconds] where values[key] != nil {
            try require(
                key, number(key).map { $0 > 0 } ?? false, LocalizedText("正整数", "a whole number above zero"))
        }
        _ = try DatabaseLocation(database)
        try require(
            .listen, Self.address(self[.listen] ?? "") != nil,
            LocalizedText("“地址:端口”", "“address:port”"))
        try require(
            .area, AreaPrefix(self[.area] ?? "") != nil,
            LocalizedText("2、4、6、9、12 或 15 位数字", "2, 4, 6, 9, 12 or 15 digits"))
        try require(
            .uploadLimit, Self.bytes(self[.uploadLimit] ?? "") != nil,
            LocalizedText("大小，如 20 MB", "a size such as 20 MB"))
        try require(
            .logLevel, Logger.Level(rawValue: self[.logLevel] ?? "") != nil,
            LocalizedText(
                " \(Logger.Level.allCases.map(\.rawValue).joined(separator: "、")) 之一",
                "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"))
        guard (self[.tlsCertificate] == nil) == (self[.tlsKey] == nil) else {
            throw Refusal(
                .malformed, "config.tls",
                LocalizedText(
                    "tls.certificate 与 tls.key 须同时设置", "tls.certificate and tls.key must be set together"),
                field: "tls")
        }
    }

    private func flag(_ key: ConfigurationKey) -> Bool? {
        switch self[key]?.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    private func number(_ key: ConfigurationKey) -> Int? { self[key].flatMap { Int($0) } }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// `20 MB`, `512 KB`, `1 GB` or bytes.
    static func bytes(_ text: String) -> Int? {
        let text = text.uppercased().replacing(" ", with: "")
        for (suffix, factor) in [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("K", 1 << 10), ("M", 1 << 20)]
        where text.hasSuffix(suffix) {
            guard let number = Int(text.dropLast(suffix.count)), number > 0 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    /// `127.0.0.1:8080`, `[::1]:8080` or `:8080`.
    static func address(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }
}
