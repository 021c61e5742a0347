public import Desk
public import Forms
public import Ground
import Identity
public import Ledger
public import Places
public import Registry
public import Storage

/// 政务系统清单: what the grassroots has to type into, what of it is served from here, and what that spares.
public struct Systems: Room {
    let house: House
    let places: Places
    let registry: Registry
    let forms: Forms
    let list: SystemList
    let lineNames: [String: LocalizedText]

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, places: Places, registry: Registry, forms: Forms) throws(Refusal) {
        self.house = house
        self.places = places
        self.registry = registry
        self.forms = forms
        list = try SystemList.load(from: house.rules, registry.dictionary, forms)
        lineNames = Dictionary(
            try house.rules.decode(LineFile.self, from: "lines.yaml").lines.map {
                ($0.code, LocalizedText($0.zh, $0.en))
            }
        ) { first, _ in first }
    }

    private struct LineFile: Decodable {
        struct Line: Decodable {
            var code: String
            var zh: String
            var en: String
        }
        var lines: [Line]
    }

    public static let migrations: [Migration] = SystemSchema.migrations

    public var menu: [MenuEntry] {
        [MenuEntry("/systems", icon: "layers", SystemTexts.systems, right: .formsRead, order: 56)]
    }

    public var jobs: [Job] {
        [Job("count-entries", every: .minutes(10)) { try await countEntries() }]
    }

    public func addRoutes(to routes: Routes) {
        SystemPages(systems: self).add(to: routes)
        AvoidedPages(systems: self).add(to: routes)
        SystemsAPI(systems: self).add(to: routes)
        addRetyping(to: routes)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("systems.", SystemTexts.systems)]
        words.acts = [.init("systems.decided", "决定政务系统的现状", "A system's standing decided")]
        words.subjects = [
            "system": .init("政务系统", "System", right: .formsRead) { "/systems/\($0)" }
        ]
        words.facts = [.init("standing", SystemTexts.standing), .init("since", SystemTexts.since)]
        words.value = { fact, code in fact == "standing" ? Standing(rawValue: code)?.title : nil }
        return words
    }

    // MARK: Counting

    private static let countChunk = 5_000
    /// Whoever wrote so lately may still be committing on another server.
    private static let countDelay = Span.minutes(2)

    /// Counts what people wrote since the last time, each entry once.
    public func countEntries() async throws {
        let (registry, limit) = (registry, house.clock.now() - Self.countDelay)
        while true {
            let count = try await house.database.write { transaction -> Int in
                let cursor = try SystemStore.cursor(in: transaction)
                let entries = try registry.written(
                    after: cursor, before: limit, limit: Self.countChunk, in: transaction)
                guard let last = entries.last else { return 0 }
                var counts: [EntryCount: Int] = [:]
                for entry in entries where entry.source != .imported {
                    let month = Self.month(entry.knownSince.local().day)
                    for element in entry.elements {
                        let key = EntryCount(month: month, area: String(entry.area.prefix(9)), element: element)
                        counts[key, default: 0] += 1
                    }
                }
                try SystemStore.add(counts, upTo: last.id, in: transaction)
                return entries.count
            }
            if count < Self.countChunk { return }
            try Task.checkCancellation()
        }
    }

    /// `2026-11`.
    static func month(_ day: Day) -> String { String(day.description.prefix(7)) }

    // MARK: Deciding

    func standings(at day: Day, in transaction: any Transaction) throws -> [String: SystemDecision] {
        Dictionary(try SystemStore.decisions(until: day, in: transaction).map { ($0.system, $0) }) { _, last in last }
    }

    /// The data bureau says how a system stands from a day on.
    public func decide(
        _ key: String, _ standing: String, since: Day, reason: String?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try scope.require(.formsDecide)
        guard let system = list[key] else { throw Refusal.nothingHere }
        guard let standing = Standing(rawValue: standing) else {
            throw Refusal(
                .ruleBroken, "systems.standing", LocalizedText("请选择现状", "Say how it stands"), field: "standing")
        }
        guard standing != .served || system.canBeServed else {
            throw Refusal(
                .ruleBroken, "systems.no-layout",
                LocalizedText("此系统还没有导入版式，不能由本平台代填", "It has no import layout, so it cannot be served from here"),
                wayOn: LocalizedText(
                    "请在 Rules/systems.yaml 写明 form 与 layout", "Write its form and layout into Rules/systems.yaml"),
                field: "standing")
        }
        let today = now.local().day
        guard since <= today, today - 3_660 <= since else {
            throw Refusal(
                .ruleBroken, "systems.since",
                LocalizedText("起始日期应在十年内且不晚于今天", "The day lies within ten years and not after today"),
                field: "since")
        }
        let words = reason?.isBlank == false ? reason : nil
        guard (words?.utf16.count ?? 0) <= 200 else {
            throw Refusal(
                .ruleBroken, "systems.reason", LocalizedText("说明不超过 200 字", "A reason has at most 200 characters"),
                field: "reason")
        }
        let decision = SystemDecision(
            id: house.identifiers.next(at: now), system: key, standing: standing, since: since, reason: words,
            staffName: scope.staffName, decidedAt: now)
        try SystemStore.insert(decision, in: transaction)
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: "systems.decided", subjectKind: "system", subjectID: key,
                actor: Actor(scope), happenedAt: now, receivedAt: now, area: scope.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("standing", standing.rawValue)
                    writer.member("since", since.description)
                }), in: transaction)
    }

    // MARK: Avoided

    /// Pulls of a year in one county are far fewer.
    private static let mostPulls = 200_000

    func avoided(year: Int, month: Int, for scope: Scope, in transaction: any Transaction) throws -> AvoidedEntries {
        let start = Day(year: year, month: 1, day: 1) ?? Statement.always
        let first = Day(year: year, month: month, day: 1) ?? start
        let end = Day(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1) ?? first
        let standings = try standings(at: end + -1, in: transaction)
        // Entries are counted by streets.
        let area = AreaPrefix(scope.area.code.prefix(9)) ?? scope.area
        return AvoidedEntries(
            year: year, month: month,
            pulls: try Forms.pulls(
                from: Instant(LocalTime(day: start, hour: 0)), until: Instant(LocalTime(day: end, hour: 0)),
                in: scope.area, for: scope, limit: Self.mostPulls, in: transaction),
            forms: Dictionary(
                forms.facts.map { ($0.key, AvoidedEntries.Due(elements: $0.elements, timesAYear: $0.timesAYear)) }
            ) { first, _ in first },
            systems: list.systems,
            written: try SystemStore.entries(month: Self.month(first), in: area, for: scope, in: transaction)
        ) { standings[$0]?.standing ?? .typed }
    }
}

enum SystemTexts {
    static let systems = LocalizedText("政务系统清单", "Systems")
    static let standing = LocalizedText("现状", "Standing")
    static let since = LocalizedText("起始日期", "Since")
    static let avoided = LocalizedText("少录了多少", "Entries avoided")
}
