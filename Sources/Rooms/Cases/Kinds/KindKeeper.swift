public import Desk
public import Ground
public import Storage
import Synchronization

/// A room that keeps more of one kind of matter than a matter holds: the parties of a dispute, the text of an agreement.
/// The workflow, its limits and its proof stay those of matters; the keeper is asked whichever door an act came by.
public protocol KindKeeper: Sendable {
    /// A matter of the kind is about to be kept for the first time. The keeper may take words of people out of it.
    /// - Parameter whole: the larger matter that opened it as a part.
    func begins(
        _ record: inout CaseRecord, of whole: CaseRecord?, by actor: Actor, at now: Instant,
        in transaction: any Transaction) throws

    /// An act was decided and is about to be kept.
    /// - Throws: a refusal when what the act stands on is not there yet.
    func acts(
        on decision: inout Decision, by performer: Performer, at now: Instant, in transaction: any Transaction) throws

    /// Where the keeper shows more of it.
    func page(of id: CaseID) -> CaseLink
}

/// A way from the page of a matter into another room.
public struct CaseLink: Sendable {
    public var address: String
    public var title: LocalizedText

    public init(_ address: String, _ title: LocalizedText) {
        self.address = address
        self.title = title
    }
}

/// Who keeps which kind. Rooms above enter themselves when they are made, before anything is served.
final class KindKeepers: Sendable {
    private let known = Mutex<[String: any KindKeeper]>([:])

    subscript(kind: String) -> (any KindKeeper)? { known.withLock { $0[kind] } }

    private let links = Mutex<[String: @Sendable (CaseID) -> CaseLink]>([:])

    func link(_ kind: String) -> (@Sendable (CaseID) -> CaseLink)? { links.withLock { $0[kind] } }
    func enter(_ link: @escaping @Sendable (CaseID) -> CaseLink, for kind: String) {
        links.withLock { $0[kind] = link }
    }

    func enter(_ keeper: any KindKeeper, for kind: String) { known.withLock { $0[kind] = keeper } }
}

extension Cases {
    /// Puts a way into another room onto the page of each matter of a kind.
    public func link(_ kind: String, to link: @escaping @Sendable (CaseID) -> CaseLink) {
        keepers.enter(link, for: kind)
    }

    /// Lets a room keep more of a kind than a matter holds.
    public func keep(_ kind: String, by keeper: any KindKeeper) { keepers.enter(keeper, for: kind) }

    /// An act on a matter of a kept kind, by somebody whom the keeper let see it: who works with disputes need not be
    /// able to read everybody's matters. What the workflow says of rights and areas holds as for every act.
    public func act(
        _ id: CaseID, of kind: String, _ command: Command, by scope: Scope, seenVersion: Int64? = nil,
        at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let record = try CaseStore.find(id, in: transaction), record.kind == kind else {
            throw Refusal.nothingHere
        }
        if let seenVersion, seenVersion != record.version { throw Refusal.changedMeanwhile }
        var command = command
        try check(&command, for: record, in: transaction)
        let decision = try rules.decide(record, command, by: .staff(scope), at: now)
        try store(decision, command, by: .staff(scope), actor: Actor(scope), photos: [], at: now, in: transaction)
        return try follow(decision, at: now, in: transaction)
    }

    /// A matter of a kept kind as it stands, for its keeper.
    public func record(_ id: CaseID, of kind: String, in transaction: any Transaction) throws -> CaseRecord? {
        try CaseStore.find(id, in: transaction).flatMap { $0.kind == kind ? $0 : nil }
    }
}
