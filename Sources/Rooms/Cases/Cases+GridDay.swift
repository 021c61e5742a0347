public import Desk
public import Ground
public import Storage

/// What the grid worker's day needs of matters: what waits for a post, what may be done with it without more questions,
/// and acts that were done without a network and arrive later.
extension Cases {
    /// An act as a phone can keep it: it needs no more than words and a reason.
    public struct SimpleAct: Sendable {
        public var name: ActName
        public var title: LocalizedText
        public var needs: [Workflow.Need]
        public var reasons: [CaseRules.Reason]
        /// What is possible right after it, for phones that have no network in between.
        public var then: [SimpleAct]

        public var movesOn: Bool
    }

    /// The matters that wait for this post, most pressing first.
    public func waiting(for scope: Scope, limit: Int, in transaction: any Transaction) throws -> [CaseRecord] {
        guard scope.may(.caseRead) else { return [] }
        return try CaseStore.waiting(rules.ownedStates(scope), for: scope, limit: limit, in: transaction)
    }

    /// The matter, if this scope may see it.
    public func matter(_ id: CaseID, for scope: Scope, in transaction: any Transaction) throws -> CaseRecord? {
        try CaseStore.find(id, for: scope, in: transaction)
    }

    /// What somebody in this post may do now with nothing but words; one step ahead, too.
    /// - Parameter beyondShare: whether one more is too much for them (``beyondShare(_:for:at:in:)``): then taking it asks for
    ///   a reason.
    public func simpleActs(
        on record: CaseRecord, for scope: Scope, at now: Instant, ahead: Bool = true, beyondShare: Bool = false
    ) -> [SimpleAct] {
        guard keepers[record.kind] == nil else { return [] }
        return rules.workflow(of: record).acts(from: record.state).compactMap { act in
            guard Set(act.needs).isSubset(of: [.opinion, .result, .reason]),
                rules.refusal(of: act, on: record, by: .staff(scope), at: now) == nil
            else { return nil }
            let isWeighed = beyondShare && workShare.applies(to: act)
            let reasons = (isWeighed ? WorkShare.reasons : act.reasons).flatMap { rules.reasons[$0] } ?? []
            var then: [SimpleAct] = []
            if ahead, act.to != nil, act.needs.isEmpty,
                let decision = try? rules.decide(record, Command(act.name), by: .staff(scope), at: now)
            {
                then = simpleActs(on: decision.after, for: scope, at: now, ahead: false).filter(\.movesOn)
            }
            return SimpleAct(
                name: act.name, title: act.title, needs: act.needs + (isWeighed ? [.reason] : []), reasons: reasons,
                then: then,
                movesOn: act.to != nil)
        }
    }

    /// Which of some matters somebody takes only with a reason, having much more in hand than their colleagues.
    public func beyondShare(
        _ records: [CaseRecord], for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Set<CaseID> {
        guard
            try WorkShareStore.hasInHand(
                workShare.leastOpen, scope.staff, of: scope.body, in: statesInHand, in: transaction)
        else { return [] }
        var takers: [Right?: Takers] = [:]
        return try records.reduce(into: []) { found, record in
            guard record.body == scope.body, isWeighed(record, at: now),
                let act = rules.workflow(of: record).acts(from: record.state).first(where: workShare.applies)
            else { return }
            let known = try takers[act.right] ?? self.takers(by: act.right, for: scope, in: transaction)
            takers[act.right] = known
            if takingBoard(of: known, on: record, for: scope).finding != nil { found.insert(record.id) }
        }
    }

    /// One step of a matter, without what was said.
    public struct Change: Sendable {
        public var version: Int64
        public var act: ActName
        public var at: Instant
        public var staff: StaffID?
        /// It went on, or to somebody else: what was seen before holds no longer.
        public var isMove: Bool
    }

    /// What was done with a matter since a version of it was seen.
    public func changes(of id: CaseID, since version: Int64, in transaction: any Transaction) throws -> [Change] {
        try CaseStore.steps(of: id, in: transaction).filter { $0.version > version }.map {
            Change(
                version: $0.version, act: $0.act, at: $0.at, staff: $0.staff,
                isMove: $0.from != $0.to || $0.givenTo != nil)
        }
    }

    /// An act that was done earlier than it arrives: whether it was in time is judged by when it was done.
    /// - Parameter happenedAt: by the clock of whoever did it, never before the present state began.
    ///   arrivedAt: when it was first sent, where it is carried out later.
    public func act(
        _ id: CaseID, _ command: Command, by scope: Scope, happenedAt: Instant, arrivedAt: Instant? = nil,
        photos: [Photo] = [], at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let record = try CaseStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        var command = command
        try check(&command, for: record, in: transaction)
        var decision = try rules.decide(record, command, by: .staff(scope), at: now)
        // What was taken where there was no network is in work already.
        if (arrivedAt ?? now) - happenedAt <= .minutes(5) {
            try weigh(&command, decision, by: .staff(scope), at: now, in: transaction)
        }
        decision.after.photoCount += photos.count
        if decision.after.finishedAt == now, record.finishedAt != now {
            decision.after.finishedAt = min(max(happenedAt, record.stateSince), now)
        }
        try store(
            decision, command, by: .staff(scope), actor: Actor(scope), photos: photos, at: now, in: transaction)
        return try follow(decision, at: now, in: transaction)
    }
}
