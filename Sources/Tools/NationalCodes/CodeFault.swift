public import Ground

/// Why a text is not the code it should be: typed, with a stable code and both languages.
public protocol CodeFault: Error, Sendable, Hashable {
    /// Stable, dotted, lower case: `codes.citizen-number.check-digit`.
    var code: String { get }
    /// Says what is wrong without repeating the number, which may be personal.
    var text: LocalizedText { get }
}

extension CodeFault {
    /// The fault as an answer to whoever typed it.
    public func refusal(field: String? = nil) -> Refusal { Refusal(.malformed, code, text, field: field) }
}
