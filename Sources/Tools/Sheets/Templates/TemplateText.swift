/// What a cell of a template asks for: `{{姓名}}`, `{{citizen-number|squares}}`, `{{each oldest-people}}`.
public struct TemplateMark: Sendable, Hashable {
    public var name: String
    /// What stands behind `|`: how the value is to be written.
    public var format: String?
    /// Whether it says that its row is repeated; `name` then says for what.
    public var isRepeat: Bool

    public init(_ name: String, format: String? = nil, isRepeat: Bool = false) {
        self.name = name
        self.format = format
        self.isRepeat = isRepeat
    }
}

/// The text of a cell with its marks.
struct TemplateText: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text(String)
        case mark(TemplateMark)
    }

    var pieces: [Piece] = []
    /// Whether a mark is opened and not closed, or empty.
    var isBroken = false

    var marks: [TemplateMark] {
        pieces.compactMap { piece in
            switch piece {
            case .text: nil
            case .mark(let mark): mark
            }
        }
    }

    /// The words that begin a row mark.
    private static let repeats = ["each ", "每行 ", "每行", "每 "]

    /// - Returns: nil when there is no mark in it. Full-width braces are read as the others: input methods write them.
    init?(_ text: String) {
        var rest = text.replacing("｛", with: "{").replacing("｝", with: "}").replacing("｜", with: "|")[...]
        guard rest.contains("{{") || rest.contains("}}") else { return nil }
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}"), let mark = Self.mark(rest[..<close.lowerBound]) else {
                isBroken = true
                return
            }
            pieces.append(.mark(mark))
            rest = rest[close.upperBound...]
        }
        if rest.contains("}}") { isBroken = true }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }

    private static func mark(_ inner: Substring) -> TemplateMark? {
        let text = inner.trimmed
        for word in repeats where text.lowercased().hasPrefix(word) {
            let name = text.dropFirst(word.count).trimmed
            return name.isEmpty ? nil : TemplateMark(name, isRepeat: true)
        }
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmed }
        guard let name = parts.first, !name.isEmpty, !name.contains("{") else { return nil }
        guard parts.count == 2 else { return TemplateMark(name) }
        return parts[1].isEmpty ? nil : TemplateMark(name, format: parts[1])
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

/// What is written in place of a mark.
public enum TemplateValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    /// One text in each cell from this one to the right, as forms with a square for each digit want it.
    case spread([String])
    case empty

    var plain: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .spread(let texts): texts.joined()
        case .empty: ""
        }
    }
}
