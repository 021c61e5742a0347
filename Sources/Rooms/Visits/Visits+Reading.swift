import Desk
import Forms
import Ground
import Places
import Registry
import Storage

/// The visits of a grid as they stand at a moment.
struct VisitList: Sendable {
    var area: AreaPrefix
    var plan: WalkPlan
    /// When it was made: what came in later was not known to whoever walks by it.
    var knownAt: Instant
    /// Homes of the grid in all.
    var homes: Int
    /// Homes that wait because nobody was there a moment ago.
    var waiting: Int
    /// Names of the forms that wait for something.
    var formNames: [String: LocalizedText]

    var questions: Int { plan.homes.reduce(0) { $0 + $1.questions.count } }
}

extension Visits {
    /// Reads what is to be asked in a grid, in the order of a walk that begins at the grid's centre.
    func list(
        in area: AreaPrefix, start: PlacePoint?, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> VisitList {
        guard scope.area.contains(area) else { throw Refusal.nothingHere }
        let homes = try HomeReading(visits: self, scope: scope, now: now, transaction: transaction).homes(in: area)
        let day = now.local().day
        let open = homes.filter { !$0.questions.isEmpty }
        let due = open.filter { home in
            home.nobodyAt.map { $0.local().day + rules.nobodyDays <= day } ?? true
        }
        return VisitList(
            area: area, plan: WalkPlan(due, rules: rules, start: start, on: day), knownAt: now, homes: homes.count,
            waiting: open.count - due.count, formNames: try forms.wants(at: day, in: transaction).names)
    }

    func home(_ id: SubjectID, for scope: Scope, at now: Instant, in transaction: any Transaction) throws -> HomeVisit {
        try HomeReading(visits: self, scope: scope, now: now, transaction: transaction).home(id)
    }

    /// Where a walk through the grid begins.
    func start(of area: AreaPrefix) async throws -> PlacePoint? {
        try await places.grids(in: area).first?.centre.map {
            PlacePoint(longitude: $0.longitude, latitude: $0.latitude)
        }
    }

    /// The grid that is asked for: one's own, or one of the community's.
    /// - Returns: nil where the viewer has to choose among the parts of a wider area.
    func grid(_ asked: String?, for scope: Scope) throws(Refusal) -> AreaPrefix? {
        let area: AreaPrefix
        if let asked {
            guard let prefix = AreaPrefix(asked) else {
                throw Refusal(
                    .malformed, "visits.area", LocalizedText("区划代码有误", "This is no code of an area"), field: "area")
            }
            guard scope.area.contains(prefix), places.name(of: asked) != nil else { throw .nothingHere }
            area = prefix
        } else {
            area = scope.area
        }
        // A community without grids is walked through as a whole.
        let isGrid = area.level == .grid || (area.level == .community && places.children(of: area.code).isEmpty)
        return isGrid ? area : nil
    }
}
