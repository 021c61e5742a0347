public import Cases
public import Desk
public import GridDay
public import Ground
public import Ledger
public import Places
public import Storage

/// 预测预警: what comes in more often than is usual at a place, told before it peaks; what a week is likely to bring; and how
/// often such warnings were wrong. Of places only, never of persons.
public struct Warnings: Room {
    let house: House
    let cases: Cases
    let day: GridDay
    let places: Places
    let rules: WarningRules

    /// - Throws: a refusal naming the file when a value of `Rules/warnings.yaml` cannot be meant.
    public init(house: House, cases: Cases, day: GridDay, places: Places) throws(Refusal) {
        self.house = house
        self.cases = cases
        self.day = day
        self.places = places
        rules = try WarningRules.load(from: house.rules)
    }

    public static let migrations: [Migration] = WarningStore.migrations

    static let title = LocalizedText("早期预警", "Early warnings")

    public var menu: [MenuEntry] {
        [MenuEntry("/warnings", icon: "bell", Self.title, right: .warningDecide, order: 64)]
    }

    public var jobs: [Job] { [Job("early-warnings", every: .minutes(30)) { try await lookNow() }] }

    public func addRoutes(to routes: Routes) {
        WarningsPage(warnings: self).add(to: routes)
        addAPI(to: routes)
    }

    /// Sums the days that are over and warns of what rose; does nothing a second time on one day.
    func lookNow() async throws {
        let now = house.clock.now()
        let work = WarningWork(warnings: self)
        guard try await work.isDue(at: now) else { return }
        try await day.sumPlaces(at: now)
        try await work.round(at: now)
    }

    // MARK: Places and names

    func streets() -> [AreaPrefix] {
        let top = house.settings.area
        guard top.level < .street else { return [top] }
        return places.children(of: top.code).compactMap { AreaPrefix($0.code) }.filter { $0.level == .street }
    }

    func communities(of street: AreaPrefix) -> Int { places.children(of: street.code).count }

    func placeName(_ code: String) -> String { places.name(of: code) ?? code }

    func categoryName(_ code: String) -> LocalizedText {
        cases.rules.categories[code]?.title ?? LocalizedText(code, code)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("warnings.", "早期预警", "Early warnings")]
        words.acts = [
            .init("warnings.raised", "提出预警", "A warning was raised"),
            .init("warnings.planned", "预警后安排查看", "Looks were arranged because of a warning"),
            .init("warnings.dismissed", "预警无须查看", "A warning needed no look"),
        ]
        words.subjects = ["warning": .init("早期预警", "Early warning", right: .warningDecide)]
        words.facts = [.init("seen", "件数", "Matters")]
        return words
    }
}

extension Right {
    /// Who arranges what is to be looked at also decides about warnings.
    static let warningDecide = Right("case.dispatch")
}
