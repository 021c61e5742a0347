public import Desk
public import Ground

public enum DutyShift {}
public typealias ShiftID = Identifier<DutyShift>

/// 班次: who answers in an area from when to when, in which kind of duty. Says nothing of how somebody worked.
public struct ShiftRecord: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case planned, offered, taken, over
        /// Offered, and nobody took it until the shift of whom it was offered to was over 无人接班.
        case notTaken = "not-taken"

        /// What a roster says of it; nil while there is nothing to say.
        var title: LocalizedText? {
            switch self {
            case .planned, .over: nil
            case .offered: LocalizedText("待接班", "not taken yet")
            case .taken: LocalizedText("已交班", "handed over")
            case .notTaken: LocalizedText("无人接班", "not taken")
            }
        }
    }

    public var id: ShiftID
    public var area: AreaPrefix
    public var kind: String
    public var staff: StaffID
    public var post: PostID
    public var from: Instant
    public var until: Instant
    public var state: State = .planned
    /// Whom this shift was handed to.
    public var offeredTo: StaffID?
    public var offeredAt: Instant?
    public var takenAt: Instant?
    /// When it can be handed to nobody any more: who comes next begins at most so long after its end.
    public var closesAt: Instant { until + Self.handedOverWithin }
    static let handedOverWithin = Span.hours(24)

    public init(
        id: ShiftID, area: AreaPrefix, kind: String, staff: StaffID, post: PostID, from: Instant, until: Instant
    ) {
        self.id = id
        self.area = area
        self.kind = kind
        self.staff = staff
        self.post = post
        self.from = from
        self.until = until
    }
}

/// A time in which nobody stands in a duty that must be filled around the clock.
public struct DutyGap: Sendable, Hashable {
    public var area: AreaPrefix
    public var kind: String
    public var from: Instant
    public var until: Instant

    /// What is left of a span when all shifts are taken out.
    static func gaps(
        _ area: AreaPrefix, _ kind: String, from: Instant, until: Instant, _ shifts: [ShiftRecord]
    ) -> [DutyGap] {
        var covered = from
        var gaps: [DutyGap] = []
        for shift in shifts.filter({ $0.area == area && $0.kind == kind }).sorted(by: { $0.from < $1.from }) {
            if shift.from > covered, covered < until {
                gaps.append(DutyGap(area: area, kind: kind, from: covered, until: min(shift.from, until)))
            }
            covered = max(covered, shift.until)
        }
        if covered < until { gaps.append(DutyGap(area: area, kind: kind, from: covered, until: until)) }
        return gaps
    }
}
