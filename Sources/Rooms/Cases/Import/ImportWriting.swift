import Cipher
import Desk
import Ground
import Identity
import Ledger
import Sheets
import Storage

extension CaseStep {
    /// The act by which another system's order entered, or its news did.
    static let imported: ActName = "import"
}

/// Writes one chunk of understood rows in one transaction.
struct ImportWriting: Sendable {
    let cases: Cases
    let source: String
    let performer: Performer

    private var actor: Actor {
        guard case .staff(let scope) = performer else { return .system }
        return Actor(scope)
    }

    /// Whether the performer's post reaches that area: what lies outside is another street's to take over.
    private func reaches(_ area: AreaPrefix) -> Bool {
        guard case .staff(let scope) = performer else { return performer == .system }
        return scope.may(.caseImport) && scope.line == nil && scope.area.contains(area)
    }

    /// What became of a chunk.
    struct Written: Sendable {
        var created = 0
        var updated = 0
        var unchanged = 0
        var unplaced = 0
        var conflicts: [(problem: RowProblem, original: [String])] = []
        /// How many open matters each post got.
        var open: [PostID: Int] = [:]
    }

    private struct Known {
        var caseID: CaseID
        var text: String
        var progress: String
        var version: Int64
    }

    func write(_ matters: [ImportedMatter], heading: String, at now: Instant, in transaction: any Transaction) throws
        -> Written
    {
        var written = Written()
        var repeats = RepeatSums()
        let numbers = matters.map(\.number)
        let known = try known(numbers, in: transaction)
        let foreign = try reportedOtherwise(numbers.filter { known[$0] == nil }, in: transaction)
        for matter in matters {
            func conflict(_ code: String, _ message: LocalizedText) {
                written.conflicts.append(
                    (
                        RowProblem(
                            row: matter.row, column: heading, value: matter.number, code: "cases.import." + code,
                            message: message), matter.original
                    ))
            }
            guard reaches(matter.area) else {
                conflict(
                    "outside-area",
                    LocalizedText(
                        "该件不在您岗位的辖区内，未导入", "It lies outside the area of your post and was not taken"))
                continue
            }
            if foreign.contains(matter.number) {
                conflict(
                    "reported-otherwise",
                    LocalizedText(
                        "该来源编号已由接口登记，不由导入更新", "A program reported this number; an import does not change it"))
                continue
            }
            guard let known = known[matter.number] else {
                let answerable = try cases.reception.answerable(for: matter.area, scope: nil, in: transaction)
                try insert(matter, answerable, &repeats, at: now, in: transaction)
                written.created += 1
                if matter.isUnplaced { written.unplaced += 1 }
                if !matter.isEnd { written.open[answerable.post, default: 0] += 1 }
                continue
            }
            if known.text != matter.textFingerprint {
                conflict(
                    "text-differs",
                    LocalizedText(
                        "同一编号的标题或内容与上次导入不同，未更新", "Title or text differ from those imported before; not changed"))
            } else if known.progress == matter.progressFingerprint {
                written.unchanged += 1
            } else if try update(known.caseID, seen: known.version, to: matter, at: now, in: transaction) {
                written.updated += 1
            } else {
                conflict(
                    "dealt-with-here",
                    LocalizedText(
                        "该件已在本平台办理，来源的新状态未覆盖", "It has been dealt with here since; the source's news was not taken over"
                    ))
            }
        }
        try repeats.write(in: transaction)
        return written
    }

    private func known(_ numbers: [String], in transaction: any Transaction) throws -> [String: Known] {
        let rows = try transaction.query(
            """
            SELECT number, case_id, text_fingerprint, progress_fingerprint, case_version FROM case_imports
            WHERE source = \(source) AND number IN (\(list: numbers))
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (
                    try row.text(0),
                    Known(
                        caseID: try row.identifier(1), text: try row.text(2), progress: try row.text(3),
                        version: try row.int(4))
                )
            })
    }

    private func reportedOtherwise(_ numbers: [String], in transaction: any Transaction) throws -> Set<String> {
        guard !numbers.isEmpty else { return [] }
        let rows = try transaction.query(
            "SELECT source_number FROM cases WHERE source = \(source) AND source_number IN (\(list: numbers))")
        return Set(try rows.map { try $0.text(0) })
    }

    private func insert(
        _ matter: ImportedMatter, _ answerable: CaseReception.Answerable, _ repeats: inout RepeatSums,
        at now: Instant, in transaction: any Transaction
    ) throws {
        let rules = cases.rules
        let reportedAt = matter.reportedAt ?? matter.endedAt ?? now
        let endedAt = matter.isEnd ? matter.endedAt ?? reportedAt : nil
        var record = CaseRecord(
            id: cases.house.identifiers.next(at: now), number: cases.numbers.next(at: now), title: matter.title,
            detail: matter.detail, area: matter.area, channel: .imported, state: matter.state, reportedAt: reportedAt,
            receivedAt: now, stateSince: endedAt ?? now, answerable: answerable.staff, answerablePost: answerable.post)
        record.category = matter.category
        record.address = matter.address
        record.reporter = matter.reporter
        record.source = source
        record.sourceNumber = matter.number
        apply(matter, to: &record, at: now)
        if matter.isEnd { record.version = 2 }
        try CaseStore.insert(&record, numbers: cases.numbers, in: transaction)
        try OutcomeStore.move(from: nil, to: record, cases.rules.rates, in: transaction)
        repeats.move(from: nil, to: record)
        var step = CaseStep(
            caseID: record.id, version: 1, act: CaseStep.imported, from: nil,
            to: matter.isEnd ? rules.workflow.first : record.state, at: matter.isEnd ? reportedAt : now,
            performer: .system, opinion: matter.note, due: matter.isEnd ? nil : record.due)
        try CaseStore.insert(step, in: transaction)
        if let endedAt {
            step.version = 2
            step.from = rules.workflow.first
            step.to = record.state
            step.at = endedAt
            step.opinion = matter.result
            try CaseStore.insert(step, in: transaction)
        }
        try remember(matter, record, at: now, in: transaction)
        try enterInLedger(record, matter, "cases.import", at: now, in: transaction)
    }

    /// State, deadlines and outcome, as the other system says.
    private func apply(_ matter: ImportedMatter, to record: inout CaseRecord, at now: Instant) {
        let rules = cases.rules
        record.result = matter.result
        record.isSolved = matter.isSolved
        record.satisfaction = matter.satisfaction
        record.state = matter.state
        record.due = nil
        record.endedAt = nil
        record.finishedAt = nil
        if matter.isEnd {
            let endedAt = matter.endedAt ?? record.reportedAt
            record.endedAt = endedAt
            record.stateSince = endedAt
            // It was closed elsewhere: nothing was due here, and nothing counts in the rates of this county's bodies.
            record.finalDue = nil
            if matter.result != nil { record.finishedAt = endedAt }
        } else if let state = rules.workflow[matter.state] {
            // The other system's time is its own; here it runs from the moment we have the matter.
            record.stateSince = now
            if state.clock == .starts {
                record.finalDue = rules.deadline(from: now, rules.limit(ofCategory: record.category))
            }
            record.due = rules.due(in: state, of: record, at: now)
        }
    }

    /// - Returns: false when somebody has acted on the matter here since the last import.
    private func update(
        _ id: CaseID, seen version: Int64, to matter: ImportedMatter, at now: Instant, in transaction: any Transaction
    ) throws -> Bool {
        guard let before = try CaseStore.find(id, in: transaction), before.version == version, reaches(before.area)
        else { return false }
        var after = before
        after.version += 1
        apply(matter, to: &after, at: now)
        try CaseStore.update(after, from: before, in: transaction)
        try OutcomeStore.move(from: before, to: after, cases.rules.rates, in: transaction)
        try RepeatSums.move(from: before, to: after, in: transaction)
        try CaseStore.insert(
            CaseStep(
                caseID: id, version: after.version, act: CaseStep.imported, from: before.state, to: after.state,
                at: after.endedAt ?? now, performer: .system, opinion: matter.result, due: after.due), in: transaction)
        try remember(matter, after, at: now, in: transaction)
        try enterInLedger(after, matter, "cases.import-update", at: now, in: transaction)
        return true
    }

    private func remember(
        _ matter: ImportedMatter, _ record: CaseRecord, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.later(
            """
            INSERT INTO case_imports (source, number, case_id, text_fingerprint, progress_fingerprint, case_version, at)
            VALUES (\(source), \(matter.number), \(record.id), \(matter.textFingerprint),
                    \(matter.progressFingerprint), \(record.version), \(now))
            ON CONFLICT (source, number) DO UPDATE SET progress_fingerprint = excluded.progress_fingerprint,
                case_version = excluded.case_version, at = excluded.at
            """)
    }

    private func enterInLedger(
        _ record: CaseRecord, _ matter: ImportedMatter, _ act: String, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            act, on: "case", record.id, by: actor, at: now, id: cases.house.identifiers.next(at: now),
            area: record.area.code
        ) { writer in
            writer.member("number", record.number)
            writer.member("source", source)
            writer.member("sourceNumber", matter.number)
            writer.member("to", record.state.rawValue)
            writer.member("dueAt", record.due?.at)
            writer.member("body", record.body?.text)
            writer.member("version", record.version)
            writer.member("category", record.category)
            writer.member("text", CaseLedger.contentHash(record))
            writer.member("reportedAt", matter.reportedAt)
            writer.member("endedAt", matter.endedAt)
            if let result = matter.result { writer.member("result", Digest.sha256(result).hexadecimal) }
            if let isSolved = matter.isSolved { writer.member("solved", isSolved) }
            if let satisfaction = matter.satisfaction { writer.member("satisfaction", satisfaction) }
            writer.member("answerable", record.answerable.text)
        }
        try Ledger.record(entry, in: transaction)
    }
}
