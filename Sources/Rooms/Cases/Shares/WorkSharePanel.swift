import Desk
import Ground
import Web

/// What colleagues of one body and role have open, beside the act by which somebody takes one more.
struct WorkSharePanel {
    let cases: Cases
    let visit: Visit

    private static let most = 30

    /// Nothing where nobody is there to share with.
    func line(_ board: WorkShareBoard) -> HTML {
        guard board.isShared else { return HTML() }
        let named = board.people.prefix(Self.most).map { visit("\($0.name) \($0.open) 件", "\($0.name) \($0.open)") }
            .joined(separator: visit("、", ", "))
        let rest = board.people.count - Self.most
        let more = rest > 0 ? visit(" 等（另 \(rest) 人）", " and \(rest) more") : ""
        return """
            <p class="hint" data-share>\(visit("本单位同岗位在办：", "In hand, same body and role: "))<span class="data">\(named)</span>\(more)\(visit("。按姓名排列，只供内部分工，不排名、不考核；不自动派给有空的人。", ". By name, for sharing work inside the body only: no ranking, no assessment; nobody is given anything for having time."))</p>
            """
    }

    func warning(_ finding: WorkShare.Finding, of board: WorkShareBoard) -> HTML {
        let refusal = Refusal.beyondShare(finding, roomy: board.names(of: finding.roomy))
        return """
            <p class="notice warn">\(visit(refusal.message))\(visit("；手头较少的有：", "; those who have room: "))<span class="data">\(visit(board.names(of: finding.roomy)))</span>\(visit("。（件数、倍数待当地核实）", ". (Both numbers of the rule are to be checked locally.)"))</p>
            """
    }

    /// The reasons there are for one more.
    func reason(_ id: String, value: String?, error: String?) -> (_ isRequired: Bool) -> HTML {
        { isRequired in
            Field.choice(
                id,
                isRequired
                    ? visit("仍由我接办的理由", "Why I take it all the same")
                    : visit("所选人员已偏多时，仍移交的理由", "Why, where whoever is chosen has much already"),
                (cases.rules.reasons[WorkShare.reasons] ?? []).map { Field.Choice($0.code, visit($0.title)) },
                value: value, required: isRequired, none: visit(CaseTexts.choose), error: error, formName: "reason")
        }
    }

    /// Above a list of what nobody of the body has taken yet.
    func section(_ board: WorkShareBoard) -> HTML {
        guard board.isShared else { return HTML() }
        return """
            <details class="panel noprint"><summary>\(visit("本单位各人在办", "What each of the body has in hand"))</summary>\(line(board))</details>
            """
    }
}
