import Desk
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage
import WorkCalendar

enum HelpAskEntity {}
typealias HelpAskID = Identifier<HelpAskEntity>

/// `help` of `Rules/powers.yaml`: who helps streets that try a power of a line, and how soon they answer.
struct HelpLines: Sendable, Decodable {
    struct Helper: Sendable, Hashable, Decodable {
        var line: String
        var zh: String
        var en: String
        var telephone: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    var limit: String
    var helpers: [Helper]

    func helper(of line: String) -> Helper? { helpers.first { $0.line == line } }
}

/// A street's question to whoever helps it with a power that it tries or has just been granted.
struct HelpAsk: Sendable, Hashable {
    enum State: String, Sendable, Hashable, CaseIterable {
        case open, answered
        /// By the street itself.
        case takenBack = "taken-back"
        /// The power went before anybody answered.
        case gone

        var title: LocalizedText {
            switch self {
            case .open: LocalizedText("待答复", "To be answered")
            case .answered: LocalizedText("已答复", "Answered")
            case .takenBack: LocalizedText("街道撤回", "Taken back")
            case .gone: LocalizedText("权力已不在街道", "The power has gone")
            }
        }
    }

    var id: HelpAskID
    var grant: PowerGrantID
    var words: String
    var askedAt: Instant
    /// By when an answer is due.
    var dueAt: Instant
    var state: State
    var answer: String
    var answeredAt: Instant?

    /// Whether the limit passed without an answer.
    func isLate(at now: Instant) -> Bool { state == .open && dueAt < now }
}

extension Mandates {
    /// Until when the street is helped; nil before the power is on trial.
    func helped(_ grant: PowerGrant) -> Instant? {
        guard grant.stage.isHeld, let since = grant.grantedAt else { return nil }
        return since + .days(Int64(menuOfPowers.helpDays))
    }

    /// So many questions of one street may be open at once.
    private static let mostOpen = 20

    func askHelp(
        _ words: String, on grant: inout PowerGrant, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let until = helped(grant), now < until else {
            throw Refusal(
                .conflict, "powers.no-help",
                LocalizedText("试行和帮扶期内才能求助", "Help is asked for during the trial and the days of help"))
        }
        let asks = try HelpStore.asks(of: [grant.id], in: transaction)
        guard asks.filter({ $0.state == .open }).count < Self.mostOpen else {
            throw Refusal(
                .ruleBroken, "powers.help-enough", LocalizedText("未答复的求助已太多", "Too many questions are open already"),
                wayOn: LocalizedText("请先电话联系帮扶单位", "Telephone those who help"))
        }
        let ask = HelpAsk(
            id: house.identifiers.next(at: now), grant: grant.id, words: words, askedAt: now,
            dueAt: time.due(from: now, limit: try TimeLimit(parsing: menuOfPowers.help.limit)).instant, state: .open,
            answer: "")
        try HelpStore.insert(ask, by: scope.post, in: transaction)
        try touch(&grant, "powers.ask-help", words, by: scope, at: now, in: transaction)
        guard let line = menuOfPowers[grant.power]?.line else { return }
        try tellHelpers(of: line, grant, "powers.ask-help", at: now, in: transaction)
    }

    /// The department that helps answers; when its limit has passed, coordination may answer in its stead.
    func answerHelp(
        _ id: HelpAskID, _ words: String, on grant: inout PowerGrant, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        var ask = try openAsk(id, of: grant, in: transaction)
        guard mayAnswer(ask, of: grant, scope, at: now) else {
            throw Refusal(
                .forbidden, "powers.not-helper",
                LocalizedText("由帮扶单位答复；逾期由统筹办答复", "Whoever helps answers; after the limit, coordination may"))
        }
        ask.state = .answered
        ask.answer = words
        ask.answeredAt = now
        try HelpStore.end(ask, by: scope.post, in: transaction)
        try touch(&grant, "powers.answer-help", words, by: scope, at: now, in: transaction)
    }

    func mayAnswer(_ ask: HelpAsk, of grant: PowerGrant, _ scope: Scope, at now: Instant) -> Bool {
        if scope.may(.fileDemand), let line = scope.line, line == menuOfPowers[grant.power]?.line { return true }
        return scope.may(.decideDemand) && ask.isLate(at: now)
    }

    func takeBackHelp(
        _ id: HelpAskID, on grant: inout PowerGrant, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        var ask = try openAsk(id, of: grant, in: transaction)
        ask.state = .takenBack
        ask.answeredAt = now
        try HelpStore.end(ask, by: scope.post, in: transaction)
        try touch(&grant, "powers.take-back-help", "", by: scope, at: now, in: transaction)
    }

    /// A trial is not confirmed over a question that nobody answered.
    func requireHelped(_ grant: PowerGrant, in transaction: any Transaction) throws {
        let open = try HelpStore.asks(of: [grant.id], in: transaction).filter { $0.state == .open }
        guard let first = open.first else { return }
        throw Refusal(
            .ruleBroken, "powers.help-open",
            LocalizedText(
                "还有 \(open.count) 件求助没有答复，不能正式赋权：\(first.words)",
                "\(open.count) question(s) for help are not answered: \(first.words)"),
            wayOn: LocalizedText("帮扶单位答复、或街道撤回求助后再办", "Grant it when they are answered, or the street takes them back"),
            rule: "先试行后赋权：试行期求助须答复")
    }

    /// What is late is told once, to those who should have answered and to coordination.
    func tellLateHelp(at now: Instant, in transaction: any Transaction) throws {
        for (ask, grant) in try HelpStore.late(at: now, in: transaction) {
            try HelpStore.markTold(ask, in: transaction)
            try note("powers.help-late", grant, by: .system, "", at: now, in: transaction)
            if let line = menuOfPowers[grant.power]?.line {
                try tellHelpers(of: line, grant, "powers.help-late", at: now, in: transaction)
            }
            let county = AreaPrefix(grant.area.code.prefix(6)) ?? grant.area
            let deciders = try identity.directory.postHolders(right: .decideDemand, area: county, in: transaction)
            for holder in deciders.prefix(20) {
                try notifyOfHelp(.post(holder.post.id), grant, "powers.help-late", at: now, in: transaction)
            }
        }
    }

    private func openAsk(_ id: HelpAskID, of grant: PowerGrant, in transaction: any Transaction) throws -> HelpAsk {
        guard let ask = try HelpStore.asks(of: [grant.id], in: transaction).first(where: { $0.id == id }) else {
            throw Refusal.nothingHere
        }
        guard ask.state == .open else {
            throw Refusal(
                .conflict, "powers.help-ended",
                LocalizedText("这件求助已“\(ask.state.title.chinese)”", "It is “\(ask.state.title.english)” already"))
        }
        return ask
    }

    /// The grant's version counts these acts too, so that nobody confirms a trial beside a question just asked.
    private func touch(
        _ grant: inout PowerGrant, _ act: String, _ words: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard try PowerStore.update(&grant, in: transaction) else { throw Self.changed }
        try note(act, grant, by: Actor(scope), words, at: now, in: transaction)
        guard act == "powers.answer-help" else { return }
        let holders = try identity.directory.postHolders(right: .answerDemand, area: grant.area, in: transaction)
        for holder in holders.filter({ $0.post.area == grant.area }).prefix(20) {
            try notifyOfHelp(.post(holder.post.id), grant, act, at: now, in: transaction)
        }
    }

    private func tellHelpers(
        of line: String, _ grant: PowerGrant, _ act: String, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let county = AreaPrefix(grant.area.code.prefix(6)) else { return }
        // The county's own bodies come first.
        for body in try Places.bodies(within: county, at: now.local().day, limit: 300, in: transaction)
        where body.line == line && body.level == .county {
            try notifyOfHelp(.body(body.id, area: nil), grant, act, at: now, in: transaction)
        }
    }

    private func notifyOfHelp(
        _ recipient: Notice.Recipient, _ grant: PowerGrant, _ act: String, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let title = menuOfPowers[grant.power]?.title ?? LocalizedText(grant.power, grant.power)
        let street = areaName(grant.area)
        let text =
            switch act {
            case "powers.ask-help":
                LocalizedText(
                    "\(street)就“\(title.chinese)”求助，请答复", "\(street) asks for help with “\(title.english)”")
            case "powers.help-late":
                LocalizedText(
                    "\(street)就“\(title.chinese)”的求助已逾期未答复",
                    "A question of \(street) about “\(title.english)” was not answered in time")
            default:
                LocalizedText("“\(title.chinese)”的求助已答复", "Your question about “\(title.english)” was answered")
            }
        try Messages.notify(
            Notice(
                to: recipient, kind: act, subjectKind: "power-grant", subjectID: grant.id.text, text: text,
                address: "/powers/\(grant.power)", at: now), in: transaction)
    }
}
