import Ground
import Yams

/// One YAML text being read, so that each complaint names its file and line.
struct CalendarFile {
    let name: String
    let root: Node.Mapping

    init(text: String, name: String, keys: Set<String>) throws(CalendarFileError) {
        self.name = name
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw CalendarFile.unreadable(error, file: name)
        } catch {
            throw CalendarFileError(
                file: name, line: nil, reason: LocalizedText("不是可读的 YAML", "not readable as YAML"))
        }
        guard let mapping = node?.mapping else {
            throw CalendarFileError(
                file: name, line: node?.mark?.line ?? 1,
                reason: LocalizedText("文件应由“键: 值”组成", "the file should be made of `key: value` pairs"))
        }
        root = mapping
        try check(keys: keys, of: mapping)
    }

    func problem(_ node: Node?, _ chinese: String, _ english: String) -> CalendarFileError {
        CalendarFileError(file: name, line: node?.mark?.line, reason: LocalizedText(chinese, english))
    }

    /// A key nobody reads is a misspelt one: say so instead of ignoring it.
    func check(keys: Set<String>, of mapping: Node.Mapping) throws(CalendarFileError) {
        for (key, _) in mapping where !keys.contains(key.scalar?.string ?? "") {
            let known = keys.sorted().joined(separator: ", ")
            let text = key.scalar?.string ?? "?"
            throw problem(key, "不认识的键“\(text)”,可用:\(known)", "unknown key `\(text)`; known are: \(known)")
        }
    }

    func mapping(_ node: Node, _ what: String) throws(CalendarFileError) -> Node.Mapping {
        guard let mapping = node.mapping else {
            throw problem(node, "\(what) 应由“键: 值”组成", "\(what) should be made of `key: value` pairs")
        }
        return mapping
    }

    func text(_ node: Node, _ what: String) throws(CalendarFileError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw problem(node, "\(what) 应是一段文字", "\(what) should be a text")
        }
        return text
    }

    /// One text, or a list of them.
    func texts(_ node: Node, _ what: String) throws(CalendarFileError) -> [(text: String, node: Node)] {
        guard let sequence = node.sequence else { return [(try text(node, what), node)] }
        var texts: [(text: String, node: Node)] = []
        for item in sequence { texts.append((try text(item, what), item)) }
        return texts
    }

    private static func unreadable(_ error: YamlError, file: String) -> CalendarFileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            CalendarFileError(
                file: file, line: mark.line, reason: LocalizedText("YAML 格式错误:\(problem)", "bad YAML: \(problem)"))
        case .duplicatedKeysInMapping(let duplicates, let context):
            CalendarFileError(
                file: file, line: context.mark.line,
                reason: LocalizedText(
                    "同一个键出现两次:\(duplicates.joined(separator: "、"))",
                    "the same key stands twice: \(duplicates.joined(separator: ", "))"))
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            CalendarFileError(file: file, line: nil, reason: LocalizedText("不是可读的 YAML", "not readable as YAML"))
        }
    }
}
