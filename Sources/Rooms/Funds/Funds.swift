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

    /// - Throws: a refusal naming the file when `funds.yaml` is wrong.
    public init(house: House, places: Places) throws(Refusal) {
        self.house = house
        self.places = places
        rules = try FundRules.load(from: house.rules)
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
        BudgetAPI(funds: self).add(to: routes)
        AssetPages(funds: self).add(to: routes)
        AssetAPI(funds: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "funds.\(field)", LocalizedText(chinese, english), field: field)
    }

    static let changed = Refusal(
        .changedMeanwhile, "funds.changed", LocalizedText("刚有他人记过账", "Somebody has just written to it"),
        wayOn: LocalizedText("请刷新后再记", "Reload and try again"))
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
    var kinds: [Kind]

    func kind(_ key: String) -> Kind? { kinds.first { $0.key == key } }

    static func load(from files: RuleFiles) throws(Refusal) -> FundRules {
        let rules = try files.decode(FundRules.self, from: "funds.yaml")
        guard rules.mostYuan > 0, (0...3_650).contains(rules.warnDays), !rules.kinds.isEmpty,
            Set(rules.kinds.map(\.key)).count == rules.kinds.count
        else {
            throw RuleFiles.refusal(
                "mostYuan, warnDays or kinds are out of range", "mostYuan、warnDays 或 kinds 有误",
                in: try files.file("funds.yaml"), line: nil)
        }
        return rules
    }
}
