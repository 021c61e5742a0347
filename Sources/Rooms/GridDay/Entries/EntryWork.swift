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

    private var house: House { day.house }
    private var cases: Cases { day.cases }

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

    private func store(_ record: EntryRecord, isNew: Bool, at now: Instant, in transaction: any Transaction) throws {
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
    private func goOn(after key: String, by scope: Scope, at now: Instant) async throws {
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

    // MARK: Doing

    private func perform(
        _ record: inout EntryRecord, _ entry: DayEntry, _ photos: [Photo], by scope: Scope, isNew: Bool,
        at now: Instant, in transaction: any Transaction
    ) throws -> EntryOutcome {
        let result: CaseRecord?
        switch entry.kind {
        case .report: result = try report(entry, photos, record, by: scope, at: now, in: transaction)
        case .act: result = try act(entry, photos, record, by: scope, at: now, in: transaction)
        case .check: result = try check(entry, photos, record, by: scope, at: now, in: transaction)
        case .help: result = try help(entry, record, by: scope, at: now, in: transaction)
        case .refuse: result = try refuse(entry, by: scope, at: now, in: transaction)
        }
        record.state = .done
        record.code = nil
        record.content = nil
        record.resultCase = result?.id
        record.resultVersion = result?.version
        try store(record, isNew: isNew, at: now, in: transaction)
        if now - record.happenedAt > .minutes(5) {
            try recordLate(record, by: scope, area: result?.area ?? scope.area, at: now, in: transaction)
        }
        return EntryOutcome(record: record, refusal: nil, number: result?.number)
    }

    private func report(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord {
        try scope.require(.dayReport)
        let report = try entry.report(
            in: try area(of: entry, scope), at: record.happenedAt, channel: scope.isMachine ? .program : .staff,
            photos: photos)
        return try cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
    }

    /// Where it is: as it was said, else the grid nearest to the place, else the post's own area.
    private func area(of entry: DayEntry, _ scope: Scope) throws(Refusal) -> AreaPrefix {
        let own = scope.line == nil ? scope.area : house.settings.area
        if let text = entry.area {
            guard let area = AreaPrefix(text), area != .everywhere else {
                throw Refusal(
                    .ruleBroken, "day.no-area", LocalizedText("区域代码有误", "That is no area code"), field: "area")
            }
            return area
        }
        guard let place = entry.location else { return own }
        guard day.places.hasGridCentres else { return own }
        guard let grid = day.places.nearestGrid(longitude: place.longitude, latitude: place.latitude) else {
            throw Refusal(
                .ruleBroken, "day.place-outside",
                LocalizedText("定位不在本县范围内，可能是手机定位偏差", "The place lies outside the county; the phone may be mistaken"),
                wayOn: LocalizedText(
                    "可去掉定位后重发，区域按您的网格登记", "Send it without the place: it then counts for your own grid"),
                field: "location")
        }
        // Who works for one grid reports from there, whatever a phone between tall houses thinks.
        let found = AreaPrefix(grid.code) ?? own
        return own.contains(found) || scope.area.level < .community ? found : own
    }

    private func act(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let id = entry.matter else { throw Refusal.nothingHere }
        let command = try entry.command()
        try checkUnchanged(id, entry, record, by: scope, in: transaction)
        return try cases.act(
            id, command, by: scope, happenedAt: record.happenedAt, photos: photos, at: now, in: transaction)
    }

    /// What was seen must still hold for an act that moves a matter on. Words alone are added to whatever stands.
    private func checkUnchanged(
        _ id: CaseID, _ entry: DayEntry, _ record: EntryRecord, by scope: Scope, in transaction: any Transaction
    ) throws {
        guard let seen = entry.seenVersion, let matter = try cases.matter(id, for: scope, in: transaction),
            matter.version != seen,
            let act = cases.rules.workflow(of: matter)[ActName(rawValue: entry.act ?? "")], act.to != nil
        else { return }
        let moves = try cases.changes(of: id, since: seen, in: transaction).filter(\.isMove)
        let own = try EntryStore.ownVersions(
            of: id, by: scope.staff, among: moves.map(\.version), in: transaction)
        guard moves.allSatisfy({ own.contains($0.version) }) else { throw Self.changed }
    }

    private func check(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord? {
        let work = PatrolWork(day: day)
        guard let id = entry.check.flatMap({ Identifier<PatrolCheck>(parsing: $0) }),
            let check = try PatrolStore.check(id, in: transaction),
            check.area.contains(scope.area) || scope.area.contains(check.area)
        else { throw Refusal.nothingHere }
        // Nothing said means that nothing was found, for the whole stretch.
        guard let detail = entry.detail, !detail.isEmpty else {
            try work.finish(check, found: nil, by: scope, happenedAt: record.happenedAt, at: now, in: transaction)
            return nil
        }
        try scope.require(.dayReport)
        let area = scope.area.contains(check.area) ? check.area : scope.area
        var report = try entry.report(in: area, at: record.happenedAt, channel: .patrol, photos: photos)
        report.category = report.category ?? check.category
        let found = try cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
        try work.finish(check, found: found, by: scope, happenedAt: record.happenedAt, at: now, in: transaction)
        return found
    }

    /// A remark on the matter, if there is one, and a word to the nearest head.
    private func help(
        _ entry: DayEntry, _ record: EntryRecord, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord? {
        guard let words = entry.opinion, !words.isEmpty else {
            throw Refusal(
                .ruleBroken, "day.no-words", LocalizedText("请写明需要什么支援", "Say what help is needed"), field: "opinion")
        }
        guard words.count <= 500 else {
            throw Refusal(
                .ruleBroken, "day.too-long", LocalizedText("求助内容超过 500 字", "More than 500 characters"),
                field: "opinion")
        }
        var matter: CaseRecord?
        if let id = entry.matter {
            matter = try cases.act(
                id, Command("remark", opinion: "请求支援：" + words), by: scope, happenedAt: record.happenedAt, at: now,
                in: transaction)
        }
        let heads = try day.heads(of: scope, in: transaction)
        guard !heads.isEmpty else {
            throw Refusal(
                .conflict, "day.no-head",
                LocalizedText("没有找到可以求助的负责人", "There is no head who could be asked"),
                wayOn: LocalizedText("请电话联系街道指挥中心", "Call the street's command centre"))
        }
        for head in heads {
            try Messages.notify(
                Notice(
                    to: .post(head), kind: "gridday.help", subjectKind: matter == nil ? "post" : "case",
                    subjectID: matter?.id.text ?? scope.post.text,
                    text: LocalizedText(
                        "\(scope.staffName)请求支援：\(words.prefix(200))",
                        "\(scope.staffName) asks for help: \(words.prefix(200))"),
                    address: matter.map { "/cases/\($0.id)" } ?? "/messages", at: now, isUrgent: true),
                in: transaction)
        }
        return matter
    }

    /// A matter of the street with the body that sent the task. It is about the task; it says nothing of whoever raised it.
    private func refuse(_ entry: DayEntry, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> CaseRecord
    {
        let detail = entry.detail ?? ""
        let title = detail.prefix { !$0.isNewline && !"。！？!?".contains($0) }.prefix(40)
        return try cases.begin(
            Beginning(kind: GridDay.offList, title: String(title), detail: detail, body: entry.body), by: scope,
            at: now,
            in: transaction)
    }

    /// That it came later than it happened is a fact for whoever reads the record; on-time is judged by when it happened.
    private func recordLate(
        _ record: EntryRecord, by scope: Scope, area: AreaPrefix, at now: Instant, in transaction: any Transaction
    ) throws {
        let subject = record.resultCase?.text ?? record.id.text
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: "gridday.arrived-late",
                subjectKind: record.resultCase == nil ? "day-entry" : "case", subjectID: subject, actor: Actor(scope),
                happenedAt: record.happenedAt, receivedAt: now, area: area.code,
                facts: JSONWriter.object { writer in
                    writer.member("entry", record.kind.rawValue)
                    writer.member("version", record.resultVersion ?? 0)
                }), in: transaction)
    }

    // MARK: Deciding on what is kept

    enum Decision: String, Sendable, CaseIterable {
        /// Do it on what stands now, as it is written now.
        case apply
        /// Only the words go to the matter.
        case remark
        case discard
    }

    /// The writer decides: with what was changed, on what stands now.
    /// - Throws: the reason why that cannot be done either; the entry then stays as it is.
    func decide(
        _ id: Identifier<EntryRecord>, _ decision: Decision, _ changes: EntryChanges, by scope: Scope, at now: Instant
    ) async throws -> EntryOutcome {
        let outcome = try await house.database.write { transaction -> EntryOutcome in
            guard var record = try EntryStore.find(id, of: scope.staff, in: transaction) else {
                throw Refusal.nothingHere
            }
            // A second click finds it decided.
            guard record.state == .kept else { return EntryOutcome(record: record, refusal: nil) }
            guard decision != .discard else {
                record.state = .discarded
                record.content = nil
                try EntryStore.update(record, at: now, in: transaction)
                return EntryOutcome(record: record, refusal: nil)
            }
            guard let written = try opened(record) else { throw Refusal.nothingHere }
            var entry = changes.applied(to: written)
            entry.seenVersion = nil
            if entry.matter == nil, let follows = record.follows {
                entry.matter = try EntryStore.find(key: follows, of: scope.staff, in: transaction)?.resultCase
            }
            record.matter = entry.matter
            if decision == .remark {
                let words = [entry.result, entry.opinion].compactMap { $0 }.joined(separator: "\n")
                entry.kind = .act
                entry.act = "remark"
                entry.opinion = words.isEmpty ? "（离线操作未生效）" : words
                entry.result = nil
                entry.reason = nil
            }
            return try perform(
                &record, entry, try entry.pictures(), by: scope, isNew: false, at: now, in: transaction)
        }
        if outcome.record.state == .done { try await goOn(after: outcome.record.key, by: scope, at: now) }
        return outcome
    }

    // MARK: Words

    static let changed = Refusal(
        .changedMeanwhile, "day.changed-meanwhile",
        LocalizedText("您离线时，该件已由他人办理到下一步", "While you were offline, somebody else took the matter further"),
        wayOn: LocalizedText("两边都列在这里，请您决定", "Both sides are shown; please decide"))

    static let earlierKept = Refusal(
        .conflict, "day.earlier-kept",
        LocalizedText("它的前一步没有办成，因此先留着", "The step before it could not be done, so it is kept"),
        wayOn: LocalizedText("请先处理前一步", "Decide on that one first"))

    static let earlierMissing = Refusal(
        .conflict, "day.earlier-missing",
        LocalizedText("它的前一步一直没有上传", "The step before it never arrived"),
        wayOn: LocalizedText("请用记录它的手机联网，或在这里决定", "Bring that phone online, or decide here"))

    /// A reason by its code, for entries that were kept earlier.
    static func told(code: String) -> Refusal {
        for known in [changed, earlierKept, earlierMissing] where known.code == code { return known }
        let words = reasons[code] ?? LocalizedText("未能办成，内容完整保留", "It could not be done; all of it is kept")
        return Refusal(.conflict, code, words)
    }

    private static let reasons: [String: LocalizedText] = [
        "cases.unknown-category": LocalizedText("所选类别已停用，请重新选择", "The category is no longer in use; choose another"),
        "cases.elsewhere": LocalizedText("所选区域不在本县内", "That area is not within the county"),
        "cases.detail-too-long": LocalizedText("内容太长，请保留要点", "Too long; keep the main points"),
        "cases.nothing-said": LocalizedText("没有写内容", "Nothing was written"),
        "cases.act-not-now": LocalizedText("该件已不在这一步", "The matter is no longer at that step"),
        "cases.not-yours": LocalizedText("该件已不由您的岗位办理", "The matter is no longer your post's"),
        "cases.missing-result": LocalizedText("没有写办理结果", "It does not say what was done"),
        "cases.missing-opinion": LocalizedText("没有写意见", "No opinion was written"),
        "cases.missing-reason": LocalizedText("没有选原因", "No reason was chosen"),
        "cases.missing-body": LocalizedText("没有选是哪个单位派的", "It does not say who sent the task"),
        "cases.unknown-body": LocalizedText("所选单位已不在这一区域", "That body does not act in the area any more"),
        "cases.no-photo": LocalizedText("有照片无法使用", "A photo cannot be used"),
        "desk.nothing-here": LocalizedText("该件已不在您的辖区，或已不存在", "It is no longer in your area, or no longer there"),
        "day.place-outside": LocalizedText("定位不在本县范围内", "The place lies outside the county"),
        "day.check-done": LocalizedText("这一段已由他人看过", "Somebody else has already looked at this stretch"),
    ]
}

extension Right {
    static let dayReport = Right("case.report")
    static let dayRead = Right("case.read")
    static let dayHandle = Right("case.handle")
    static let dayPlan = Right("case.dispatch")
    static let dayExport = Right("case.export")
}
