public import Desk
public import Ground
import Identity
public import Places
public import Storage

/// 乡镇掌握、部门监督、资源资产化: money that the street holds and the department only watches, and what the street owns.
public struct Funds: Room {
    let house: House
    let places: Places
    let rules: FundRules
    let payers: PayerNames

    /// - Throws: a refusal naming the file when `funds.yaml` is wrong.
    public init(house: House, places: Places) throws(Refusal) {
        self.house = house
        self.places = places
        rules = try FundRules.load(from: house.rules)
        payers = try house.rules.decode(PayerNames.self, from: "lines.yaml")
    }

    public static let migrations: [Migration] = FundSchema.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/funds", icon: "scroll-text", FundTexts.funds, right: .readFunds, order: 62),
            MenuEntry("/holdings", icon: "house", FundTexts.assets, right: .readFunds, order: 63),
        ]
    }

    public func addRoutes(to routes: Routes) {
        BudgetPages(funds: self).add(to: routes)
        DisclosurePages(funds: self).add(to: routes)
        BudgetAPI(funds: self).add(to: routes)
        AssetPages(funds: self).add(to: routes)
        AssetAPI(funds: self).add(to: routes)
    }

    /// Whether anybody may read money without a log-in, at `/disclosure`.
    public var isMoneyOpen: Bool { rules.disclosure.isOn }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "funds.\(field)", LocalizedText(chinese, english), field: field)
    }

    static let changed = Refusal(
        .changedMeanwhile, "funds.changed", LocalizedText("刚有他人记过账", "Somebody has just written to it"),
        wayOn: LocalizedText("请刷新后再记", "Reload and try again"))
}

/// Who pays in, as `lines.yaml` names departments.
struct PayerNames: Sendable, Decodable {
    struct Line: Sendable, Decodable {
        var code: String
        var zh: String
        var en: String
    }

    var lines: [Line]
}

extension Funds {
    func payer(of line: BudgetLine) -> LocalizedText {
        guard let source = line.source else { return LocalizedText("县", "county") }
        return payers.lines.first { $0.code == source }.map { LocalizedText($0.zh, $0.en) }
            ?? LocalizedText(source, source)
    }
}

/// `Rules/funds.yaml`.
struct FundRules: Sendable, Decodable {
    struct Kind: Sendable, Decodable {
        var key: String
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    var mostYuan: Int64
    var warnDays: Int
    /// When use is far from plan.
    struct Plan: Sendable, Decodable {
        /// Of the whole plan, per mille.
        var farPerMille: Int64
    }

    /// 公开: what anybody may read without a log-in.
    struct Disclosure: Sendable, Decodable {
        enum Part: String, Sendable, Hashable, Decodable, CaseIterable {
            case payer, ground, plan, committed, spent, balance
        }

        var isOn: Bool
        /// This year and so many before it.
        var yearsBefore: Int
        var shows: [Part]
        /// Beginnings of grounds whose lines stand in no disclosure, as where few people are helped and a
        /// purpose may name one of them.
        var hiddenGrounds: [String]
    }

    var kinds: [Kind]
    var plan: Plan
    var disclosure: Disclosure

    func kind(_ key: String) -> Kind? { kinds.first { $0.key == key } }

    static func load(from files: RuleFiles) throws(Refusal) -> FundRules {
        let rules = try files.decode(FundRules.self, from: "funds.yaml")
        guard rules.mostYuan > 0, (0...3_650).contains(rules.warnDays), !rules.kinds.isEmpty,
            Set(rules.kinds.map(\.key)).count == rules.kinds.count, (0...1_000).contains(rules.plan.farPerMille),
            (0...20).contains(rules.disclosure.yearsBefore)
        else {
            throw RuleFiles.refusal(
                "mostYuan, warnDays, kinds, plan or disclosure are out of range",
                "mostYuan、warnDays、kinds、plan 或 disclosure 有误",
                in: try files.file("funds.yaml"), line: nil)
        }
        return rules
    }
}
