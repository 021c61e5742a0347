import Ground

enum DisputeTexts {
    static let disputes = LocalizedText("矛盾纠纷", "Disputes")
    static let dispute = LocalizedText("纠纷", "Dispute")
    static let mediators = LocalizedText("调解员", "Mediators")
    static let figures = LocalizedText("调解成效", "Figures of mediation")
    static let kind = LocalizedText("类型", "Kind")
    static let level = LocalizedText("层级", "Level")
    static let area = LocalizedText("区域", "Area")
    static let state = LocalizedText("状态", "State")
    static let begin = LocalizedText("登记纠纷", "Enter a dispute")
    static let title = LocalizedText("事由", "What it is about")
    static let detail = LocalizedText("经过与各方诉求", "What happened, and what each side asks")
    static let parties = LocalizedText("当事人", "Parties")
    static let name = LocalizedText("姓名", "Name")
    static let phone = LocalizedText("电话", "Phone")
    static let sessions = LocalizedText("调解记录", "Meetings")
    static let agreement = LocalizedText("调解协议", "Agreement")
    static let confirmation = LocalizedText("司法确认", "Judicial confirmation")
    static let revisits = LocalizedText("回访", "Revisits")
    static let ways = LocalizedText("随时可以走的其他途径", "Other ways that stay open at any time")
    static let choose = LocalizedText("请选择", "Choose")
    static let mediator = LocalizedText("调解员", "Mediator")

    static func title(_ side: Party.Side) -> LocalizedText {
        switch side {
        case .first: LocalizedText("甲方", "First side")
        case .second: LocalizedText("乙方", "Second side")
        case .other: LocalizedText("其他相关人", "Also concerned")
        }
    }

    static func title(_ outcome: Dispute.Outcome) -> LocalizedText {
        switch outcome {
        case .open: LocalizedText("调解中", "In mediation")
        case .agreed: LocalizedText("已达成协议", "Agreed")
        case .unsettled: LocalizedText("调解不成", "Not settled")
        case .declined: LocalizedText("不愿调解", "Mediation declined")
        }
    }

    static func title(_ outcome: MediationSession.Outcome) -> LocalizedText {
        switch outcome {
        case .goesOn: LocalizedText("继续调解", "Goes on")
        case .agreed: LocalizedText("达成协议", "Agreed")
        case .failed: LocalizedText("本级调解不成", "Failed at this level")
        case .declined: LocalizedText("当事人不愿继续", "A party wants no more")
        }
    }

    static func title(_ form: Agreement.Form) -> LocalizedText {
        switch form {
        case .written: LocalizedText("书面协议", "Written")
        case .oral: LocalizedText("口头协议（已记录）", "Oral, recorded")
        }
    }

    static func title(_ confirmation: Agreement.Confirmation) -> LocalizedText {
        switch confirmation {
        case .none: LocalizedText("未申请", "Not applied for")
        case .applied: LocalizedText("已共同申请", "Applied for by both")
        case .valid: LocalizedText("法院确认有效，可申请强制执行", "Confirmed by the court; can be enforced")
        case .refused: LocalizedText("法院未予确认", "Not confirmed by the court")
        }
    }

    static func title(_ state: Duty.State) -> LocalizedText {
        switch state {
        case .open: LocalizedText("待履行", "To be done")
        case .done: LocalizedText("已履行", "Done")
        case .broken: LocalizedText("未履行", "Not done")
        }
    }

    static func title(_ outcome: Revisit.Outcome) -> LocalizedText {
        switch outcome {
        case .kept: LocalizedText("已履行", "Kept")
        case .partly: LocalizedText("部分履行", "Partly kept")
        case .broken: LocalizedText("未履行", "Not kept")
        }
    }
}
