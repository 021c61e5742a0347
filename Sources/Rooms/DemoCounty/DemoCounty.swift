public import Desk
public import Ground
import Places

/// Makes a county that can be used at once: real divisions, invented people, and some months of matters that were played
/// through the same rules as real ones, so that every step, deadline, count and entry of the ledger is as true as if people
/// had done it. The same plan makes the same county.
public struct DemoCounty: Sendable {
    public let plan: Plan
    /// Of all rooms, as roles may name them; nil for those of the rooms below this one.
    let knownRights: Set<Right>?

    public init(plan: Plan, knownRights: Set<Right>? = nil) {
        self.plan = plan
        self.knownRights = knownRights
    }

    /// How large, which one, and when.
    public struct Plan: Sendable, Hashable {
        public var households: Int
        public var seed: UInt64
        /// Of history before `until`.
        public var days: Int
        /// The present of the county.
        public var until: Instant
        /// Of the accounts that are shown; nil for ``DemoCounty/password``.
        public var password: String
        /// How many matters were reported; nil for as many as so many households report.
        public var cases: Int?
        /// Whether people and homes are registered; a county that is only looked at as a whole is made faster without.
        public var hasHomes: Bool
        /// Whether a year before burdens were cut and the year after are played (`Rules/demo/year.yaml`); it says then how long
        /// the history is, whatever `days` says.
        public var playsYear: Bool

        public init(
            households: Int = DemoCounty.usualHouseholds, seed: UInt64 = 1, days: Int = DemoCounty.usualDays,
            until: Instant, password: String = DemoCounty.password, cases: Int? = nil, hasHomes: Bool = true,
            playsYear: Bool = false
        ) {
            self.households = households
            self.seed = seed
            self.days = days
            self.until = until
            self.password = password
            self.cases = cases
            self.hasHomes = hasHomes
            self.playsYear = playsYear
        }

        /// Some 500 in a year per 1,000 households; never so few that there is nothing to see. Of two years one matter in six is
        /// played: enough for each rate, and made in a minute or two.
        var caseCount: Int { cases ?? max(playsYear ? 600 : 300, households * days / (playsYear ? 4_320 : 720)) }
        /// A base grid has some 400 households.
        var gridCount: Int { max(1, (households + 200) / 400) }
    }

    /// Some 300 staff in seven streets: enough to see several streets work, and made in seconds.
    public static let usualHouseholds = 44_000

    /// Of history, when no year is played; of a longer history these last ones have everything in them.
    public static let usualDays = 60

    /// Opens the shown accounts of a demonstration; never for anything real.
    public static let password = "Gewu-demo-2026"

    /// An account that can be logged into.
    public struct Account: Sendable, Hashable {
        public var role: String
        public var roleName: LocalizedText
        public var login: String
        public var name: String
        /// Where the person works: the body's name.
        public var body: LocalizedText
        public var area: String
    }

    public struct Progress: Sendable, Hashable {
        public enum Stage: String, Sendable, Hashable { case founding, filling, playing, sealing }
        public var stage: Stage
        /// Grids, while filling; days, while playing.
        public var done: Int
        public var total: Int
    }

    /// What was made.
    public struct Summary: Sendable, Hashable {
        public var area: AreaPrefix
        public var areaName: String
        public var seed: UInt64
        public var until: Instant
        public var households: Int
        public var streets: Int
        public var communities: Int
        public var grids: Int
        public var bodies: Int
        public var staff: Int
        public var posts: Int
        public var cases: Int
        public var openCases: Int
        public var steps: Int
        public var ledgerEntries: Int
        /// Acts that the rules refused: what someone meant to do had been done by the platform meanwhile.
        public var refusedActs: Int
        public var accounts: [Account]
        /// The street in which the shown accounts of streets and below work.
        public var street: LocalizedText
        public var password: String
        /// What became of the burdens, when a year was played.
        public var year: Year?
        public var seconds: Double
    }

    /// The district that plays the county.
    /// - Throws: a refusal when the file of divisions is missing or has none.
    public static func area(_ rules: RuleFiles) throws -> AreaPrefix {
        try county(of: try DemoFiles(rules)).prefix
    }

    static func county(of files: DemoFiles) throws -> (prefix: AreaPrefix, name: String) {
        guard let area = files.divisions.first(where: { $0.level == .county }), let prefix = AreaPrefix(area.code)
        else {
            throw Refusal(
                .fault, "demo.no-county", LocalizedText("demo/divisions.csv 中没有区县", "demo/divisions.csv has no county"))
        }
        return (prefix, area.name)
    }
}
