import Cases
import Cipher
import Desk
import Ground
import Storage

/// Everything of one dispute, as its page and the interface show it.
struct DisputeView: Sendable {
    var dispute: Dispute
    var number: String
    var originNumber: String?
    var words: DisputeWords
    var parties: [Party]
    var sessions: [MediationSession]
    var agreement: Agreement?
    var duties: [Duty]
    var revisits: [Revisit]
    var proposals: [MediatorMatch]
    var mediators: [MediatorID: String]
    var tied: Set<MediatorID>
    var following: [CaseID]

    static func load(_ id: CaseID, for scope: Scope, _ disputes: Disputes, in transaction: any Transaction) throws
        -> DisputeView
    {
        let dispute = try DisputeStore.find(id, for: scope, in: transaction)
        let vault = disputes.house.keys.vault
        func note(_ bytes: [UInt8]) throws -> String { try disputes.open(note: bytes) }
        func agreed(_ bytes: [UInt8]) throws -> String { try vault.open(bytes, for: Disputes.agreementPurpose) }
        let sessions = try PartyStore.sessions(of: id, open: note, in: transaction)
        let isOpen = dispute.outcome == .open
        let mayMediate = disputes.right(at: dispute.level).map(scope.may) ?? false
        let proposals = isOpen && mayMediate ? try disputes.matches(for: dispute, in: transaction) : []
        let numbers = try disputes.cases.numbers(
            of: [id] + [dispute.origin].compactMap { $0 }, in: transaction)
        let tied = try MediatorStore.tied(to: id, in: transaction)
        let named = sessions.compactMap(\.mediator) + [dispute.mediator].compactMap { $0 } + tied
        return DisputeView(
            dispute: dispute, number: numbers[id] ?? id.text, originNumber: dispute.origin.flatMap { numbers[$0] },
            words: try disputes.words(of: id, in: transaction),
            parties: try PartyStore.parties(of: id, in: transaction), sessions: sessions,
            agreement: try AgreementStore.find(id, open: agreed, in: transaction),
            duties: try AgreementStore.duties(of: id, open: agreed, in: transaction),
            revisits: try AgreementStore.revisits(of: id, open: note, in: transaction), proposals: proposals,
            mediators: try MediatorStore.names(named, in: transaction), tied: tied,
            following: try DisputeStore.following(id, in: transaction))
    }
}
