import Cases
import Ground

/// A number on a department's card, which leads to what it counts.
enum Figure: String, Sendable, Hashable, CaseIterable {
    case due, closed, closedOnTime, contactedInTime, followedUp, solved, satisfied, excluded
    case called, inTime, late, silent, released, rated
    case givenBack, ruledItsOwn
    case sentDown

    /// nil for what is not about residents' matters.
    var ofMatters: MatterFigure? { MatterFigure(rawValue: rawValue) }

    func counts(_ one: ReportIn) -> Bool {
        switch self {
        case .called: true
        case .rated: one.rating != nil
        case .inTime: one.standing == .inTime
        case .late: one.standing == .late
        case .silent: one.standing == .silent
        case .released: one.standing == .released
        case .due, .closed, .closedOnTime, .contactedInTime, .followedUp, .solved, .satisfied, .excluded, .givenBack,
            .ruledItsOwn, .sentDown:
            false
        }
    }

    var isOfCalls: Bool {
        switch self {
        case .called, .inTime, .late, .silent, .released, .rated: true
        case .due, .closed, .closedOnTime, .contactedInTime, .followedUp, .solved, .satisfied, .excluded, .givenBack,
            .ruledItsOwn, .sentDown:
            false
        }
    }

    /// What it comes to; "basically satisfied" may count half.
    func amount(in card: AppraisalCard) -> Double {
        self == .satisfied ? Double(card.record.matters.satisfiedHalves) / 2 : Double(count(in: card))
    }

    private func count(in card: AppraisalCard) -> Int64 {
        let (matters, calls) = (card.record.matters, card.record.reportIns)
        return switch self {
        case .due: matters.due
        case .closed: matters.closed
        case .closedOnTime: matters.closedOnTime
        case .contactedInTime: matters.contactedInTime
        case .followedUp: matters.followedUp
        case .solved: matters.solved
        case .satisfied: matters.satisfiedHalves / 2
        case .excluded: card.record.excluded.due
        case .called: Int64(calls.called)
        case .inTime: Int64(calls.inTime)
        case .late: Int64(calls.late)
        case .silent: Int64(calls.silent)
        case .released: Int64(calls.released)
        case .rated: Int64(calls.rated)
        case .givenBack: card.record.givenBack
        case .ruledItsOwn: card.record.ruledItsOwn
        case .sentDown: card.sentDown
        }
    }

    var title: LocalizedText {
        switch self {
        case .due: LocalizedText("应结案", "Due")
        case .closed: LocalizedText("已结案", "Closed")
        case .closedOnTime: LocalizedText("按期结案", "Closed on time")
        case .contactedInTime: LocalizedText("按时联系群众", "Resident reached in time")
        case .followedUp: LocalizedText("群众已评价", "Rated by residents")
        case .solved: LocalizedText("群众认为已解决", "Solved, residents say")
        case .satisfied: LocalizedText("群众满意（基本满意计半）", "Satisfied (basically as half)")
        case .excluded: LocalizedText("不计入", "Left out")
        case .called: LocalizedText("被吹哨", "Called")
        case .inTime: LocalizedText("按时报到", "Reported in on time")
        case .late: LocalizedText("逾时报到", "Reported in late")
        case .silent: LocalizedText("逾时未报到", "Silent past the limit")
        case .released: LocalizedText("裁定免除", "Released by a ruling")
        case .rated: LocalizedText("街道已评价", "Rated by streets")
        case .givenBack: LocalizedText("退回", "Given back")
        case .ruledItsOwn: LocalizedText("退回后裁定仍归其承办", "Given back and ruled its own")
        case .sentDown: LocalizedText("向下派出", "Sent down")
        }
    }
}
