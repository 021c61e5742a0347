public import Ground

/// What somebody wants to write about one subject: as it was typed, before any check.
public struct NewEntry: Sendable, Hashable {
    public struct Fact: Sendable, Hashable {
        public var element: String
        /// nil: nothing holds any more.
        public var input: String?
        /// True since; nil for the day on which it was seen, and for what one is born with.
        public var since: Day?

        public init(_ element: String, _ input: String?, since: Day? = nil) {
            self.element = element
            self.input = input
            self.since = since
        }
    }

    /// nil for a new one.
    public var subject: SubjectID?
    public var kind: SubjectKind
    public var facts: [Fact]
    public var seenAt: Instant
    public var source: FactSource
    /// What was known before was a mistake, from `since` of each fact on.
    public var isCorrection: Bool
    /// Each fact is said to have held without a break from its `since` until it was seen, as somebody at a door can say it:
    /// what was seen earlier and says otherwise of these days gives way, so the later sighting is what stands.
    public var heldUntilSeen: Bool
    /// The version the writer saw, where a program wants to be sure.
    public var seenVersion: Int64?

    public init(
        _ kind: SubjectKind, _ subject: SubjectID? = nil, facts: [Fact], seenAt: Instant, source: FactSource,
        isCorrection: Bool = false, heldUntilSeen: Bool = false, seenVersion: Int64? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.facts = facts
        self.seenAt = seenAt
        self.source = source
        self.isCorrection = isCorrection
        self.heldUntilSeen = heldUntilSeen
        self.seenVersion = seenVersion
    }
}
