import Cases
import Desk
import Ground
import WorkCalendar

/// Writes the story of one matter: what is done, by whom, when. The rules decide whether it may be done.
struct Script {
    let stage: Stage
    let files: DemoFiles
    let rules: CaseRules
    let office: OfficeTime
    private(set) var random: SeededRandom

    private let street: Stage.Street
    private let community: Stage.Community
    private let category: Category
    private let fill: (String) -> String
    private let area: AreaPrefix
    private let handlingDays: Double
    private let reportedAt: Instant
    private var now: Instant
    private var beats: [Beat] = []
    private var dispatched = 0
    /// Whoever gave it back: the second time, the platform takes it to the coordination body by itself.
    private var returnedBy: Set<BodyID> = []
    /// Since a ruling: nobody may give it back any more.
    private var isBound = false

    /// Stops the story in a state, for the end of the history.
    enum Stop: String, CaseIterable {
        case reported, accepted, dispatched, handling, returned, coordinating, hanging, verifying
    }

    init(
        stage: Stage, files: DemoFiles, rules: CaseRules, office: OfficeTime, street: Stage.Street,
        community: Stage.Community, area: AreaPrefix, category: Category, reportedAt: Instant, handlingDays: Double,
        random: SeededRandom, fill: @escaping (String) -> String
    ) {
        self.stage = stage
        self.files = files
        self.rules = rules
        self.office = office
        self.street = street
        self.community = community
        self.area = area
        self.category = category
        self.reportedAt = reportedAt
        self.handlingDays = handlingDays
        self.random = random
        self.fill = fill
        now = reportedAt
    }

    // MARK: Beats

    /// Danger and utilities are not left until the office opens.
    private var isUrgent: Bool {
        if case .clockHours = category.limit ?? rules.defaultLimit { return true }
        return false
    }

    private mutating func pass(_ minutes: Double) {
        now = isUrgent ? now + .seconds(Int64(minutes * 6)) : office.later(now, minutes: minutes)
    }

    private mutating func add(_ doer: Doer, _ command: Command) {
        beats.append(Beat(at: now, doer: doer, command: command))
    }

    private mutating func add(_ scope: Scope?, _ command: Command) {
        if let scope { add(.staff(scope), command) }
    }

    private mutating func said(_ texts: [String]) -> String {
        let text = fill(random.text(texts))
        return text.isEmpty ? "—" : text
    }

    private mutating func reason(_ list: String) -> String? { random.pick(rules.reasons[list] ?? [])?.code }

    private mutating func result() -> String {
        let own = files.texts.matters[category.code]?.results ?? []
        let result = random.percent(75) && !own.isEmpty ? said(own) : said(files.texts.results)
        return random.percent(40) ? said(files.texts.replies).replacing("{result}", with: result) : result
    }

    /// Mostly prompt, now and then slow.
    private mutating func waiting() -> Double {
        random.percent(3) ? random.between(250, 500) : 4 + 130 * random.fraction() * random.fraction()
    }

    private struct Handler {
        var body: BodyID
        var scopes: [Scope]
    }

    /// The category's department, or the street or the community where they can help themselves.
    private mutating func handler() -> Handler {
        if let line = category.line, let department = stage.departments[line], random.percent(68) {
            return Handler(body: department.body, scopes: department.handlers)
        }
        if random.percent(30) { return Handler(body: street.body, scopes: street.handlers) }
        return Handler(body: community.committee, scopes: community.handlers.filter { $0.area.contains(area) })
    }

    /// - Returns: who has it now. A street that has dispatched as often as it may asks for a ruling.
    private mutating func dispatch(_ dispatcher: Scope?) -> Handler {
        let most = rules.workflow["dispatch" as ActName]?.atMost ?? .max
        guard dispatched < most else { return refer(dispatcher) }
        dispatched += 1
        let handler = handler()
        add(dispatcher, Command("dispatch", body: handler.body))
        return returnedBy.contains(handler.body) ? rule() : handler
    }

    // MARK: Stories

    mutating func whole(_ mix: DemoMix.Assumed) -> [Beat] {
        let dispatcher = random.pick(street.dispatchers)
        pass(waiting())
        if random.percent(mix.declined) {
            add(dispatcher, Command("decline", opinion: said(files.texts.declined), reason: reason("decline")))
            return beats
        }
        accept(dispatcher)
        if random.percent(mix.contacted) {
            pass(random.between(4, 40))
            add(dispatcher, Command("contact", opinion: "已电话联系反映人，告知受理情况。"))
        }
        let end = reportedAt + HandlingTimes.span(handlingDays)
        if random.percent(mix.answeredDirectly) {
            moveTo(end)
            add(dispatcher, Command("settle-directly", result: result()))
        } else {
            let handler = give(dispatcher, mix)
            guard !handle(by: handler, dispatcher, until: end, mix) else { return beats }
        }
        verify(dispatcher, mix)
        rate(dispatcher, mix)
        return beats
    }

    /// A short story of the last hours that ends in one state.
    mutating func short(_ stop: Stop) -> [Beat] {
        let dispatcher = random.pick(street.dispatchers)
        if stop == .reported { return beats }
        pass(random.between(5, 12))
        accept(dispatcher)
        if stop == .accepted { return beats }
        pass(random.between(5, 12))
        if stop == .coordinating {
            add(dispatcher, Command("refer", opinion: "权责不清，提请裁定主办单位。"))
            return beats
        }
        let handler = handler()
        add(dispatcher, Command("dispatch", body: handler.body))
        if stop == .dispatched { return beats }
        let hand = random.pick(handler.scopes)
        pass(random.between(5, 12))
        if stop == .returned {
            add(hand, Command("return", opinion: said(files.texts.returns), reason: reason("return")))
            return beats
        }
        add(hand, Command("sign"))
        if stop == .handling { return beats }
        pass(random.between(20, 40))
        if stop == .hanging {
            add(dispatcher, Command("hang", opinion: said(files.texts.listed), reason: reason("hang")))
        } else {
            add(hand, Command("finish", result: result()))
        }
        return beats
    }

    private mutating func accept(_ dispatcher: Scope?) {
        add(dispatcher, Command("accept", category: category.code, area: area))
    }

    /// Dispatches until somebody keeps it.
    private mutating func give(_ dispatcher: Scope?, _ mix: DemoMix.Assumed) -> Handler {
        pass(waiting())
        if random.percent(mix.referred) { return refer(dispatcher) }
        var handler = dispatch(dispatcher)
        var returns = random.percent(mix.returnedOnce) ? 1 : 0
        if returns == 1, random.percent(100 * mix.returnedTwice / max(1, mix.returnedOnce)) { returns = 2 }
        for _ in 0..<returns where !isBound {
            pass(waiting())
            add(
                random.pick(handler.scopes),
                Command("return", opinion: said(files.texts.returns), reason: reason("return")))
            returnedBy.insert(handler.body)
            pass(waiting())
            handler = dispatch(dispatcher)
        }
        return handler
    }

    private mutating func refer(_ dispatcher: Scope?) -> Handler {
        add(dispatcher, Command("refer", opinion: "涉及多个单位，提请裁定主办单位。"))
        return rule()
    }

    /// The coordination body says who handles it, and that stands.
    private mutating func rule() -> Handler {
        pass(random.between(60, 700))
        isBound = true
        let handler = handler()
        add(random.pick(stage.coordination), Command("rule", opinion: said(files.texts.rulings), body: handler.body))
        return handler
    }

    /// The rest of the way to an instant, in office hours.
    private mutating func moveTo(_ end: Instant) {
        let least = isUrgent ? now + .minutes(6) : office.later(now, minutes: 10)
        let wanted = isUrgent ? end : office.near(end, &random)
        now = max(least, wanted)
    }

    /// - Returns: whether the matter stays on the listed account.
    private mutating func handle(
        by handler: Handler, _ dispatcher: Scope?, until end: Instant, _ mix: DemoMix.Assumed
    ) -> Bool {
        let hand = random.pick(handler.scopes)
        pass(waiting())
        add(hand, Command("sign"))
        let signedAt = now
        let end = max(end, signedAt + .minutes(10))
        let middle =
            signedAt + Span(milliseconds: Int64(Double((end - signedAt).milliseconds) * random.between(0.3, 0.6)))
        if random.percent(15) {
            pass(random.between(10, 60))
            if now < middle { add(hand, Command("remark", opinion: said(files.texts.remarks))) }
        }
        if random.percent(mix.urged) {
            moveTo(middle)
            add(random.pick(stage.hotline), Command("urge", opinion: random.text(files.texts.urges)))
        }
        if random.percent(mix.supervised) {
            moveTo(middle)
            let leader = random.percent(60) ? random.pick(street.leaders) : random.pick(stage.coordination)
            add(leader, Command("supervise", opinion: said(rules.opinions["supervise"]?.map(\.chinese) ?? [])))
        }
        if random.percent(mix.extensionAsked) {
            moveTo(middle)
            add(
                hand,
                Command(
                    "ask-extension", opinion: said(files.texts.extensions), reason: reason("extension"),
                    workdays: random.pick([3, 5, 5, 10])))
            pass(waiting())
            let isGranted = random.percent(mix.extensionGranted)
            add(
                dispatcher,
                isGranted
                    ? Command("grant-extension", opinion: "同意延期。")
                    : Command("refuse-extension", opinion: "理由不充分，请按原时限办理。"))
        }
        if random.percent(mix.hung) {
            moveTo(middle)
            add(dispatcher, Command("hang", opinion: said(files.texts.listed), reason: reason("hang")))
            guard random.percent(40) else { return true }
            now = now + .days(Int64(random.number(6...25)))
            moveTo(now)
            add(hand, Command("resume"))
            pass(random.between(200, 1_500))
        }
        moveTo(end)
        add(hand, Command("finish", result: result()))
        return false
    }

    private mutating func verify(_ dispatcher: Scope?, _ mix: DemoMix.Assumed) {
        let verifier = random.pick(street.verifiers)
        var reworks = random.percent(mix.rework) ? 1 : 0
        if reworks == 1, random.percent(100 * mix.reworkTwice / max(1, mix.rework)) { reworks = 2 }
        let finish = beats.last
        for _ in 0..<reworks {
            pass(random.between(30, 500))
            add(verifier, Command("rework", opinion: said(files.texts.verified.rework)))
            pass(random.between(120, 700))
            // What the street had answered itself, its own people finish.
            if let finish {
                beats.append(Beat(at: now, doer: finish.doer, command: Command("finish", result: result())))
            }
        }
        pass(random.between(30, 600))
        add(verifier, Command("pass", opinion: said(files.texts.verified.pass)))
    }

    private mutating func rate(_ dispatcher: Scope?, _ mix: DemoMix.Assumed, again: Bool = false) {
        guard random.percent(mix.rated) else { return }
        now = now + .minutes(Int64(random.number(40...5_000)))
        let hour = now.local().hour
        if hour < 7 { now = now + .hours(Int64(8 - hour)) }
        let ratings = files.texts.ratings
        if !again, random.percent(mix.disputed) {
            add(
                .reporter,
                Command("dispute", opinion: said(ratings.disputed), isSolved: false, satisfaction: random.number(1...2))
            )
            goOnceMore(dispatcher, mix)
            return
        }
        let satisfied = random.percent(mix.satisfied)
        let fair = !satisfied && random.percent(100 * mix.fairlySatisfied / max(1, 100 - mix.satisfied))
        let words = satisfied ? ratings.satisfied : fair ? ratings.fair : ratings.dissatisfied
        let text = fill(random.text(words))
        add(
            .reporter,
            Command(
                "rate", opinion: text.isEmpty ? nil : text, isSolved: satisfied || fair || random.percent(30),
                satisfaction: satisfied ? random.number(4...5) : fair ? 3 : random.number(1...2)))
        if !again, random.percent(mix.reopened) {
            now = now + .days(Int64(random.number(2...20)))
            add(.reporter, Command("reopen", opinion: said(ratings.disputed)))
            goOnceMore(dispatcher, mix)
        }
    }

    /// The way once more, shorter.
    private mutating func goOnceMore(_ dispatcher: Scope?, _ mix: DemoMix.Assumed) {
        pass(waiting())
        let handler = dispatch(dispatcher)
        pass(waiting())
        let hand = random.pick(handler.scopes)
        add(hand, Command("sign"))
        pass(random.between(200, 1_500))
        add(hand, Command("finish", result: result()))
        pass(random.between(30, 600))
        add(random.pick(street.verifiers), Command("pass", opinion: said(files.texts.verified.pass)))
        rate(dispatcher, mix, again: true)
    }
}
