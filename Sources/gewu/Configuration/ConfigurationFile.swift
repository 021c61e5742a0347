import Foundation
import Ground
import Yams

/// Reads `gewu.yaml`; a name that it does not know is refused with its line, so a slip of the pen is never silently
/// without effect.
enum ConfigurationFile {
    static func read(_ path: String) throws(Refusal) -> [ConfigurationKey: Configuration.Value] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                .malformed, "config.missing",
                LocalizedText("配置文件 \(path) 不存在或无法读取", "The configuration file \(path) is missing or cannot be read"))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw mistake("it is not UTF-8", "不是 UTF-8 编码", path, 1)
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let message = "\(error)"
            let line = message.split(separator: ":").first.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            throw mistake(message, message, path, line ?? 1)
        }
        var values: [ConfigurationKey: Configuration.Value] = [:]
        // An empty file sets nothing.
        guard let root, root.null == nil else { return values }
        try collect(root, prefix: "", path: path, into: &values)
        return values
    }

    private static func collect(
        _ node: Node, prefix: String, path: String, into values: inout [ConfigurationKey: Configuration.Value]
    ) throws(Refusal) {
        guard let mapping = node.mapping else {
            throw mistake("names with values are expected here", "此处应为“名称: 值”", path, node.mark?.line ?? 1)
        }
        for (keyNode, valueNode) in mapping {
            let line = keyNode.mark?.line ?? 1
            let name = prefix + (keyNode.string ?? "")
            if let key = ConfigurationKey(rawValue: name) {
                values[key] = Configuration.Value(
                    text: try scalar(valueNode, key, path, line), source: .file(path, line: line))
            } else if ConfigurationKey.allCases.contains(where: { $0.rawValue.hasPrefix(name + ".") }) {
                try collect(valueNode, prefix: name + ".", path: path, into: &values)
            } else {
                let nearest = ConfigurationKey.nearest(to: name, among: known(below: prefix))
                throw mistake(
                    "“\(name)” is no setting" + (nearest.map { "; did you mean “\($0)”?" } ?? ""),
                    "没有“\(name)”这一配置项" + (nearest.map { "，是否为“\($0)”？" } ?? ""), path, line)
            }
        }
    }

    /// The names that may stand at this place: `title` and `database` at the top, `title.zh` below `title`.
    private static func known(below prefix: String) -> [String] {
        let names = ConfigurationKey.allCases.map(\.rawValue)
        guard prefix.isEmpty else { return names.filter { $0.hasPrefix(prefix) } }
        return names + Set(names.compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
    }

    private static func scalar(
        _ node: Node, _ key: ConfigurationKey, _ path: String, _ line: Int
    ) throws(Refusal) -> String {
        let texts: [String]
        if let sequence = node.sequence, key == .trustedProxies || key == .assets {
            texts = sequence.compactMap { $0.scalar?.string }
        } else if let scalar = node.scalar {
            texts = [scalar.string]
        } else {
            throw mistake("“\(key.rawValue)” takes one value", "“\(key.rawValue)”只能有一个值", path, line)
        }
        guard key.isPath || key == .database else { return texts.joined(separator: ",") }
        // Paths in a file are meant from where the file lies, wherever the command was started.
        return texts.map { resolved($0, key, from: path) }.joined(separator: ",")
    }

    private static func resolved(_ text: String, _ key: ConfigurationKey, from file: String) -> String {
        let scheme = key == .database ? "sqlite:" : ""
        guard text.hasPrefix(scheme) else { return text }
        let path = String(text.dropFirst(scheme.count))
        let folder = (file as NSString).deletingLastPathComponent
        guard !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix(":"), !folder.isEmpty else { return text }
        return scheme + folder + "/" + path
    }

    private static func mistake(_ english: String, _ chinese: String, _ path: String, _ line: Int) -> Refusal {
        Refusal(
            .malformed, "config.file", LocalizedText("\(path):\(line)：\(chinese)", "\(path):\(line): \(english)"),
            wayOn: LocalizedText("可用 gewu config 查看所有配置项", "`gewu config` lists every setting"))
    }
}
