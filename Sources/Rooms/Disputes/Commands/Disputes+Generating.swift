package import Cases
package import Desk
package import Ground
package import Storage

/// What a generator of a past needs of this room: through the same rules as real acts.
extension Disputes {
    package func generateMediator(
        _ name: String, of organisation: String, area: AreaPrefix, level: String, fields: Set<String>, by scope: Scope,
        at now: Instant, in transaction: any Transaction
    ) throws {
        _ = try enter(
            MediatorEntry(
                name: name, organisation: organisation, area: area, level: level, fields: fields,
                languages: ["putonghua", "dialect"]), by: scope, at: now, in: transaction)
    }

    /// - Parameters:
    ///   - first, second: name and phone of each side; made-up people.
    package func generate(
        _ kind: String, _ title: String, detail: String, area: AreaPrefix, first: (name: String, phone: String),
        second: (name: String, phone: String), by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CaseID {
        try enter(
            NewDispute(
                kind: kind, title: title, detail: detail, area: area,
                parties: [
                    NewParty(side: .first, name: first.name, phone: first.phone),
                    NewParty(side: .second, name: second.name, phone: second.phone),
                ]), by: scope, at: now, in: transaction
        ).id
    }

    /// The first of those who are proposed is asked to mediate, where anybody is.
    package func generateMediation(
        of id: CaseID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let dispute = try DisputeStore.find(id, for: scope, in: transaction)
        guard let match = try matches(for: dispute, in: transaction).first else { return }
        try name(mediator: match.mediator.id, for: id, by: scope, at: now, in: transaction)
    }

    /// - Parameter outcome: `goes-on`, `failed` or `declined`.
    package func generateMeeting(
        _ outcome: String, note: String, of id: CaseID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let outcome = MediationSession.Outcome(rawValue: outcome) else { return }
        try hold(outcome, note: note, heldAt: now, in: id, by: scope, at: now, transaction)
    }

    /// - Parameter duties: what the second side promised, and in how many days.
    package func generateAgreement(
        _ text: String, duties: [(text: String, days: Int)], of id: CaseID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let today = now.local().day
        try agree(
            NewAgreement(
                form: .written, text: text, effectiveOn: today,
                duties: duties.map { NewDuty(side: .second, text: $0.text, dueOn: today + $0.days) }), in: id,
            by: scope, at: now, transaction)
    }

    package func generateRevisit(
        _ number: Int64, isKept: Bool, note: String, of id: CaseID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try revisit(number, outcome: isKept ? .kept : .broken, note: note, in: id, by: scope, at: now, transaction)
    }
}
