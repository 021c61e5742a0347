public import Ground

/// One thing that was stated about one element: the value holds from a day on, until a statement from a later day says
/// otherwise.
public struct Statement: Sendable, Hashable {
    public var since: Day
    /// nil: nothing holds any more from that day on.
    public var value: String?
    /// When it was seen to be true. Of two statements from the same day the one that was seen later counts, whichever
    /// arrived first.
    public var seenAt: Instant
    /// A correction: what was seen before this moment and claims to hold from `since` or any later day was a mistake.
    public var overrules: Instant?

    public init(since: Day, value: String?, seenAt: Instant, overrules: Instant? = nil) {
        self.since = since
        self.value = value
        self.seenAt = seenAt
        self.overrules = overrules
    }

    /// The day from which values hold that a person is born with.
    public static let always = Day(number: -25_567)  // 1900-01-01

    private var isCorrection: Bool { overrules == seenAt }

    /// Whether this one counts and the other, from the same day, does not. Never both, so the order of arrival is no matter.
    func beats(_ other: Statement) -> Bool {
        if seenAt != other.seenAt { return seenAt > other.seenAt }
        if isCorrection != other.isCorrection { return isCorrection }
        return (value ?? "") > (other.value ?? "")
    }
}
