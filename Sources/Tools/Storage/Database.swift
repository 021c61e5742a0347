/// Which database it is: for what cannot be written in one text (indexes on text, maintenance), never for features.
public enum Engine: String, Sendable, Hashable, CaseIterable {
    case sqlite
    case postgres
}

/// What runs inside one transaction. Synchronous on purpose: the closure runs on the engine's own thread, so no
/// transaction can stay open across an `await`.
///
/// A statement that fails dooms its transaction on both engines, even if the closure catches the error: whoever expects
/// a row to exist already writes `ON CONFLICT`.
public protocol Transaction {
    var engine: Engine { get }
    func query(_ sql: SQL) throws(DatabaseError) -> [Row]
    /// Several statements at once and all their answers, in order: one round trip where the engine can.
    func queries(_ statements: [SQL]) throws(DatabaseError) -> [[Row]]
    /// - Returns: how many rows were changed.
    @discardableResult func execute(_ sql: SQL) throws(DatabaseError) -> Int
    /// A statement whose answer does not matter: it goes out together with the next one, or with the end of the
    /// transaction, and costs no round trip of its own. Its failure is thrown there.
    func later(_ sql: SQL) throws(DatabaseError)
    /// Many statements whose answers do not matter: one round trip where the engine can.
    func batch(_ statements: [SQL]) throws(DatabaseError)
    /// Rows one by one, in constant memory, for exports and backups.
    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws
}

/// A database behind one connection string.
public protocol Database: Sendable {
    var engine: Engine { get }

    /// Reads one consistent state. Never waits for writers; may run again after a lost connection.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value

    /// All of it is durable when this returns, or none of it. Several callers may share one commit. The closure may run
    /// again after a serialisation failure, so it must have no effect but its statements.
    @discardableResult func write<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value)
        async throws -> Value

    /// As `read`, but without a time limit and on a connection of its own: for exports and backups.
    func snapshot<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value

    /// One short reading statement outside a transaction: the cheapest way to ask one thing.
    func query(_ sql: SQL) async throws -> [Row]

    /// Finishes what was accepted, then closes every connection.
    func close() async
}

/// What a database answered instead of a result.
public struct DatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        case unique, foreignKey, check, notNull
        /// Another one holds it; trying again makes sense.
        case busy
        case serialization
        case cancelled, timeout
        case connection
        /// The disk is full. Nothing of the transaction was kept.
        case full
        case readOnly
        /// The file is not a database, or is damaged.
        case corrupt
        /// Too much waits already; the caller should come back later.
        case overloaded
        /// A row did not hold what the program expected.
        case wrongType
        case other
    }

    public var code: Code
    public var message: String
    /// The five-letter state of the SQL standard, where the engine gives one.
    public var sqlState: String?

    public init(_ code: Code, _ message: String, sqlState: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    static func wrongType(_ message: String) -> DatabaseError { DatabaseError(.wrongType, message) }

    public var description: String { "\(code.rawValue): \(message)" }
}

extension Transaction {
    public func queries(_ statements: [SQL]) throws(DatabaseError) -> [[Row]] {
        var answers: [[Row]] = []
        for statement in statements { answers.append(try query(statement)) }
        return answers
    }

    /// The first row of the answer.
    public func first(_ sql: SQL) throws(DatabaseError) -> Row? { try query(sql).first }
}

extension Database {
    public func snapshot<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await read(body)
    }
}
