public import Desk
public import Ground
public import Identity
public import Places
public import Storage
import WorkCalendar

/// 权责清单: the lists of duties, and the one gate for whatever is sent down.
public struct Mandates: Room {
    /// UTF-16 units of a reason, an objection or a condition.
    static let longestWords = 300

    let house: House
    let identity: Identity
    let places: Places
    let forecast: any LoadForecast
    let powerFollowers: [any PowerFollower]
    let means: any MeansLookup
    let rules: GateRules
    let lines: LineNames
    let time: WorkingTime
    let check: ListCheck
    let menuOfPowers: PowerMenu
    let caps: BurdenCaps
    let burdenKinds: BurdenKindRules
    let limits: PowerLimits
    let boundaries: Boundaries
    /// The example lists that ship, or a county's own files; see ``adoptShipped(by:at:in:)``.
    let shipped: [MandateItem]

    /// - Parameter forecast: who says what work would do to the load below.
    /// - Throws: a refusal naming file and line when a rule file is wrong.
    /// - Parameters:
    ///   - powerFollowers: who is told when a power goes from a street.
    ///   - means: who knows what a street has, to compare it with what it tells.
    public init(
        house: House, identity: Identity, places: Places, forecast: any LoadForecast,
        powerFollowers: [any PowerFollower] = [], means: any MeansLookup = NothingKnown()
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        self.forecast = forecast
        self.powerFollowers = powerFollowers
        self.means = means
        let roles = identity.roles
        lines = try house.rules.decode(LineNames.self, from: "lines.yaml")
        rules = try GateRules.load(from: house.rules) { roles[$0] != nil }
        time = try Self.workingTime(house.rules)
        check = ListCheck(lines: Set(lines.lines.map(\.code)), roles: Set(roles.all.map(\.key)))
        menuOfPowers = try PowerMenu.load(
            from: house.rules, lines: Set(lines.lines.map(\.code)), isRole: { roles[$0] != nil })
        caps = try BurdenCaps.load(from: house.rules, lines: Set(lines.lines.map(\.code)))
        burdenKinds = try BurdenKindRules.load(from: house.rules)
        limits = try PowerLimits.load(from: house.rules)
        boundaries = try Boundaries.load(from: house.rules, lines: Set(lines.lines.map(\.code)))
        shipped = try ListFile.all(house.rules, check: check)
    }

    public static let migrations: [Migration] = MandateSchema.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/demands", icon: "split", MandateTexts.gate, right: .readMandates, order: 55),
            MenuEntry("/contracts", icon: "file-text", MandateTexts.contracts, right: .readMandates, order: 58),
            MenuEntry("/powers", icon: "key", MandateTexts.powers, right: .readMandates, order: 59),
            MenuEntry("/boundaries", icon: "shield-check", MandateTexts.boundaries, right: .readMandates, order: 61),
            MenuEntry("/mandates", icon: "list-checks", MandateTexts.lists, right: .readMandates, order: 56),
        ]
    }

    public var jobs: [Job] {
        let watch = GateWatch(mandates: self)
        let rises = RiseWatch(mandates: self)
        return [
            Job("gate-limits", every: .minutes(1)) { try await watch.run() },
            Job("burden-rises", every: .hours(1)) { try await rises.run() },
        ]
    }

    public func addRoutes(to routes: Routes) {
        ListPages(mandates: self).add(to: routes)
        ItemPage(mandates: self).add(to: routes)
        TablePages(mandates: self).add(to: routes)
        DemandPages(mandates: self).add(to: routes)
        YearPage(mandates: self).add(to: routes)
        StandingPages(mandates: self).add(to: routes)
        AskedPages(mandates: self).add(to: routes)
        BurdenPages(mandates: self).add(to: routes)
        BurdenAPI(mandates: self).add(to: routes)
        DemandPage(mandates: self).add(to: routes)
        ContractPages(mandates: self).add(to: routes)
        ContractAPI(mandates: self).add(to: routes)
        PowerPages(mandates: self).add(to: routes)
        GrantPages(mandates: self).add(to: routes)
        PowerAPI(mandates: self).add(to: routes)
        BoundaryPages(mandates: self).add(to: routes)
        ListAPI(mandates: self).add(to: routes)
        DemandAPI(mandates: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    private static func workingTime(_ files: RuleFiles) throws(Refusal) -> WorkingTime {
        let calendar = try files.file("calendars/cn.yaml")
        let hours = try files.file("calendars/hours.yaml")
        do {
            return WorkingTime(
                calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar.text, file: calendar.name)),
                hours: try WorkingHours(yaml: hours.text, file: hours.name))
        } catch {
            throw Refusal(.fault, "rules.wrong", LocalizedText(error.text(.chinese), error.text(.english)))
        }
    }
}
