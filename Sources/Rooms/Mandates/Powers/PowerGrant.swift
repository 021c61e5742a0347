public import Desk
public import Ground

public enum PowerGrantEntity {}
public typealias PowerGrantID = Identifier<PowerGrantEntity>

/// A power on its way to a street, or there.
public struct PowerGrant: Sendable, Hashable {
    public var id: PowerGrantID
    public var power: String
    public var area: AreaPrefix
    public var stage: PowerStage
    var readiness: PowerMenu.Readiness
    /// Number of the paper that gives it; empty before.
    public var instrument: String
    public var orderedAt: Instant
    /// When the trial or the grant began.
    public var grantedAt: Instant?
    /// The end of the trial.
    public var dueAt: Instant?
    public var version: Int64
}

public enum PowerStage: String, Sendable, Hashable, CaseIterable {
    case ordered, training, trial, granted
    case refused, returned, exchanged, withdrawn, lapsed

    /// Whether the street may use it.
    public var isHeld: Bool { self == .trial || self == .granted }
    /// Whether it stands in the way of ordering it again.
    public var isAlive: Bool { [.ordered, .training, .trial, .granted].contains(self) }

    public var title: LocalizedText {
        switch self {
        case .ordered: LocalizedText("已点单，待评估", "Ordered")
        case .training: LocalizedText("准备中（人员、培训、设备）", "Getting ready")
        case .trial: LocalizedText("试行", "On trial")
        case .granted: LocalizedText("已赋权", "Granted")
        case .refused: LocalizedText("未予赋权", "Refused")
        case .returned: LocalizedText("已退回（不计考核）", "Returned (counts nowhere)")
        case .exchanged: LocalizedText("已换（不计考核）", "Exchanged (counts nowhere)")
        case .withdrawn: LocalizedText("县级收回", "Withdrawn by the county")
        case .lapsed: LocalizedText("逾期失效", "Lapsed")
        }
    }
}

/// The course of a power, as a table. Returning and exchanging are open at every moment, and end it.
enum PowerCourse {
    enum Act: String, Sendable, Hashable, CaseIterable {
        case prepare, refuse, lapse, trial, grant, trialEnds, giveBack, exchange, withdraw
    }

    struct Move: Sendable, Hashable {
        var act: Act
        var from: PowerStage
        var to: PowerStage
        var by: DemandCourse.Party
    }

    static let moves: [Move] =
        [
            Move(act: .prepare, from: .ordered, to: .training, by: .coordination),
            Move(act: .refuse, from: .ordered, to: .refused, by: .coordination),
            Move(act: .lapse, from: .ordered, to: .lapsed, by: .platform),
            Move(act: .trial, from: .training, to: .trial, by: .coordination),
            Move(act: .lapse, from: .training, to: .lapsed, by: .platform),
            Move(act: .grant, from: .trial, to: .granted, by: .coordination),
            // A trial that nobody confirms is over: a power is never there by silence.
            Move(act: .trialEnds, from: .trial, to: .lapsed, by: .platform),
            Move(act: .withdraw, from: .trial, to: .withdrawn, by: .coordination),
            Move(act: .withdraw, from: .granted, to: .withdrawn, by: .coordination),
        ]
        + [PowerStage.ordered, .training, .trial, .granted].flatMap {
            [
                Move(act: .giveBack, from: $0, to: .returned, by: .receiver),
                Move(act: .exchange, from: $0, to: .exchanged, by: .receiver),
            ]
        }

    static func move(_ act: Act, from stage: PowerStage) -> Move? {
        moves.first { $0.act == act && $0.from == stage }
    }
}
