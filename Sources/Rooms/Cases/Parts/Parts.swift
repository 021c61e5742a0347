import Desk
import Ground
import Identity
import Ledger
import Storage

extension CaseStep {
    /// The first step of a part: the larger matter opened it.
    static let openedAsPart: ActName = "open"
    /// The step of a larger matter when one of its parts has ended.
    static let partEnded: ActName = "part-ended"

    /// What the platform writes into the way of a matter by itself; no acts of a workflow.
    static let platformTitles: [ActName: LocalizedText] = [
        begun: LocalizedText("发起", "Begun"), openedAsPart: LocalizedText("开立分项", "Opened as a part"),
        partEnded: LocalizedText("分项结束", "A part has ended"), joinedWith: LocalizedText("有诉求并入", "Another was joined"),
        separatedFrom: LocalizedText("并入的诉求被拆分", "Another was taken apart"),
    ]
}

/// Matters that are parts of a larger one: each with its own body, limit and end; the larger one ends after them.
extension Cases {
    /// Opens the parts that an act asks for: one for each body it names, or a single one.
    func openParts(
        of decision: Decision, _ command: Command, actor: Actor, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let kind = decision.act.opens, let workflow = rules.workflow(named: kind) else { return }
        let whole = decision.after
        let called: [BodyID?] = decision.act.needs.contains(.bodies) ? command.bodies : [nil]
        for body in called {
            var part = CaseRecord(
                id: house.identifiers.next(at: now), number: numbers.next(at: now), title: whole.title,
                detail: command.opinion ?? whole.detail, area: whole.area, channel: whole.channel,
                state: workflow.first, reportedAt: now, receivedAt: now, stateSince: now, answerable: whole.answerable,
                answerablePost: whole.answerablePost)
            part.kind = kind
            if workflow.standsWithBody, let own = try body.flatMap({ try bodies.body($0, in: transaction)?.area }),
                whole.area.contains(own)
            {
                part.area = own
            }
            part.variant = command.variant ?? whole.variant
            part.parent = whole.id
            part.body = body
            part.category = whole.category
            part.address = whole.address
            part.location = whole.location
            part.finalDue = rules.shareOfWhole(workflow, whole, at: now)
            rules.begin(&part, at: now)
            let keeper = keepers[kind]
            try keeper?.begins(&part, of: whole, by: actor, at: now, in: transaction)
            try CaseStore.insert(&part, numbers: numbers, in: transaction)
            try CaseStore.insert(
                CaseStep(
                    caseID: part.id, version: part.version, act: CaseStep.openedAsPart, from: nil, to: part.state,
                    at: now, performer: actor.kind, givenTo: body, opinion: keeper == nil ? command.opinion : nil,
                    due: part.due),
                in: transaction)
            try CaseLedger.recordOpened(part, of: whole, by: actor, house: house, at: now, in: transaction)
            try CaseNotices(cases: self).opened(part, at: now, in: transaction)
        }
    }

    /// Tells the larger matter that one of its parts has ended; after the last one the platform goes on where the
    /// workflow says so.
    func endedPart(_ decision: Decision, at now: Instant, in transaction: any Transaction) throws {
        let part = decision.after
        guard part.endedAt != nil, decision.before.endedAt == nil, let parent = part.parent,
            let before = try CaseStore.find(parent, in: transaction)
        else { return }
        var whole = before
        whole.version += 1
        whole.openParts = max(0, whole.openParts - 1)
        try CaseStore.update(whole, from: before, in: transaction)
        try CaseStore.insert(
            CaseStep(
                caseID: whole.id, version: whole.version, act: CaseStep.partEnded, from: whole.state, to: whole.state,
                at: now, performer: .system, staffBody: part.body, opinion: part.result, due: whole.due),
            in: transaction)
        try CaseLedger.recordEnded(part, of: whole, house: house, at: now, in: transaction)
        try CaseNotices(cases: self).partEnded(part, of: whole, at: now, in: transaction)
        guard whole.openParts == 0, let name = rules.state(whole.state)?.onParts else { return }
        let command = Command(name)
        let next = try rules.decide(whole, command, by: .system, at: now)
        try store(next, command, by: .system, actor: .system, photos: [], at: now, in: transaction)
    }
}

extension CaseRules {
    /// By when a part is to be done: the share of the time that the whole has left, where its workflow says so.
    func shareOfWhole(_ workflow: Workflow, _ whole: CaseRecord, at now: Instant) -> Deadline? {
        let shares = workflow.states.compactMap { state -> Int? in
            if case .ofWhole(let share)? = state.limit { share } else { nil }
        }
        guard let share = shares.first, let final = whole.finalDue, final.at > now else { return nil }
        let left = (final.at - now).milliseconds * Int64(share) / 100
        return Deadline(at: now + Span(milliseconds: left), isProvisional: final.isProvisional)
    }
}

extension CaseLedger {
    static func recordOpened(
        _ part: CaseRecord, of whole: CaseRecord, by actor: Actor, house: House, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            "cases.open", on: "case", part.id, by: actor, at: now, id: house.identifiers.next(at: now),
            area: part.area.code
        ) { writer in
            writer.member("number", part.number)
            writer.member("kind", part.kind)
            writer.member("variant", part.variant)
            writer.member("whole", whole.number)
            writer.member("to", part.state.rawValue)
            writer.member("body", part.body?.text)
            writer.member("dueAt", part.due?.at)
            writer.member("text", contentHash(part))
        }
        try Ledger.record(entry, in: transaction)
    }

    static func recordEnded(
        _ part: CaseRecord, of whole: CaseRecord, house: House, at now: Instant, in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            "cases.part-ended", on: "case", whole.id, by: .system, at: now, id: house.identifiers.next(at: now),
            area: whole.area.code
        ) { writer in
            writer.member("part", part.number)
            writer.member("state", part.state.rawValue)
            writer.member("openParts", whole.openParts)
            writer.member("version", whole.version)
        }
        try Ledger.record(entry, in: transaction)
    }
}
