public import Desk
public import Ground
public import WorkCalendar

/// The name of a state in a workflow file.
public struct StateName: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, Comparable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral text: String) { rawValue = text }
    public static func < (left: StateName, right: StateName) -> Bool { left.rawValue < right.rawValue }
}

/// The name of an act in a workflow file.
public struct ActName: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, Comparable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral text: String) { rawValue = text }
    public static func < (left: ActName, right: ActName) -> Bool { left.rawValue < right.rawValue }
}

/// How a kind of matter runs, read from a file of `Rules/workflows` and proved closed (``WorkflowProof``).
public struct Workflow: Sendable {
    /// The kind of matter that runs like this.
    public var name: String
    public var version: Int
    public var title: LocalizedText
    public var first: StateName
    /// In the order of the file, which is the order of the tabs.
    public var states: [State]
    public var acts: [Act]
    /// What a matter of this kind is more exactly, such as an emergency; its limits may differ. Empty when all are alike.
    public var variants: [Variant] = []
    /// Whether a part of this kind stands in the area of its body, where the whole is a wider one's; otherwise in that of
    /// the whole. Who must do it sees it there.
    public var standsWithBody = false
    /// Who may begin one by itself, and what that takes; nil where it begins only with a report or as a part.
    public var begin: Begin?

    /// The kind that residents report.
    public static let matter = "matter"

    /// One of several sorts of a kind.
    public struct Variant: Sendable, Hashable {
        public var code: String
        public var title: LocalizedText
        /// Only bodies of these lines may be called, such as those with the power to enforce; nil for all.
        public var lines: Set<String>?
    }

    /// As short as a button.
    public var shortTitle: LocalizedText { name == Self.matter ? LocalizedText("群众诉求", "Matters") : title }

    public struct Begin: Sendable {
        public var right: Right
        public var needs: [Need]
        /// What the long text has to say; nil for what a whistle asks.
        public var asks: LocalizedText?
    }

    public subscript(_ name: StateName) -> State? { states.first { $0.name == name } }
    public subscript(_ name: ActName) -> Act? { acts.first { $0.name == name } }

    /// What may be done in a state, by name and in the order of the file.
    public func acts(from state: StateName) -> [Act] { acts.filter { $0.from.contains(state) } }

    public struct State: Sendable {
        public var name: StateName
        public var title: LocalizedText
        public var isEnd: Bool
        /// Who must act next; nil only for ends.
        public var owner: Owner?
        public var limit: Limit?
        public var onLimit: OnLimit?
        public var clock: Clock?
        /// The platform does this act once the last part of the matter has ended.
        public var onParts: ActName?
        /// Where it stands in the file.
        public var line: Int
    }

    /// What a state does to the time of the whole matter.
    public enum Clock: String, Sendable, Hashable, CaseIterable {
        /// It runs from here.
        case starts
        /// It does not run while the matter is here.
        case stops
    }

    /// What an act does besides moving the matter on.
    public enum Effect: String, Sendable, Hashable, CaseIterable {
        /// Its doer stays answerable to the resident until the end (首接负责).
        case answers
        /// Moves the deadline by the working days that were asked for.
        case extends
        case supervises
        /// Somebody has talked with the resident.
        case contacts
        /// Somebody wants the matter left out of the rates; a second person has to agree.
        case asksExclusion = "asks-exclusion"
        /// The second person agrees.
        case excludes
        /// It is the same as another matter, which goes on for both.
        case joins
        /// It was not the same after all.
        case separates
        /// The body gives it back: should it come to the same body again, that is a second pass (``Act/onSecondPass``).
        case returns
        /// The answerable person asks another to be it. Nothing changes until the other takes it.
        case offersAnswer = "offers-answer"
        case takesAnswer = "takes-answer"
        /// Once refused as often as the act may be done, coordination is told and it counts as supervised.
        case refusesAnswer = "refuses-answer"
    }

    public struct Owner: Sendable, Hashable {
        public var party: Party
        public var right: Right?
    }

    /// The parties to a matter.
    public enum Party: String, Sendable, Hashable, CaseIterable {
        /// The street or town (or community) where it is.
        case area
        /// The body that it was given to.
        case body
        /// The county's coordination body.
        case county
        /// The resident who reported it.
        case reporter
        /// Anybody who may see it. Nobody owns a state in this way.
        case anyone
        /// The person who stays answerable to the resident. Only for notices.
        case answerable
        /// The post that was asked to become answerable and has not said yet.
        case offered
        /// Nobody: the platform itself, when a limit passes. Only for acts.
        case platform
    }

    public enum Limit: Sendable, Hashable {
        case length(TimeLimit)
        /// What the matter's category says.
        case ofCategory
        /// Each variant has its own.
        case ofVariant([String: TimeLimit])
        /// So many per cent of the time that the whole has left when the part is opened.
        case ofWhole(Int)
    }

    public enum OnLimit: Sendable, Hashable {
        /// The owner's head and the county's coordination body are told, and it counts as supervised.
        case notifyLeader
        /// The platform does this act itself.
        case act(ActName)
    }

    public struct Act: Sendable {
        public var name: ActName
        public var title: LocalizedText
        public var from: [StateName]
        /// nil when the state stays as it is.
        public var to: StateName?
        public var right: Right?
        public var party: Party
        public var needs: [Need]
        /// The list of `Rules/reasons.yaml` from which the reason comes.
        public var reasons: String?
        public var effect: Effect?
        /// How often at most in one matter.
        public var atMost: Int?
        /// How often at most on one day in one matter: by residents, and by staff, each.
        public var perDay: Int?
        /// Not by whoever did one of these acts last.
        public var notFrom: [ActName]
        /// Not once one of these bounded acts was done in the same matter.
        public var notAfter: [ActName] = []
        public var notify: [Party]
        /// The platform may do it when a limit passes.
        public var bySystem: Bool
        /// The reporter may do it as well.
        public var reporterToo: Bool
        /// The kind of the parts that it opens: one for each body that it names, or a single one.
        public var opens: String?
        /// Only once every part has ended.
        public var needsPartsEnded = false
        /// What the platform does when this gives the matter to a body that has given it back before.
        public var onSecondPass: ActName?
        /// Only while an extension was asked for and not answered.
        public var onlyWhenExtensionAsked: Bool
        /// Only while it was asked to leave the matter out of the rates, and not agreed yet.
        public var onlyWhenExclusionAsked = false
        /// Only on this occasion, which another room brings with the command; nil for acts that anybody may choose.
        public var occasion: Occasion?
        /// Not after a ruling that binds.
        public var unlessBound: Bool
        /// Binds the body that it is given to: no return.
        public var binds: Bool
        /// Only so long after the matter came to an end.
        public var within: TimeLimit?
        /// Its doer may take it back for some seconds, while nobody acted since; see ``Undoable``.
        public var isUndoable = false
        /// What the resident is told, with `{number}` and the like.
        public var tells: LocalizedText?
        public var line: Int
    }

    /// What leads to an act that nobody chooses from a matter's page.
    public enum Occasion: String, Sendable, Hashable, CaseIterable {
        /// The matter was drawn to be looked at where it is (现场核查).
        case siteCheck = "site-check"
        /// Somebody called the resident after the matter was closed (回访).
        case call
    }

    /// What an act must bring with it.
    public enum Need: String, Sendable, Hashable, CaseIterable {
        case category, area, body, reason, opinion, result, workdays, rating
        /// Several bodies, each of which gets a part.
        case bodies
        /// Which variant of the kind that the act opens.
        case variant
        /// The post that is to become answerable.
        case post
        /// The matter that it is joined with.
        case matter
    }
}
