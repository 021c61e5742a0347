import Cipher
import Desk
import Ground
import Hummingbird
import Messages
import Storage
import Web

/// Shows a reporter's name and number in clear, once, to somebody who says what for; the ledger keeps it.
struct RevealPage: Sendable {
    let page: CasePage

    static let purposes = [
        LocalizedText("电话核实情况", "To check the facts by phone"),
        LocalizedText("上门处置联系", "To arrange a visit"), LocalizedText("回访", "To follow up"),
    ]

    func add(to routes: Routes) {
        routes.form("/cases/:id/reveal", right: .personalReveal) { try await reveal($0, $1) }
    }

    private func reveal(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CaseID = try staff.visit.identifier()
        let purpose = submission.fields.filled("purpose") ?? ""
        guard (2...200).contains(purpose.count) else {
            throw Refusal.missing("purpose", LocalizedText("请写明查看用途", "Say what you need it for"))
        }
        let scope = staff.scope
        let now = staff.visit.now
        let house = page.cases.house
        // Noted before it is shown: who sees it is in the ledger, whatever happens afterwards.
        let record = try await house.database.write { transaction -> CaseRecord? in
            guard let record = try CaseStore.find(id, for: scope, in: transaction) else { return nil }
            try CaseLedger.recordReveal(
                of: record, by: scope, purpose: purpose, house: house, at: now, in: transaction)
            return record
        }
        guard let reporter = record?.reporter else { throw Refusal.nothingHere }
        let vault = house.keys.vault
        let revealed = CasePage.Revealed(
            name: try reporter.nameSealed.map { try vault.open($0, for: Cases.namePurpose) },
            phone: try reporter.phoneSealed.map { try vault.open($0, for: ResidentText.phonePurpose) })
        return try await page.show(staff, revealed: revealed)
    }
}
