/// Why something was not done: a value, never a surprise. Says what, by which rule, and what to do now.
public struct Refusal: Error, Sendable, Hashable {
    /// What kind of answer it is; the interfaces turn it into a status.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The input cannot be understood (400).
        case malformed
        /// Nobody is logged in (401).
        case unauthenticated
        /// The post has no right to it (403).
        case forbidden
        /// It does not exist, or not for this viewer (404).
        case notFound
        /// It changed meanwhile, or is in a state that does not allow it (409).
        case conflict
        /// The caller's version is not the stored one (412).
        case changedMeanwhile
        /// Larger than is accepted (413).
        case tooLarge
        /// Understood, but against a rule (422).
        case ruleBroken
        /// Too often (429).
        case tooOften
        /// Cannot be served now; nothing was done (503).
        case unavailable
        /// A fault of ours (500).
        case fault
    }

    public var kind: Kind
    /// Stable, dotted, lower case: `cases.verify.own-work`. Programs may rely on it.
    public var code: String
    public var message: LocalizedText
    /// What the person can do now.
    public var wayOn: LocalizedText?
    /// The rule that refused, as its list or law names it.
    public var rule: String?
    /// The input field it is about.
    public var field: String?
    /// Seconds after which another try makes sense.
    public var retryAfterSeconds: Int?

    public init(
        _ kind: Kind, _ code: String, _ message: LocalizedText, wayOn: LocalizedText? = nil, rule: String? = nil,
        field: String? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.wayOn = wayOn
        self.rule = rule
        self.field = field
        self.retryAfterSeconds = retryAfterSeconds
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String {
        [code + ": " + message.english, wayOn?.english].compactMap { $0 }.joined(separator: " ")
    }
}
