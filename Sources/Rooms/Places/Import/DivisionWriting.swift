import Desk
import Ground
import Storage

/// Writes what a list changes, many rows to a statement and many statements to a transaction. Each part can be written
/// twice; cut off half-way, the next run of the import compares again and goes on.
struct DivisionWriting: Sendable {
    let database: any Database
    let order: DivisionImport.Order

    private static let rowsPerStatement = 500
    private static let rowsPerTransaction = 25_000

    func run(
        _ comparison: DivisionComparison, progress: @Sendable (DivisionImport.Progress) -> Void
    ) async throws {
        let day = order.validFrom
        var done = 0
        let ended = comparison.vanished + comparison.changed.map(\.old)
        let begun = comparison.changed.map(\.new) + comparison.appeared
        let total = ended.count + begun.count
        for part in Self.parts(ended) {
            _ = try await database.write { transaction in
                for stored in Self.parts(part, Self.rowsPerStatement) { try end(stored, at: day, in: transaction) }
            }
            done += part.count
            progress(.init(stage: .writing, done: done, total: total))
        }
        for part in Self.parts(begun) {
            _ = try await database.write { transaction in
                try transaction.batch(Self.parts(part, Self.rowsPerStatement).map(insertion))
            }
            done += part.count
            progress(.init(stage: .writing, done: done, total: total))
        }
        let successors = comparison.successors
        guard !successors.isEmpty else { return }
        _ = try await database.write { transaction in
            try transaction.batch(
                successors.map { pair in
                    """
                    INSERT INTO division_successors (code, successor, since, standing)
                    VALUES (\(pair.code), \(pair.successor), \(day), \(Successor.Standing.proposed.rawValue))
                    ON CONFLICT (code, successor) DO NOTHING
                    """
                })
        }
    }

    /// What began on the very day was an earlier run's reading of the same list: it goes without a trace.
    private func end(_ stored: ArraySlice<DivisionComparison.Stored>, at day: Day, in transaction: any Transaction)
        throws
    {
        let codes = stored.map(\.code)
        try transaction.execute("DELETE FROM divisions WHERE code IN (\(list: codes)) AND valid_from = \(day)")
        try transaction.execute(
            """
            UPDATE divisions SET valid_to = \(day)
            WHERE code IN (\(list: codes)) AND valid_from < \(day) AND (valid_to IS NULL OR valid_to > \(day))
            """)
    }

    private func insertion(of entries: ArraySlice<DivisionEntry>) -> SQL {
        var text = SQL.Interpolation(
            literalCapacity: entries.count * 16 + 700, interpolationCount: entries.count * 3 + 2)
        text.appendLiteral("WITH listed (code, name, parent) AS (VALUES ")
        for (position, entry) in entries.enumerated() {
            text.appendLiteral(position == 0 ? "(" : ",(")
            text.appendInterpolation(entry.code)
            text.appendLiteral(",")
            text.appendInterpolation(entry.name)
            text.appendLiteral(",")
            text.appendInterpolation(entry.parent)
            text.appendLiteral(")")
        }
        text.appendLiteral(
            """
            ) INSERT INTO divisions (code, valid_from, name, level, parent, source) SELECT code,
            """)
        text.appendLiteral(" ")
        text.appendInterpolation(order.validFrom)
        text.appendLiteral(
            """
            , name,
            CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'prefecture' WHEN 6 THEN 'county' WHEN 9 THEN 'street'
            ELSE 'community' END, parent,
            """)
        text.appendLiteral(" ")
        text.appendInterpolation(order.source)
        text.appendLiteral(
            """
             FROM listed WHERE TRUE
            ON CONFLICT (code, valid_from) DO UPDATE
            SET name = excluded.name, parent = excluded.parent, source = excluded.source, valid_to = NULL
            """)
        return SQL(stringInterpolation: text)
    }

    private static func parts<Element>(_ all: [Element]) -> [ArraySlice<Element>] {
        parts(all[...], rowsPerTransaction)
    }

    private static func parts<Element>(_ all: ArraySlice<Element>, _ length: Int) -> [ArraySlice<Element>] {
        stride(from: all.startIndex, to: all.endIndex, by: length).map { all[$0..<min($0 + length, all.endIndex)] }
    }
}
