public import Appraisals
public import Burdens
public import Cases
public import Desk
public import Faults
public import Funds
public import Ground
public import Identity
public import Mandates
public import Places
public import Storage
public import Workload

/// 一本账: burdens beside what comes of matters, before and after. It owns no table: every figure is read from the records of
/// the rooms below each time, and leads to the list that it is made of.
public struct Accounts: Room {
    let house: House
    let identity: Identity
    let places: Places
    let cases: Cases
    let mandates: Mandates
    let workload: Workload
    let faults: Faults
    let funds: Funds
    let appraisals: Appraisals
    let burdens: Burdens
    let rules: AccountRules

    /// - Throws: a refusal naming the file when `accounts.yaml` is wrong.
    public init(
        house: House, identity: Identity, places: Places, cases: Cases, mandates: Mandates, workload: Workload,
        faults: Faults, funds: Funds, appraisals: Appraisals, burdens: Burdens
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        self.cases = cases
        self.mandates = mandates
        self.workload = workload
        self.faults = faults
        self.funds = funds
        self.appraisals = appraisals
        self.burdens = burdens
        rules = try AccountRules.load(from: house.rules)
    }

    public static let migrations: [Migration] = []

    public var menu: [MenuEntry] {
        [MenuEntry("/accounts/year", icon: "chart-column", AccountTexts.year, right: .readWorkload, order: 57)]
    }

    public func addRoutes(to routes: Routes) {
        YearPages(accounts: self).add(to: routes)
        PairPages(accounts: self).add(to: routes)
        FlowPages(accounts: self).add(to: routes)
        StreetPages(accounts: self).add(to: routes)
        CardPages(accounts: self).add(to: routes)
        CardAPI(accounts: self).add(to: routes)
        AccountAPI(accounts: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    /// Whether the scope may see what came of matters: those who read no matters see burdens only.
    func seesOutcomes(_ scope: Scope) -> Bool { scope.may(Right("case.read")) }
}
