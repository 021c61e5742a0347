public import Cases
public import Desk
public import Ground
public import Identity
public import Ledger
public import Places
public import Storage

/// 全科网格: the grid worker's day. One page on the phone, an outbox that works without a network, patrols.
public struct GridDay: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let bodies: any BodyLookup
    let patrols: PatrolRules
    let burden: BurdenRules
    let program: @Sendable () throws -> BurdenAudit.Program
    let audited = BurdenOnce()

    /// - Parameter program: what the whole program consists of, for the self-audit; asked for when its page is opened.
    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, places: Places, bodies: any BodyLookup,
        program: @escaping @Sendable () throws -> BurdenAudit.Program = { BurdenAudit.Program() }
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        self.bodies = bodies
        self.program = program
        patrols = try PatrolRules.load(from: house.rules, categories: cases.rules.categories)
        burden = try BurdenRules.load(from: house.rules)
    }

    static let phone = OfflinePage(
        "/day", title: LocalizedText("网格员", "grid worker"), shortTitle: LocalizedText("今日", "Today"), script: "day.js")

    /// The workflow of a task that is on no list.
    static let offList = "off-list"

    public static let migrations: [Migration] = GridDaySchema.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/day", icon: "clipboard-check", DayTexts.day, right: .dayHandle, order: 15),
            MenuEntry("/patrols", icon: "route", DayTexts.patrols, right: .dayPlan, order: 62),
            MenuEntry("/patrols/figures", icon: "chart-column", DayTexts.figures, right: .dayRead, order: 63),
            MenuEntry("/burden", icon: "shield-check", DayTexts.burden, order: 90),
        ]
    }

    public var jobs: [Job] {
        [
            Job("patrol-checks", every: .minutes(10)) {
                let now = house.clock.now()
                let work = PatrolWork(day: self)
                try await work.planSeasons(at: now)
                try await work.fallDue(at: now)
            },
            Job("place-sums", every: .minutes(10)) { try await PlaceSums(day: self).refresh(at: house.clock.now()) },
            Job("day-entries", every: .hours(1)) {
                let now = house.clock.now()
                try await EntryWork(day: self).giveUpWaiting(at: now)
                try await house.database.write {
                    try EntryStore.forget(endedBefore: now - EntryStore.keptAfterEnd, in: $0)
                }
            },
        ]
    }

    public func addRoutes(to routes: Routes) {
        DayPage(day: self).add(to: routes)
        ConflictPage(day: self).add(to: routes)
        Self.phone.add(to: routes)
        addAPI(to: routes)
        PatrolPage(day: self).add(to: routes)
        FiguresPage(day: self).add(to: routes)
        addPatrolAPI(to: routes)
        BurdenPage(day: self).add(to: routes)
    }

    /// Who is asked for help: the nearest posts over the grid that may call others in.
    func heads(of scope: Scope, in transaction: any Transaction) throws -> [PostID] {
        let holders = try identity.directory.postHolders(
            right: Right("invitation.send"), area: scope.area, in: transaction
        ).filter { $0.staff != scope.staff }
        guard let nearest = holders.map(\.post.area.code.utf8.count).max() else { return [] }
        return holders.filter { $0.post.area.code.utf8.count == nearest }.prefix(10).map(\.post.id)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("gridday.", "网格日常", "A grid's day")]
        words.acts = [
            .init("gridday.patrol-nothing", "巡查：无异常", "Patrol: nothing found"),
            .init("gridday.patrol-found", "巡查：有发现", "Patrol: something found"),
            .init("gridday.plan", "制定巡查计划", "A patrol was planned"),
            .init("gridday.plan-stop", "停止巡查计划", "A patrol plan was stopped"),
            .init("gridday.arrived-late", "离线记录到达", "An entry made offline arrived"),
        ]
        words.subjects = [
            "patrol": .init("巡查计划", "Patrol plan", right: .dayPlan),
            "day-entry": .init("离线记录", "Entry of a phone"),
        ]
        words.facts = [
            .init("dueOn", "应查日期", "Due on"), .init("everyDays", "间隔天数", "Every so many days"),
            .init("origin", "来由", "Origin"), .init("ground", "依据", "Ground"), .init("entry", "记录类型", "Kind of entry"),
        ]
        words.references = ["case": "case"]
        return words
    }
}
