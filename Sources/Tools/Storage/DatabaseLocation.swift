import CPostgres
public import Ground

/// Where the data live: `sqlite:FILE`, or `postgres://USER:PASSWORD@HOST/DATABASE` as libpq reads it. Printing it never
/// shows the password.
public struct DatabaseLocation: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        case sqlite(path: String)
        case postgres(uri: String)
    }

    let place: Place

    /// - Throws: a refusal that says what a connection string looks like.
    public init(_ text: String) throws(Refusal) {
        if text.hasPrefix("sqlite:") {
            place = .sqlite(path: try Self.file(in: text.dropFirst("sqlite:".utf8.count)))
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            guard let fields = PQconninfoParse(text, nil) else {
                // libpq's own message may quote the password, so it is not passed on.
                throw Self.refusal(
                    "postgres-form", "PostgreSQL 连接字符串格式不正确。", "The PostgreSQL connection string is malformed.")
            }
            PQconninfoFree(fields)
            place = .postgres(uri: text)
        } else {
            throw Self.refusal(
                "unknown", "无法识别的数据库连接字符串。", "This is no database connection string that Gewu knows.")
        }
    }

    private static func file(in text: Substring) throws(Refusal) -> String {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw refusal("no-file", "没有给出数据库文件名。", "The connection string names no file.")
        }
        guard text != ":memory:", !text.hasPrefix("file:") else {
            throw refusal(
                "memory", "数据必须存放在文件中：内存数据库在停机后会全部丢失，也无法供多个连接共用。",
                "Data must live in a file: a database in memory is lost at the end and cannot be shared by connections."
            )
        }
        guard !text.hasPrefix("//") else {
            throw refusal(
                "slashes", "SQLite 文件路径不应以两个斜杠开头。", "A SQLite path must not begin with two slashes.")
        }
        return String(text)
    }

    private static func refusal(_ code: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(
            .malformed, "storage.location.\(code)", LocalizedText(chinese, english),
            wayOn: LocalizedText(
                "请写成 sqlite:/路径/文件 或 postgres://用户:密码@主机/数据库（套接字：postgres:///数据库?host=/目录）。",
                "Write sqlite:/path/to/file or postgres://user:password@host/database "
                    + "(socket: postgres:///database?host=/directory)."))
    }

    public var engine: Engine {
        switch place {
        case .sqlite: .sqlite
        case .postgres: .postgres
        }
    }

    /// The whole text, with the password: to hand to another process, never to a log.
    public var connectionString: String {
        switch place {
        case .sqlite(let path): "sqlite:" + path
        case .postgres(let uri): uri
        }
    }

    /// The same server, another of its databases.
    package func replacingDatabase(with name: String) -> DatabaseLocation {
        guard case .postgres(let uri) = place, let scheme = uri.firstRange(of: "://") else { return self }
        let rest = uri[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let query = rest.drop { $0 != "?" }
        return DatabaseLocation(place: .postgres(uri: uri[..<scheme.upperBound] + authority + "/" + name + query))
    }

    private init(place: Place) { self.place = place }
}

extension DatabaseLocation: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        guard case .postgres(let uri) = place, let scheme = uri.firstRange(of: "://") else { return connectionString }
        let rest = uri[scheme.upperBound...]
        // A password may itself hold an `@`, so everything up to the last one before the path is the user's part.
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let hosts = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let path = rest[authority.endIndex...].prefix { $0 != "?" }
        // Of the parameters only the host is told: any other may be a secret.
        let host = rest.drop { $0 != "?" }.dropFirst().split(separator: "&").first { $0.hasPrefix("host=") }
        return "\(uri[..<scheme.upperBound])\(hosts)\(path)\(host.map { "?" + $0 } ?? "")"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
