public import Desk
public import Ground

/// What the gate answers to a demand: each question with its finding, and what follows from all of them.
public struct GateAnswer: Sendable, Hashable, Codable {
    public enum Question: String, Sendable, Hashable, Codable, CaseIterable {
        case basis, list, cap, limit, boundary, power, money, people, duplicate, load, expiry, notice, evidence

        public var title: LocalizedText {
            switch self {
            case .basis: LocalizedText("有没有依据", "Is there a ground")
            case .list: LocalizedText("在谁的清单上", "On whose list is it")
            case .cap: LocalizedText("有没有超过上限", "Is it within the cap")
            case .limit: LocalizedText("上面可不可以这样做", "May those above do it")
            case .boundary: LocalizedText("有没有越过边界", "Is it within the boundaries")
            case .power: LocalizedText("权力是否一并下放", "Does the power come with it")
            case .money: LocalizedText("经费是否到位", "Does money come with it")
            case .people: LocalizedText("有没有人手", "Are there people for it")
            case .duplicate: LocalizedText("与谁重复", "Of what is it a duplicate")
            case .load: LocalizedText("加在谁身上", "Whose load does it become")
            case .expiry: LocalizedText("何时到期", "When does it end")
            case .notice: LocalizedText("是否提前告知", "Is it told in time")
            case .evidence: LocalizedText("留痕要求", "Evidence asked for")
            }
        }
    }

    /// From harmless to grave.
    public enum Weight: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case fine
        /// To be looked at by those who decide.
        case note
        /// Only with a change that the gate names.
        case change
        /// Only with money that is missing.
        case price
        /// Not at all.
        case bar

        private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        public static func < (left: Weight, right: Weight) -> Bool { left.order < right.order }
    }

    public struct Finding: Sendable, Hashable, Codable {
        public var question: Question
        public var weight: Weight
        public var text: LocalizedText
        /// The rule or item that it rests on.
        public var rule: String
    }

    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        case admitted, changed, priced, refused

        public var title: LocalizedText {
            switch self {
            case .admitted: LocalizedText("可以准入", "Can be admitted")
            case .changed: LocalizedText("调整后可准入", "Can be admitted when changed")
            case .priced: LocalizedText("须付费（费随事转）", "Only with its price")
            case .refused: LocalizedText("不予准入", "Refused")
            }
        }
    }

    public var findings: [Finding]
    public var verdict: Verdict
    /// What the work costs at the county's rate, in yuan.
    public var priceYuan: Int64
    /// Money that still lacks, in yuan.
    public var missingYuan: Int64
    public var load: LoadEffect?
    /// The content with every change that the gate asks for.
    public var proposal: DemandContent
}

/// Work that is not there yet: whom would it reach, and when.
public struct PlannedWork: Sendable, Hashable {
    public var area: String
    public var level: AreaLevel
    public var roles: [String]
    public var minutes: Int64
    /// In the whole period, in each area of the level.
    public var times: Int64
    public var from: Day
    public var until: Day

    public init(
        area: String, level: AreaLevel, roles: [String], minutes: Int64, times: Int64, from: Day, until: Day
    ) {
        self.area = area
        self.level = level
        self.roles = roles
        self.minutes = minutes
        self.times = times
        self.from = from
        self.until = until
    }
}

/// What planned work does to the load of posts. Counts posts, never persons; times are standard times.
public struct LoadEffect: Sendable, Hashable, Codable {
    /// Minutes that it adds in all.
    public var minutes: Int64
    /// Of these, minutes for which no post is staffed.
    public var unstaffedMinutes: Int64
    /// Posts that it reaches.
    public var posts: Int64
    /// Of these, over their capacity in some month without it.
    public var overBefore: Int64
    /// And with it.
    public var overAfter: Int64
    /// Load of all posts it reaches, per mille of their capacity, over the months of the work.
    public var before: Int64
    public var after: Int64
    /// The least number of minutes to be taken off elsewhere so that it puts no post over its capacity.
    public var offsetMinutes: Int64
    /// The largest share of it that puts no further post over its capacity, per mille.
    public var bearable: Int64
    /// Areas of the level in which it falls, by the code of the street.
    public var areas: [String: Int64]

    public init(
        minutes: Int64, unstaffedMinutes: Int64, posts: Int64, overBefore: Int64, overAfter: Int64, before: Int64,
        after: Int64, offsetMinutes: Int64, bearable: Int64, areas: [String: Int64] = [:]
    ) {
        self.minutes = minutes
        self.unstaffedMinutes = unstaffedMinutes
        self.posts = posts
        self.overBefore = overBefore
        self.overAfter = overAfter
        self.before = before
        self.after = after
        self.offsetMinutes = offsetMinutes
        self.bearable = bearable
        self.areas = areas
    }
}

/// Who can say what a piece of work would do to the load below; the room of workload does.
public protocol LoadForecast: Sendable {
    func effect(of work: PlannedWork, at now: Instant) async throws -> LoadEffect
}
