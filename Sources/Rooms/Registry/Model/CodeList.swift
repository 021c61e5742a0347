public import Ground

/// The values that a coded element may have.
public struct CodeList: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var code: String
        public var text: LocalizedText
        /// What people write instead.
        public var alternatives: [String]

        public init(_ code: String, _ text: LocalizedText, alternatives: [String] = []) {
            self.code = code
            self.text = text
            self.alternatives = alternatives
        }
    }

    public let key: String
    public let name: LocalizedText
    /// The standard it comes from.
    public let source: String
    public let entries: [Entry]
    private let texts: [String: LocalizedText]
    private let codes: [String: String]

    public init(key: String, name: LocalizedText, source: String, entries: [Entry]) {
        self.key = key
        self.name = name
        self.source = source
        self.entries = entries
        texts = Dictionary(entries.map { ($0.code, $0.text) }) { first, _ in first }
        codes = Dictionary(
            entries.flatMap {
                [($0.text.chinese, $0.code), ($0.text.english.lowercased(), $0.code), ($0.code, $0.code)]
            }
                + entries.flatMap { entry in entry.alternatives.map { ($0.lowercased(), entry.code) } }
        ) { first, _ in first }
    }

    public subscript(code: String) -> LocalizedText? { texts[code] }

    /// The code that people mean who write the code, or its text in either language.
    public func code(for text: String) -> String? { codes[text] ?? codes[text.lowercased()] }
}
