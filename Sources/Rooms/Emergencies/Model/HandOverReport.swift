import Desk
public import Ground

/// What somebody says of a hand-over: from a page, a phone that was without a network, or paper.
public struct HandOverReport: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case send, receive, giveBack }

    public var kind: Kind
    /// The running number; nil only when sending with a network: then the platform gives one.
    public var slip: Int64?
    public var lot: LotID?
    public var from: SiteID?
    public var to: SiteID?
    public var count: Int64
    /// From sending to acknowledging; nil for the plan's own.
    public var minutes: Int64?

    public init(
        _ kind: Kind, slip: Int64? = nil, lot: LotID? = nil, from: SiteID? = nil, to: SiteID? = nil, count: Int64,
        minutes: Int64? = nil
    ) {
        self.kind = kind
        self.slip = slip
        self.lot = lot
        self.from = from
        self.to = to
        self.count = count
        self.minutes = minutes
    }
}

/// When something happened, which is not when it came in.
public struct Occurrence: Sendable, Hashable {
    public var happenedAt: Instant
    public var receivedAt: Instant
    public var isFromPaper: Bool

    /// - Parameter happenedAt: nil for now.
    /// - Throws: a refusal for a time that has not come yet.
    public init(_ happenedAt: Instant?, at now: Instant, fromPaper: Bool = false) throws(Refusal) {
        let happened = happenedAt ?? now
        guard happened <= now + .minutes(5) else {
            throw Refusal(
                .ruleBroken, "emergencies.future",
                LocalizedText("发生时间晚于现在", "It cannot have happened later than now"),
                wayOn: LocalizedText("请检查时间；手机时钟是否走快？", "Check the time; is the phone's clock ahead?"),
                field: "happenedAt")
        }
        self.happenedAt = min(happened, now)
        receivedAt = now
        isFromPaper = fromPaper
    }
}

/// What became of a report.
public enum ReportOutcome: Sendable {
    case done(HandOver)
    /// It was known already.
    case same(HandOver)
    /// It contradicts what stands, or came before what it belongs to: both are kept, and nothing is lost.
    case queued(ConflictID, because: Refusal)
}
