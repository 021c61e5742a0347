public import Ground
public import Hummingbird
import Synchronization

/// The form of a value in the interface, as JSON Schema says it.
public indirect enum Schema: Sendable, Hashable {
    case string(
        format: String? = nil, minimum: Int? = nil, maximum: Int? = nil, pattern: String? = nil, values: [String]? = nil
    )
    case integer(minimum: Int64? = nil, maximum: Int64? = nil)
    case number
    case boolean
    case array(Schema)
    case object([Member])
    /// A named schema, written once in the document.
    case named(String, Schema)
    case nullable(Schema)

    public struct Member: Sendable, Hashable {
        public var name: String
        public var schema: Schema
        public var isRequired: Bool
        public var meaning: String?

        public init(_ name: String, _ schema: Schema, required: Bool = true, _ meaning: String? = nil) {
            self.name = name
            self.schema = schema
            isRequired = required
            self.meaning = meaning
        }
    }

    public static var text: Schema { .string() }
    public static var identifier: Schema { .string(pattern: "^[0-9a-hjkmnp-tv-z]{26}$") }
    public static var instant: Schema { .string(format: "date-time") }
}

/// One operation of the interface: registered with its route, so the document cannot name what is not there.
public struct APIOperation: Sendable {
    public var method: HTTPRequest.Method
    /// Below `/api/v1`, with `{name}` for parts that vary.
    public var path: String
    public var id: String
    public var tag: String
    public var summary: LocalizedText
    public var query: [Schema.Member]
    public var request: Schema?
    public var status: Int
    public var response: Schema?
    public var responseType: String
    /// Refusals that this operation may answer besides those that every one may (400, 401, 403, 404, 405, 413, 429, 503),
    /// those of every write (409, 412, 422), and 422 of those with a query.
    public var refusals: [Int]
    public var access: Access

    /// How a caller proves who it is, where the operation asks for that at all.
    public enum Access: Sendable, Hashable {
        /// A machine's token, or the cookie of somebody who is logged in.
        case tokenOrSession
        /// Only the cookie: what a person does for themselves.
        case session
    }

    public init(
        _ method: HTTPRequest.Method, _ path: String, id: String, tag: String, summary: LocalizedText,
        query: [Schema.Member] = [], request: Schema? = nil, status: Int = 200, response: Schema? = nil,
        responseType: String = "application/json", refusals: [Int] = [], access: Access = .tokenOrSession
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.tag = tag
        self.summary = summary
        self.query = query
        self.request = request
        self.status = status
        self.response = response
        self.responseType = responseType
        self.refusals = refusals
        self.access = access
    }
}

/// All operations; writes the OpenAPI 3.1 document and knows which methods a path has.
public final class APICatalogue: Sendable {
    private struct Entry: Sendable {
        var operation: APIOperation
        var right: Right?
        var isOpen: Bool
    }

    private let entries = Mutex<[Entry]>([])

    public init() {}

    func add(_ operation: APIOperation, right: Right?, isOpen: Bool = false) {
        entries.withLock { $0.append(Entry(operation: operation, right: right, isOpen: isOpen)) }
    }

    /// The methods that some operation has on this path (`/api/v1/…`), for 405.
    public func methods(on path: String) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        return entries.withLock { entries in
            entries.filter { entry in
                let template = ("/api/v1" + entry.operation.path).split(separator: "/", omittingEmptySubsequences: true)
                return template.count == parts.count
                    && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            }.map(\.operation.method.rawValue)
        }
    }

    public func document(title: LocalizedText, _ language: Language) -> [UInt8] {
        let entries = entries.withLock { $0 }
        var named: [String: Schema] = ["Problem": Self.problem]
        return JSONWriter.object { writer in
            writer.member("openapi", "3.1.0")
            writer.key("info")
            writer.object {
                $0.member("title", title(language) + " API")
                $0.member("version", "1")
                $0.member(
                    "description",
                    LocalizedText(
                        "每个页面上的操作都可由此接口完成。写操作可带 Idempotency-Key：同键同内容得到同一答复，同键异内容为 422。有版本的内容以 ETag 给出版本，修改时可带 If-Match：版本已变则为 412，什么也不改。429 与 503 的 Retry-After 说明几秒后重试。",
                        "Every act of the pages. Writes take an Idempotency-Key: same key and content, same answer; same key, other content, 422. What has versions tells its own as ETag; a write that names it as If-Match is refused with 412, and changes nothing, when the version is another one by now. Retry-After of a 429 or 503 says after how many seconds to try again."
                    )(language))
            }
            writer.key("servers")
            writer.array { $0.object { $0.member("url", "/api/v1") } }
            writer.key("security")
            Self.writeSecurity(["bearer", "session"], to: &writer)
            writer.key("paths")
            writer.object { writer in
                var order: [String] = []
                for entry in entries where !order.contains(entry.operation.path) { order.append(entry.operation.path) }
                for path in order {
                    writer.key(escaping: path)
                    writer.object { writer in
                        for entry in entries where entry.operation.path == path {
                            writer.key(escaping: entry.operation.method.rawValue.lowercased())
                            Self.write(entry, to: &writer, language, &named)
                        }
                    }
                }
            }
            writer.key("components")
            writer.object { writer in
                writer.key("securitySchemes")
                writer.object {
                    $0.key("bearer")
                    $0.object {
                        $0.member("type", "http")
                        $0.member("scheme", "bearer")
                    }
                    $0.key("session")
                    $0.object {
                        $0.member("type", "apiKey")
                        $0.member("in", "cookie")
                        $0.member("name", "gewu")
                        $0.member(
                            "description",
                            "set by logIn and logInAsResident; writes carry the token of their answers as X-Form-Token, too"
                        )
                    }
                }
                writer.key("schemas")
                writer.object { writer in
                    // Writing a schema may name further ones.
                    var written: Set<String> = []
                    while let (name, schema) = named.filter({ !written.contains($0.key) }).min(by: { $0.key < $1.key })
                    {
                        written.insert(name)
                        writer.key(escaping: name)
                        Self.write(schema, to: &writer, &named)
                    }
                }
            }
        }
    }

    /// Either of these schemes; or none, where nobody has to say who they are.
    private static func writeSecurity(_ schemes: [String], orNobody: Bool = false, to writer: inout JSONWriter) {
        writer.array { writer in
            for scheme in schemes {
                writer.object {
                    $0.key(escaping: scheme)
                    $0.array { _ in }
                }
            }
            if orNobody { writer.object { _ in } }
        }
    }

    private static let problem = Schema.object([
        .init("type", .text), .init("title", .text), .init("status", .integer()), .init("detail", .text),
        .init("code", .text), .init("wayOn", .text, required: false), .init("rule", .text, required: false),
        .init("field", .text, required: false), .init("instance", .text, required: false),
    ])

    private static func write(
        _ entry: Entry, to writer: inout JSONWriter, _ language: Language, _ named: inout [String: Schema]
    ) {
        let operation = entry.operation
        writer.object { writer in
            writer.member("operationId", operation.id)
            writer.key("tags")
            writer.array { $0.value(operation.tag) }
            writer.member("summary", operation.summary(language))
            if let right = entry.right { writer.member("description", "right: \(right.rawValue)") }
            switch (operation.access, entry.isOpen) {
            case (.tokenOrSession, false): break
            case (.tokenOrSession, true):
                writer.key("security")
                writer.array { _ in }
            case (.session, let isOpen):
                writer.key("security")
                writeSecurity(["session"], orNobody: isOpen, to: &writer)
            }
            writer.key("parameters")
            writer.array { writer in
                for part in operation.path.split(separator: "/") where part.hasPrefix("{") {
                    let name = String(part.dropFirst().dropLast())
                    parameter(
                        name, in: "path", name == "id" ? .identifier : .string(minimum: 1, maximum: 64), true, nil,
                        &writer, &named)
                }
                for member in operation.query {
                    parameter(
                        member.name, in: "query", member.schema, member.isRequired, member.meaning, &writer, &named)
                }
                if operation.method != .get {
                    parameter(
                        "Idempotency-Key", in: "header", .string(minimum: 1, maximum: 255, pattern: "^[!-~]+$"), false,
                        "the same key and content again: the first answer again, and nothing is done twice", &writer,
                        &named)
                    if operation.path.contains("{") {
                        parameter(
                            "If-Match", in: "header", .string(maximum: 64, pattern: #"^(\*|(W/)?"[0-9]{1,18}")$"#),
                            false,
                            "the version seen last, as its ETag gave it; 412 when it is another one by now", &writer,
                            &named)
                    }
                }
            }
            if let request = operation.request {
                writer.key("requestBody")
                writer.object { writer in
                    writer.member("required", true)
                    content("application/json", request, &writer, &named)
                }
            }
            writer.key("responses")
            writer.object { writer in
                writer.key(escaping: String(operation.status))
                writer.object { writer in
                    writer.member("description", "OK")
                    let isOne = operation.path.contains("{") || operation.status == 201
                    if isOne { header("ETag", "the version, where there are versions; for If-Match", &writer) }
                    if let response = operation.response { content(operation.responseType, response, &writer, &named) }
                }
                var refusals = Set([400, 401, 403, 404, 405, 413, 429, 503] + operation.refusals)
                if !operation.query.isEmpty { refusals.insert(422) }
                if entry.isOpen, !operation.refusals.contains(401) { refusals.remove(401) }
                if operation.method != .get { refusals.formUnion([409, 412, 422]) }
                for status in refusals.sorted() {
                    writer.key(escaping: String(status))
                    writer.object { writer in
                        writer.member("description", refusalMeaning[status] ?? "refused, with the reason")
                        if status == 405 { header("Allow", "the methods of this address", &writer) }
                        if status == 429 || status == 503 {
                            header("Retry-After", "seconds after which another try makes sense", &writer)
                        }
                        content("application/problem+json", .named("Problem", problem), &writer, &named)
                    }
                }
            }
        }
    }

    private static let refusalMeaning = [
        400: "cannot be understood; `field` says which part",
        401: "no token, or one that does not hold any more",
        403: "the post has no right to it; `rule` names the right",
        404: "not there, or not for this viewer",
        405: "another method is meant; Allow says which",
        409: "in a state that does not allow it",
        412: "changed meanwhile: the version of If-Match is not the present one",
        413: "too large",
        422: "understood, but against a rule, or a value that is none of those allowed; `field` says which",
        429: "too often",
        503: "cannot be served now; nothing was done",
    ]

    private static func header(_ name: String, _ meaning: String, _ writer: inout JSONWriter) {
        writer.key("headers")
        writer.object { writer in
            writer.key(escaping: name)
            writer.object { writer in
                writer.member("description", meaning)
                writer.key("schema")
                writer.object { $0.member("type", "string") }
            }
        }
    }

    private static func parameter(
        _ name: String, in place: String, _ schema: Schema, _ isRequired: Bool, _ meaning: String?,
        _ writer: inout JSONWriter, _ named: inout [String: Schema]
    ) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("in", place)
            writer.member("required", isRequired)
            if let meaning { writer.member("description", meaning) }
            writer.key("schema")
            write(schema, to: &writer, &named)
        }
    }

    private static func content(
        _ type: String, _ schema: Schema, _ writer: inout JSONWriter, _ named: inout [String: Schema]
    ) {
        writer.key("content")
        writer.object { writer in
            writer.key(escaping: type)
            writer.object { writer in
                writer.key("schema")
                write(schema, to: &writer, &named)
            }
        }
    }

    private static func write(
        _ schema: Schema, _ meaning: String? = nil, to writer: inout JSONWriter, _ named: inout [String: Schema]
    ) {
        writer.object { writer in
            if let meaning { writer.member("description", meaning) }
            writeMembers(of: schema, to: &writer, &named)
        }
    }

    private static func writeMembers(
        of schema: Schema, to writer: inout JSONWriter, _ named: inout [String: Schema]
    ) {
        switch schema {
        case .named(let name, let inner):
            named[name] = inner
            writer.member("$ref", "#/components/schemas/\(name)")
        case .nullable(let inner):
            writer.key("anyOf")
            writer.array { writer in
                write(inner, to: &writer, &named)
                writer.object { $0.member("type", "null") }
            }
        case .string(let format, let minimum, let maximum, let pattern, let values):
            writer.member("type", "string")
            if let format { writer.member("format", format) }
            if let minimum { writer.member("minLength", minimum) }
            if let maximum { writer.member("maxLength", maximum) }
            if let pattern { writer.member("pattern", pattern) }
            if let values {
                writer.key("enum")
                writer.array(values) { $0.value($1) }
            }
        case .integer(let minimum, let maximum):
            writer.member("type", "integer")
            if let minimum { writer.member("minimum", minimum) }
            if let maximum { writer.member("maximum", maximum) }
        case .number: writer.member("type", "number")
        case .boolean: writer.member("type", "boolean")
        case .array(let element):
            writer.member("type", "array")
            writer.key("items")
            write(element, to: &writer, &named)
        case .object(let members):
            writer.member("type", "object")
            writer.key("required")
            writer.array(members.filter(\.isRequired)) { $0.value($1.name) }
            writer.key("properties")
            writer.object { writer in
                for member in members {
                    writer.key(escaping: member.name)
                    write(member.schema, member.meaning, to: &writer, &named)
                }
            }
        }
    }
}
