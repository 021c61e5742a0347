public import Ground
public import WorkCalendar

/// One leaf or branch of the category tree (`Rules/categories.yaml`). Codes have two digits per level.
public struct Category: Sendable, Hashable {
    public var code: String
    public var title: LocalizedText
    /// How long a matter of this kind may take; only leaves have one.
    public var limit: TimeLimit?
    /// The line (条) that handles it by default.
    public var line: String?
    public var urgency: Urgency?
    /// Words that point to it.
    public var keywords: [String]
    /// The coarse class of public message sets that it corresponds to.
    public var coarseClass: String?
    /// Relative frequency, for generated counties.
    public var share: Double

    public var isLeaf: Bool { code.utf8.count == 6 }
    public var parentCode: String? { code.utf8.count > 2 ? String(code.dropLast(2)) : nil }
}

/// How pressing a kind of matter is, as hotline rules grade it (rules.md §2.5).
public enum Urgency: String, Sendable, Hashable, Codable, CaseIterable {
    case emergency, utility, ordinary, complex
}

/// The tree of categories, with every leaf's place in it.
public struct CategoryTree: Sendable {
    /// In the order of the file: each branch before its leaves.
    public let all: [Category]
    private let byCode: [String: Category]

    public init(_ categories: [Category]) {
        all = categories
        byCode = Dictionary(categories.map { ($0.code, $0) }) { first, _ in first }
    }

    public subscript(code: String) -> Category? { byCode[code] }
    public var leaves: [Category] { all.filter(\.isLeaf) }

    /// From the root to the category itself.
    public func path(_ code: String) -> [Category] {
        [2, 4, 6].compactMap { length in code.utf8.count >= length ? byCode[String(code.prefix(length))] : nil }
    }

    /// `城乡建设 › 道路 › 路面破损`.
    public func pathText(_ code: String, _ language: Language) -> String {
        path(code).map { $0.title(language) }.joined(separator: " › ")
    }

    /// The leaf that a hotline's own naming (`a->b->c`, any part) or a title points to; nil when none does clearly.
    public func leaf(named text: String) -> Category? {
        if let leaf = byCode[text], leaf.isLeaf { return leaf }
        let names = text.replacing("->", with: "\u{1}").replacing("›", with: "\u{1}").replacing("/", with: "\u{1}")
            .split(separator: "\u{1}").map { $0.filter { !$0.isWhitespace } }
        guard let last = names.last else { return nil }
        let found = leaves.filter { $0.title.chinese == last || $0.title.english == last }
        if found.count <= 1 { return found.first }
        return found.first { leaf in
            names.dropLast().contains { name in path(leaf.code).contains { $0.title.chinese == name } }
        }
    }
}
