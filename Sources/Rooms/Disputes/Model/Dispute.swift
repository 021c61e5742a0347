import Cases
import Desk
public import Ground

/// A person who mediates.
public enum MediatorEntity {}
public typealias MediatorID = Identifier<MediatorEntity>

/// One dispute, as far as it is more than a matter of the kind `dispute`. Its id is that of the matter.
struct Dispute: Sendable, Hashable {
    enum Outcome: String, Sendable, Hashable, CaseIterable {
        case open, agreed, unsettled, declined
    }

    var id: CaseID
    /// A variant of the workflow: between neighbours, in a family …
    var kind: String
    var area: AreaPrefix
    var state: StateName
    /// The level that mediates, or that did last.
    var level: String
    var outcome: Outcome
    var beganAt: Instant
    var dueAt: Instant?
    var endedAt: Instant?
    /// By when it should have ended; figures count what should have.
    var endBy: Instant
    /// The matter that it came from.
    var origin: CaseID?
    /// The earlier dispute whose agreement did not hold.
    var follows: CaseID?
    var mediator: MediatorID?
    var version: Int64

    /// On which day it counts: when it ended, or when it should have.
    var countedOn: Day { min(endedAt ?? endBy, endBy).local().day }

    static let kindName = "dispute"
    static let revisitKind = "revisit"

    /// The outcome that a state of the workflow stands for.
    static func outcome(of state: StateName) -> Outcome {
        switch state.rawValue {
        case "dispute-agreed": .agreed
        case "dispute-unsettled": .unsettled
        case "dispute-declined": .declined
        default: .open
        }
    }
}

/// What people said of it, opened from the vault for whoever may read it.
struct DisputeWords: Sendable, Hashable {
    var title: String
    var detail: String

    static let longestTitle = 60
    static let longestDetail = 5_000

    /// Sealed as one text, so that neither can be exchanged alone.
    var sealedText: String { title + "\u{1}" + detail }

    init(title: String, detail: String) {
        self.title = title
        self.detail = detail
    }

    init(sealedText: String) {
        let parts = sealedText.split(separator: "\u{1}", maxSplits: 1, omittingEmptySubsequences: false)
        title = parts.first.map(String.init) ?? ""
        detail = parts.count > 1 ? String(parts[1]) : ""
    }
}

/// Somebody who is in dispute. Name and number are sealed; lists and pages show the masks.
struct Party: Sendable, Hashable {
    enum Side: String, Sendable, Hashable, CaseIterable, Codable { case first, second, other }

    var id: Identifier<Party>
    var dispute: CaseID
    var side: Side
    var nameMasked: String
    var phoneMasked: String?
}

/// A party as it is typed in.
struct NewParty: Sendable, Hashable {
    var side: Party.Side
    var name: String
    var phone: String?
}

/// One meeting of a mediator with the parties.
struct MediationSession: Sendable, Hashable {
    enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
        case goesOn = "goes-on", agreed, failed, declined
    }

    var id: Identifier<MediationSession>
    var dispute: CaseID
    var level: String
    var mediator: MediatorID?
    var heldAt: Instant
    var outcome: Outcome
    var note: String
}

/// What the parties agreed on.
struct Agreement: Sendable, Hashable {
    enum Form: String, Sendable, Hashable, CaseIterable, Codable { case written, oral }
    enum Confirmation: String, Sendable, Hashable, CaseIterable { case none, applied, valid, refused }

    var dispute: CaseID
    var form: Form
    var text: String
    /// The day on which it takes effect: when both have signed, or said it.
    var effectiveOn: Day
    /// The last day on which both may apply for judicial confirmation.
    var confirmBy: Day
    var confirmation: Confirmation
    var appliedOn: Day?
    var decidedOn: Day?
    var isKept: Bool?

    /// The day itself is not counted: thirty days from 1 March end on 31 March.
    static func lastDayOfConfirmation(effectiveOn: Day, _ rules: DisputeRules) -> Day {
        effectiveOn + Int(rules.confirmation.withinDays)
    }
}

/// What one side promised to do by when.
struct Duty: Sendable, Hashable {
    enum State: String, Sendable, Hashable, CaseIterable, Codable { case open, done, broken }

    var id: Identifier<Duty>
    var dispute: CaseID
    var side: Party.Side
    var text: String
    var dueOn: Day
    var state: State
}

struct NewDuty: Sendable, Hashable {
    var side: Party.Side
    var text: String
    var dueOn: Day
}

/// A look after some weeks whether an agreement holds.
struct Revisit: Sendable, Hashable {
    enum Outcome: String, Sendable, Hashable, CaseIterable, Codable { case kept, partly, broken }

    var id: Identifier<Revisit>
    var dispute: CaseID
    var number: Int64
    var dueAt: Instant
    var madeAt: Instant?
    var outcome: Outcome?
    var note: String?
    /// The task that a missed one became.
    var task: CaseID?
    var isLast: Bool
}
