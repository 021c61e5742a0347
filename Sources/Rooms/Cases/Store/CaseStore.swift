import Desk
import Ground
import Storage

/// Reads and writes matters. Every function that reads for a person wants the person's scope.
enum CaseStore {
    static let columns: StaticString = """
        id, number, version, title, detail, category, area, address, longitude, latitude, channel, state, reported_at,
        received_at, state_since, due_at, due_provisional, final_due_at, final_due_provisional, finished_at, ended_at,
        body, handler, answerable, answerable_post, is_supervised, is_bound, extension_asked, trail, result, is_solved,
        satisfaction, phone_index, phone_masked, phone_sealed, name_masked, name_sealed, reporting_staff, source,
        source_number, photo_count, contacted_at, contacted_in_time, exclusion_asked, is_excluded, kind, variant, parent,
        open_parts, offered_staff, offered_post, rungs_told, tell_at, joined_to, joined_count
        """

    /// Stores a new matter. Another server may just have given the number to another matter: then this one gets the next.
    static func insert(
        _ record: inout CaseRecord, numbers: CaseNumberSource, in transaction: any Transaction
    ) throws(DatabaseError) {
        for _ in 0..<100 {
            if try insertIfFree(record, in: transaction) {
                try OpenCountStore.move(from: nil, to: record, in: transaction)
                return try count(record, by: 1, in: transaction)
            }
            record.number = numbers.next(at: record.receivedAt)
        }
        throw DatabaseError(.overloaded, "no free number for a matter")
    }

    private static func insertIfFree(_ record: CaseRecord, in transaction: any Transaction) throws(DatabaseError)
        -> Bool
    {
        try transaction.execute(
            """
            INSERT INTO cases (id, number, number_reversed, version, title, detail, category, area, street, community,
                address, longitude, latitude, channel, state, reported_at, received_at, state_since, due_at,
                due_provisional, final_due_at, final_due_provisional, finished_at, ended_at, body, handler, answerable,
                answerable_post, is_supervised, is_bound, extension_asked, trail, result, is_solved, satisfaction,
                phone_index, phone_masked, phone_sealed, name_masked, name_sealed, reporting_staff, source,
                source_number, photo_count, contacted_at, contacted_in_time, exclusion_asked, is_excluded, kind,
                variant, parent, open_parts, offered_staff, offered_post, rungs_told, tell_at, joined_to, joined_count,
                cell)
            VALUES (\(record.id), \(record.number), \(String(record.number.reversed())), \(record.version),
                \(record.title), \(record.detail), \(record.category), \(record.area.code), \(record.area.street),
                \(record.area.community), \(record.address), \(record.location?.longitude), \(record.location?.latitude),
                \(record.channel.rawValue), \(record.state.rawValue), \(record.reportedAt), \(record.receivedAt),
                \(record.stateSince), \(record.due?.at), \(record.due?.isProvisional ?? false), \(record.finalDue?.at),
                \(record.finalDue?.isProvisional ?? false), \(record.finishedAt), \(record.endedAt), \(record.body),
                \(record.handler), \(record.answerable), \(record.answerablePost), \(record.isSupervised),
                \(record.isBound), \(record.extensionAsked), \(record.trail.stored), \(record.result),
                \(record.isSolved), \(record.satisfaction), \(record.reporter.phoneIndex),
                \(record.reporter.phoneMasked), \(record.reporter.phoneSealed), \(record.reporter.nameMasked),
                \(record.reporter.nameSealed), \(record.reportingStaff), \(record.source), \(record.sourceNumber),
                \(record.photoCount), \(record.contactedAt), \(record.isContactedInTime), \(record.exclusionAsked),
                \(record.isExcluded), \(record.kind), \(record.variant), \(record.parent), \(record.openParts),
                \(record.offeredStaff), \(record.offeredPost), \(record.rungsTold), \(record.tellAt),
                \(record.joinedTo), \(record.joinedCount),
                \(record.location?.cell))
            ON CONFLICT (number_reversed) DO NOTHING
            """) == 1
    }

    /// Stores what an act changed, and moves the counts with it.
    ///
    /// `before` was read in this transaction, which is serializable, so its version still stands and the answer need not be
    /// waited for: on PostgreSQL that is a round trip less for every act. Should another server have acted meanwhile, the
    /// transaction fails and runs again on what stands then.
    static func update(_ after: CaseRecord, from before: CaseRecord, in transaction: any Transaction)
        throws(DatabaseError)
    {
        try transaction.later(
            """
            UPDATE cases SET version = \(after.version), category = \(after.category), area = \(after.area.code),
                street = \(after.area.street), community = \(after.area.community), state = \(after.state.rawValue),
                state_since = \(after.stateSince), due_at = \(after.due?.at),
                due_provisional = \(after.due?.isProvisional ?? false), final_due_at = \(after.finalDue?.at),
                final_due_provisional = \(after.finalDue?.isProvisional ?? false), finished_at = \(after.finishedAt),
                ended_at = \(after.endedAt), body = \(after.body), handler = \(after.handler),
                answerable = \(after.answerable), answerable_post = \(after.answerablePost),
                is_supervised = \(after.isSupervised), is_bound = \(after.isBound),
                extension_asked = \(after.extensionAsked), trail = \(after.trail.stored), result = \(after.result),
                is_solved = \(after.isSolved), satisfaction = \(after.satisfaction), photo_count = \(after.photoCount),
                contacted_at = \(after.contactedAt), contacted_in_time = \(after.isContactedInTime),
                exclusion_asked = \(after.exclusionAsked), is_excluded = \(after.isExcluded),
                open_parts = \(after.openParts), offered_staff = \(after.offeredStaff),
                offered_post = \(after.offeredPost), rungs_told = \(after.rungsTold), tell_at = \(after.tellAt),
                joined_to = \(after.joinedTo), joined_count = \(after.joinedCount)
            WHERE id = \(after.id) AND version = \(before.version)
            """)
        try OpenCountStore.move(from: before, to: after, in: transaction)
        let isCountedElsewhere =
            before.state != after.state || before.area != after.area || before.body != after.body
        guard isCountedElsewhere else { return }
        try count(before, by: -1, in: transaction)
        try count(after, by: 1, in: transaction)
    }

    private static func count(_ record: CaseRecord, by change: Int, in transaction: any Transaction)
        throws(DatabaseError)
    {
        let area = record.area.community ?? record.area.code
        try transaction.later(
            """
            INSERT INTO case_counts (area, body, state, total)
            VALUES (\(area), \(record.body?.text ?? ""), \(record.state.rawValue), \(change))
            ON CONFLICT (area, body, state) DO UPDATE SET total = case_counts.total + excluded.total
            """)
    }

    /// The matter, whoever asks: for decisions, which check the performer themselves.
    static func find(_ id: CaseID, in transaction: any Transaction) throws -> CaseRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM cases WHERE id = \(id)").map(record)
    }

    /// The matter, if this scope may see it.
    static func find(_ id: CaseID, for scope: Scope, in transaction: any Transaction) throws -> CaseRecord? {
        guard let record = try find(id, in: transaction), scope.mayRead(record) else { return nil }
        return record
    }

    static func find(source: String, number: String, in transaction: any Transaction) throws -> CaseID? {
        try transaction.first("SELECT id FROM cases WHERE source = \(source) AND source_number = \(number)")?
            .identifier(0)
    }

    /// The matters of a resident, newest first.
    static func reported(byPhone index: String, after: CaseID?, limit: Int, in transaction: any Transaction) throws
        -> [CaseRecord]
    {
        // Typed: a bare literal inside the statement would be bound as text.
        let before: SQL = after.map { "id < \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM cases
            WHERE phone_index = \(index) AND \(before) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(record)
    }

    // MARK: Steps

    static func insert(_ step: CaseStep, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO case_steps (case_id, version, act, from_state, to_state, at, performer, staff, post, staff_body,
                given_to, opinion, reason, due_at, due_provisional)
            VALUES (\(step.caseID), \(step.version), \(step.act.rawValue), \(step.from?.rawValue), \(step.to.rawValue),
                \(step.at), \(step.performer.rawValue), \(step.staff), \(step.post), \(step.staffBody), \(step.givenTo),
                \(step.opinion), \(step.reason), \(step.due?.at), \(step.due?.isProvisional ?? false))
            """)
    }

    static func steps(of id: CaseID, in transaction: any Transaction) throws -> [CaseStep] {
        try transaction.query(
            """
            SELECT version, act, from_state, to_state, at, performer, staff, post, staff_body, given_to, opinion, reason,
                due_at, due_provisional
            FROM case_steps WHERE case_id = \(id) ORDER BY version LIMIT 500
            """
        ).map { row in
            CaseStep(
                caseID: id, version: try row.int(0), act: ActName(rawValue: try row.text(1)),
                from: try row.textIfAny(2).map(StateName.init(rawValue:)), to: StateName(rawValue: try row.text(3)),
                at: try row.instant(4), performer: Actor.Kind(rawValue: try row.text(5)) ?? .system,
                staff: try row.identifierIfAny(6), post: try row.identifierIfAny(7),
                staffBody: try row.identifierIfAny(8),
                givenTo: try row.identifierIfAny(9), opinion: try row.textIfAny(10), reason: try row.textIfAny(11),
                due: try deadline(row, 12))
        }
    }

    // MARK: Photos

    static func insert(_ file: CaseFile, _ bytes: [UInt8], in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO case_files (id, case_id, version, name, content_type, bytes, at)
            VALUES (\(file.id), \(file.caseID), \(file.version), \(file.name), \(file.contentType), \(bytes), \(file.at))
            """)
    }

    static func files(of id: CaseID, in transaction: any Transaction) throws -> [CaseFile] {
        try transaction.query(
            "SELECT id, version, name, content_type, at FROM case_files WHERE case_id = \(id) ORDER BY id LIMIT 200"
        ).map { row in
            CaseFile(
                id: try row.identifier(0), caseID: id, version: try row.int(1), name: try row.text(2),
                contentType: try row.text(3), at: try row.instant(4))
        }
    }

    static func fileBytes(_ file: Identifier<CaseFile>, of id: CaseID, in transaction: any Transaction) throws -> (
        type: String, bytes: [UInt8]
    )? {
        try transaction.first("SELECT content_type, bytes FROM case_files WHERE id = \(file) AND case_id = \(id)")
            .map { (try $0.text(0), try $0.blob(1)) }
    }

    // MARK: Lists

    /// One page of a queue. The condition comes from ``CaseFilter``; the key is the id, newest first, or the due instant
    /// and the id, most pressing first.
    static func page(
        _ filter: CaseFilter, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [CaseRecord] {
        try transaction.query(pageQuery(filter, for: scope, limit: limit)).map(record)
    }

    static func pageQuery(_ filter: CaseFilter, for scope: Scope, limit: Int) -> SQL {
        let isServedElsewhere = filter.isByDue || filter.isPointed
        var conditions = [filter.condition(for: scope, narrowing: !isServedElsewhere)]
        if filter.isByDue {
            conditions.append("due_at IS NOT NULL")
            if let (due, id) = filter.afterDue { conditions.append("(due_at, id) > (\(due), \(id))") }
            if !filter.states.isEmpty { conditions.append("state IN (\(list: filter.states.map(\.rawValue)))") }
            return
                "SELECT \(trusted: columns) FROM cases WHERE \(SQL.all(conditions)) ORDER BY due_at, id LIMIT \(limit)"
        }
        if let id = filter.after { conditions.append("id < \(id)") }
        if isServedElsewhere || (filter.states.isEmpty && filter.knownStates.isEmpty) {
            if !filter.states.isEmpty { conditions.append("state IN (\(list: filter.states.map(\.rawValue)))") }
            return "SELECT \(trusted: columns) FROM cases WHERE \(SQL.all(conditions)) ORDER BY id DESC LIMIT \(limit)"
        }
        // The indexes are by state, so each state gives its newest and the newest of those are the page: the cost is that
        // of a few pages, however many matters there are.
        let common = SQL.all(conditions)
        let newest = (filter.states.isEmpty ? filter.knownStates : filter.states).map { state -> SQL in
            """
            SELECT id FROM (SELECT id FROM cases WHERE \(common) AND state = \(state.rawValue)
                            ORDER BY id DESC LIMIT \(limit)) AS newest
            """
        }
        let all = newest.dropFirst().reduce(newest[0]) { "\($0) UNION ALL \($1)" }
        return "SELECT \(trusted: columns) FROM cases WHERE id IN (\(all)) ORDER BY id DESC LIMIT \(limit)"
    }

    /// How many matters are in each state, as maintained; never a count over the matters.
    static func counts(for scope: Scope, in transaction: any Transaction) throws -> [StateName: Int64] {
        let condition: SQL =
            scope.line == nil ? scope.area.countCondition : "body = \(scope.body)"
        let rows = try transaction.query(
            "SELECT state, CAST(SUM(total) AS BIGINT) FROM case_counts WHERE \(condition) GROUP BY state")
        return try Dictionary(rows.map { (StateName(rawValue: try $0.text(0)), try $0.int(1)) }) { first, _ in first }
    }

    /// How many open matters are due before an instant, at most so many.
    static func overdueCount(
        for scope: Scope, before: Instant, from: Instant? = nil, most: Int, in transaction: any Transaction
    ) throws -> Int {
        let condition = SQL.all([
            CaseFilter.visibility(scope, narrowing: false), "due_at < \(before)",
            from.map { "due_at >= \($0)" } ?? "due_at IS NOT NULL",
        ])
        let row = try transaction.first(
            "SELECT COUNT(*) FROM (SELECT id FROM cases WHERE \(condition) LIMIT \(most)) AS overdue")
        return Int(try row?.int(0) ?? 0)
    }

    /// Open matters of which somebody is to be told by now: a reminder, or that a limit has passed.
    static func toTell(at now: Instant, limit: Int, in transaction: any Transaction) throws -> [CaseRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM cases WHERE tell_at < \(now) ORDER BY tell_at, id LIMIT \(limit)
            """
        ).map(record)
    }

    /// Keeps what was told. It is no act, so the version stays.
    static func markTold(_ record: CaseRecord, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            UPDATE cases SET rungs_told = \(record.rungsTold), tell_at = \(record.tellAt),
                is_supervised = \(record.isSupervised) WHERE id = \(record.id)
            """)
    }

    /// The matters that another one goes on for, newest first.
    static func joined(to id: CaseID, limit: Int = 200, in transaction: any Transaction) throws -> [CaseRecord] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM cases WHERE joined_to = \(id) ORDER BY id DESC LIMIT \(limit)"
        ).map(record)
    }

    // MARK: Parts

    /// The parts of a matter, in the order in which they were opened.
    static func parts(of id: CaseID, in transaction: any Transaction) throws -> [CaseRecord] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM cases WHERE parent = \(id) ORDER BY id LIMIT 200"
        ).map(record)
    }

    // MARK: Rows

    static var openColumns: SQL { "\(trusted: columns)" }
    static func opened(_ row: Row) throws -> CaseRecord { try record(row) }

    static func record(_ row: Row) throws -> CaseRecord {
        let longitude = try row.doubleIfAny(8)
        let latitude = try row.doubleIfAny(9)
        var result = CaseRecord(
            id: try row.identifier(0), number: try row.text(1), title: try row.text(3), detail: try row.text(4),
            area: AreaPrefix(try row.text(6)) ?? .everywhere, channel: Channel(rawValue: try row.text(10)) ?? .imported,
            state: StateName(rawValue: try row.text(11)), reportedAt: try row.instant(12),
            receivedAt: try row.instant(13),
            stateSince: try row.instant(14), answerable: try row.identifier(23), answerablePost: try row.identifier(24))
        result.version = try row.int(2)
        result.category = try row.textIfAny(5)
        result.address = try row.textIfAny(7)
        if let longitude, let latitude { result.location = Location(longitude: longitude, latitude: latitude) }
        result.due = try deadline(row, 15)
        result.finalDue = try deadline(row, 17)
        result.finishedAt = try row.instantIfAny(19)
        result.endedAt = try row.instantIfAny(20)
        result.body = try row.identifierIfAny(21)
        result.handler = try row.identifierIfAny(22)
        result.isSupervised = try row.bool(25)
        result.isBound = try row.bool(26)
        result.extensionAsked = try row.intIfAny(27).map { Int($0) }
        result.trail = CaseRecord.Trail(stored: try row.text(28))
        result.result = try row.textIfAny(29)
        result.isSolved = try row.boolIfAny(30)
        result.satisfaction = try row.intIfAny(31).map { Int($0) }
        result.reporter = Reporter(
            phoneIndex: try row.textIfAny(32), phoneMasked: try row.textIfAny(33), phoneSealed: try row.blobIfAny(34),
            nameMasked: try row.textIfAny(35), nameSealed: try row.blobIfAny(36))
        result.reportingStaff = try row.identifierIfAny(37)
        result.source = try row.textIfAny(38)
        result.sourceNumber = try row.textIfAny(39)
        result.photoCount = Int(try row.int(40))
        result.contactedAt = try row.instantIfAny(41)
        result.isContactedInTime = try row.boolIfAny(42)
        result.exclusionAsked = try row.textIfAny(43)
        result.isExcluded = try row.bool(44)
        result.kind = try row.text(45)
        result.variant = try row.textIfAny(46)
        result.parent = try row.identifierIfAny(47)
        result.openParts = Int(try row.int(48))
        result.offeredStaff = try row.identifierIfAny(49)
        result.offeredPost = try row.identifierIfAny(50)
        result.rungsTold = Int(try row.int(51))
        result.tellAt = try row.instantIfAny(52)
        result.joinedTo = try row.identifierIfAny(53)
        result.joinedCount = Int(try row.int(54))
        return result
    }

    private static func deadline(_ row: Row, _ column: Int) throws(DatabaseError) -> Deadline? {
        guard let at = try row.instantIfAny(column) else { return nil }
        return Deadline(at: at, isProvisional: try row.bool(column + 1))
    }
}

extension AreaPrefix {
    /// The street or town of the area; nil above it.
    var street: String? { code.utf8.count >= 9 ? String(code.prefix(9)) : nil }
    var community: String? { code.utf8.count >= 12 ? String(code.prefix(12)) : nil }

    var countCondition: SQL { condition(on: "area") }
}

extension Refusal {
    static let changedMeanwhile = Refusal(
        .changedMeanwhile, "cases.changed-meanwhile",
        LocalizedText("该件刚被他人处理过，您看到的不是最新内容", "Someone has just acted on this matter; what you see is not the latest"),
        wayOn: LocalizedText("请刷新查看后再办理；您填写的内容仍在页面上", "Reload and look again; what you wrote is still on the page"))
}
