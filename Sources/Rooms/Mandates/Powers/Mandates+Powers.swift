import Desk
import Ground
import Identity
import Ledger
import Messages
import Storage
import Web
import WorkCalendar

/// What is done with a power on its way.
enum PowerCommand: Sendable, Hashable {
    /// The county looks at what the street has; what lacks is named, and the street gets ready.
    case prepare
    case refuse(words: String)
    /// The street says what it has by now.
    case ready(PowerMenu.Readiness)
    /// On trial, by an instrument; refused while anything lacks.
    case trial(instrument: String)
    case grant(instrument: String)
    case giveBack
    case exchange(power: String)
    case withdraw(words: String)
    /// The street asks those who help; the trial is not confirmed while nobody answered.
    case askHelp(words: String)
    case answerHelp(HelpAskID, words: String)
    case takeBackHelp(HelpAskID)
}

extension Mandates {
    /// 基层点单: a street orders a power from the menu.
    func order(_ code: String, by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> PowerGrant {
        try scope.require(.answerDemand)
        guard menuOfPowers[code] != nil else {
            throw Refusal(
                .ruleBroken, "powers.unknown", LocalizedText("菜单上没有这项权力", "The menu has no such power"), field: "power")
        }
        guard scope.area.level == .street else {
            throw Refusal(.forbidden, "powers.not-street", LocalizedText("由街道点单", "Streets order powers"))
        }
        guard try PowerStore.alive(code, in: scope.area, in: transaction) == nil else {
            throw Refusal(
                .conflict, "powers.twice", LocalizedText("这项权力已点单或已赋予，不能重复", "It was ordered already, or is held"),
                wayOn: LocalizedText("请在原记录上办理", "Go on with what is there"), field: "power")
        }
        let alive = try PowerStore.all(for: scope, limit: 1_000, in: transaction).filter(\.stage.isAlive)
        let stages = Dictionary(alive.map { ($0.power, $0.stage) }) { first, _ in first }
        if let refusal = menuOfPowers.refusal(ofOrdering: code, on: now.local().day, alive: stages) { throw refusal }
        let grant = PowerGrant(
            id: house.identifiers.next(at: now), power: code, area: scope.area, stage: .ordered,
            readiness: PowerMenu.Readiness(), instrument: "", orderedAt: now, grantedAt: nil,
            dueAt: time.due(from: now, limit: try TimeLimit(parsing: menuOfPowers.limits.ordered)).instant, version: 1)
        try PowerStore.insert(grant, in: transaction)
        try record("powers.order", grant, by: Actor(scope), "", at: now, in: transaction)
        return grant
    }

    func act(
        _ command: PowerCommand, on id: PowerGrantID, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> PowerGrant {
        guard var grant = try PowerStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != grant.version { throw Self.changed }
        switch command {
        case .prepare:
            try scope.require(.decideDemand)
            try go(&grant, .prepare, "", by: scope, at: now, in: transaction)
        case .refuse(let words):
            try scope.require(.decideDemand)
            try go(&grant, .refuse, try said(words), by: scope, at: now, in: transaction)
        case .ready(let readiness):
            try requireStreet(grant, scope)
            try ready(&grant, readiness, by: scope, at: now, in: transaction)
        case .trial(let instrument):
            try scope.require(.decideDemand)
            try requireReady(grant, at: now, in: transaction)
            grant.instrument = try paper(instrument)
            grant.grantedAt = now
            try go(&grant, .trial, grant.instrument, by: scope, at: now, in: transaction)
        case .grant(let instrument):
            try scope.require(.decideDemand)
            try requireReady(grant, at: now, in: transaction)
            if grant.stage == .trial { try requireHelped(grant, in: transaction) }
            grant.instrument = try paper(instrument)
            try go(&grant, .grant, grant.instrument, by: scope, at: now, in: transaction)
        case .giveBack:
            try requireStreet(grant, scope)
            try go(&grant, .giveBack, "", by: scope, at: now, in: transaction)
        case .exchange(let power):
            try requireStreet(grant, scope)
            guard power != grant.power else {
                throw Refusal(
                    .ruleBroken, "powers.same", LocalizedText("请选择另一项权力", "Choose another power"), field: "power")
            }
            try go(&grant, .exchange, power, by: scope, at: now, in: transaction)
            return try order(power, by: scope, at: now, in: transaction)
        case .withdraw(let words):
            try scope.require(.decideDemand)
            try go(&grant, .withdraw, try said(words), by: scope, at: now, in: transaction)
        case .askHelp(let words):
            try requireStreet(grant, scope)
            try askHelp(try said(words), on: &grant, by: scope, at: now, in: transaction)
        case .answerHelp(let ask, let words):
            try answerHelp(ask, try said(words), on: &grant, by: scope, at: now, in: transaction)
        case .takeBackHelp(let ask):
            try requireStreet(grant, scope)
            try takeBackHelp(ask, on: &grant, by: scope, at: now, in: transaction)
        }
        return grant
    }

    func go(
        _ grant: inout PowerGrant, _ act: PowerCourse.Act, _ words: String, by scope: Scope?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let move = PowerCourse.move(act, from: grant.stage) else {
            throw Refusal(
                .conflict, "powers.stage",
                LocalizedText(
                    "“\(grant.stage.title.chinese)”不能这样办理", "“\(grant.stage.title.english)” does not allow it"),
                wayOn: LocalizedText("先培训、后赋权，逐步办理", "First ready, then on trial, then granted"))
        }
        let wasHeld = grant.stage.isHeld
        grant.stage = move.to
        grant.dueAt =
            switch move.to {
            case .training: time.due(from: now, limit: try TimeLimit(parsing: menuOfPowers.limits.training)).instant
            case .trial: now + .days(Int64(menuOfPowers.trialDays))
            default: nil
            }
        guard try PowerStore.update(&grant, in: transaction) else { throw Self.changed }
        if !grant.stage.isAlive { try HelpStore.endAll(of: grant.id, at: now, in: transaction) }
        try record(
            "powers.\(act.rawValue)", grant, by: scope.map { Actor($0) } ?? .system, words, at: now, in: transaction)
        guard wasHeld, !grant.stage.isHeld else { return }
        // 权随责走: work that was given because of a power goes when the power goes, however it went.
        for follower in powerFollowers {
            try follower.left(grant.power, of: grant.area, as: grant.stage, by: scope, at: now, in: transaction)
        }
    }

    private func ready(
        _ grant: inout PowerGrant, _ readiness: PowerMenu.Readiness, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard grant.stage == .training else {
            throw Refusal(
                .conflict, "powers.stage", LocalizedText("准备阶段才填报", "That is told while getting ready"))
        }
        guard (0...10_000).contains(readiness.staff), (0...readiness.staff).contains(readiness.qualified),
            (0...100_000).contains(readiness.trainingHours), readiness.equipment.count <= 50,
            readiness.equipment.allSatisfy({ $0.utf16.count <= 40 })
        else {
            throw Refusal(
                .ruleBroken, "powers.readiness",
                LocalizedText("数字不能为负，持证人数不能多于人数", "No figure below zero, and no more qualified than staff"),
                field: "staff")
        }
        var readiness = readiness
        let reason = readiness.reason?.trimmingSpaces() ?? ""
        guard reason.utf16.count <= Self.longestWords else { throw Self.tooLong }
        readiness.reason = reason.isBlank ? nil : reason
        let differences = try differences(grant, readiness, at: now, in: transaction)
        guard differences.isEmpty || readiness.reason != nil else {
            throw Refusal(
                .ruleBroken, "powers.difference",
                LocalizedText(
                    "填报多于平台登记，请说明原因：" + differences.map(\.chinese).joined(separator: "；"),
                    "More than the platform knows; say why: " + differences.map(\.english).joined(separator: "; ")),
                wayOn: LocalizedText("补登记岗位、资格、培训或设备，或写明原因", "Enter what is missing, or give the reason"),
                rule: Self.trained, field: "reason")
        }
        if differences.isEmpty { readiness.reason = nil }
        grant.readiness = readiness
        guard try PowerStore.update(&grant, in: transaction) else { throw Self.changed }
        try record("powers.ready", grant, by: Actor(scope), readiness.reason ?? "", at: now, in: transaction)
    }

    /// 先培训再下放: what lacks is named.
    private func requireReady(_ grant: PowerGrant, at now: Instant, in transaction: any Transaction) throws {
        guard let power = menuOfPowers[grant.power] else { throw Refusal.nothingHere }
        let lacks = PowerMenu.lacks(power, grant.readiness)
        guard lacks.isEmpty else {
            throw Refusal(
                .ruleBroken, "powers.not-ready",
                LocalizedText(
                    "条件不足，不能赋权：" + lacks.map(\.chinese).joined(separator: "；"),
                    "Not ready: " + lacks.map(\.english).joined(separator: "; ")),
                wayOn: LocalizedText("补齐后再赋权；也可先配人、培训", "Mend that first"), rule: "成熟一批下放一批")
        }
        // Posts may have gone since the street told of them.
        let differences = try differences(grant, grant.readiness, at: now, in: transaction)
        guard differences.isEmpty || grant.readiness.reason != nil else {
            throw Refusal(
                .ruleBroken, "powers.unexplained",
                LocalizedText(
                    "填报与平台登记不一致且没有说明：" + differences.map(\.chinese).joined(separator: "；"),
                    "It differs from what the platform knows, unexplained: "
                        + differences.map(\.english).joined(separator: "; ")),
                wayOn: LocalizedText("请街道补登记或说明原因", "The street enters what is missing, or gives the reason"),
                rule: Self.trained)
        }
    }

    private static let trained = "先培训再下放：承接条件以登记为准"

    private static let tooLong = Refusal(
        .ruleBroken, "powers.words", LocalizedText("不超过 \(longestWords) 字", "At most \(longestWords) characters"),
        field: "reason")

    func known(_ grant: PowerGrant, at now: Instant, in transaction: any Transaction) throws -> KnownMeans {
        guard let power = menuOfPowers[grant.power] else { return KnownMeans() }
        return try means.means(of: grant.area, for: menuOfPowers.compared(power), at: now, in: transaction)
    }

    private func differences(
        _ grant: PowerGrant, _ ready: PowerMenu.Readiness, at now: Instant, in transaction: any Transaction
    ) throws -> [LocalizedText] {
        PowerMenu.differences(ready, try known(grant, at: now, in: transaction))
    }

    private func requireStreet(_ grant: PowerGrant, _ scope: Scope) throws {
        guard scope.may(.answerDemand), scope.area == grant.area else {
            throw Refusal(.forbidden, "powers.not-street", LocalizedText("由该街道办理", "That street does it"))
        }
    }

    private func paper(_ instrument: String) throws -> String {
        let text = instrument.trimmingSpaces()
        guard !text.isBlank, text.utf16.count <= 60 else {
            throw Refusal(
                .ruleBroken, "powers.instrument", LocalizedText("请填写赋权文书编号", "Give the number of the instrument"),
                field: "instrument")
        }
        return text
    }

    private func said(_ words: String) throws -> String {
        let text = words.trimmingSpaces()
        guard !text.isBlank, text.utf16.count <= 300 else {
            throw Refusal(
                .ruleBroken, "powers.words", LocalizedText("请写明理由（不超过 300 字）", "Say why, in at most 300 characters"),
                field: "words")
        }
        return text
    }

    /// Keeps an act on a grant in the ledger, and tells nobody.
    func note(
        _ act: String, _ grant: PowerGrant, by actor: Actor, _ words: String, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "power-grant", grant.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: grant.area.code
            ) { writer in
                writer.member("power", grant.power)
                writer.member("stage", grant.stage.rawValue)
                if !words.isEmpty { writer.member("why", words) }
            }, in: transaction)
    }

    /// Keeps an act on a grant in the ledger, and tells whoever is next.
    private func record(
        _ act: String, _ grant: PowerGrant, by actor: Actor, _ words: String, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try note(act, grant, by: actor, words, at: now, in: transaction)
        guard actor.kind == .system || act != "powers.ready" else { return }
        let title = menuOfPowers[grant.power]?.title ?? LocalizedText(grant.power, grant.power)
        let text = LocalizedText(
            "“\(title.chinese)”：\(grant.stage.title.chinese)", "“\(title.english)”: \(grant.stage.title.english)")
        let isFromStreet =
            actor.post.map { _ in grant.stage == .ordered || grant.stage == .returned || grant.stage == .exchanged }
            ?? false
        let right: Right = isFromStreet ? .decideDemand : .answerDemand
        guard let over = isFromStreet ? AreaPrefix(grant.area.code.prefix(6)) : grant.area else { return }
        let holders = try identity.directory.postHolders(right: right, area: over, in: transaction)
        guard let nearest = holders.map(\.post.area.code.utf8.count).max() else { return }
        for holder in holders.filter({ $0.post.area.code.utf8.count == nearest }).prefix(20) {
            try Messages.notify(
                Notice(
                    to: .post(holder.post.id), kind: act, subjectKind: "power-grant", subjectID: grant.id.text,
                    text: text,
                    address: "/powers/\(grant.power)", at: now), in: transaction)
        }
    }
}
