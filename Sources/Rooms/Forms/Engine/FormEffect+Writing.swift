import Ground
import Registry
import Storage

extension FormEffect {
    /// A day that no list reaches.
    static let never = "9999-12-31"

    /// Many cells a statement, as the engine's work for a statement is more than for a row. All writers go through the keys in
    /// the same order, whatever they change, so that none waits for another that waits for it.
    func write(_ states: [String: FormState], in transaction: any Transaction) throws {
        var changed: [(form: String, step: FormStep, delta: Int)] = []
        var totals: [(form: String, step: FormStep, delta: Int)] = []
        for (form, steps) in steps.sorted(by: { $0.key < $1.key }) {
            let settled = states[form]?.settled ?? today
            var sums: [FormStep: Int] = [:]
            for (step, delta) in steps.sorted(by: { Self.order($0.key, $1.key) }) {
                changed.append((form, step, delta))
                if step.day <= settled {
                    sums[FormStep(area: step.area, day: settled, cell: step.cell), default: 0] += delta
                }
            }
            for (total, sum) in sums.sorted(by: { Self.order($0.key, $1.key) }) where sum != 0 {
                totals.append((form, total, sum))
            }
        }
        var left: [SQL] = []
        var listed: [(key: RowKey, row: Row)] = []
        for (key, rows) in rows.sorted(by: { ($0.key.form, $0.key.subject) < ($1.key.form, $1.key.subject) }) {
            if !freshRows.contains(key) {
                left.append("DELETE FROM form_rows WHERE form = \(key.form) AND subject = \(key.subject)")
            }
            for row in rows { listed.append((key, row)) }
        }
        let today = today
        try transaction.batch(
            Self.insertions(
                "INSERT INTO form_steps (form, area, day, known_on, cell, delta) VALUES ", changed,
                "\nON CONFLICT (form, area, day, known_on, cell) DO UPDATE SET delta = form_steps.delta + excluded.delta"
            ) { "(\($0.form), \($0.step.area), \($0.step.day), \(today), \($0.step.cell), \($0.delta))" }
                + Self.insertions(
                    "INSERT INTO form_totals (form, area, cell, count) VALUES ", totals,
                    "\nON CONFLICT (form, area, cell) DO UPDATE SET count = form_totals.count + excluded.count"
                ) { "(\($0.form), \($0.step.area), \($0.step.cell), \($0.delta))" }
                + left
                + Self.insertions(
                    "INSERT INTO form_rows (form, subject, from_day, until_day, area) VALUES ", listed, ""
                ) { key, row in
                    "(\(key.form), \(key.subject), \(row.from), \(row.until?.description ?? Self.never), \(row.area))"
                })
    }

    /// 32 rows a statement, then 16, 8 and so on: few texts, so that each stays prepared.
    static func insertions<Item>(_ head: SQL, _ items: [Item], _ tail: SQL, _ row: (Item) -> SQL) -> [SQL] {
        var statements: [SQL] = []
        var (start, size) = (0, 32)
        while start < items.count {
            while size > items.count - start { size /= 2 }
            var statement = SQL.Interpolation(literalCapacity: size * 32, interpolationCount: size * 6)
            statement.appendInterpolation(head)
            for (index, item) in items[start..<start + size].enumerated() {
                if index > 0 { statement.appendLiteral(", ") }
                statement.appendInterpolation(row(item))
            }
            statement.appendInterpolation(tail)
            statements.append(SQL(stringInterpolation: statement))
            start += size
        }
        return statements
    }

    private static func order(_ left: FormStep, _ right: FormStep) -> Bool {
        (left.area, left.day, left.cell) < (right.area, right.day, right.cell)
    }
}
