/// The languages of the platform.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
    case chinese = "zh-Hans"
    case english = "en"

    /// The best of the two for an `Accept-Language` header; Chinese when it names neither.
    public init(accepting header: String?) {
        self = .chinese
        var best = 0.0
        for item in (header ?? "").split(separator: ",").prefix(20) {
            let parts = item.split(separator: ";", omittingEmptySubsequences: true)
            guard let tag = parts.first?.drop(while: { $0 == " " }).lowercased() else { continue }
            var weight = 1.0
            for part in parts.dropFirst() {
                let text = part.drop(while: { $0 == " " })
                if text.hasPrefix("q=") { weight = Double(text.dropFirst(2)) ?? 0 }
            }
            let language: Language? = tag.hasPrefix("zh") ? .chinese : tag.hasPrefix("en") ? .english : nil
            if let language, weight > best {
                self = language
                best = weight
            }
        }
    }
}

/// One text in both languages.
public struct LocalizedText: Sendable, Hashable, Codable {
    public var chinese: String
    public var english: String

    public init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    private enum CodingKeys: String, CodingKey {
        case chinese = "zh"
        case english = "en"
    }

    public func callAsFunction(_ language: Language) -> String {
        switch language {
        case .chinese: chinese
        case .english: english
        }
    }
}
