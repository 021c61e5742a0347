import Cipher
import Desk
import Ground
import Identity
import Ledger
import Registry
import Storage

/// What became of a report.
struct VisitResult: Sendable, Hashable {
    /// How many answers became facts.
    var written = 0
    var declined = 0
    /// Those that wait for a decision.
    var conflicts: [QueuedAnswer] = []
    var kept: [QueuedAnswer] = []
}

extension Visits {
    /// Takes what was seen at a home: the facts, who was not there, what waits for a decision and the ledger, in the
    /// caller's transaction. An answer that cannot become a fact harms no other: it is kept with the reason.
    /// - Throws: a refusal when the home is not there for this scope, or the times make no sense.
    func take(
        _ report: VisitReport, at home: SubjectID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> VisitResult {
        try scope.require(.registryWrite)
        try report.check(receivedAt: now)
        let subject = try registry.subject(home, for: scope, in: transaction)
        guard subject.kind == .household || subject.kind == .dwelling, scope.area.contains(subject.area) else {
            throw Refusal.nothingHere
        }
        var taking = Taking(
            visits: self, home: subject, report: report, scope: scope, now: now, transaction: transaction)
        if report.outcome == .met { try taking.takeAnswers() }
        try VisitStore.noteCall(
            subject, .init(seenAt: report.seenAt, nobodyThere: report.outcome == .nobody), in: transaction)
        let result = taking.result
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: report.outcome == .met ? "visits.made" : "visits.nobody",
                subjectKind: subject.kind.rawValue, subjectID: subject.id.text, actor: Actor(scope),
                happenedAt: report.seenAt, receivedAt: now, area: subject.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("answered", result.written)
                    writer.member("declined", result.declined)
                    writer.member("kept", result.kept.count)
                    writer.member("conflicts", result.conflicts.count)
                }), in: transaction)
        return result
    }
}

/// The answers of one report on their way into the registry.
private struct Taking {
    let visits: Visits
    let home: StoredSubject
    let report: VisitReport
    let scope: Scope
    let now: Instant
    let transaction: any Transaction
    var result = VisitResult()

    private var registry: Registry { visits.registry }

    mutating func takeAnswers() throws {
        var order: [SubjectID] = []
        for answer in report.answers where !order.contains(answer.subject) { order.append(answer.subject) }
        for id in order {
            // Of two answers to one question the last counts: somebody thought again.
            var last: [String: VisitReport.Answer] = [:]
            for answer in report.answers where answer.subject == id { last[answer.element] = answer }
            try take(last.values.sorted { $0.element < $1.element }, about: id)
        }
    }

    private mutating func take(_ answers: [VisitReport.Answer], about id: SubjectID) throws {
        let subject: StoredSubject
        let entries: [RegistryEntry]
        do {
            subject = try registry.subject(id, for: scope, in: transaction)
            entries = try registry.entries(of: id, for: scope, in: transaction)
        } catch let refusal as Refusal where refusal.kind == .notFound {
            for answer in answers { try keep(answer, refusal.code) }
            return
        }
        let known = SubjectRecord(kind: subject.kind, entries: entries, knownAt: report.knownAt)
        var facts: [(answer: VisitReport.Answer, fact: NewEntry.Fact)] = []
        for answer in answers {
            switch answer.act {
            case .declined: try decline(answer, subject)
            case .still:
                guard let held = known.statement(answer.element, at: seenDay) else {
                    try keep(answer, "visits.nothing-known")
                    continue
                }
                facts.append((answer, .init(answer.element, held.value, since: held.since)))
            case .now:
                facts.append((answer, .init(answer.element, answer.value ?? "", since: answer.since)))
            case .none: facts.append((answer, .init(answer.element, nil, since: answer.since)))
            }
        }
        try write(&facts, about: subject)
        for (answer, _) in facts { try lookForConflict(answer, subject, entries) }
    }

    private var seenDay: Day { min(report.seenAt, now).local().day }

    /// As many as can be written at once; what the registry refuses is kept, each with its own reason.
    private mutating func write(
        _ facts: inout [(answer: VisitReport.Answer, fact: NewEntry.Fact)], about subject: StoredSubject
    ) throws {
        while !facts.isEmpty {
            let entry = NewEntry(
                subject.kind, subject.id, facts: facts.map(\.fact), seenAt: min(report.seenAt, now), source: .visit,
                heldUntilSeen: true)
            do {
                _ = try registry.write(entry, by: scope, at: now, in: transaction)
                result.written += facts.count
                return
            } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
                // A refusal comes before anything is written, so what is left can be tried again.
                if let wrong = facts.firstIndex(where: { $0.fact.element == refusal.field }) {
                    try keep(facts.remove(at: wrong).answer, refusal.code)
                } else if facts.count == 1 {
                    try keep(facts.removeFirst().answer, refusal.code)
                } else {
                    // The registry does not name one of them: each is tried alone.
                    try writeSingly(&facts, about: subject)
                    return
                }
            }
        }
    }

    private mutating func writeSingly(
        _ facts: inout [(answer: VisitReport.Answer, fact: NewEntry.Fact)], about subject: StoredSubject
    ) throws {
        var written: [(answer: VisitReport.Answer, fact: NewEntry.Fact)] = []
        for one in facts {
            var single = [one]
            try write(&single, about: subject)
            written += single
        }
        facts = written
    }

    // MARK: What does not become a fact

    private mutating func decline(_ answer: VisitReport.Answer, _ subject: StoredSubject) throws {
        guard let element = registry.dictionary[answer.element], element.kind == subject.kind else {
            return try keep(answer, "registry.unknown-element")
        }
        try VisitStore.noteDeclined(
            subject, element.key, until: seenDay + visits.rules.declinedDays, in: transaction)
        result.declined += 1
    }

    private mutating func keep(_ answer: VisitReport.Answer, _ code: String) throws {
        var queued = queued(.kept, answer)
        queued.code = code
        queued.answer = answer
        try QueueStore.insert(queued, vault: visits.house.keys.vault, in: transaction)
        result.kept.append(queued)
    }

    private func queued(_ kind: QueuedAnswer.Kind, _ answer: VisitReport.Answer) -> QueuedAnswer {
        QueuedAnswer(
            id: visits.house.identifiers.next(at: now), kind: kind, area: home.area, home: home.id,
            subject: answer.subject, element: answer.element, staff: scope.staff, seenAt: report.seenAt,
            receivedAt: now)
    }

    /// Somebody else wrote the same fact otherwise after this list was made: both are there, what was seen later holds, and
    /// somebody looks at it.
    private mutating func lookForConflict(
        _ answer: VisitReport.Answer, _ subject: StoredSubject, _ before: [RegistryEntry]
    ) throws {
        let after = try registry.entries(of: subject.id, for: scope, in: transaction)
        let earlierIDs = Set(before.map(\.id))
        guard
            let own = after.last(where: { !earlierIDs.contains($0.id) && $0.content.statements[answer.element] != nil })
        else { return }
        let said = own.content[answer.element].last?.value
        let other = before.last { entry in
            entry.voidedAt == nil && entry.knownSince > report.knownAt && entry.staff != scope.staff
                && entry.content[answer.element].last.map { $0.value != said } ?? false
        }
        guard let other else { return }
        let asked = AskedElement(subject: subject.id, element: answer.element)
        // One question is decided once; a third answer is seen beside the others in the history.
        guard try QueueStore.openConflict(of: asked, in: transaction) == nil else { return }
        var queued = queued(.conflict, answer)
        let isLater = own.seenAt >= other.seenAt
        queued.laterEntry = isLater ? own.id : other.id
        queued.earlierEntry = isLater ? other.id : own.id
        try QueueStore.insert(queued, vault: visits.house.keys.vault, in: transaction)
        result.conflicts.append(queued)
    }
}
