public import Cases
public import Desk
public import Forms
public import Ground
public import Identity
public import Places
public import Registry
public import Storage

/// 一次上门: what is missing or stale over all forms, asked at one visit to a home, on a walk, also without a network.
public struct Visits: Room {
    let house: House
    let identity: Identity
    let places: Places
    let registry: Registry
    let forms: Forms
    let cases: Cases
    let rules: VisitRules
    let care: CareGroups

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, places: Places, registry: Registry, forms: Forms, cases: Cases
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        self.registry = registry
        self.forms = forms
        self.cases = cases
        rules = try VisitRules.load(from: house.rules)
        care = try CareGroups.load(from: house.rules, dictionary: registry.dictionary, roles: identity.roles)
        cases.link(Self.careKind) {
            CaseLink("/visits/care/tasks/\($0)", LocalizedText("查看关怀对象并记录走访", "Whom it is about, and note the visit"))
        }
    }

    public static let migrations: [Migration] = VisitSchema.migrations + CareStore.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/visits", icon: "route", VisitTexts.visits, right: .registryWrite, order: 16),
            MenuEntry("/visits/care", icon: "user-check", VisitTexts.care, right: .registryRead, order: 17),
        ]
    }

    public var jobs: [Job] {
        [
            Job("care-visits", every: .minutes(10)) {
                let now = house.clock.now()
                let visits = self
                try await house.database.write { _ = try visits.watchCare(at: now, in: $0) }
            }
        ]
    }

    public func addRoutes(to routes: Routes) {
        VisitsPage(visits: self).add(to: routes)
        QueuePage(visits: self).add(to: routes)
        VisitsAPI(visits: self).add(to: routes)
        CarePages(visits: self).add(to: routes)
        CareAPI(visits: self).add(to: routes)
        let panel = CarePanel(visits: self)
        registry.panels.add { try await panel.html($0, $1, $2, $3) }
        HomeAPI(visits: self).add(to: routes)
        let home = HomePanel(visits: self)
        registry.panels.add { try await home.html($0, $1, $2, $3) }
    }
}
