import Desk
import Ground

/// A ruling of the coordination body that holds from now on: such matters there go to this body.
struct RoutingRule: Sendable, Hashable {
    var id: Identifier<RoutingRule>
    /// Rises when a rule replaces another.
    var version: Int
    /// Beginning of a category's code: any level.
    var category: String
    var area: AreaPrefix
    /// One of these stands in the title or the text; empty for all.
    var words: [String]
    var body: BodyID
    /// The matter that was ruled on, its number, when, and what the ruling said.
    var matter: CaseID
    var number: String
    var ruledAt: Instant
    var reason: String
    var from: Day
    /// The last day on which it holds; nil for good.
    var until: Day?
    var adoptedBy: StaffID
    var adoptedAt: Instant
    /// The rule that this one took the place of.
    var replaces: Identifier<RoutingRule>?
    var endedAt: Instant?
    var endReason: String?

    /// How long whoever adopted it may take it back as if it had never been.
    static let undoable = Span.minutes(10)
    static let mostWords = 10
    static let longestWord = 20

    func holds(on day: Day) -> Bool { endedAt == nil && from <= day && (until.map { day <= $0 } ?? true) }

    func fits(category code: String, area place: AreaPrefix, text: String) -> Bool {
        code.hasPrefix(category) && area.contains(place) && (words.isEmpty || words.contains { text.contains($0) })
    }

    /// Which of several rules decides: words before none, the closer category, the smaller area, then the later ruling.
    static func decidesBefore(_ left: RoutingRule, _ right: RoutingRule) -> Bool {
        let l = (left.words.isEmpty ? 0 : 1, left.category.utf8.count, left.area.code.utf8.count)
        let r = (right.words.isEmpty ? 0 : 1, right.category.utf8.count, right.area.code.utf8.count)
        return l != r ? l > r : (left.ruledAt, left.id) > (right.ruledAt, right.id)
    }

    /// The one rule that decides a matter; nil when none fits.
    static func deciding(
        _ rules: [RoutingRule], category: String, area: AreaPrefix, text: String, on day: Day
    ) -> RoutingRule? {
        rules.filter { $0.holds(on: day) && $0.fits(category: category, area: area, text: text) }
            .min(by: decidesBefore)
    }

    /// Whether some matter could fit both while both hold.
    func overlaps(_ other: RoutingRule) -> Bool {
        let kinds = category.hasPrefix(other.category) || other.category.hasPrefix(category)
        let places = area.contains(other.area) || other.area.contains(area)
        let times = (until.map { other.from <= $0 } ?? true) && (other.until.map { from <= $0 } ?? true)
        return kinds && places && times && endedAt == nil && other.endedAt == nil
    }

    /// Sends somewhere else what this one is about.
    func conflicts(with other: RoutingRule) -> Bool { id != other.id && body != other.body && overlaps(other) }
}
