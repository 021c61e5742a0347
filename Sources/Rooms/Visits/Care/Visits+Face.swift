package import Desk
package import Ground
package import Registry
package import Storage

/// What generators of a county do with care: the same acts as people do on the pages, under the same rules.
extension Visits {
    /// Enters somebody in a group; see `Rules/care-groups.yaml`.
    /// - Parameter post: who answers.
    /// - Returns: what ``noteCareVisit(_:by:at:in:)`` takes.
    package func beginCare(
        of subject: SubjectID, in group: String, answeredBy post: PostID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> String {
        try enter(subject, in: group, post: post, by: scope, at: now, in: transaction).id.text
    }

    /// Somebody was met, and all was well.
    package func noteCareVisit(
        _ member: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let id = CareMember.ID(parsing: member) else { throw Refusal.nothingHere }
        _ = try look(in: id, outcome: .well, note: nil, seenAt: now, by: scope, at: now, in: transaction)
    }

    /// Makes a task of each visit that was missed.
    package func makeTasksOfMissedVisits(at now: Instant, in transaction: any Transaction) throws {
        _ = try watchCare(at: now, in: transaction)
    }
}
