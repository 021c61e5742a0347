import Ground
import Registry

/// One thing to ask or see at a home: what some form needs and nobody knows, or saw too long ago.
struct Question: Sendable, Hashable {
    enum Reason: Sendable, Hashable {
        case missing
        /// Nobody has seen it to be true since.
        case stale(seen: Instant)
    }

    var subject: SubjectID
    var element: Element
    var reason: Reason
    /// What held when the list was made; nil when nothing did.
    var held: String?
    /// The forms that wait for it.
    var forms: Set<String>

    /// What more forms wait for comes first; then what is unknown before what may still be so.
    static func comesBefore(_ left: Question, _ right: Question) -> Bool {
        if left.forms.count != right.forms.count { return left.forms.count > right.forms.count }
        let (leftIsMissing, rightIsMissing) = (left.reason == .missing, right.reason == .missing)
        if leftIsMissing != rightIsMissing { return leftIsMissing }
        return (left.element.key, left.subject) < (right.element.key, right.subject)
    }
}

/// All that is to be asked at one home: of the dwelling, the household and who lives there.
struct HomeVisit: Sendable, Hashable {
    /// The household; the dwelling where nobody is registered.
    var home: StoredSubject
    var dwelling: StoredSubject?
    var members: [StoredSubject]
    var questions: [Question]
    /// When nobody was at home, if somebody came since.
    var nobodyAt: Instant?

    var id: SubjectID { home.id }

    /// Questions about one of those at home, in the order in which they are asked.
    func questions(about subject: SubjectID) -> [Question] { questions.filter { $0.subject == subject } }

    /// Of whom there are questions: the home first, then its people in the order of their registration.
    var subjects: [StoredSubject] {
        let all = [dwelling.map { [$0] } ?? [], home.id == dwelling?.id ? [] : [home], members].flatMap { $0 }
        let asked = Set(questions.map(\.subject))
        return all.filter { asked.contains($0.id) }
    }
}
