public import Desk
public import Ground
import Registry
public import Storage

/// What a form is to rooms above: its columns, and how often it used to be handed in.
public struct FormFacts: Sendable, Hashable {
    public var key: String
    public var name: LocalizedText
    public var line: String
    /// The elements that it lists, without what follows from others.
    public var elements: [String]
    public var timesAYear: Int
}

/// 取数: a whole list or its figures taken from here, which before was typed and handed in.
public struct FormPull: Sendable, Hashable {
    public var form: String
    /// The system for which it was made, in its import layout; nil for the form as it is.
    public var system: String?
    public var area: AreaPrefix
    public var rows: Int
    public var takenAt: Instant

    public init(form: String, system: String?, area: AreaPrefix, rows: Int, takenAt: Instant) {
        self.form = form
        self.system = system
        self.area = area
        self.rows = rows
        self.takenAt = takenAt
    }
}

extension Forms {
    /// Lists that one may take, by the order of their files.
    public var facts: [FormFacts] {
        engine.library.forms.map { form in
            FormFacts(
                key: form.definition.key, name: form.definition.name, line: form.definition.line,
                elements: form.definition.columns.filter { !CompiledForm.ownColumns.contains($0) },
                timesAYear: form.definition.timesAYear)
        }
    }

    /// What was taken within an area, oldest first.
    /// - Parameter limit: the caller's bound; nothing beyond it is told.
    public static func pulls(
        from: Instant, until: Instant, in area: AreaPrefix, for scope: Scope, limit: Int,
        in transaction: any Transaction
    ) throws -> [FormPull] {
        guard scope.area.contains(area) else { return [] }
        return try transaction.query(pullsQuery(from: from, until: until, in: area, limit: limit)).map { row in
            FormPull(
                form: try row.text(0), system: try row.textIfAny(1), area: AreaPrefix(try row.text(2)) ?? .everywhere,
                rows: Int(try row.int(3)), takenAt: try row.instant(4))
        }
    }

    static func pullsQuery(from: Instant, until: Instant, in area: AreaPrefix, limit: Int) -> SQL {
        """
        SELECT form, system, area, row_count, taken_at FROM form_pulls
        WHERE taken_at >= \(from) AND taken_at < \(until) AND \(area.condition(on: "area"))
        ORDER BY taken_at, id LIMIT \(limit)
        """
    }

    func notePull(
        _ form: CompiledForm, _ question: FormQuestion, rows: Int, system: String?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try transaction.later(
            """
            INSERT INTO form_pulls (id, form, system, area, row_count, taken_at)
            VALUES (\(house.identifiers.nextText(at: now)), \(form.definition.key), \(system), \(question.area.code),
                    \(rows), \(now))
            """)
    }
}
