public import Cipher
public import Ground
public import Storage
public import Web

/// The ground that every room stands on, made once by the command line and handed to each room.
public struct House: Sendable {
    public var database: any Database
    public var clock: any WallClock
    public var identifiers: IdentifierSource
    public var keys: KeyRing
    public var rules: RuleFiles
    public var assets: StaticFiles
    public var settings: Settings
    /// What carries work that goes down; nothing does until somebody who knows is put here.
    public var grounds: any Grounds

    public init(
        database: any Database, clock: any WallClock, identifiers: IdentifierSource, keys: KeyRing, rules: RuleFiles,
        assets: StaticFiles, settings: Settings, grounds: any Grounds = NoGrounds()
    ) {
        self.database = database
        self.clock = clock
        self.identifiers = identifiers
        self.keys = keys
        self.rules = rules
        self.assets = assets
        self.settings = settings
        self.grounds = grounds
    }

    /// What an installation sets for itself.
    public struct Settings: Sendable {
        /// What stands at the top of each page: the county's own name for its platform.
        public var title: LocalizedText
        /// The county (or city) that this installation serves.
        public var area: AreaPrefix
        /// Cookies only over TLS: on, unless it is a demonstration on one's own machine.
        public var secureCookies: Bool
        /// Where messages to residents are written when no sender is configured.
        public var outboxFile: String
        /// A demonstration with invented people: pages say so, and show the outbox.
        public var isDemonstration: Bool
        /// Largest body that a page or the interface takes, in bytes.
        public var uploadLimit: Int
        /// Addresses of proxies whose `X-Forwarded-For` is believed.
        public var trustedProxies: [String]

        public init(
            title: LocalizedText = LocalizedText("格物", "Gewu"), area: AreaPrefix = .everywhere,
            secureCookies: Bool = true, outboxFile: String = "outbox.jsonl", isDemonstration: Bool = false,
            uploadLimit: Int = 20 * 1024 * 1024, trustedProxies: [String] = []
        ) {
            self.title = title
            self.area = area
            self.secureCookies = secureCookies
            self.outboxFile = outboxFile
            self.isDemonstration = isDemonstration
            self.uploadLimit = uploadLimit
            self.trustedProxies = trustedProxies
        }
    }
}
