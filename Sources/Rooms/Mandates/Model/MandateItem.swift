public import Desk
public import Ground

public enum MandateItemEntity {}

/// One item of a list: what is done, on what ground, by whom, how often and how long it takes.
public struct MandateItem: Sendable, Hashable, Codable {
    /// Unique over all lists: `B0301`.
    public var code: String
    public var list: MandateList
    public var zh: String
    public var en: String
    /// The branch it stands under: `livelihood`.
    public var branch: String
    /// Laws and rules that ground it, as their title and article read: 《…》第…条.
    public var basis: [String]
    /// Who leads: the line of a department, or `street`, `community`.
    public var lead: String
    public var assists: [String]
    /// What is done below; for what was taken back, how the department now does it.
    public var part: LocalizedText
    /// By what one sees that it was done.
    public var standard: LocalizedText
    /// The township's item under which an item of the grids stands.
    public var under: String?
    public var tasks: [DutyTask]
    public var money: DutyMoney?
    /// First and last day; nil for as long as the list holds.
    public var from: Day?
    public var until: Day?

    public var title: LocalizedText { LocalizedText(zh, en) }

    /// Whether the lists have the street or the community lead it, so that it is theirs to answer for.
    var isLedBelow: Bool { list.isDoneBelow && (lead == "street" || lead == "community") }

    public func isInForce(on day: Day) -> Bool {
        (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
    }

    private enum CodingKeys: String, CodingKey {
        case code, list, zh, en, branch, basis, lead, assists, part, standard, under, tasks, money, from, until
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        code = try values.decode(String.self, forKey: .code)
        list = try values.decodeIfPresent(MandateList.self, forKey: .list) ?? .basic
        zh = try values.decode(String.self, forKey: .zh)
        en = try values.decode(String.self, forKey: .en)
        branch = try values.decodeIfPresent(String.self, forKey: .branch) ?? ""
        basis = try values.decodeIfPresent([String].self, forKey: .basis) ?? []
        lead = try values.decode(String.self, forKey: .lead)
        assists = try values.decodeIfPresent([String].self, forKey: .assists) ?? []
        part = try values.decodeIfPresent(LocalizedText.self, forKey: .part) ?? LocalizedText("", "")
        standard = try values.decodeIfPresent(LocalizedText.self, forKey: .standard) ?? LocalizedText("", "")
        under = try values.decodeIfPresent(String.self, forKey: .under)
        tasks = try values.decodeIfPresent([DutyTask].self, forKey: .tasks) ?? []
        money = try values.decodeIfPresent(DutyMoney.self, forKey: .money)
        from = try values.decodeIfPresent(Day.self, forKey: .from)
        until = try values.decodeIfPresent(Day.self, forKey: .until)
    }

    public init(
        code: String, list: MandateList, zh: String, en: String, branch: String = "", basis: [String] = [],
        lead: String = "street", assists: [String] = [], part: LocalizedText = LocalizedText("", ""),
        standard: LocalizedText = LocalizedText("", ""), under: String? = nil, tasks: [DutyTask] = [],
        money: DutyMoney? = nil, from: Day? = nil, until: Day? = nil
    ) {
        self.code = code
        self.list = list
        self.zh = zh
        self.en = en
        self.branch = branch
        self.basis = basis
        self.lead = lead
        self.assists = assists
        self.part = part
        self.standard = standard
        self.under = under
        self.tasks = tasks
        self.money = money
        self.from = from
        self.until = until
    }
}

/// One step of a duty, with its standard time. A duty may be broken down further: a task `within` another one is a part
/// of it, and only the parts that are not broken down again carry time.
public struct DutyTask: Sendable, Hashable, Codable {
    /// Unique in its item.
    public var key: String
    public var zh: String
    public var en: String
    public var within: String?
    /// For each area of this level there is one such task.
    public var at: AreaLevel
    /// Who does it: roles in this order; the first that is staffed nearest to the area.
    public var roles: [String]
    /// Standard time of one time, in minutes; nil for a task that is broken down.
    public var minutes: Int64?
    /// Times a year in each area.
    public var times: Int64?
    /// The times are for so many households instead of for the whole area.
    public var households: Int64?
    /// In which months it falls, January first; even over the year when nil.
    public var months: [Int64]?

    public var title: LocalizedText { LocalizedText(zh, en) }

    /// Minutes a year in an area with so many households; rounded to whole minutes.
    public func minutesAYear(households count: Int64) -> Int64 {
        let each = (minutes ?? 0) * (times ?? 0)
        guard let households, households > 0 else { return each }
        return (each * count + households / 2) / households
    }

    public init(
        key: String, zh: String, en: String, within: String? = nil, at: AreaLevel = .grid,
        roles: [String] = ["grid_worker"], minutes: Int64? = nil, times: Int64? = nil, households: Int64? = nil,
        months: [Int64]? = nil
    ) {
        self.key = key
        self.zh = zh
        self.en = en
        self.within = within
        self.at = at
        self.roles = roles
        self.minutes = minutes
        self.times = times
        self.households = households
        self.months = months
    }
}

/// Money that comes with an item, by year.
public struct DutyMoney: Sendable, Hashable, Codable {
    /// Yuan a year for each area of the level.
    public var yuan: Int64
    public var each: AreaLevel
    /// Which line's budget it comes from.
    public var line: String

    public init(yuan: Int64, each: AreaLevel, line: String) {
        self.yuan = yuan
        self.each = each
        self.line = line
    }
}
