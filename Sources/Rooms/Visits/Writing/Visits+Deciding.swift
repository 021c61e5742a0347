import Cipher
import Desk
import Ground
import Identity
import Ledger
import Registry
import Storage

/// One side of a conflict, as its entry says it.
struct ConflictSide: Sendable, Hashable {
    var value: String?
    var since: Day
    var seenAt: Instant
    var knownSince: Instant
    var staff: StaffID?
}

/// An answer that waits, with what is needed to decide on it.
struct QueuedView: Sendable, Hashable {
    var queued: QueuedAnswer
    var subject: StoredSubject?
    var earlier: ConflictSide?
    var later: ConflictSide?
}

extension Visits {
    /// What waits in an area, with both sides; as far as the scope may see it.
    func queue(
        in area: AreaPrefix, for scope: Scope, after: QueuedAnswer.ID?, limit: Int, in transaction: any Transaction
    ) throws -> (items: [QueuedView], next: QueuedAnswer.ID?) {
        let vault = house.keys.vault
        let last = try after.flatMap { try QueueStore.find($0, for: scope, vault: vault, in: transaction) }
        if after != nil, last == nil { throw Refusal.nothingHere }
        let page = try QueueStore.page(
            in: area, for: scope, after: last, limit: limit + 1, vault: vault, in: transaction)
        let items = try page.prefix(limit).map { try view($0, for: scope, in: transaction) }
        return (items, page.count > limit ? items.last?.queued.id : nil)
    }

    func view(_ queued: QueuedAnswer, for scope: Scope, in transaction: any Transaction) throws -> QueuedView {
        var view = QueuedView(queued: queued)
        view.subject = try registry.subjects([queued.subject], for: scope, in: transaction)[queued.subject]
        guard queued.kind == .conflict, view.subject != nil else { return view }
        let entries = try registry.entries(of: queued.subject, for: scope, in: transaction)
        func side(_ id: RegistryEntry.ID?) -> ConflictSide? {
            entries.first { $0.id == id }.flatMap { entry in
                entry.content[queued.element].last.map {
                    ConflictSide(
                        value: $0.value, since: $0.since, seenAt: entry.seenAt, knownSince: entry.knownSince,
                        staff: entry.staff)
                }
            }
        }
        view.earlier = side(queued.earlierEntry)
        view.later = side(queued.laterEntry)
        return view
    }

    /// Decides on an answer that waits.
    /// - Parameter value: a kept answer, mended; nil to take it as it was given.
    /// - Throws: a refusal when the decision is none for this answer, or what is written cannot become a fact; then it waits
    ///   on.
    func decide(
        _ id: QueuedAnswer.ID, _ decision: QueuedAnswer.Decision, value: String?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let queued = try QueueStore.find(id, for: scope, vault: house.keys.vault, in: transaction) else {
            throw Refusal.nothingHere
        }
        // A second click finds it decided.
        if queued.decision != nil { return }
        switch (queued.kind, decision) {
        case (.conflict, .later), (.conflict, .earlier): try scope.require(.registryManage)
        case (.kept, .write), (.kept, .discard):
            if queued.staff != scope.staff { try scope.require(.registryManage) }
        case (.conflict, .write), (.conflict, .discard), (.kept, .later), (.kept, .earlier): throw Self.otherDecision
        }
        switch decision {
        case .later, .discard: break
        case .earlier: try correct(queued, by: scope, at: now, in: transaction)
        case .write: try write(queued, value: value, by: scope, at: now, in: transaction)
        }
        try QueueStore.decide(id, decision, by: scope.staff, at: now, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "visits.decided", on: "visit-answer", id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: queued.area.code
            ) { writer in
                writer.member("elements", queued.element)
                writer.member("decision", decision.rawValue)
            }, in: transaction)
    }

    /// What was seen earlier is right after all: a correction says so, and what was seen later stays in the history.
    private func correct(
        _ queued: QueuedAnswer, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let view = try view(queued, for: scope, in: transaction)
        guard let earlier = view.earlier, let subject = view.subject else { throw Refusal.nothingHere }
        let since = min(earlier.since, view.later?.since ?? earlier.since)
        _ = try registry.write(
            NewEntry(
                subject.kind, subject.id, facts: [.init(queued.element, earlier.value, since: since)], seenAt: now,
                source: .visit, isCorrection: true), by: scope, at: now, in: transaction)
    }

    private func write(
        _ queued: QueuedAnswer, value: String?, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let answer = queued.answer else { throw Refusal.nothingHere }
        let subject = try registry.subject(queued.subject, for: scope, in: transaction)
        let input = answer.act == .none ? nil : value ?? answer.value ?? ""
        _ = try registry.write(
            NewEntry(
                subject.kind, subject.id, facts: [.init(queued.element, input, since: answer.since)],
                seenAt: min(queued.seenAt, now), source: .visit, heldUntilSeen: true), by: scope, at: now,
            in: transaction)
    }

    private static let otherDecision = Refusal(
        .ruleBroken, "visits.decision",
        LocalizedText("这条回答不能这样决定", "That is no decision for this answer"),
        wayOn: LocalizedText(
            "两人所见不同：选“以后见为准”或“以先见为准”；未能登记的：改正后登记或放弃",
            "Seen differently: later or earlier; kept: write or discard"), field: "decision")
}
