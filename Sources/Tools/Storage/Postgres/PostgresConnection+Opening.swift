import CPostgres
import Ground

/// How a connection is made, and what it is told before anything else.
extension PostgresConnection {
    static func connect(_ location: DatabaseLocation, _ options: DatabaseOptions) -> OpaquePointer? {
        // What stands before `dbname` is a default that the connection string may change; what stands after is not.
        let fields = [
            ("application_name", "gewu"), ("connect_timeout", "5"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"),
            // A server that vanished without a word would else block a thread for a quarter of an hour.
            ("tcp_user_timeout", "20000"), ("dbname", location.connectionString), ("client_encoding", "UTF8"),
        ]
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        func connect(_ rest: ArraySlice<(String, String)>) -> OpaquePointer? {
            guard let (keyword, value) = rest.first else {
                return PQconnectdbParams(keywords + [nil], values + [nil], 1)
            }
            return keyword.withCString { keyword in
                value.withCString { value in
                    keywords.append(keyword)
                    values.append(value)
                    return connect(rest.dropFirst())
                }
            }
        }
        return connect(fields[...])
    }

    static func settings(_ options: DatabaseOptions, _ role: Role) -> [String] {
        guard role != .administration else { return [] }
        let limit = role == .longRead ? 0 : options.statementTimeout.milliseconds
        var settings = [
            "statement_timeout = \(limit)", "lock_timeout = \(options.lockTimeout.milliseconds)",
            "idle_in_transaction_session_timeout = \(role == .longRead ? 600_000 : 60_000)", "jit = off",
        ]
        // What answers a request is bounded and indexed. A table that was empty when a statement was planned would else be
        // walked from end to end until the server next gathers statistics, which may be minutes and a million rows later.
        if role != .longRead { settings += ["enable_seqscan = off", "random_page_cost = 1.1"] }
        if role == .pipe { settings.append("default_transaction_read_only = on") }
        return settings
    }
}

extension String {
    /// libpq ends its messages with a line break.
    var trimmedEnd: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
