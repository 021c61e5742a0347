public import Cases
public import Desk
public import Ground
public import Identity
public import Places
public import Storage

/// 矛盾纠纷: disputes between people, from the first meeting in the community to an agreement that holds, or to a court.
///
/// How a dispute runs (its levels, limits and ends) is the kind `dispute` of matters, proved closed with all others; this
/// room keeps what a matter does not hold: the parties, the mediators, the meetings, the agreement and its revisits.
public struct Disputes: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let rules: DisputeRules

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, identity: Identity, cases: Cases, places: Places) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        rules = try DisputeRules.load(from: house.rules, for: cases.rules.workflow(named: Dispute.kindName))
        cases.keep(Dispute.kindName, by: DisputeKeeper(disputes: self))
        cases.keep(Dispute.revisitKind, by: RevisitKeeper(disputes: self))
    }

    public static let migrations: [Migration] = DisputeSchema.migrations

    public var menu: [MenuEntry] {
        [MenuEntry("/disputes", icon: "hand", DisputeTexts.disputes, right: .readDisputes, order: 40)]
    }

    public var jobs: [Job] {
        [Job("dispute-revisits", every: .minutes(1)) { _ = try await watchRevisits() }]
    }

    public func addRoutes(to routes: Routes) {
        DisputeListPage(disputes: self).add(to: routes)
        NewDisputePage(disputes: self).add(to: routes)
        DisputePage(disputes: self).add(to: routes)
        AgreementPaper(disputes: self).add(to: routes)
        MediatorPages(disputes: self).add(to: routes)
        FiguresPage(disputes: self).add(to: routes)
        DisputeAPI(disputes: self).add(to: routes)
        MediatorAPI(disputes: self).add(to: routes)
    }

    var workflow: Workflow { cases.rules.workflow(named: Dispute.kindName) ?? cases.rules.workflow }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    func kindTitle(_ kind: String) -> LocalizedText {
        workflow.variants.first { $0.code == kind }?.title ?? LocalizedText(kind, kind)
    }

    func levelTitle(_ key: String) -> LocalizedText { rules.level(key: key)?.title ?? LocalizedText(key, key) }

    /// Who mediates at a level.
    func right(at level: String) -> Right? {
        rules.level(key: level).flatMap { workflow[StateName(rawValue: $0.state)]?.owner?.right }
    }
}

extension Right {
    static let beginDisputes = Right("dispute.begin")
    static let mediate = Right("dispute.mediate")
    static let reveal = Right("personal.reveal")
}
