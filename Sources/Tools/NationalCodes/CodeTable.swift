public import Ground

/// A code list of a national standard, from a file such as `Rules/codes/sex.yaml`.
public struct CodeTable: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var code: String
        public var text: LocalizedText
        /// What people write instead of the standard's words: 男 for 男性.
        public var alternatives: [String] = []
    }

    public let name: LocalizedText
    /// The standard it comes from.
    public let source: String
    /// In the order of the file.
    public let entries: [Entry]
    private let positions: [String: Int]

    public subscript(code: String) -> LocalizedText? { positions[code].map { entries[$0].text } }

    /// Reads the flat form of these files: `name`, `source` and, indented under `codes`, one `"code": Chinese | English`
    /// a line, or `Chinese | English | other words, separated by commas`. It is YAML, but no more of YAML than this is read, so every fault has its line.
    public init(yaml text: String, file: String) throws(CodeFileError) {
        var name: LocalizedText?
        var source: String?
        var isInCodes = false
        var entries: [Entry] = []
        var positions: [String: Int] = [:]
        // A line ends with LF or CR LF, which is one Character.
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = index + 1
            let content = raw.trimmed
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let colon = content.firstIndex(of: ":") else {
                throw CodeFileError(file, line, "应写“键: 值”", "should be `key: value`")
            }
            let key = content[..<colon].trimmed
            let value = content[content.index(after: colon)...].trimmed
            if raw.first == " " {
                guard isInCodes else {
                    throw CodeFileError(file, line, "缩进的行应在 codes 之下", "indented lines belong under `codes`")
                }
                let code = String(key.filter { $0 != "\"" })
                guard !code.isEmpty, code.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                    throw CodeFileError(file, line, "代码为空或含有非 ASCII 字符", "the code is empty or not ASCII")
                }
                guard positions.updateValue(entries.count, forKey: code) == nil else {
                    throw CodeFileError(file, line, "代码 \(code) 出现两次", "code \(code) stands twice")
                }
                // The words that stand instead follow after a second line.
                let parts = value.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
                let alternatives = parts.count == 3 ? parts[2].split(separator: ",").map { String($0.trimmed) } : []
                let words = parts.count == 3 ? Substring(parts[0] + "|" + parts[1]) : value
                entries.append(
                    Entry(code: code, text: try Self.text(words, file, line), alternatives: alternatives))
                continue
            }
            isInCodes = false
            switch key {
            case "name": name = try Self.text(value, file, line)
            case "source": source = String(value)
            case "codes": isInCodes = true
            default:
                throw CodeFileError(
                    file, line, "不认识的键“\(key)”,可用:name, source, codes",
                    "unknown key `\(key)`; known are: name, source, codes")
            }
        }
        guard let name, let source, !entries.isEmpty else {
            throw CodeFileError(file, nil, "缺少 name、source 或 codes", "`name`, `source` or `codes` is missing")
        }
        self.name = name
        self.source = source
        self.entries = entries
        self.positions = positions
    }

    private static func text(_ value: Substring, _ file: String, _ line: Int) throws(CodeFileError) -> LocalizedText {
        let parts = value.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw CodeFileError(file, line, "应写“中文 | English”", "should be `Chinese | English`")
        }
        return LocalizedText(String(parts[0]), String(parts[1]))
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
