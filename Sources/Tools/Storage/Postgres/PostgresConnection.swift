import CPostgres
import Ground

/// One connection to a PostgreSQL server, always in pipeline mode: whatever is known together travels together.
///
/// `@unchecked Sendable`: used by exactly one thread at a time, the worker that owns it.
final class PostgresConnection: Transaction, @unchecked Sendable {
    enum Role { case write, read, pipe, longRead, administration }

    let engine = Engine.postgres
    private let link: OpaquePointer
    private var prepared: [String: PreparedStatement] = [:]
    private var preparedCount: UInt64 = 0
    private var uses: UInt64 = 0
    private var parameters = PostgresParameters()
    /// Statements of the engine itself (`BEGIN`, savepoints) that go out with the next statement of a job.
    private var pending: [SQL] = []
    /// Among what is pending are statements of the closure itself.
    private var hasPostponed = false
    /// What failed in the transaction under way: the server takes no further statement of it either.
    private(set) var doom: DatabaseError?

    private struct PreparedStatement {
        var name: String
        var lastUse: UInt64
    }

    private static let statementLimit = 384
    /// What may be on its way unanswered: less than the sockets buffer, else both sides could wait to send for ever.
    private static let chunkBytes = 32 << 10
    private static let chunkStatements = 256

    init(_ location: DatabaseLocation, options: DatabaseOptions, role: Role) throws(DatabaseError) {
        guard let connected = Self.connect(location, options) else {
            throw DatabaseError(.connection, "no memory for a connection")
        }
        guard PQstatus(connected) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(connected))
            PQfinish(connected)
            throw DatabaseError(.connection, message.trimmedEnd)
        }
        link = connected
        PQsetNoticeProcessor(link, { _, _ in }, nil)
        PQenterPipelineMode(link)
        for setting in Self.settings(options, role) { pending.append(SQL(stringLiteral: "SET \(setting)")) }
        try flush()
    }

    deinit { PQfinish(link) }

    var isLost: Bool { PQstatus(link) == CONNECTION_BAD }

    // MARK: Transactions

    /// Statements of the engine that cost no round trip of their own.
    func prefix(_ text: String) { pending.append(SQL(stringLiteral: text)) }

    /// Takes back a prefix that has not gone out yet.
    /// - Returns: false when it has, or another stands last.
    func withdraw(_ text: String) -> Bool {
        guard pending.last?.text == text else { return false }
        pending.removeLast()
        return true
    }

    var hasPending: Bool { !pending.isEmpty }

    /// Runs the closure of `job`; a statement that failed in it fails the whole.
    func perform(_ job: any TransactionJob) {
        doom = nil
        hasPostponed = false
        job.run(in: self)
        // What the closure left for later must fail with it, not with the next one.
        if hasPostponed, doom == nil, job.failure == nil {
            try? surviving { () throws(DatabaseError) in try flush() }
        }
        if let doom, job.failure == nil { job.fail(doom) }
        hasPostponed = false
    }

    /// Sends what is pending, and `statement` after it.
    func control(_ statement: String) throws(DatabaseError) {
        prefix(statement)
        try flush()
    }

    /// - Throws: unless the server says that it has committed. A failed transaction answers `ROLLBACK` without an error.
    func commit() throws(DatabaseError) {
        doom = nil
        var tag = ""
        prefix("COMMIT")
        try exchange([]) { _, result in tag = String(cString: PQcmdStatus(result)) }
        guard tag == "COMMIT" else { throw DatabaseError(.other, "the server rolled back", sqlState: "25P02") }
    }

    /// Ends whatever is open. A connection that cannot do that is of no further use.
    func rollBack() throws(DatabaseError) {
        pending.removeAll()
        doom = nil
        if PQtransactionStatus(link) != PQTRANS_IDLE { try control("ROLLBACK") }
        if prepared.count > Self.statementLimit { try forgetOldest() }
    }

    private func flush() throws(DatabaseError) {
        if !pending.isEmpty { try exchange([]) { _, _ in } }
    }

    // MARK: Statements

    func query(_ sql: SQL) throws(DatabaseError) -> [Row] {
        var rows: [Row] = []
        try surviving { () throws(DatabaseError) in
            try exchange([sql]) { _, result in rows = PostgresResult.rows(result) }
        }
        return rows
    }

    func queries(_ statements: [SQL]) throws(DatabaseError) -> [[Row]] {
        var answers = [[Row]](repeating: [], count: statements.count)
        try surviving { () throws(DatabaseError) in
            try exchange(statements) { index, result in
                if let index { answers[index] = PostgresResult.rows(result) }
            }
        }
        return answers
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        var count = 0
        try surviving { () throws(DatabaseError) in
            try exchange([sql]) { _, result in count = PostgresResult.changed(result) }
        }
        return count
    }

    func later(_ sql: SQL) throws(DatabaseError) {
        if let doom { throw doom }
        pending.append(sql)
        hasPostponed = true
        // A full pipe could block both sides; see `chunk`.
        if pending.count >= Self.chunkStatements / 2 {
            try surviving { () throws(DatabaseError) in try flush() }
        }
    }

    func batch(_ statements: [SQL]) throws(DatabaseError) {
        try surviving { () throws(DatabaseError) in try exchange(statements) { _, _ in } }
    }

    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try surviving { () throws(DatabaseError) in
            try flush()
            try prepareApart(sql.text)
            var alone: [Expectation] = []
            try send(sql, expectations: &alone)
            guard PQpipelineSync(link) == 1 else { throw lost() }
        }
        PQsetSingleRowMode(link)
        var failure: (any Error)?
        while let result = PQgetResult(link) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE:
                // What the body does not want is still read, so that the connection stays in step.
                guard failure == nil else { continue }
                for row in PostgresResult.rows(result) {
                    do { try body(row) } catch { failure = error }
                }
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: continue
            default:
                let error = PostgresResult.error(result, isLost: isLost, sql.text)
                doom = error
                failure = error
            }
        }
        PQclear(PQgetResult(link))
        if isLost, failure == nil {
            doom = lost()
            throw lost()
        }
        if let failure { throw failure }
    }

    /// Single statements, each a transaction of its own: the failure of one leaves the others alone.
    func independent(_ statements: [SQL], _ answer: (Int, Result<[Row], DatabaseError>) -> Void) {
        var next = 0
        while next < statements.count {
            let chunk = chunk(of: statements, from: next)
            var expectations: [Expectation] = []
            do throws(DatabaseError) {
                for index in chunk {
                    do throws(DatabaseError) {
                        try send(statements[index], expectations: &expectations)
                        expectations.append(.answer(index))
                    } catch {
                        if isLost { throw error }
                        // The argument itself is at fault and nothing was sent.
                        answer(index, .failure(error))
                        continue
                    }
                    guard PQpipelineSync(link) == 1 else { throw lost() }
                    expectations.append(.sync)
                }
                try receive(expectations, stopsAtFailure: false) { index, outcome in
                    if let index {
                        answer(index, outcome.map { PostgresResult.rows($0) })
                    }
                }
            } catch {
                return
            }
            next = chunk.upperBound
        }
    }

    private func surviving(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        if let doom { throw doom }
        do throws(DatabaseError) { try body() } catch {
            doom = error
            throw error
        }
    }

    // MARK: Pipeline

    private enum Expectation {
        case preparation(String)
        case answer(Int?)
        case sync
    }

    /// Sends what is pending and then `statements`, and reads every answer. Index nil is the engine's own statement.
    private func exchange(
        _ statements: [SQL], _ take: (Int?, OpaquePointer) -> Void
    ) throws(DatabaseError) {
        if isLost { throw lost() }
        let own = pending
        pending.removeAll(keepingCapacity: true)
        var next = 0
        var isFirst = true
        while isFirst || next < statements.count {
            let chunk = chunk(of: statements, from: next)
            var expectations: [Expectation] = []
            var refused: DatabaseError?
            if isFirst {
                for statement in own {
                    try send(statement, expectations: &expectations)
                    expectations.append(.answer(nil))
                }
            }
            isFirst = false
            for index in chunk {
                do throws(DatabaseError) {
                    try send(statements[index], expectations: &expectations)
                    expectations.append(.answer(index))
                } catch {
                    refused = error
                    break
                }
            }
            guard PQpipelineSync(link) == 1 else { throw lost() }
            expectations.append(.sync)
            var failure: DatabaseError?
            try receive(expectations, stopsAtFailure: true) { index, outcome in
                switch outcome {
                case .success(let result): take(index, result)
                case .failure(let error): failure = failure ?? error
                }
            }
            if let failure = failure ?? refused { throw failure }
            next = chunk.upperBound
        }
    }

    private func chunk(of statements: [SQL], from start: Int) -> Range<Int> {
        var end = start
        var bytes = 0
        while end < statements.count, end - start < Self.chunkStatements {
            bytes += PostgresParameters.estimatedBytes(statements[end])
            // One that is larger by itself goes alone: the server answers only after reading all of it.
            if bytes > Self.chunkBytes, end > start { break }
            end += 1
        }
        return start..<end
    }

    private func send(_ sql: SQL, expectations: inout [Expectation]) throws(DatabaseError) {
        for argument in sql.arguments {
            if case .text(let text) = argument, text.utf8.contains(0) { throw .nulCharacter }
        }
        uses += 1
        let name: String
        if let known = prepared[sql.text] {
            name = known.name
            prepared[sql.text]?.lastUse = uses
        } else {
            preparedCount += 1
            name = "s\(preparedCount)"
            guard PQsendPrepare(link, name, sql.text, 0, nil) == 1 else { throw lost() }
            prepared[sql.text] = PreparedStatement(name: name, lastUse: uses)
            expectations.append(.preparation(sql.text))
        }
        let sent = parameters.encoded(sql.arguments) { values, count in
            PQsendQueryPrepared(link, name, count, values, nil, nil, 0)
        }
        guard sent == 1 else { throw lost() }
    }

    /// Prepares in a round trip of its own, for the one case in which nothing else may stand in the pipeline.
    private func prepareApart(_ text: String) throws(DatabaseError) {
        guard prepared[text] == nil else { return }
        preparedCount += 1
        let name = "s\(preparedCount)"
        guard PQsendPrepare(link, name, text, 0, nil) == 1, PQpipelineSync(link) == 1 else { throw lost() }
        prepared[text] = PreparedStatement(name: name, lastUse: uses)
        var failure: DatabaseError?
        try receive([.preparation(text), .sync], stopsAtFailure: true) { _, outcome in
            if case .failure(let error) = outcome { failure = error }
        }
        if let failure { throw failure }
    }

    private func receive(
        _ expectations: [Expectation], stopsAtFailure: Bool,
        _ take: (Int?, Result<OpaquePointer, DatabaseError>) -> Void
    ) throws(DatabaseError) {
        // Why a statement's preparation failed, told in place of the statement's own "aborted".
        var cause: DatabaseError?
        for expectation in expectations {
            if case .sync = expectation {
                guard let result = PQgetResult(link) else { throw lost() }
                let isSync = PQresultStatus(result) == PGRES_PIPELINE_SYNC
                PQclear(result)
                guard isSync else { throw lost() }
                cause = nil
                continue
            }
            guard let result = PQgetResult(link) else { throw lost() }
            defer { PQclear(result) }
            let outcome = PostgresResult.isSuccess(result)
            let status = PQresultStatus(result)
            // The NULL that ends this statement's answer.
            while let more = PQgetResult(link) {
                PQclear(more)
                if isLost { throw lost() }
            }
            switch expectation {
            case .preparation(let text):
                if !outcome {
                    prepared[text] = nil
                    if status != PGRES_PIPELINE_ABORTED {
                        cause = PostgresResult.error(result, isLost: isLost, text)
                        if stopsAtFailure, let cause { take(nil, .failure(cause)) }
                    }
                }
            case .answer(let index):
                if outcome {
                    take(index, .success(result))
                } else if status == PGRES_PIPELINE_ABORTED {
                    if !stopsAtFailure, let cause { take(index, .failure(cause)) }
                } else {
                    let error = PostgresResult.error(result, isLost: isLost, "")
                    // The plan no longer fits the table, or a pooler has forgotten the statement: prepare anew.
                    if error.isForgottenPlan { prepared.removeAll() }
                    take(index, .failure(error))
                }
            case .sync: break
            }
        }
        if isLost { throw lost() }
    }

    private func forgetOldest() throws(DatabaseError) {
        let oldest = prepared.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(prepared.count / 4)
        var commands: [SQL] = []
        for (text, statement) in oldest {
            prepared[text] = nil
            commands.append(SQL(stringLiteral: "DEALLOCATE \(statement.name)"))
        }
        // Not through the cache: each text occurs once.
        for command in commands {
            guard PQsendQueryParams(link, command.text, 0, nil, nil, nil, nil, 0) == 1 else { throw lost() }
        }
        guard PQpipelineSync(link) == 1 else { throw lost() }
        try receive(commands.indices.map { .answer($0) } + [.sync], stopsAtFailure: true) { _, _ in }
    }

    private func lost() -> DatabaseError {
        let message = String(cString: PQerrorMessage(link)).trimmedEnd
        return DatabaseError(.connection, message.isEmpty ? "the connection to the server is lost" : message)
    }
}
