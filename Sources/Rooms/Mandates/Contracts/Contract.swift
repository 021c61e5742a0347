public import Desk
public import Ground

public enum ContractEntity {}
public typealias ContractID = Identifier<ContractEntity>

/// 购买服务: what is on no list can only be bought. A contract of one department with one street; both sides are equal, and
/// declining costs nothing.
public struct Contract: Sendable, Hashable {
    public var id: ContractID
    /// As people call it: 购买2026-0003.
    public var number: String
    public var demand: DemandID
    public var title: String
    /// Who buys.
    public var buyer: BodyID
    public var buyerName: String
    /// The street that sells: its area.
    public var area: AreaPrefix
    /// How many times, over all areas of the level in the street.
    public var quantity: Int64
    /// Yuan for the whole quantity.
    public var yuan: Int64
    public var from: Day
    public var until: Day
    /// What the street asks for besides, when it agreed: materials, training, a vehicle.
    public var conditions: String
    public var stage: ContractStage
    /// Of the quantity, what the street says was done, and what was accepted.
    public var delivered: Int64
    public var accepted: Int64
    /// Yuan that were paid.
    public var paid: Int64
    /// Done by people hired with its money.
    public var isByHired: Bool
    /// Minutes of one time, and times in each area of the level.
    public var minutes: Int64
    public var times: Int64
    public var level: AreaLevel
    public var roles: [String]
    public var dueAt: Instant?
    public var version: Int64

    /// Whether work may be sent on its ground on that day.
    public func carries(on day: Day) -> Bool {
        (stage == .agreed || stage == .delivered) && from <= day && day <= until
    }

    /// What so much of the quantity is worth; the whole of it exactly its price.
    public func worth(_ part: Int64) -> Int64 { quantity > 0 ? yuan * min(max(part, 0), quantity) / quantity : 0 }

    /// Yuan for what was accepted and is not paid.
    public var owed: Int64 { max(0, worth(accepted) - paid) }

    /// Yuan that the buyer has set aside and not paid.
    public var reserved: Int64 {
        switch stage {
        case .agreed, .delivered, .disputed, .accepted: yuan - paid
        case .offered, .declined, .paid, .ended: 0
        }
    }
}

public enum ContractStage: String, Sendable, Hashable, CaseIterable {
    /// The street says yes or no.
    case offered
    case agreed
    /// The street has reported; the buyer accepts or contests.
    case delivered
    /// The coordination body decides how much was done.
    case disputed
    /// The buyer pays.
    case accepted
    case paid
    case declined
    /// Ended before anything was done; what was set aside goes back.
    case ended

    public var title: LocalizedText {
        switch self {
        case .offered: LocalizedText("待街道决定", "The street decides")
        case .agreed: LocalizedText("履行中", "Agreed")
        case .delivered: LocalizedText("待验收", "To be accepted")
        case .disputed: LocalizedText("验收争议待裁定", "Contested")
        case .accepted: LocalizedText("待付款", "To be paid")
        case .paid: LocalizedText("已付款办结", "Paid")
        case .declined: LocalizedText("街道未接受（无需理由）", "Declined")
        case .ended: LocalizedText("已终止", "Ended")
        }
    }
}

/// The course of a contract, as a table; proved to end as the gate's own is.
enum ContractCourse {
    enum Act: String, Sendable, Hashable, CaseIterable {
        case agree, decline, offerLapses, deliver, deliveryLapses, accept, contest, acceptanceLapses, settle
        case settlingLapses, pay, end
    }

    struct Move: Sendable, Hashable {
        var act: Act
        var from: ContractStage
        var to: ContractStage
        var by: DemandCourse.Party
    }

    static let moves: [Move] = [
        Move(act: .agree, from: .offered, to: .agreed, by: .receiver),
        Move(act: .decline, from: .offered, to: .declined, by: .receiver),
        // Silence is no consent.
        Move(act: .offerLapses, from: .offered, to: .declined, by: .platform),
        Move(act: .deliver, from: .agreed, to: .delivered, by: .receiver),
        // Its last day has passed and nothing was reported: nothing is owed.
        Move(act: .deliveryLapses, from: .agreed, to: .ended, by: .platform),
        Move(act: .end, from: .agreed, to: .ended, by: .receiver),
        Move(act: .accept, from: .delivered, to: .accepted, by: .sender),
        Move(act: .contest, from: .delivered, to: .disputed, by: .sender),
        // A buyer who says nothing does not keep the other side waiting: somebody else decides.
        Move(act: .acceptanceLapses, from: .delivered, to: .disputed, by: .platform),
        Move(act: .settle, from: .disputed, to: .accepted, by: .coordination),
        // Nobody decided: what was reported stands.
        Move(act: .settlingLapses, from: .disputed, to: .accepted, by: .platform),
        Move(act: .pay, from: .accepted, to: .paid, by: .sender),
    ]

    static let ends: Set<ContractStage> = [.paid, .declined, .ended]

    static func move(_ act: Act, from stage: ContractStage) -> Move? {
        moves.first { $0.act == act && $0.from == stage }
    }

    /// What keeps some run from ending. Nothing comes round, so every run is finite; a debt is no end: what was accepted
    /// waits until it is paid, and alarms at each limit.
    static func faults(_ moves: [Move] = moves, ends: Set<ContractStage> = ends) -> [String] {
        var faults: [String] = []
        for stage in ContractStage.allCases {
            var reached: Set<ContractStage> = []
            var open = [stage]
            while let next = open.popLast() {
                for move in moves where move.from == next && reached.insert(move.to).inserted { open.append(move.to) }
            }
            if reached.contains(stage) { faults.append("\(stage.rawValue) comes round again") }
            if !ends.contains(stage), reached.isDisjoint(with: ends) {
                faults.append("\(stage.rawValue) reaches no end")
            }
            if !ends.contains(stage), stage != .accepted,
                !moves.contains(where: { $0.from == stage && $0.by == .platform })
            {
                faults.append("nothing happens when the limit of \(stage.rawValue) passes")
            }
        }
        return faults
    }
}
