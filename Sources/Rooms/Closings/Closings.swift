public import Cases
public import Desk
public import Ground
public import Identity
public import Ledger
public import Storage

extension Right {
    /// May look at a matter where it is, and say whether it is done.
    static let caseVerify = Right("case.verify")
    /// May call residents after a matter was closed.
    static let caseFollowUp = Right("case.followup")
    static let caseExport = Right("case.export")
    static let personalReveal = Right("personal.reveal")
}

/// What comes after a matter is closed: a sample is looked at on site by somebody of another body (现场核查), and who has
/// not rated it is called (回访).
public struct Closings: Room {
    let house: House
    let cases: Cases
    let directory: Directory
    let bodies: any BodyLookup
    let rules: ClosingRules

    /// The acts of `workflows/matter.yaml` that this room does.
    static let siteChecked: ActName = "site-check"
    static let foundUntrue: ActName = "found-untrue"
    static let callAnswered: ActName = "call-answered"
    static let callAnsweredLate: ActName = "call-answered-late"
    static let callUnsolved: ActName = "call-unsolved"

    /// - Parameter closed: the follower that was given to `cases`.
    /// - Throws: a refusal when the workflow lacks an act that this room does.
    public init(
        house: House, identity: Identity, cases: Cases, closed: ClosedMatters, bodies: any BodyLookup
    ) throws(Refusal) {
        self.house = house
        self.cases = cases
        directory = identity.directory
        self.bodies = bodies
        rules = closed.rules
        let needed: [(ActName, Workflow.Occasion)] = [
            (Self.siteChecked, .siteCheck), (Self.foundUntrue, .siteCheck), (Self.callAnswered, .call),
            (Self.callAnsweredLate, .call), (Self.callUnsolved, .call),
        ]
        for (name, occasion) in needed where cases.rules.workflow[name]?.occasion != occasion {
            throw RuleFiles.refusal(
                "the act \(name.rawValue) with `only: \(occasion.rawValue)` is missing",
                "缺少动作 \(name.rawValue)（only: \(occasion.rawValue)）",
                in: try house.rules.file("workflows/matter.yaml"), line: nil)
        }
        for state in rules.closedIn where cases.rules.workflow[state] == nil {
            throw RuleFiles.refusal(
                "closedIn: there is no state \(state.rawValue)", "closedIn：没有状态 \(state.rawValue)",
                in: try house.rules.file(ClosingRules.file), line: nil)
        }
    }

    public static let migrations: [Migration] = ClosingSchema.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/site-checks", icon: "list-checks", ClosingTexts.checks, right: .caseVerify, order: 57),
            MenuEntry("/follow-ups", icon: "phone-call", ClosingTexts.calls, right: .caseFollowUp, order: 58),
        ]
    }

    public var jobs: [Job] {
        [
            Job("site-draw", every: .minutes(10)) {
                try await CheckWork(closings: self).drawDue(at: house.clock.now())
            },
            Job("late-calls", every: .hours(1)) { try await CallWork(closings: self).endLate(at: house.clock.now()) },
        ]
    }

    public func addRoutes(to routes: Routes) {
        ChecksPage(closings: self).add(to: routes)
        CheckPage(closings: self).add(to: routes)
        DrawsPage(closings: self).add(to: routes)
        CallsPage(closings: self).add(to: routes)
        CallPage(closings: self).add(to: routes)
        addCheckAPI(to: routes)
        addCallAPI(to: routes)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("closings.", "办结之后", "After closing")]
        words.acts = [
            .init("closings.draw", "抽取现场核查样本", "Sample for site checks drawn"),
            .init("closings.check", "现场核查", "Looked at on site"),
            .init("closings.call", "电话回访", "Resident called"),
            .init("closings.take", "领取回访名单", "Calls taken"),
            .init("closings.give", "移交回访名单", "Calls handed on"),
        ]
        words.subjects = [
            "site-draw": .init("现场核查抽样", "Draw", right: .caseVerify) { "/site-checks/draws/\($0)" },
            "site-check": .init("现场核查", "Site check", right: .caseVerify) { "/site-checks/\($0)" },
            "closing": .init("回访", "Follow-up call", right: .caseFollowUp) { "/follow-ups/\($0)" },
            "call-list": .init("回访名单", "List of calls"),
        ]
        words.facts = [
            .init("fromDay", "办结从", "Closed from"), .init("untilDay", "办结到（不含）", "Closed before"),
            .init("seed", "种子", "Seed"), .init("block", "账本区块", "Block of the ledger"),
            .init("population", "办结件数", "Closed"), .init("drawn", "抽中件数", "Drawn"),
            .init("populationHash", "全体指纹", "Fingerprint of all"),
            .init("sampleHash", "样本指纹", "Fingerprint of the sample"),
            .init("outcome", "结果", "Outcome"), .init("words", "说明指纹", "Fingerprint of the words"),
            .init("attempt", "第几次", "Attempt"), .init("count", "件数", "How many"),
            .init("toPost", "接收岗位", "To the post"),
        ]
        words.references = ["case": "case"]
        words.value = { fact, code in
            guard fact == "outcome" else { return nil }
            return CheckOutcome(rawValue: code).map(ClosingTexts.title) ?? CallEnd(rawValue: code).map(
                ClosingTexts.title)
                ?? CallOutcome(rawValue: code)?.title
        }
        return words
    }
}
