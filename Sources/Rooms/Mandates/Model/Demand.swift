public import Desk
public import Ground

public enum DemandEntity {}
public typealias DemandID = Identifier<DemandEntity>

/// What somebody above wants of the grassroots.
public enum DemandKind: String, Sendable, Hashable, Codable, CaseIterable {
    case task, form, meeting, paper, inspection, visit, assessment, app, group, plaque
}

/// What a department asks for, as it files it.
public struct DemandContent: Sendable, Hashable, Codable {
    public var kind: DemandKind
    public var title: String
    public var purpose: String
    /// The item of a list that grounds it.
    public var item: String?
    /// Otherwise the law or rule that grounds it, as it is cited.
    public var basis: String?
    /// Where: a county, a street or a community.
    public var area: String
    /// For each area of this level within: street, community or grid.
    public var level: AreaLevel
    /// Standard time of one time in one such area, in minutes.
    public var minutes: Int64
    /// Times in the whole period in each area.
    public var times: Int64
    public var from: Day
    /// Last day; nil when the sender named none.
    public var until: Day?
    /// Money that comes with it, in yuan.
    public var yuan: Int64
    /// Pieces of evidence asked for each time.
    public var evidence: Int64
    /// Names a power that the work needs, such as enforcement.
    public var power: String?
    /// Who does it, as the gate's rules say for the level.
    public var roles: [String] = []
    /// Done by people whom its money hires for it, so that no post below carries it.
    public var isByHired: Bool
    /// Of a paper: how long it is.
    public var characters: Int64?
    /// A veto that it carries (一票否决): its key or name in the register.
    public var veto: String?

    public init(
        kind: DemandKind, title: String, purpose: String, item: String? = nil, basis: String? = nil, area: String,
        level: AreaLevel, minutes: Int64, times: Int64, from: Day, until: Day?, yuan: Int64 = 0, evidence: Int64 = 0,
        power: String? = nil, isByHired: Bool = false,
        characters: Int64? = nil, veto: String? = nil
    ) {
        self.kind = kind
        self.title = title
        self.purpose = purpose
        self.item = item
        self.basis = basis
        self.area = area
        self.level = level
        self.minutes = minutes
        self.times = times
        self.from = from
        self.until = until
        self.yuan = yuan
        self.evidence = evidence
        self.power = power
        self.isByHired = isByHired
        self.characters = characters
        self.veto = veto
    }
}

/// A demand with where it stands in the gate.
public struct Demand: Sendable, Hashable {
    public var id: DemandID
    /// As people call it: 准入2026-0007.
    public var number: String
    public var content: DemandContent
    public var body: BodyID
    public var bodyName: String
    /// The department's line; nil for a body of an area.
    public var line: String?
    public var sender: PostID
    public var filedAt: Instant
    public var stage: DemandStage
    /// What the gate answered when it was filed, kept as it was.
    public var answer: GateAnswer
    /// What it was changed to, when it was; else the content as filed.
    public var terms: DemandContent
    public var dueAt: Instant?
    public var decider: StaffID?
    public var appeals: Int64
    public var version: Int64

    public var area: AreaPrefix { AreaPrefix(terms.area) ?? .everywhere }

    /// Whether it goes on as contracts with the streets, each of which may say no.
    public var isBought: Bool { terms.isByHired || answer.missingYuan > 0 || terms.yuan > 0 && !answer.isWithinItem }

    /// Whether work may be sent on its ground on that day.
    public func carries(on day: Day) -> Bool {
        stage == .admitted && terms.from <= day && (terms.until.map { day <= $0 } ?? false)
    }
}

/// What a street said when it was heard.
public struct Hearing: Sendable, Hashable {
    public enum Answer: String, Sendable, Hashable, CaseIterable { case agrees, objects }

    public var area: AreaPrefix
    /// nil while it has said nothing, which is no consent.
    public var answer: Answer?
    public var words: String
    public var at: Instant?
    public var post: PostID?
}
