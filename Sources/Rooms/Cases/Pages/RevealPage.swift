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
        let revealed = try await page.cases.reveal(
            id, purpose: submission.fields.filled("purpose") ?? "", by: staff.scope, at: staff.visit.now)
        return try await page.show(staff, revealed: revealed)
    }
}

extension Cases {
    /// What a personal element is needed for: 2 to 200 characters.
    /// - Throws: a refusal that names the field.
    static func purpose(_ text: String) throws(Refusal) -> String {
        let purpose = text.trimmed
        guard (2...200).contains(purpose.count) else {
            throw .missing("purpose", LocalizedText("请写明查看用途", "Say what you need it for"))
        }
        return purpose
    }

    /// A reporter's name and number in clear; nil where none is known.
    /// - Throws: a refusal without a purpose, and for a matter that the scope may not see.
    func reveal(_ id: CaseID, purpose text: String, by scope: Scope, at now: Instant) async throws
        -> CasePage.Revealed
    {
        let purpose = try Self.purpose(text)
        let house = house
        // Noted before it is shown: who sees it is in the ledger, whatever happens afterwards.
        let record = try await house.database.write { transaction -> CaseRecord? in
            guard let record = try CaseStore.find(id, for: scope, in: transaction) else { return nil }
            try CaseLedger.recordReveal(
                of: record, by: scope, purpose: purpose, house: house, at: now, in: transaction)
            return record
        }
        guard let reporter = record?.reporter else { throw Refusal.nothingHere }
        let vault = house.keys.vault
        return CasePage.Revealed(
            name: try reporter.nameSealed.map { try vault.open($0, for: Self.namePurpose) },
            phone: try reporter.phoneSealed.map { try vault.open($0, for: ResidentText.phonePurpose) })
    }
}
