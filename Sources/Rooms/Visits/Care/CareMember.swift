import Desk
import Ground
import Registry

enum Cared {}

/// Somebody who is looked after in a group, with the post that answers for it.
struct CareMember: Sendable, Hashable {
    typealias ID = Identifier<Cared>

    var id: ID
    var group: String
    var subject: SubjectID
    /// The grid lived in.
    var area: AreaPrefix
    var post: PostID
    var staff: StaffID
    var since: Day
    var lastSeenAt: Instant?
    var dueOn: Day
    /// From this day on the visit counts as missed.
    var missedOn: Day
    /// The task that a missed visit became.
    var task: Identifier<CareTask>?
    var endedOn: Day?

    func isDue(on day: Day) -> Bool { dueOn <= day }
}

/// The matter of a missed visit; the identifier is that of the matter.
enum CareTask {}

/// How it stands, as somebody found it; nothing about the health of anybody is a code here.
enum CareOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// Met, all well.
    case well
    /// Met, and something is needed.
    case needs
    /// Not met.
    case absent

    var title: LocalizedText {
        switch self {
        case .well: LocalizedText("见到，一切正常", "Met, all well")
        case .needs: LocalizedText("见到，需要帮助", "Met, help is needed")
        case .absent: LocalizedText("没有见到", "Not met")
        }
    }
}

/// One look in on somebody.
struct CareVisit: Sendable, Hashable {
    var seenAt: Instant
    var staff: StaffID
    var outcome: CareOutcome
    /// nil when nothing was written.
    var note: String?
}
