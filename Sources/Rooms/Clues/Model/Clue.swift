import Desk
import Ground

/// One clue. In the database it is one sealed text beside a running number.
struct Clue: Sendable, Hashable, Codable {
    enum State: String, Sendable, Hashable, Codable, CaseIterable { case received, looking, ended }
    enum Source: String, Sendable, Hashable, Codable { case sender, matter }

    var text: String
    /// nil when the sender did not say where.
    var area: AreaPrefix?
    /// How the sender wants to be reached; mostly nil.
    var contact: String?
    var source: Source
    /// The number of the matter that was sealed over.
    var matter: String?
    var state: State
    var receivedAt: Instant
    var changedAt: Instant
    /// How it ended, for the police only.
    var outcome: String?
    /// What was added, answered and done, in order.
    var notes: [Note] = []

    struct Note: Sendable, Hashable, Codable {
        enum Kind: String, Sendable, Hashable, Codable {
            /// By the sender.
            case addition
            /// To the sender.
            case reply
            /// For the police only.
            case internalNote = "internal"
        }

        var kind: Kind
        var text: String
        var at: Instant
    }

    static let longestText = 10_000
    static let longestNote = 2_000
    static let mostNotes = 200

    /// Whether somebody of this area may read it: what has no place is the county's, and so is what lies wider.
    func isFor(_ scope: Scope, county: AreaPrefix) -> Bool { scope.line == nil && scope.area.contains(area ?? county) }

    /// What the sender sees.
    var forSender: [Note] { notes.filter { $0.kind != .internalNote } }
}

/// One line of the journal that only the police and their auditor read: who did what with which clue, and what for.
struct ClueJournalEntry: Sendable, Hashable, Codable {
    enum Act: String, Sendable, Hashable, Codable, CaseIterable {
        case received, added, read, taken, noted, handedOn, ended
    }

    var act: Act
    var clue: Int64
    var at: Instant
    /// The member of staff; nil for the sender.
    var staff: String?
    var staffName: String?
    var purpose: String?
}

/// What the police do with a clue.
enum ClueAct: String, Sendable, Hashable, Codable, CaseIterable {
    case take, note, reply
    case handOn = "hand-on"
    case end

    /// What is possible where; an ended clue takes no more.
    func isPossible(in state: Clue.State) -> Bool {
        switch (self, state) {
        case (.take, .received): true
        case (.take, .looking), (_, .ended): false
        case (.note, _), (.reply, _), (.handOn, _), (.end, _): true
        }
    }
}
