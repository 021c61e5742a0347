import Desk
import Ground
import Identity
import Web

/// What is filled into the fields of a form beforehand, and what stands below them: what is proposed, how sure it is,
/// and why.
struct SuggestionHints {
    let cases: Cases
    let suggestion: MatterSuggestion?
    let record: CaseRecord
    let bodies: [BodyFacts]
    let visit: Visit

    private var prefill: SuggestionRules.Thresholds { cases.suggester.rules.prefill }

    // MARK: Category

    var category: String? { suggestion?.category.prefilled(from: prefill.category) }

    var categoryHint: String? {
        hint(suggestion?.category) { cases.rules.categories[$0]?.title(visit.language) }
    }

    // MARK: Area

    /// Only what says more than is known already: an area within the matter's own, which the post may choose.
    func area(among groups: [CaseControls.Group]) -> String? {
        guard let area = suggestion?.area.prefilled(from: prefill.area), record.area.contains(area),
            groups.contains(where: { $0.choices.contains { $0.value == area.code } })
        else { return nil }
        return area.code
    }

    var areaHint: String? {
        guard let proposal = suggestion?.area, proposal.best?.value != record.area else { return nil }
        return hint(proposal) { CaseNames.path($0, cases) }
    }

    // MARK: Body

    /// Nobody who has much already is filled in: then a person chooses.
    var body: String? { suggestion?.fair == nil ? suggestion?.body.prefilled(from: prefill.body)?.text : nil }

    var bodyHint: String? {
        guard let text = reasonedBodyHint, let fair = suggestion?.fair else { return reasonedBodyHint }
        let mean = String(Int(fair.peers.rounded()))
        let lighter = fair.lighter.flatMap { id in bodies.first { $0.id == id } }
        let instead = lighter.map {
            visit("；\($0.name) 在办 \(fair.lighterOpen) 件", "; \($0.name) has \(fair.lighterOpen)")
        }
        let full = fair.saturation.map { perMille in
            visit("，岗位本月工作量饱和度 \(perMille / 10)%", ", and its posts are \(perMille / 10)% full this month")
        }
        let theirs = fair.lighterSaturation.map { visit("（饱和度 \($0 / 10)%）", " (\($0 / 10)% full)") }
        return text
            + visit(
                " 公允提示：它在办 \(fair.open) 件，同类单位平均 \(mean) 件",
                " In fairness: it has \(fair.open) open, its peers \(mean) on average") + (full ?? "") + (instead ?? "")
            + (instead == nil ? "" : theirs ?? "")
            + visit("。没有预先选好，请您决定。", ". Nobody was filled in: you decide.")
    }

    private var reasonedBodyHint: String? {
        let text = hint(suggestion?.body) { id in bodies.first { $0.id == id }?.name }
        if let text, let ruling = suggestion?.ruling {
            let day = ruling.ruledAt.local().day
            return visit("依据裁定 \(ruling.number)（\(day)）。", "By ruling No. \(ruling.number) of \(day). ") + text
        }
        guard let text, let past = suggestion?.past else { return text }
        return text
            + visit(
                "以往此类 \(past.of) 件中派给它 \(past.given) 件。",
                " It was given \(past.given) of \(past.of) such matters before.")
    }

    // MARK: Words

    /// `建议：路灯不亮 82%，或 路面破损 11%；依据：“路灯”“不亮”。可以更改。`
    private func hint<Value>(_ proposal: MatterSuggestion.Proposal<Value>?, name: (Value) -> String?) -> String? {
        guard let proposal else { return nil }
        let named = proposal.candidates.compactMap { candidate in
            name(candidate.value).map { "\($0) \(Int((candidate.confidence * 100).rounded()))%" }
        }
        guard !named.isEmpty else { return nil }
        var text = visit("建议：", "Suggested: ") + named.joined(separator: visit("，或 ", ", or "))
        if !proposal.words.isEmpty {
            text += visit("；依据：", "; because of ") + proposal.words.map { "“\($0)”" }.joined()
        }
        return text + visit("。可以更改。", ". Change it if you know better.")
    }
}
