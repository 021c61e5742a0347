public import Desk
public import Ground
import Identity
import Ledger
public import Places
public import Registry
public import Storage

/// 一表通: departments' forms as views of facts, always current, on any day and for any area.
public struct Forms: Room {
    let house: House
    let registry: Registry
    let places: Places
    let engine: FormEngine
    let asking: AskingRules
    let statistics: StatisticsRules
    let taking: TakingRules
    let ownReaders: OwnReaderRules
    let numberFormats: NumberFormats
    let words: MatchingWords
    let matchings: [SubjectKind: ColumnMatching]
    /// What the lines are called.
    let lineNames: [String: LocalizedText]

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, registry: Registry, places: Places, engine: FormEngine) throws(Refusal) {
        self.house = house
        self.registry = registry
        self.places = places
        self.engine = engine
        asking = try AskingRules.load(from: house.rules)
        statistics = try StatisticsRules.load(from: house.rules)
        taking = try TakingRules.load(from: house.rules)
        ownReaders = try OwnReaderRules.load(from: house.rules, registry.dictionary)
        numberFormats = try NumberFormats.load(from: house.rules)
        let words = try MatchingWords.load(from: house.rules)
        self.words = words
        matchings = Dictionary(
            uniqueKeysWithValues: SubjectKind.allCases.map {
                ($0, ColumnMatching(dictionary: registry.dictionary, kind: $0, words: words))
            })
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

    public static let migrations: [Migration] = FormSchema.migrations

    public var menu: [MenuEntry] {
        [MenuEntry("/forms", icon: "clipboard-list", FormTexts.forms, right: .formsRead, order: 54)]
    }

    public var jobs: [Job] {
        [
            Job("compute-forms", every: .seconds(10)) { try await compute() },
            Job("settle-forms", every: .minutes(10)) {
                try await FormBuilding(engine: engine, registry: registry, house: house).settle()
                try await endFeeds()
            },
        ]
    }

    /// Computes what is new from the facts; also after a generator or an import wrote them past the rooms.
    public func compute() async throws {
        try await FormBuilding(engine: engine, registry: registry, house: house).run()
    }

    /// What was just approved opens on this server at once, and not only when the job looks next; its figures follow.
    func learn() async throws {
        let engine = engine
        _ = try await house.database.read { try engine.states(in: $0) }
    }

    private func endFeeds() async throws {
        let limit = house.clock.now() - Self.feedKept
        try await house.database.write { transaction in
            if try FeedStore.end(unreadSince: limit, in: transaction) { try FormStateStore.bump(in: transaction) }
        }
    }

    public func addRoutes(to routes: Routes) {
        ProposalPages(forms: self).add(to: routes)
        TemplatePages(forms: self).add(to: routes)
        TemplatesAPI(forms: self).add(to: routes)
        ReaderPages(forms: self).add(to: routes)
        OwnReaders(forms: self).add(to: routes)
        FeedAPI(forms: self).add(to: routes)
        FormPages(forms: self).add(to: routes)
        FormsAPI(forms: self).add(to: routes)
        ProposalsAPI(forms: self).add(to: routes)
    }

    /// A form that this viewer may open: bodies of an area see all, a department its own line's.
    func form(_ key: String, for scope: Scope) throws(Refusal) -> CompiledForm {
        guard let form = engine.library[key] else { throw .nothingHere }
        guard Self.isEntitled(scope, to: form.definition) else {
            throw Refusal(
                .forbidden, "forms.not-entitled",
                LocalizedText("此表不属于您所在条线", "This form is not your line's"),
                wayOn: LocalizedText("确需使用的，由本部门向数据局申请", "Your department can ask the data bureau for it"),
                rule: "数据局统一规定、分派、使用")
        }
        return form
    }

    static let beingComputed = Refusal(
        .unavailable, "forms.being-computed",
        LocalizedText("此表正在首次计算", "This form is being computed for the first time"), retryAfterSeconds: 30)

    static let otherPurpose = Refusal(
        .forbidden, "forms.other-purpose",
        LocalizedText("用途与本表不符，不能取用", "This form is for another purpose"),
        wayOn: LocalizedText("确有其他用途的，由本部门向数据局申请", "For another purpose your department asks the data bureau"),
        rule: "数据只用于批准的用途", field: "purpose")

    static func isEntitled(_ scope: Scope, to form: FormDefinition) -> Bool {
        scope.line == nil || scope.line == "data" || scope.line == form.line
    }

    /// Of the forms that this viewer may open, in the order of the files.
    func forms(for scope: Scope) -> [CompiledForm] {
        engine.library.forms.filter { Self.isEntitled(scope, to: $0.definition) }
    }

    func areaName(_ code: String) -> String { places.name(of: code) ?? code }
}
