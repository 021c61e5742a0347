import Cases
import Desk
import Ground

/// What is to be looked at, where and how often.
struct PatrolPlan: Sendable {
    enum Origin: String, Sendable {
        /// Somebody in charge of the area made it.
        case made
        /// A season rule.
        case season
        /// The same thing came up again and again.
        case repeated
        /// More came in than is usual there.
        case warned
    }

    var id: Identifier<PatrolPlan>
    var origin: Origin
    /// Unique within its origin, so that two servers make one plan.
    var originKey: String
    var title: LocalizedText
    var look: LocalizedText
    var area: AreaPrefix
    var place: String?
    var category: String?
    /// Whose phones show it; nil for every post that handles matters there.
    var role: String?
    var everyDays: Int
    var nextOn: Day
    /// The last day on which one falls due.
    var until: Day?
    var madeByBody: BodyID?
    var at: Instant
    /// What carries it, when it was made above its stretch; kept on the ledger.
    var ground: String?
}

/// One stretch that is due, or was looked at.
struct PatrolCheck: Sendable {
    enum Outcome: String, Sendable {
        case nothing, found
        /// The next one came before it was done; nobody is blamed for that.
        case passed
    }

    var id: Identifier<PatrolCheck>
    var plan: Identifier<PatrolPlan>
    var area: AreaPrefix
    var category: String?
    var dueOn: Day
    var outcome: Outcome?
}

/// The same kind of matter came up again and again at one place.
struct PatrolProposal: Sendable {
    var id: Identifier<PatrolProposal>
    var area: AreaPrefix
    var category: String
    var matters: Int
    var foundOn: Day
}
