public import Desk
public import Ground
import Identity
import Ledger
import Messages
public import Storage
import Web

/// What somebody does with a demand that is on its way.
public enum DemandCommand: Sendable, Hashable {
    /// A street says what it thinks.
    case hear(agrees: Bool, words: String)
    case admit(words: String)
    /// Offered with the gate's changes and price.
    case offer(words: String)
    case refuse(words: String)
    /// The sender takes the offer.
    case accept
    case appeal(words: String)
    case uphold(words: String)
    case overturn(words: String)
    case withdraw
}

extension Mandates {
    public func act(
        _ command: DemandCommand, on id: DemandID, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Demand {
        guard var demand = try DemandStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != demand.version { throw Self.changed }
        switch command {
        case .hear(let agrees, let words):
            try hear(&demand, agrees: agrees, words: words, by: scope, at: now, in: transaction)
        case .admit(let words):
            try scope.require(.decideDemand)
            try mayAdmit(demand, words)
            try go(&demand, .admit, words, by: scope, at: now, in: transaction)
            if demand.isBought { try openContracts(demand, at: now, in: transaction) }
        case .offer(let words):
            try scope.require(.decideDemand)
            demand.terms = demand.answer.proposal
            try go(&demand, .offer, try reason(words), by: scope, at: now, in: transaction)
        case .refuse(let words):
            try scope.require(.decideDemand)
            try go(&demand, .refuse, try reason(words), by: scope, at: now, in: transaction)
        case .accept:
            try requireSender(demand, scope)
            try go(&demand, .accept, "", by: scope, at: now, in: transaction)
            if demand.isBought { try openContracts(demand, at: now, in: transaction) }
        case .appeal(let words):
            try appeal(&demand, words, by: scope, at: now, in: transaction)
        case .uphold(let words):
            try requireOther(demand, scope)
            try go(&demand, .uphold, try reason(words), by: scope, at: now, in: transaction)
        case .overturn(let words):
            try requireOther(demand, scope)
            try mayOverturn(demand)
            try go(&demand, .overturn, try reason(words), by: scope, at: now, in: transaction)
        case .withdraw:
            try requireSender(demand, scope)
            if demand.stage == .admitted { try noteWithdrawal(demand, at: now, in: transaction) }
            try go(&demand, .withdraw, "", by: scope, at: now, in: transaction)
        }
        return demand
    }

    /// Moves a demand along its course; called by people's acts and by the platform at a limit.
    func go(
        _ demand: inout Demand, _ act: DemandCourse.Act, _ words: String, by scope: Scope?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let move = DemandCourse.move(act, from: demand.stage) else {
            throw Refusal(
                .conflict, "demands.stage",
                LocalizedText(
                    "“\(demand.stage.title.chinese)”的事项不能这样办理", "“\(demand.stage.title.english)” does not allow it"),
                wayOn: LocalizedText("请刷新后看现在可以做什么", "Load it again and see what can be done now"))
        }
        demand.stage = move.to
        demand.dueAt = try nextDue(demand, from: now)
        if move.by == .coordination { demand.decider = scope?.staff }
        guard try DemandStore.update(&demand, in: transaction) else { throw Self.changed }
        try record(
            "demands.\(act.rawValue)", demand, by: scope.map { Actor($0) } ?? .system, at: now, in: transaction
        ) { writer in
            writer.member("stage", demand.stage.rawValue)
            if !words.isEmpty { writer.member("why", words) }
        }
        try announce(demand, act, words, at: now, in: transaction)
    }

    /// The limit of the stage; an admission's is its last day, once the time for an appeal does not end later.
    private func nextDue(_ demand: Demand, from now: Instant) throws -> Instant? {
        if demand.stage == .admitted, let until = demand.terms.until {
            return Instant(LocalTime(day: until + 1)) - Span(milliseconds: 1)
        }
        return try dueAt(demand.stage, from: now)
    }

    private func hear(
        _ demand: inout Demand, agrees: Bool, words: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try scope.require(.answerDemand)
        guard demand.stage == .hearing else {
            throw Refusal(
                .conflict, "demands.hearing-over", LocalizedText("征求意见已结束", "The hearing is over"),
                wayOn: LocalizedText("准入后仍可申请复核", "An admission can still be appealed against"))
        }
        var hearings = try DemandStore.hearings(of: demand.id, in: transaction)
        guard let position = hearings.firstIndex(where: { $0.area == scope.area }) else { throw Refusal.nothingHere }
        let text = words.trimmingSpaces()
        guard agrees || !text.isBlank, text.utf16.count <= Self.longestWords else {
            throw Refusal(
                .ruleBroken, "demands.words",
                LocalizedText(
                    "不同意请写明理由（不超过 \(Self.longestWords) 字）", "Say why not, in at most \(Self.longestWords) characters"),
                field: "words")
        }
        hearings[position].answer = agrees ? .agrees : .objects
        hearings[position].words = text
        hearings[position].at = now
        hearings[position].post = scope.post
        try DemandStore.hear(hearings[position], of: demand.id, in: transaction)
        if hearings.allSatisfy({ $0.answer != nil }) {
            try go(&demand, .heard, text, by: scope, at: now, in: transaction)
        } else {
            guard try DemandStore.update(&demand, in: transaction) else { throw Self.changed }
        }
        try record("demands.said", demand, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("answer", agrees ? "agrees" : "objects")
            writer.member("street", scope.area.code)
            if !text.isEmpty { writer.member("why", text) }
        }
    }

    /// Nothing is admitted as it stands while the gate asks for money or a change, or bars it.
    private func mayAdmit(_ demand: Demand, _ words: String) throws {
        guard demand.answer.verdict == .admitted else {
            throw Refusal(
                .ruleBroken, "demands.conditions",
                LocalizedText(
                    "审查结论为“\(demand.answer.verdict.title.chinese)”，不能原样准入",
                    "The gate says “\(demand.answer.verdict.title.english)”: it cannot be admitted as it stands"),
                wayOn: LocalizedText("可按审查提出的价格和调整提供给提出单位，或不予准入", "Offer it with the price and changes, or refuse it"),
                rule: demand.answer.findings.max { $0.weight < $1.weight }?.rule)
        }
        _ = try reason(words)
    }

    /// What the gate bars stays barred on appeal, too: then the lists have to change first.
    private func mayOverturn(_ demand: Demand) throws {
        if let bar = demand.answer.findings.first(where: { $0.weight == .bar }) {
            throw Refusal(
                .ruleBroken, "demands.barred",
                LocalizedText("规则不允许：\(bar.text.chinese)", "A rule bars it: \(bar.text.english)"),
                wayOn: LocalizedText("如清单应当调整，请先修订清单再重新提出", "If the list is wrong, revise it first; then file anew"),
                rule: bar.rule)
        }
        guard demand.answer.missingYuan <= demand.terms.yuan || demand.answer.missingYuan == 0 else {
            throw Refusal(
                .ruleBroken, "demands.conditions",
                LocalizedText("经费未到位，不能准入", "Its money lacks: it cannot be admitted"), rule: "费随事转")
        }
    }

    private func appeal(
        _ demand: inout Demand, _ words: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let text = try reason(words)
        guard demand.appeals == 0 else {
            throw Refusal(
                .conflict, "demands.appealed", LocalizedText("只能申请复核一次", "It can be appealed against once"),
                wayOn: LocalizedText("情况有变的，请重新提出", "If something changed, file it anew"))
        }
        switch demand.stage {
        case .refused: try requireSender(demand, scope)
        case .admitted:
            try scope.require(.answerDemand)
            guard try DemandStore.hearings(of: demand.id, in: transaction).contains(where: { $0.area == scope.area })
            else { throw Refusal.nothingHere }
        default: break
        }
        if demand.stage == .refused, let due = demand.dueAt, due < now {
            throw Refusal(
                .conflict, "demands.appeal-late", LocalizedText("已过申请复核的时限", "The time for an appeal is over"),
                wayOn: LocalizedText("情况有变的，请重新提出", "If something changed, file it anew"))
        }
        demand.appeals = 1
        try go(&demand, .appeal, text, by: scope, at: now, in: transaction)
    }

    private func requireSender(_ demand: Demand, _ scope: Scope) throws {
        guard scope.may(.fileDemand), demand.body == scope.body else {
            throw Refusal(
                .forbidden, "demands.not-sender", LocalizedText("只有提出单位可以这样办理", "Only the body that asked may do it"))
        }
    }

    /// An appeal is decided by another person than the one it is against.
    private func requireOther(_ demand: Demand, _ scope: Scope) throws {
        try scope.require(.decideDemand)
        guard demand.decider != scope.staff else {
            throw Refusal(
                .forbidden, "demands.own-decision",
                LocalizedText("本人作出的决定须由他人复核", "Somebody else decides on an appeal against your decision"))
        }
    }

    func reason(_ words: String) throws -> String {
        let text = words.trimmingSpaces()
        guard !text.isBlank, text.utf16.count <= Self.longestWords else {
            throw Refusal(
                .ruleBroken, "demands.words",
                LocalizedText(
                    "请写明理由（不超过 \(Self.longestWords) 字）", "Say why, in at most \(Self.longestWords) characters"),
                field: "words")
        }
        return text
    }

    static let changed = Refusal(
        .changedMeanwhile, "demands.changed", LocalizedText("该事项刚被他人办理过", "Somebody else dealt with it meanwhile"),
        wayOn: LocalizedText("请刷新后核对再办", "Load it again and look before acting"))

    // MARK: Ledger and notices

    func record(
        _ act: String, _ demand: Demand, by actor: Actor, at now: Instant, in transaction: any Transaction,
        facts: (inout JSONWriter) throws -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "demand", demand.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: demand.terms.area
            ) { writer in
                writer.member("number", demand.number)
                try facts(&writer)
            }, in: transaction)
    }

    func tell(
        right: Right, over area: AreaPrefix, _ demand: Demand, _ kind: String, _ text: LocalizedText, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let holders = try identity.directory.postHolders(right: right, area: area, in: transaction)
        guard let nearest = holders.map(\.post.area.code.utf8.count).max() else { return }
        for holder in holders.filter({ $0.post.area.code.utf8.count == nearest }).prefix(20) {
            try Messages.notify(
                Notice(
                    to: .post(holder.post.id), kind: "demands.\(kind)", subjectKind: "demand",
                    subjectID: demand.id.text, text: text, address: "/demands/\(demand.id)", at: now), in: transaction)
        }
    }

    private func announce(
        _ demand: Demand, _ act: DemandCourse.Act, _ words: String, at now: Instant, in transaction: any Transaction
    ) throws {
        let text = LocalizedText(
            "“\(demand.content.title)”（\(demand.number)）：\(demand.stage.title.chinese)",
            "“\(demand.content.title)” (\(demand.number)): \(demand.stage.title.english)")
        switch demand.stage {
        case .deciding, .appealed:
            guard let county = AreaPrefix(demand.terms.area.prefix(6)) else { return }
            try tell(right: .decideDemand, over: county, demand, act.rawValue, text, at: now, in: transaction)
        case .offered, .refused:
            try tellSender(demand, act.rawValue, text, at: now, in: transaction)
        case .admitted, .expired, .withdrawn, .cut:
            try tellSender(demand, act.rawValue, text, at: now, in: transaction)
            for hearing in try DemandStore.hearings(of: demand.id, in: transaction) {
                try tell(right: .answerDemand, over: hearing.area, demand, act.rawValue, text, at: now, in: transaction)
            }
        case .hearing: break
        }
    }

    func tellSender(
        _ demand: Demand, _ act: String, _ text: LocalizedText, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try Messages.notify(
            Notice(
                to: .post(demand.sender), kind: "demands.\(act)", subjectKind: "demand",
                subjectID: demand.id.text, text: text, address: "/demands/\(demand.id)", at: now), in: transaction)
    }
}
