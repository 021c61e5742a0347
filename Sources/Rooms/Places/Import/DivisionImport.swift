public import Desk
import Foundation
public import Ground
import Ledger
public import Storage

/// Takes over a list of divisions as it holds from a day on, and says what changed against the list before.
///
/// A list covers the levels of which it has rows; in a list of the whole country, below every parent of which it names a
/// child; in any other, below those of whose children it names several, and as many as it leaves out. So a list of streets
/// ends no community, and a list of one county none of its neighbours. Run again, it changes nothing.
public struct DivisionImport: Sendable {
    let database: any Database
    let clock: any WallClock
    let identifiers: IdentifierSource

    public init(database: any Database, clock: any WallClock, identifiers: IdentifierSource) {
        self.database = database
        self.clock = clock
        self.identifiers = identifiers
    }

    /// What is to be imported.
    public struct Order: Sendable {
        /// A file, or a folder that holds the levels in files of their own (`provinces`, `cities`, `areas`, `streets`).
        public var file: String
        /// The first day on which the list holds.
        public var validFrom: Day
        /// Who publishes the list, for the record.
        public var source: String
        /// Where the rows that were not taken are written; nil to only count them.
        public var errorFile: String?
        /// Where every change is written; nil to only count them.
        public var changeFile: String?
        public var language: Language

        public init(
            file: String, validFrom: Day, source: String, errorFile: String? = nil, changeFile: String? = nil,
            language: Language = .chinese
        ) {
            self.file = file
            self.validFrom = validFrom
            self.source = source
            self.errorFile = errorFile
            self.changeFile = changeFile
            self.language = language
        }
    }

    public enum Stage: String, Sendable, Hashable { case reading, comparing, writing }

    public struct Progress: Sendable, Hashable {
        public var stage: Stage
        public var done: Int
        /// Of what `done` counts; bytes while reading, rows while writing, nil while comparing.
        public var total: Int?
    }

    public struct Report: Sendable, Hashable {
        /// Rows below the header.
        public var rows = 0
        public var rejected = 0
        /// Rows that fill a level that is not there: “441900 东莞市” below “4419 东莞市”.
        public var placeholders = 0
        public var unchanged = 0
        public var appeared = 0
        public var vanished = 0
        public var renamed = 0
        /// Has another parent than before.
        public var moved = 0
        /// Stored, not in the list, and left as they are, since the list does not cover their place.
        public var outside = 0
        public var successors = 0
        /// The first rows that were not taken, for a page.
        public var firstProblems: [Problem] = []

        public struct Problem: Sendable, Hashable {
            public var file: String
            public var row: Int
            public var value: String
            public var message: LocalizedText
        }

        public var changes: Int { appeared + vanished + renamed + moved }
    }

    public func run(
        _ order: Order, by actor: Actor, progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Report {
        try await refuseOlder(than: order.validFrom)
        let list = try DivisionList.read(order, progress: progress)
        progress(Progress(stage: .comparing, done: list.entries.count, total: nil))
        let day = order.validFrom
        let entries = list.entries
        let problems = list.problems
        let comparison = try await database.snapshot { transaction in
            try DivisionComparison(entries, at: day, in: transaction)
        }
        var report = list.report
        var allProblems = problems
        allProblems.append(contentsOf: comparison.orphans.map { list.unknownParent($0) })
        report.add(comparison)
        report.rejected = allProblems.count
        report.firstProblems = allProblems.prefix(20).map {
            Report.Problem(file: $0.file, row: $0.row, value: $0.value, message: $0.message)
        }
        if let path = order.errorFile {
            try DivisionReports.write(problems: allProblems, to: path, header: list.header, order.language)
        }
        if let path = order.changeFile { try DivisionReports.write(comparison, to: path, order.language) }
        try await DivisionWriting(database: database, order: order).run(comparison, progress: progress)
        try await finish(order, report, by: actor)
        return report
    }

    /// A list older than one that was imported already would have to be fitted in below it: what came later is known to
    /// hold, what came before may not.
    private func refuseOlder(than day: Day) async throws {
        let newest = try await database.query("SELECT max(valid_from) FROM division_lists")
        guard let text = try newest.first?.textIfAny(0), let last = Day(text), day < last else { return }
        throw Refusal(
            .conflict, "places.import.older",
            LocalizedText(
                "已导入过 \(last) 起生效的名单，不能再导入更早的（\(day)）",
                "A list valid from \(last) was imported already; one from \(day) is older"),
            wayOn: LocalizedText("请按生效日期先后导入", "Import lists in the order of their days"))
    }

    /// The list, and one entry in the ledger when something changed.
    private func finish(_ order: Order, _ report: Report, by actor: Actor) async throws {
        let now = clock.now()
        let id: Identifier<LedgerEntry> = identifiers.next(at: now)
        _ = try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO division_lists (valid_from, source, imported_at, row_count, changes)
                VALUES (\(order.validFrom), \(order.source), \(now), \(report.rows), \(report.changes))
                ON CONFLICT (valid_from, source) DO UPDATE
                SET imported_at = excluded.imported_at, row_count = excluded.row_count,
                    changes = division_lists.changes + excluded.changes
                """)
            guard report.changes > 0 else { return }
            try transaction.execute(PlaceSchema.noteChange)
            try Ledger.record(
                LedgerEntry(
                    id: id, act: "places.divisions-imported", subjectKind: "division-list",
                    subjectID: order.validFrom.description, actor: actor, happenedAt: now, receivedAt: now,
                    facts: JSONWriter.object { writer in
                        writer.member("source", order.source)
                        writer.member("rows", report.rows)
                        writer.member("rejected", report.rejected)
                        writer.member("appeared", report.appeared)
                        writer.member("vanished", report.vanished)
                        writer.member("renamed", report.renamed)
                        writer.member("moved", report.moved)
                    }), in: transaction)
        }
    }
}

extension DivisionImport.Report {
    fileprivate mutating func add(_ comparison: DivisionComparison) {
        unchanged = comparison.unchanged
        appeared = comparison.appeared.count
        vanished = comparison.vanished.count
        renamed = comparison.changed.count { $0.old.name != $0.new.name }
        moved = comparison.changed.count { $0.old.name == $0.new.name }
        outside = comparison.outside
        successors = comparison.successors.count
    }
}
