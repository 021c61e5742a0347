import Desk
public import Ground

/// 政社边界: who decides in a matter.
public enum GoverningMode: String, Sendable, Hashable, Codable, CaseIterable {
    case government, market, law
    case selfGovernance = "self-governance"

    public var title: LocalizedText {
        switch self {
        case .government: LocalizedText("政府管理", "Government")
        case .selfGovernance: LocalizedText("居（村）民自治", "Self-governance")
        case .market: LocalizedText("市场", "Market")
        case .law: LocalizedText("法律途径", "Law")
        }
    }
}

/// `Rules/grounds.yaml` and the matters of `Rules/boundaries.yaml`: what carries a matter of a category, and whose it is.
public struct CategoryGrounds: Sendable {
    private var items: [String: String]
    private var modes: [String: (mode: GoverningMode, basis: String)]

    /// The item of the lists that carries a category; nil when the township has no such item.
    public func item(ofCategory code: String?) -> String? { longest(items, code) }

    /// Whose matter it is, with the law that says so; government's where the file says nothing.
    public func mode(ofCategory code: String?) -> GoverningMode { longest(modes, code)?.mode ?? .government }

    func basis(ofCategory code: String?) -> String? { longest(modes, code)?.basis }

    /// Every item that a category points to.
    public var allItems: Set<String> { Set(items.values) }

    private func longest<Value>(_ known: [String: Value], _ code: String?) -> Value? {
        var prefix = code ?? ""
        while !prefix.isEmpty {
            if let value = known[prefix] { return value }
            prefix.removeLast()
        }
        return nil
    }

    private struct GroundsFile: Decodable {
        struct Entry: Decodable {
            var category: String
            var item: String
        }
        var categories: [Entry]
    }

    private struct BoundariesFile: Decodable {
        struct Entry: Decodable {
            var category: String
            var mode: GoverningMode
            var basis: String
        }
        var matters: [Entry]
    }

    /// Categories that a county does not have are no fault: they carry nothing.
    /// - Throws: a refusal naming the file when a category stands twice.
    static func load(from files: RuleFiles) throws(Refusal) -> CategoryGrounds {
        func checked(_ codes: [String], _ name: String) throws(Refusal) {
            var seen: Set<String> = []
            for code in codes {
                guard seen.insert(code).inserted else {
                    throw RuleFiles.refusal(
                        "category \(code) stands twice", "类别 \(code) 重复", in: try files.file(name), line: nil)
                }
            }
        }
        let grounds = try files.decode(GroundsFile.self, from: "grounds.yaml").categories
        let matters = try files.decode(BoundariesFile.self, from: "boundaries.yaml").matters
        try checked(grounds.map(\.category), "grounds.yaml")
        try checked(matters.map(\.category), "boundaries.yaml")
        return CategoryGrounds(
            items: Dictionary(grounds.map { ($0.category, $0.item) }) { first, _ in first },
            modes: Dictionary(matters.map { ($0.category, ($0.mode, $0.basis)) }) { first, _ in first })
    }
}
