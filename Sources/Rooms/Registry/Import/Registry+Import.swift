public import Desk
public import Ground
import Identity
import Ledger
public import Sheets
public import Storage

/// How far an import of residents is.
public struct ResidentImportProgress: Sendable, Hashable {
    public var rows: Int
    public var bytesRead: Int64
    public var byteCount: Int64
}

/// What an import of residents did. Run again with the same file, `created` and `changed` are 0.
public struct ResidentImportResult: Sendable, Hashable {
    public var rows = 0
    /// People who were not there.
    public var created = 0
    /// People of whom something was new; in a register of dwellings, those.
    public var changed = 0
    public var unchanged = 0
    /// Rows that were not taken.
    public var rejected = 0
    /// Rows that were taken but for some of their cells.
    public var partly = 0
    /// People who may be there twice now.
    public var lookAlikes = 0
    public var dwellings = 0
    public var households = 0
    public var unusedColumns: [String] = []
    public var seconds = 0.0
    /// For a terminal; all of them stand in the file of errors.
    public var firstProblems: [RowProblem] = []

    static let problemsKept = 20
}

extension Registry {
    private static let chunkSize = 250

    /// Takes over a register of residents, one row a person: CSV (UTF-8 or GB 18030, also gzip), XLSX or GeoJSON, whose
    /// features are rows with a place. Dwellings and households follow from the addresses. A register that names nobody is
    /// one of dwellings.
    ///
    /// What is there already is left as it is; of somebody who is known only what differs is written. A wrong cell is told
    /// and costs only itself, unless it says who or where somebody is: then it costs its row.
    /// - Parameters:
    ///   - errors: where what was not taken is written, with the reason; nil to only count it.
    ///   - language: of that file.
    ///   - actor: who brings it in, as the ledger keeps it.
    ///   - progress: after each some hundred rows.
    ///   - written: within each transaction, how far the import is with it; by throwing it leaves that transaction undone and
    ///     ends the import, which keeps what was written before.
    /// - Throws: a refusal when the file cannot be read or has neither names nor addresses. Rows written before stay, and the
    ///   next run goes on.
    public func importResidents(
        file: String, errors: String? = nil, language: Language = .chinese, by actor: Actor = .system,
        progress: @Sendable (ResidentImportProgress) -> Void = { _ in },
        written: @escaping @Sendable (ResidentImportProgress, any Transaction) throws -> Void = { _, _ in }
    ) async throws -> ResidentImportResult {
        let features = try FeatureTable.isGeoJSON(file) ? FeatureTable(features: file) : nil
        defer { features?.remove() }
        return try await importTable(
            features?.path ?? file, of: features, errors, language, by: actor, progress: progress, written: written)
    }

    private func importTable(
        _ file: String, of features: FeatureTable?, _ errors: String?, _ language: Language, by actor: Actor,
        progress: @Sendable (ResidentImportProgress) -> Void,
        written noteWritten: @escaping @Sendable (ResidentImportProgress, any Transaction) throws -> Void
    ) async throws -> ResidentImportResult {
        let clock = ContinuousClock()
        let started = clock.now
        let now = house.clock.now()
        let layout = try ResidentLayout(
            header: try SheetReader.open(path: file).header, isOfFeatures: features != nil, dictionary: dictionary,
            rules: house.rules)
        var result = ResidentImportResult()
        result.unusedColumns = layout.unused
        let sheet = try errors.map { path throws(Refusal) in
            try ErrorSheet(path: path, language: language, header: layout.header)
        }
        let writing = ResidentWriting(registry: self, layout: layout, scope: systemScope, seenAt: now)
        for problem in features?.problems ?? [] { try result.tell(problem, original: [], in: sheet) }
        result.rows = features?.problems.count ?? 0
        result.rejected = result.rows
        let chunks = residentChunks(of: file, layout, uncounted: features == nil ? 0 : 1, on: now.local().day)
        defer { chunks.stop() }
        for try await chunk in chunks.stream {
            let reached = ResidentImportProgress(
                rows: result.rows + chunk.rows, bytesRead: chunk.bytesRead, byteCount: chunk.byteCount)
            let written = try await house.database.write { transaction in
                let written = try writing.write(chunk.residents, at: now, in: transaction)
                try note(written, by: actor, in: transaction)
                try noteWritten(reached, transaction)
                return written
            }
            chunks.done()
            result.add(chunk, written)
            for (problem, original) in chunk.problems + written.problems {
                try result.tell(problem, original: original, in: sheet)
            }
            progress(reached)
        }
        // A stream of rows ends for whoever is cancelled, as if there were no more.
        try Task.checkCancellation()
        try sheet?.close()
        result.seconds = (clock.now - started) / .seconds(1)
        try await noteImport(result, by: actor)
        return result
    }

    /// What a transaction writes is on the ledger with it, however the import ends.
    private func note(
        _ written: ResidentWriting.Written, by actor: Actor, in transaction: any Transaction
    ) throws {
        guard written.isStored else { return }
        try Ledger.record(
            importEntry("registry.import-written", by: actor) { writer in
                writer.member("created", written.created)
                writer.member("changed", written.changed)
            }, in: transaction)
    }

    private func noteImport(_ result: ResidentImportResult, by actor: Actor) async throws {
        let entry = importEntry("registry.imported", by: actor) { writer in
            writer.member("created", result.created)
            writer.member("changed", result.changed)
            writer.member("rejected", result.rejected)
        }
        try await house.database.write { try Ledger.record(entry, in: $0) }
    }

    private func importEntry(
        _ act: String, by actor: Actor, facts: (inout JSONWriter) -> Void
    ) -> LedgerEntry {
        // An import may take an hour: each entry has the time at which it was written.
        let now = house.clock.now()
        return LedgerEntry(
            id: house.identifiers.next(at: now), act: act, subjectKind: "residents",
            subjectID: house.settings.area.code, actor: actor, happenedAt: now, receivedAt: now,
            area: house.settings.area.code, facts: JSONWriter.object(facts))
    }

    /// Who runs the installation: all of it, and no post.
    private var systemScope: Scope {
        let nobody = house.identifiers.nextText(at: house.clock.now())
        return Scope(
            staff: StaffID(nobody), staffName: Actor.system.name, post: PostID(nobody),
            postName: LocalizedText("系统", "System"), role: "", rights: [.registryWrite], area: house.settings.area,
            body: BodyID(nobody), bodyName: "", isMachine: true)
    }

    /// Reads twice: what only shows at the end (merged cells, how many live in a home, two people with one number) first.
    ///
    /// - Parameter header: rows that are not counted.
    private func residentChunks(
        of file: String, _ layout: ResidentLayout, uncounted header: Int, on today: Day
    ) -> RowChunks<ResidentChunk> {
        let dictionary = dictionary
        return RowChunks { hand in
            var reading = ResidentReading(layout: layout, dictionary: dictionary, today: today)
            reading.overview = try Self.overview(of: file, reading)
            let reader = try SheetReader.open(path: file)
            var chunk = ResidentChunk()
            var numbers: [String: (row: Int, name: String)] = [:]
            try reader.forEachRow { row in
                var row = row
                row.number -= header
                chunk.take(row, reading.read(row, of: reader), &numbers, layout)
                guard chunk.rows >= Self.chunkSize else { return }
                chunk.bytesRead = reader.bytesRead
                chunk.byteCount = reader.byteCount
                try hand(chunk)
                chunk = ResidentChunk()
            }
            guard chunk.rows > 0 else { return }
            chunk.bytesRead = reader.bytesRead
            chunk.byteCount = reader.byteCount
            try hand(chunk)
        }
    }

    private static func overview(of file: String, _ reading: ResidentReading) throws -> ResidentOverview {
        var overview = ResidentOverview()
        let reader = try SheetReader.open(path: file)
        let summary = try reader.forEachRow { row in
            guard let key = reading.homeKey(of: row) else { return }
            overview.homes[key, default: 0] += 1
        }
        overview.homes = overview.homes.filter { $0.value > reading.layout.mostInHousehold }
        for range in summary.mergedRanges {
            for row in range.first.row...max(range.first.row, min(range.last.row, range.first.row + 100_000)) {
                for column in range.first
                    .column...max(range.first.column, min(range.last.column, range.first.column + 200))
                {
                    overview.merged.insert(.init(row: row, column: column))
                }
            }
        }
        return overview
    }
}

/// Some rows of a register, understood.
struct ResidentChunk: Sendable {
    var rows = 0
    var rejected = 0
    var partly = 0
    var residents: [ResidentRow] = []
    var problems: [(problem: RowProblem, original: [String])] = []
    var bytesRead: Int64 = 0
    var byteCount: Int64 = 0

    /// - Parameter numbers: identity numbers of the rows before, with the row and the name.
    mutating func take(
        _ row: SheetRow, _ outcome: ResidentReading.Outcome, _ numbers: inout [String: (row: Int, name: String)],
        _ layout: ResidentLayout
    ) {
        switch outcome {
        case .blank: return
        case .refused(let reasons):
            rows += 1
            rejected += 1
            problems += reasons.map { ($0, row.cells) }
        case .resident(let resident):
            rows += 1
            let name = resident.value(CoreElement.name) ?? ""
            if let number = resident.value(CoreElement.citizenNumber) {
                if let first = numbers[number] {
                    rejected += 1
                    problems.append((Self.sameNumber(resident, as: first, layout), row.cells))
                    return
                }
                numbers[number] = (row.number, name)
            }
            if !resident.problems.isEmpty { partly += 1 }
            problems += resident.problems.map { ($0, row.cells) }
            residents.append(resident)
        }
    }

    private static func sameNumber(
        _ row: ResidentRow, as first: (row: Int, name: String), _ layout: ResidentLayout
    ) -> RowProblem {
        let isSame = first.name == row.value(CoreElement.name)
        return RowProblem(
            row: row.number, column: layout.heading(CoreElement.citizenNumber),
            value: row.value(CoreElement.citizenNumber) ?? "",
            code: isSame ? "registry.import.repeated" : "registry.import.two-persons-one-number",
            message: isSame
                ? LocalizedText(
                    "与第 \(first.row) 行是同一人，只取第 \(first.row) 行",
                    "The same person as in row \(first.row), which was taken")
                : LocalizedText(
                    "与第 \(first.row) 行的公民身份号码相同而姓名不同，请核对证件",
                    "The identity number of row \(first.row), but another name: compare the cards"))
    }
}

extension ResidentImportResult {
    fileprivate mutating func tell(_ problem: RowProblem, original: [String], in sheet: ErrorSheet?) throws {
        if firstProblems.count < Self.problemsKept { firstProblems.append(problem) }
        try sheet?.add(problem, original: original)
    }

    fileprivate mutating func add(_ chunk: ResidentChunk, _ written: ResidentWriting.Written) {
        rows += chunk.rows
        partly += chunk.partly
        rejected += chunk.rejected + written.problems.count - written.lookAlikes
        created += written.created
        changed += written.changed
        unchanged += written.unchanged
        lookAlikes += written.lookAlikes
        dwellings += written.dwellings
        households += written.households
    }
}
