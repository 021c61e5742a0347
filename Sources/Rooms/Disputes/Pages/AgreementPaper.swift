import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/disputes/:id/paper`: the agreement to be signed, on A4. It names the parties in full, so opening it is a look at
/// personal elements, which the ledger keeps.
struct AgreementPaper: Sendable {
    let disputes: Disputes

    func add(to routes: Routes) {
        routes.page("/disputes/:id/paper", right: .reveal) { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let id: CaseID = try visit.identifier()
        try staff.scope.require(.readDisputes)
        let (disputes, scope) = (disputes, staff.scope)
        let view = try await disputes.house.database.read { try DisputeView.load(id, for: scope, disputes, in: $0) }
        guard let agreement = view.agreement else { throw Refusal.nothingHere }
        let names = try await disputes.reveal(id, purpose: "打印调解协议书", by: scope, at: visit.now)
        let title = visit("人民调解协议书", "Mediation agreement")
        let parties = view.parties.html { party in
            "<tr><th scope=\"row\">\(visit(DisputeTexts.title(party.side)))</th><td>\(names[party.id]?.name ?? "—")</td><td>\(names[party.id]?.phone ?? "—")</td></tr>"
        }
        let duties = view.duties.html { duty in
            "<li>\(visit(DisputeTexts.title(duty.side)))：\(duty.text)（\(visit("于 \(duty.dueOn) 前履行", "by \(duty.dueOn)"))）</li>"
        }
        let mediator = view.dispute.mediator.flatMap { view.mediators[$0] } ?? "________"
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(DisputeTexts.disputes), "/disputes"), (view.number, "/disputes/\(id)"), (title, nil),
                ],
                """
                <p class="noprint hint">\(visit("用浏览器打印本页（A4），一式三份，双方签字后生效。", "Print this page (A4) three times; it takes effect when both have signed."))</p>\
                <section class="sheet"><h2>\(title)</h2><p>\(visit("编号", "No.")) \(view.number) · \(visit(disputes.kindTitle(view.dispute.kind))) · \(disputes.areaName(view.dispute.area)) · \(visit(DisputeTexts.title(agreement.form)))</p>\
                <h3>\(visit(DisputeTexts.parties))</h3><table class="list"><tbody>\(parties)</tbody></table>\
                <h3>\(visit("纠纷事项", "The dispute"))</h3><p class="text">\(view.words.title)\n\(view.words.detail)</p>\
                <h3>\(visit("协议内容", "Agreed"))</h3><p class="text">\(agreement.text)</p>\(view.duties.isEmpty ? HTML() : "<ol>\(duties)</ol>")\
                <h3>\(visit("告知", "To know"))</h3><p>\(visit("本协议自 \(agreement.effectiveOn) 起生效，具有法律约束力。双方认为有必要的，可在 \(agreement.confirmBy) 前共同向有管辖权的人民法院申请司法确认（\(disputes.rules.confirmation.basis.zh)）；经确认有效的，一方不履行时可申请强制执行。就履行或内容发生争议的，可向人民法院起诉。", "In effect since \(agreement.effectiveOn), and binding. Both may apply together to the court for confirmation until \(agreement.confirmBy) (\(disputes.rules.confirmation.basis.en)); a confirmed agreement can be enforced. Either may sue over it."))</p>\
                <p class="sign">\(visit("甲方（签字）：____________　　乙方（签字）：____________", "First side: ____________   Second side: ____________"))</p>\
                <p class="sign">\(visit("调解员", "Mediator")): \(mediator) ____________　　\(visit("人民调解委员会（盖章）　____年__月__日", "Seal, date: ____________"))</p></section>
                """))
    }
}
