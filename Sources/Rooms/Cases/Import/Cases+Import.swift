import Desk
import Foundation
public import Ground
import Messages
import Sheets
import Storage

extension Cases {
    /// Rows written in one transaction.
    private static let chunkSize = 500

    /// Takes over the work orders of another system from a table: CSV (UTF-8 or GB 18030, also gzip) or XLSX.
    ///
    /// What is there already is left as it is; a row whose progress changed brings the matter up to date as long as nobody
    /// has dealt with it here. A bad row is told and costs no good one.
    /// - Parameters:
    ///   - mapping: a file that says what the columns mean; nil to recognise the layout by the header.
    ///   - errors: where the rows that were not taken are written, with the reason; nil to only count them.
    ///   - language: of that file.
    ///   - performer: a row outside the area of their post is not taken, and told; `.system` is whoever runs the
    ///     installation, and takes every row.
    /// - Throws: a refusal when the file cannot be read or its layout is not known. Chunks written before stay, and the
    ///   next run goes on from there.
    public func importCases(
        file: String, mapping: String? = nil, errors: String? = nil, language: Language = .chinese,
        by performer: Performer,
        progress: @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws -> ImportResult {
        let clock = ContinuousClock()
        let started = clock.now
        let header = try SheetReader.open(path: file).header
        let layout = try layout(for: header, mapping: mapping, file: file)
        var result = ImportResult(layout: layout.name, layoutTitle: layout.title)
        result.ignoredColumns = header.filter { !$0.isEmpty && layout.columns[$0] == nil }
        let sheet = try errors.map { path throws(Refusal) in
            try ErrorSheet(path: path, language: language, header: header)
        }
        let heading = header.first { layout.columns[$0] == .number } ?? ""
        let writing = ImportWriting(cases: self, source: layout.source, performer: performer)
        let chunks = rowChunks(of: file, layout)
        defer { chunks.stop() }
        var open: [PostID: Int] = [:]
        for try await chunk in chunks.stream {
            let now = house.clock.now()
            let written = try await house.database.write { transaction in
                try writing.write(chunk.matters, heading: heading, at: now, in: transaction)
            }
            chunks.done()
            result.add(chunk, written)
            for (post, count) in written.open { open[post, default: 0] += count }
            for (problem, original) in chunk.problems + written.conflicts {
                if result.firstProblems.count < ImportResult.problemsKept { result.firstProblems.append(problem) }
                try sheet?.add(problem, original: original)
            }
            let seconds = (clock.now - started) / .seconds(1)
            result.seconds = seconds
            progress(
                ImportProgress(
                    rows: result.rows, bytesRead: chunk.bytesRead, byteCount: chunk.byteCount,
                    rowsPerSecond: seconds > 0 ? Int(Double(result.rows) / seconds) : 0))
        }
        try sheet?.close()
        try await tell(open, about: layout)
        return result
    }

    private func layout(for header: [String], mapping: String?, file: String) throws(Refusal) -> ImportLayout {
        guard let mapping else {
            let layouts = try ImportLayout.shipped(house.rules, workflow: rules.workflow)
            if let layout = ImportLayout.recognised(by: header, among: layouts) { return layout }
            let headings = header.prefix(30).joined(separator: "、")
            throw Refusal(
                .malformed, "cases.import.unknown-layout",
                LocalizedText(
                    "“\(file)”的表头不是已知的工单格式：\(headings)",
                    "The header of “\(file)” is no known layout of work orders: \(headings)"),
                wayOn: LocalizedText(
                    "请检查第一行是否为列名，或用 --mapping 指定映射文件（写法见 docs/imports.md）",
                    "Check that the first row names the columns, or give a mapping file with --mapping (see docs/imports.md)"
                ))
        }
        let layout = try ImportLayout.read(path: mapping, workflow: rules.workflow)
        let needed: Set<ImportField> = [.number, .title, .detail, .state]
        let missing = layout.columns.filter { needed.contains($0.value) && !header.contains($0.key) }.keys.sorted()
        guard missing.isEmpty else {
            throw Refusal(
                .malformed, "cases.import.missing-columns",
                LocalizedText(
                    "“\(file)”缺少映射文件所说的列：\(missing.joined(separator: "、"))",
                    "“\(file)” lacks columns that the mapping names: \(missing.joined(separator: ", "))"),
                wayOn: LocalizedText("请核对表头与映射文件", "Compare the header with the mapping file"), field: "mapping")
        }
        return layout
    }

    /// Reads and understands on a thread of its own, while the chunk before is being written.
    private func rowChunks(of file: String, _ layout: ImportLayout) -> RowChunks<ImportChunk> {
        RowChunks { hand in
            let reader = try SheetReader.open(path: file)
            var reading = RowReading(reader, layout: layout, cases: self, at: self.house.clock.now())
            var seen: [String: Int] = [:]
            var chunk = ImportChunk()
            func finish() throws {
                chunk.bytesRead = reader.bytesRead
                chunk.byteCount = reader.byteCount
                try hand(chunk)
                chunk = ImportChunk()
            }
            try reader.forEachRow { row in
                chunk.rows += 1
                switch reading.read(row) {
                case .problem(let problem): chunk.problems.append((problem, row.cells))
                case .matter(let matter):
                    if let first = seen[matter.number] {
                        chunk.addRepeat(of: first, matter, layout)
                    } else {
                        seen[matter.number] = row.number
                        chunk.matters.append(matter)
                    }
                }
                if chunk.rows >= Self.chunkSize { try finish() }
            }
            if chunk.rows > 0 { try finish() }
        }
    }

    /// One notice for each post that must now deal with something, however many matters it got.
    private func tell(_ open: [PostID: Int], about layout: ImportLayout) async throws {
        guard !open.isEmpty else { return }
        let now = house.clock.now()
        try await house.database.write { transaction in
            for (post, count) in open.sorted(by: { $0.key < $1.key }) {
                try Messages.notify(
                    Notice(
                        to: .post(post), kind: "cases.imported", subjectKind: "import", subjectID: layout.source,
                        text: LocalizedText(
                            "导入（\(layout.title.chinese)）：有 \(count) 件待您办理",
                            "Import (\(layout.title.english)): \(count) matters wait for you"),
                        address: "/cases?mine=answerable", at: now), in: transaction)
            }
        }
    }
}

/// Some rows of a table, understood.
struct ImportChunk: Sendable {
    var rows = 0
    var repeated = 0
    var matters: [ImportedMatter] = []
    var problems: [(problem: RowProblem, original: [String])] = []
    var bytesRead: Int64 = 0
    var byteCount: Int64 = 0

    mutating func addRepeat(of first: Int, _ matter: ImportedMatter, _ layout: ImportLayout) {
        guard !layout.isNumberedByContent else {
            repeated += 1
            return
        }
        let problem = RowProblem(
            row: matter.row, column: layout.columns.first { $0.value == .number }?.key ?? "", value: matter.number,
            code: "cases.import.duplicate-number",
            message: LocalizedText(
                "编号与第 \(first) 行重复，只取第 \(first) 行", "The number is that of row \(first); only row \(first) was taken"))
        problems.append((problem, matter.original))
    }
}

extension ImportResult {
    fileprivate mutating func add(_ chunk: ImportChunk, _ written: ImportWriting.Written) {
        rows += chunk.rows
        repeated += chunk.repeated
        created += written.created
        updated += written.updated
        unchanged += written.unchanged
        unplaced += written.unplaced
        open += written.open.values.reduce(0, +)
        conflicts += written.conflicts.count
        rejected += chunk.problems.count + written.conflicts.count
    }
}
