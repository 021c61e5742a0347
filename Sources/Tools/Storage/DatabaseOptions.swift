public import Ground

/// How a database is opened. The defaults suit a county on a small machine.
public struct DatabaseOptions: Sendable, Hashable {
    /// Threads that read, each with its own connection. SQLite: 2 serve two cores; PostgreSQL: 8.
    public var readers: Int?
    /// Connections that write, each committing what waits as one group. SQLite has always one. On PostgreSQL a second one
    /// doubles the rate of writes that only insert, but halves that of writes which read first, since the groups then
    /// refuse each other's commits (64 callers, two cores: 18,000 against 4,000 and 460–960 against 1,700–1,900 a second).
    public var writers = 1
    /// PostgreSQL connections that share out single statements in pipelines.
    public var pipes = 2
    /// How many callers may wait in each queue before others are turned away with `overloaded`.
    public var queueLimit = 4096
    /// How many writes share one commit at most. PostgreSQL keeps 64 subtransactions cheaply.
    public var groupLimit = 60
    /// How long to wait for a lock that another process or server holds.
    public var lockTimeout = Span.seconds(5)
    /// How long one reading transaction (SQLite) or one statement (PostgreSQL) may take.
    public var statementTimeout = Span.seconds(30)
    /// How long to try to reach a PostgreSQL server again before a waiting caller is answered with `connection`.
    public var reconnectTimeout = Span.seconds(5)
    /// The largest size of a SQLite file in bytes; beyond it writes answer `full`.
    public var largestFileBytes: Int64?

    public init() {}
}

/// Opens the database, so that what is wrong with it is known now and not at the first request.
public func openDatabase(_ location: DatabaseLocation, options: DatabaseOptions = .init()) throws -> any Database {
    switch location.place {
    case .sqlite(let path): try SQLiteDatabase(path: path, options: options)
    case .postgres: try PostgresDatabase(location, options: options)
    }
}
