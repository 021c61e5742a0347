import Desk
import Ground
import Registry
import Storage

/// What a form says of an area on a day.
struct FormFigures: Sendable, Hashable {
    /// By the code of the part of the area; for the whole area under its own code.
    var counts: [String: [Int]]
}

enum FormReadingStore {
    /// The figures of an area, part by part.
    /// - Parameters:
    ///   - level: into what parts; nil for the whole.
    ///   - knownOn: as it was known at the end of that day; nil for as it is known now.
    static func figures(
        _ form: CompiledForm, _ state: FormState, in area: AreaPrefix, by level: AreaLevel?, at day: Day,
        knownOn: Day? = nil, for scope: Scope, in transaction: any Transaction
    ) throws -> FormFigures {
        guard scope.area.contains(area) else { return FormFigures(counts: [:]) }
        let part = Self.part(level)
        let within = area.condition(on: "area")
        var figures = FormFigures(counts: [:])
        let size = form.cells.count + 1
        func add(_ rows: [Row], _ factor: Int) throws {
            for row in rows {
                let code = level == nil ? area.code : try row.text(0)
                let cell = Int(try row.int(1))
                guard cell < size else { continue }
                figures.counts[code, default: Array(repeating: 0, count: size)][cell] += factor * Int(try row.int(2))
            }
        }
        if let knownOn {
            try add(
                try transaction.query(
                    """
                    SELECT \(part), cell, CAST(SUM(delta) AS BIGINT) FROM form_steps
                    WHERE form = \(form.instance) AND \(within) AND day <= \(day) AND known_on <= \(knownOn)
                    GROUP BY 1, 2
                    """), 1)
            return figures
        }
        try add(
            try transaction.query(
                """
                SELECT \(part), cell, CAST(SUM(count) AS BIGINT) FROM form_totals
                WHERE form = \(form.instance) AND \(within) GROUP BY 1, 2
                """), 1)
        // From the settled day to the one that is asked for: forwards or backwards.
        let (low, high) = (min(day, state.settled), max(day, state.settled))
        guard low < high else { return figures }
        try add(
            try transaction.query(
                """
                SELECT \(part), cell, CAST(SUM(delta) AS BIGINT) FROM form_steps
                WHERE form = \(form.instance) AND day > \(low) AND day <= \(high) AND \(within) GROUP BY 1, 2
                """), day > state.settled ? 1 : -1)
        return figures
    }

    private static func part(_ level: AreaLevel?) -> SQL {
        switch level {
        case nil, .country: "''"
        case .province: "substr(area, 1, 2)"
        case .prefecture: "substr(area, 1, 4)"
        case .county: "substr(area, 1, 6)"
        case .street: "substr(area, 1, 9)"
        case .community: "substr(area, 1, 12)"
        case .grid: "substr(area, 1, 15)"
        }
    }

    /// Where each of these is listed on a day; who is not listed has none.
    static func areas(of subjects: [SubjectID], in form: CompiledForm, at day: Day, in transaction: any Transaction)
        throws -> [SubjectID: String]
    {
        var areas: [SubjectID: String] = [:]
        for start in stride(from: 0, to: subjects.count, by: 500) {
            let some = subjects[start..<min(start + 500, subjects.count)]
            for row in try transaction.query(
                """
                SELECT subject, area FROM form_rows
                WHERE form = \(form.instance) AND subject IN (\(list: some)) AND from_day <= \(day) AND until_day > \(day)
                """)
            {
                areas[try row.identifier(0)] = try row.text(1)
            }
        }
        return areas
    }

    /// One page of a list, in the order of areas.
    static func rows(
        _ form: CompiledForm, in area: AreaPrefix, at day: Day, after: (area: String, subject: SubjectID)?, limit: Int,
        for scope: Scope, in transaction: any Transaction
    ) throws -> [(area: String, subject: SubjectID)] {
        guard scope.area.contains(area) else { return [] }
        var query: SQL = """
            SELECT area, subject FROM form_rows
            WHERE form = \(form.instance) AND \(area.condition(on: "area"))
                AND from_day <= \(day) AND until_day > \(day)
            """
        if let after { query += " AND (area, subject) > (\(after.area), \(after.subject))" }
        query += " ORDER BY area, subject LIMIT \(limit)"
        return try transaction.query(query).map { (try $0.text(0), try $0.identifier(1)) }
    }
}
