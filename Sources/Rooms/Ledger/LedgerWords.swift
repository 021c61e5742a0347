public import Desk
public import Ground
public import Storage

/// What the codes in the ledger mean, as the room that wrote them says it. The entries keep the codes, so words may be
/// mended at any time; a code that no room explains is shown as it is.
public struct LedgerWords: Sendable {
    public struct Word: Sendable, Hashable {
        public var code: String
        public var title: LocalizedText

        public init(_ code: String, _ title: LocalizedText) {
            self.code = code
            self.title = title
        }

        public init(_ code: String, _ chinese: String, _ english: String) {
            self.init(code, LocalizedText(chinese, english))
        }
    }

    /// A kind of thing to which acts are done.
    public struct Subject: Sendable {
        public var title: LocalizedText
        /// Who may open the page of one; nil for everybody.
        public var right: Right?
        /// The page of one of them; nil where there is none.
        public var address: (@Sendable (_ id: String) -> String)?

        public init(
            _ chinese: String, _ english: String, right: Right? = nil,
            address: (@Sendable (_ id: String) -> String)? = nil
        ) {
            title = LocalizedText(chinese, english)
            self.right = right
            self.address = address
        }
    }

    /// A thing by its kind and id, as an entry names it.
    public struct Reference: Sendable, Hashable {
        public var kind: String
        public var id: String

        public init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    /// Groups of acts by the beginning of their codes, the dot included: `cases.`.
    public var groups: [Word] = []
    public var acts: [Word] = []
    public var subjects: [String: Subject] = [:]
    /// Names of facts, in the order in which they are shown.
    public var facts: [Word] = []
    /// Facts whose value is the id of a thing, and the kind of that thing: `answerable` is a `staff`.
    public var references: [String: String] = [:]
    /// What a code means as the value of a fact: `handling` as `to`.
    public var value: @Sendable (_ fact: String, _ code: String) -> LocalizedText? = { _, _ in nil }
    /// What people call the things of a kind; those that this room does not know are left out.
    public var names: @Sendable (_ kind: String, _ ids: [String], any Transaction) throws -> [String: LocalizedText] =
        { _, _, _ in [:] }
    /// The condition on entries that somebody in a post of this body wrote; nil where the room does not know posts.
    public var writtenBy: @Sendable (_ body: BodyID) -> SQL? = { _ in nil }
    /// The thing that people call by this number.
    public var named: @Sendable (_ number: String, any Transaction) throws -> Reference? = { _, _ in nil }

    public init() {}

    /// The words of several rooms; where two explain the same, the first holds.
    public static func joined(_ all: [LedgerWords]) -> LedgerWords {
        var words = LedgerWords()
        for room in all {
            words.groups += room.groups
            words.acts += room.acts
            words.facts += room.facts.filter { fact in !words.facts.contains { $0.code == fact.code } }
            words.subjects.merge(room.subjects) { first, _ in first }
            words.references.merge(room.references) { first, _ in first }
        }
        words.value = { fact, code in all.lazy.compactMap { $0.value(fact, code) }.first }
        words.names = { kind, ids, transaction in
            try all.reduce(into: [:]) { names, room in
                names.merge(try room.names(kind, ids, transaction)) { first, _ in first }
            }
        }
        words.writtenBy = { body in all.lazy.compactMap { $0.writtenBy(body) }.first }
        words.named = { number, transaction in
            for room in all { if let found = try room.named(number, transaction) { return found } }
            return nil
        }
        return words
    }
}
