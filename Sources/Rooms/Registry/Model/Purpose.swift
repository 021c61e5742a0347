public import Ground

/// What personal elements may be used for.
public struct Purpose: Sendable, Hashable, Decodable {
    public var key: String
    public var zh: String
    public var en: String

    public var title: LocalizedText { LocalizedText(zh, en) }
}
