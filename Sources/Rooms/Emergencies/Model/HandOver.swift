public import Desk
public import Ground

/// 交接: so many of one lot on the way from one site to another. What was sent is at every moment fully accounted for:
/// received, given back, written off with a reason, or still outstanding, that is, in this hand-over and nowhere else.
public struct HandOver: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// On the way; the receiver must acknowledge.
        case open
        /// Acknowledged, but not what was sent; somebody must explain.
        case difference
        case received
        case returned
        case settled

        public var isEnd: Bool {
            switch self {
            case .open, .difference: false
            case .received, .returned, .settled: true
            }
        }
    }

    public var id: HandOverID
    public var event: EventID
    /// The running number, the same on screen and on paper.
    public var slip: Int64
    public var lot: LotID
    public var from: SiteID
    public var to: SiteID
    public var giver: PostID
    public var giverStaff: StaffID
    public var receiver: PostID?
    public var sentAt: Instant
    public var expectedBy: Instant
    public var receivedAt: Instant?
    public var state: State = .open
    public var sent: Int64
    public var received: Int64 = 0
    public var returned: Int64 = 0
    public var writtenOff: Int64 = 0
    /// Received beyond what was sent.
    public var surplus: Int64 = 0
    public var reason: String?
    public var alarmAt: Instant?
    public var alarmLevel: Int64 = 0

    /// What is in this hand-over now and nowhere else.
    public var outstanding: Int64 { sent + surplus - received - returned - writtenOff }
}

/// What can be done to a hand-over.
public enum HandOverAct: Sendable, Hashable {
    /// So many have arrived now.
    case receive(Int64)
    /// So many are back with the giver.
    case giveBack(Int64)
    /// The commander explains what remains of the difference.
    case settle(reason: String)
    /// The count received was another one: only when the commander decides a conflict.
    case correct(Int64)
}

/// What an act changes: the hand-over, what stands at both ends, and the sums of the lot. The sum of all is the change of
/// what was registered, which is nothing: that is the conservation that the tests run against.
public struct HandOverChange: Sendable, Hashable {
    public var after: HandOver
    public var atSource: Int64 = 0
    public var atTarget: Int64 = 0
    public var lotSurplus: Int64 = 0
    public var lotWrittenOff: Int64 = 0
}

extension HandOver {
    /// The most that one count may be: a misprint is told from a crowd.
    static let largestCount: Int64 = 10_000_000

    /// - Throws: a refusal of kind `conflict` when the state does not allow it, so that a late truth can be kept beside it.
    func decide(_ act: HandOverAct, at happened: Instant) throws(Refusal) -> HandOverChange {
        var change = HandOverChange(after: self)
        switch act {
        case .receive(let count):
            try Self.check(count, from: 0)
            guard state == .open || (state == .difference && outstanding > 0) else { throw notWaiting }
            change.after.received += count
            change.after.receivedAt = receivedAt ?? happened
            change.atTarget = count
        case .giveBack(let count):
            try Self.check(count, from: 1)
            guard !state.isEnd, count <= outstanding else { throw notWaiting }
            change.after.returned += count
            change.atSource = count
        case .settle(let reason):
            guard state == .difference else { throw notWaiting }
            change.after.writtenOff += outstanding
            change.lotWrittenOff = outstanding
            change.after.reason = reason
            change.after.state = .settled
            return change
        case .correct(let count):
            try Self.check(count, from: 0)
            guard state != .open else { throw notWaiting }
            change.atTarget = count - received
            change.after.received = count
            change.after.receivedAt = receivedAt ?? happened
            change.lotWrittenOff = -writtenOff
            change.after.writtenOff = 0
            change.after.reason = nil
        }
        change.after.balance()
        change.lotSurplus = change.after.surplus - surplus
        return change
    }

    /// More than was sent is a surplus; less is outstanding; both are differences until they are explained.
    private mutating func balance() {
        let seen = received + returned + writtenOff
        surplus = max(0, seen - sent)
        if surplus > 0 {
            state = .difference
        } else if outstanding == 0 {
            state = received > 0 || returned == 0 ? .received : .returned
        } else if received > 0 || receivedAt != nil {
            state = .difference
        } else {
            state = .open
        }
    }

    private var notWaiting: Refusal {
        Refusal(
            .conflict, "emergencies.not-outstanding",
            LocalizedText(
                "第 \(slip) 号交接现为“\(state.title.chinese)”，在途 \(outstanding)，不能这样办理",
                "Hand-over \(slip) is “\(state.title.english)” with \(outstanding) outstanding: this is not possible now"
            ),
            wayOn: LocalizedText(
                "请核对编号和数量；若实际情况不同，请注明发生时间后提交，由指挥人员核定",
                "Check number and count; if it was otherwise, send it with the time it happened: the commander decides"),
            field: "count")
    }

    static func check(_ count: Int64, from least: Int64) throws(Refusal) {
        guard (least...largestCount).contains(count) else {
            throw Refusal(
                .ruleBroken, "emergencies.count",
                LocalizedText(
                    "数量须为 \(least) 至 \(largestCount) 的整数", "A count is a whole number from \(least) to \(largestCount)"),
                field: "count")
        }
    }
}

extension HandOver.State {
    public var title: LocalizedText {
        switch self {
        case .open: LocalizedText("在途待签收", "On the way")
        case .difference: LocalizedText("数量不符待核", "Difference to explain")
        case .received: LocalizedText("已签收", "Received")
        case .returned: LocalizedText("已退回", "Given back")
        case .settled: LocalizedText("差异已核定", "Difference explained")
        }
    }
}
