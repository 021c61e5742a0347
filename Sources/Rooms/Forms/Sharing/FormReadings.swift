import Desk
import Ground
import Ledger
import Registry
import Storage

/// 谁看过我的信息: one look at a list in clear: who, for what, and whom it showed.
struct FormReading: Sendable, Hashable {
    typealias ID = Identifier<FormReading>

    var id: ID
    var form: String
    var purpose: String
    var staffName: String
    var bodyName: String
    var readAt: Instant
    /// The department for which it counts; see `Rules/taking.yaml`.
    var line: String?
}

enum FormReadingsStore {
    static func insert(_ one: FormReading, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO form_readings (id, form, purpose, staff_name, body_name, read_at, line)
            VALUES (\(one.id), \(one.form), \(one.purpose), \(one.staffName), \(one.bodyName), \(one.readAt),
                    \(one.line))
            """)
    }

    /// How often a department took a form, or anything for its purpose, and when first.
    static func count(
        of whole: TakingRules.Limit.Whole, _ form: FormDefinition, line: String, since: Instant,
        in transaction: any Transaction
    ) throws -> (count: Int, first: Instant?) {
        guard let row = try transaction.first(countQuery(of: whole, form, line: line, since: since)) else {
            return (0, nil)
        }
        return (Int(try row.int(0)), try row.instantIfAny(1))
    }

    static func countQuery(of whole: TakingRules.Limit.Whole, _ form: FormDefinition, line: String, since: Instant)
        -> SQL
    {
        let which: SQL
        switch whole {
        case .form: which = "form = \(form.key)"
        case .purpose: which = "purpose = \(form.purpose)"
        }
        return """
            SELECT COUNT(*), MIN(read_at) FROM form_readings
            WHERE line = \(line) AND \(which) AND read_at > \(since)
            """
    }

    /// Whom it showed. The same person twice in one reading counts once.
    static func add(_ subjects: [SubjectID], to reading: FormReading.ID, in transaction: any Transaction) throws {
        try transaction.batch(
            Set(subjects).sorted().map {
                """
                INSERT INTO form_readings_of (subject, reading) VALUES (\($0), \(reading))
                ON CONFLICT (subject, reading) DO NOTHING
                """
            })
    }

    /// The latest first.
    static func page(of subject: SubjectID, after: FormReading.ID?, limit: Int, in transaction: any Transaction) throws
        -> [FormReading]
    {
        try transaction.query(pageQuery(subject, after: after, limit: limit)).map { row in
            FormReading(
                id: try row.identifier(0), form: try row.text(1), purpose: try row.text(2),
                staffName: try row.text(3), bodyName: try row.text(4), readAt: try row.instant(5))
        }
    }

    static func pageQuery(_ subject: SubjectID, after: FormReading.ID?, limit: Int) -> SQL {
        var query: SQL = """
            SELECT form_readings.id, form_readings.form, form_readings.purpose, form_readings.staff_name,
                   form_readings.body_name, form_readings.read_at
            FROM form_readings_of JOIN form_readings ON form_readings.id = form_readings_of.reading
            WHERE form_readings_of.subject = \(subject)
            """
        if let after { query += " AND form_readings_of.reading < \(after)" }
        query += " ORDER BY form_readings_of.reading DESC LIMIT \(limit)"
        return query
    }
}

extension Forms {
    /// Notes that a list was shown or taken away, before it is; in clear, also for each person whom it shows.
    /// - Parameter isLimited: false for changes that a subscriber is told.
    /// - Returns: the reading to which further pages of the same list add whom they show; nil when values were masked.
    /// - Throws: ``TakenTooOften``.
    @discardableResult
    func note(
        _ act: String, _ form: CompiledForm, _ question: FormQuestion, rows: Int, inClear: Bool,
        of subjects: [SubjectID] = [], isLimited: Bool = true, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> FormReading.ID? {
        let line =
            inClear && isLimited
            ? try countedLine(of: form, question, for: scope, at: now, in: transaction) : nil
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: act, subjectKind: "form", subjectID: form.definition.key,
                actor: Actor(scope), happenedAt: now, receivedAt: now, area: question.area.code,
                purpose: inClear ? form.definition.purpose : nil,
                facts: JSONWriter.object { writer in
                    writer.member("rows", rows)
                    writer.member("onDay", question.day.description)
                    writer.member("inClear", inClear)
                }), in: transaction)
        guard inClear else { return nil }
        let reading = FormReading(
            id: house.identifiers.next(at: now), form: form.definition.key, purpose: form.definition.purpose,
            staffName: scope.staffName, bodyName: scope.bodyName, readAt: now,
            line: line)
        try FormReadingsStore.insert(reading, in: transaction)
        try FormReadingsStore.add(subjects, to: reading.id, in: transaction)
        return reading.id
    }

    /// One page of a list that is taken away, whom it shows noted first.
    func taken(
        _ form: CompiledForm, _ question: FormQuestion, noting reading: FormReading.ID?, for scope: Scope
    ) async throws -> (items: [ListedSubject], next: String?) {
        let forms = self
        guard let reading else {
            return try await house.database.read { try forms.listed(form, question, for: scope, limit: 500, in: $0) }
        }
        return try await house.database.write { transaction in
            let page = try forms.listed(form, question, for: scope, limit: 500, in: transaction)
            try FormReadingsStore.add(page.items.map(\.subject.id), to: reading, in: transaction)
            return page
        }
    }
}
