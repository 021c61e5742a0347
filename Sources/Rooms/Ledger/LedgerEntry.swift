public import Desk
public import Ground

/// One act, as the ledger keeps it for good: who, in which post, what, on whom, when it happened, when we learnt of it.
///
/// An entry is never changed or removed. So it holds no name of a resident, no phone number and no address in clear:
/// such things stand in the vault under the subject's id, where they can be erased, and the entry only says which
/// element was touched.
public struct LedgerEntry: Sendable, Hashable {
    public var id: Identifier<LedgerEntry>
    /// Stable, dotted: `cases.accepted`.
    public var act: String
    /// What kind of thing it was done to: `case`, `body`, `staff`.
    public var subjectKind: String
    public var subjectID: String
    public var actor: Actor
    /// When it was done, by the clock of whoever did it: a phone may have been without a network.
    public var happenedAt: Instant
    /// When the platform took it.
    public var receivedAt: Instant
    /// The code of the area it belongs to; who reads the ledger sees the entries of the own area only.
    public var area: String?
    /// For what purpose personal elements were read, where a rule asks for one.
    public var purpose: String?
    /// One JSON object, written through `JSONWriter`; codes, ids, states and times, nothing personal in clear.
    public var facts: [UInt8]

    public init(
        id: Identifier<LedgerEntry>, act: String, subjectKind: String, subjectID: String, actor: Actor,
        happenedAt: Instant, receivedAt: Instant, area: String? = nil, purpose: String? = nil,
        facts: [UInt8] = Array("{}".utf8)
    ) {
        self.id = id
        self.act = act
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.actor = actor
        self.happenedAt = happenedAt
        self.receivedAt = receivedAt
        self.area = area
        self.purpose = purpose
        self.facts = facts
    }

    /// An act that is taken at the moment it happens.
    public init<Subject>(
        _ act: String, on subjectKind: String, _ subject: Identifier<Subject>, by actor: Actor, at now: Instant,
        id: Identifier<LedgerEntry>, area: String? = nil, purpose: String? = nil,
        facts: (inout JSONWriter) throws -> Void = { _ in }
    ) rethrows {
        self.init(
            id: id, act: act, subjectKind: subjectKind, subjectID: subject.text, actor: actor, happenedAt: now,
            receivedAt: now, area: area, purpose: purpose, facts: try JSONWriter.object(facts))
    }
}
