import Cases
import Cipher
import Desk
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage

/// Turns what phones send into what it was meant to be: once, in order, and never lost. What cannot be done is kept for
/// its writer to decide.
struct EntryWork: Sendable {
    let day: GridDay

    var house: House { day.house }
    var cases: Cases { day.cases }

    // MARK: Taking

    /// Takes an entry, or gives what came of it before.
    /// - Parameters:
    ///   - key: chosen on the phone; the same key and content is the same entry.
    ///   - content: the bytes that were sent.
    /// - Throws: a refusal when it cannot even be kept: not understood, another person's, or the key was used otherwise.
    func take(_ entry: DayEntry, key: String, content: [UInt8], by scope: Scope, at now: Instant) async throws
        -> EntryOutcome
    {
        guard entry.owner == nil || entry.owner == scope.staff.text else { throw Self.otherPerson }
        let happenedAt = try entry.happened(receivedAt: now)
        let fingerprint = Digest.sha256(content)
        let record = EntryRecord(
            id: house.identifiers.next(at: now), owner: scope.staff, key: key, fingerprint: fingerprint,
            kind: entry.kind, matter: entry.matter, seenVersion: entry.seenVersion, follows: entry.follows,
            happenedAt: happenedAt, receivedAt: now, state: .waiting)
        let outcome = try await settle(record, entry, by: scope, at: now, isNew: true)
        if outcome.record.state == .done { try await goOn(after: key, by: scope, at: now) }
        return outcome
    }

    private static let otherPerson = Refusal(
        .conflict, "day.other-person",
        LocalizedText("这条记录是另一位同事写的，不能以您的名义上传", "A colleague wrote this entry; it is not sent in your name"),
        wayOn: LocalizedText("它留在手机上，等本人登录后自动上传", "It stays on the phone until that person logs in"), field: "owner")

    static let keyReused = Refusal(
        .ruleBroken, "desk.key-reused",
        LocalizedText("同一幂等键（Idempotency-Key）已用于另一内容", "This Idempotency-Key was used for another content"),
        wayOn: LocalizedText("请为新的内容换一个键", "Choose a new key for new content"))

    /// One try. A refusal takes nothing back but the try: the entry is then kept with the reason.
    private func settle(
        _ record: EntryRecord, _ entry: DayEntry, by scope: Scope, at now: Instant, isNew: Bool
    ) async throws -> EntryOutcome {
        do {
            // Megabytes of photos are read before the one writer is kept busy.
            let photos = try entry.pictures()
            return try await house.database.write { transaction in
                if isNew, let known = try known(record, in: transaction) { return known }
                var record = record
                var entry = entry
                if let order = try order(of: &record, &entry, in: transaction) {
                    record.state = order
                    if order == .kept { record.code = Self.earlierKept.code }
                    record.content = sealed(entry)
                    try store(record, isNew: isNew, at: now, in: transaction)
                    return EntryOutcome(record: record, refusal: order == .kept ? Self.earlierKept : nil)
                }
                return try perform(&record, entry, photos, by: scope, isNew: isNew, at: now, in: transaction)
            }
        } catch let refusal as Refusal where Self.isKept(refusal) {
            return try await house.database.write { transaction in
                if isNew, let known = try known(record, in: transaction) { return known }
                var record = record
                record.state = .kept
                record.code = refusal.code
                record.content = sealed(entry)
                try store(record, isNew: isNew, at: now, in: transaction)
                return EntryOutcome(record: record, refusal: refusal)
            }
        }
    }

    /// Only what another try cannot mend is kept; a fault or a busy server is tried again by the phone.
    private static func isKept(_ refusal: Refusal) -> Bool {
        switch refusal.kind {
        case .ruleBroken: refusal.code != keyReused.code
        case .forbidden, .notFound, .conflict, .changedMeanwhile, .tooLarge: true
        case .malformed, .unauthenticated, .tooOften, .unavailable, .fault: false
        }
    }

    private func known(_ record: EntryRecord, in transaction: any Transaction) throws -> EntryOutcome? {
        guard let earlier = try EntryStore.find(key: record.key, of: record.owner, in: transaction) else { return nil }
        guard earlier.fingerprint == record.fingerprint else { throw Self.keyReused }
        return EntryOutcome(record: earlier, refusal: earlier.code.map { Self.told(code: $0) })
    }

    func store(_ record: EntryRecord, isNew: Bool, at now: Instant, in transaction: any Transaction) throws {
        if isNew {
            try EntryStore.insert(record, at: now, in: transaction)
        } else {
            try EntryStore.update(record, at: now, in: transaction)
        }
    }

    func sealed(_ entry: DayEntry) -> [UInt8]? {
        guard let json = try? DayEntry.json(entry) else { return nil }
        return house.keys.vault.seal(json, for: EntryRecord.contentPurpose)
    }

    func opened(_ record: EntryRecord) throws -> DayEntry? {
        guard let content = record.content else { return nil }
        return try DayEntry(json: try house.keys.vault.open(content, for: EntryRecord.contentPurpose))
    }

    // MARK: Order

    /// What an earlier entry of the same phone means for this one; nil when it can be done now.
    private func order(of record: inout EntryRecord, _ entry: inout DayEntry, in transaction: any Transaction) throws
        -> EntryRecord.State?
    {
        guard let follows = record.follows else { return nil }
        guard let earlier = try EntryStore.find(key: follows, of: record.owner, in: transaction) else {
            return .waiting
        }
        switch earlier.state {
        case .waiting: return .waiting
        case .kept, .discarded: return .kept
        case .done:
            // What follows a report made without a network belongs to the matter that the report became.
            if entry.matter == nil { entry.matter = earlier.resultCase }
            record.matter = entry.matter
            return nil
        }
    }

    /// Those that waited for this one come next, and those that waited for them.
    func goOn(after key: String, by scope: Scope, at now: Instant) async throws {
        var keys = [key]
        while let next = keys.popLast() {
            let owner = scope.staff
            let waiting = try await house.database.read {
                try EntryStore.followers(of: next, of: owner, in: $0)
            }
            for record in waiting {
                guard let entry = try opened(record) else { continue }
                let outcome = try await settle(record, entry, by: scope, at: now, isNew: false)
                if outcome.record.state == .done { keys.append(record.key) }
            }
        }
    }

    /// Takes up entries whose predecessor is done by now: the server may have been stopped between the two.
    func resume(by scope: Scope, at now: Instant) async throws {
        let owner = scope.staff
        let waiting = try await house.database.read {
            try EntryStore.page(.waiting, of: owner, after: nil, limit: 100, in: $0)
        }
        for key in Set(waiting.compactMap(\.follows)) {
            let isDone = try await house.database.read {
                try EntryStore.find(key: key, of: owner, in: $0)?.state == .done
            }
            if isDone { try await goOn(after: key, by: scope, at: now) }
        }
    }

    /// How long one may wait for another before its writer is asked: the other may never come.
    private static let longestWait = Span.days(3)

    /// Entries whose predecessor never came are given back to their writers.
    func giveUpWaiting(at now: Instant) async throws {
        try await house.database.write { transaction in
            for var record in try EntryStore.waiting(
                receivedBefore: now - Self.longestWait, most: 200, in: transaction)
            {
                record.state = .kept
                record.code = Self.earlierMissing.code
                try EntryStore.update(record, at: now, in: transaction)
            }
        }
    }
}

extension Right {
    static let dayReport = Right("case.report")
    static let dayRead = Right("case.read")
    static let dayHandle = Right("case.handle")
    static let dayPlan = Right("case.dispatch")
    static let dayExport = Right("case.export")
}
