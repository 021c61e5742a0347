import Foundation
import Ground
import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import Storage
public import Web

/// The first thing that happens to a request: it gets a number, a language and a look, and its answer a line in the log
/// and the headers that keep browsers safe.
public struct Reception: RouterMiddleware {
    let house: House
    let logger: Logger
    let metrics: Metrics
    let untold: UntoldPaths

    public init(house: House, logger: Logger, metrics: Metrics, untold: UntoldPaths = UntoldPaths()) {
        self.untold = untold
        self.house = house
        self.logger = logger
        self.metrics = metrics
    }

    public func handle(
        _ request: Request, context: DeskContext, next: (Request, DeskContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let start = ContinuousClock.now
        context.requestID = Self.requestID(request) ?? house.identifiers.nextText(at: house.clock.now())
        if house.settings.trustedProxies.contains(context.clientAddress),
            let forwarded = request.headers[.forwardedFor]?.split(separator: ",").last
        {
            context.clientAddress = String(forwarded).trimmingSpaces()
        }
        let cookies = request.cookies
        context.language =
            cookies["language"].flatMap { Language(rawValue: $0.value) }
            ?? Language(accepting: request.headers[.acceptLanguage])
        context.appearance.theme = cookies["theme"].flatMap { Appearance.Theme(rawValue: $0.value) } ?? .auto
        context.appearance.size = cookies["size"].flatMap { Appearance.Size(rawValue: $0.value) } ?? .standard
        var response = try await next(request, context)
        Self.secure(&response, isSecure: house.settings.secureCookies)
        response.headers[.requestID] = context.requestID
        try await compress(&response, request)
        let duration = ContinuousClock.now - start
        let milliseconds =
            Double(duration.components.attoseconds / 1_000_000_000_000) / 1000 + Double(duration.components.seconds)
            * 1000
        let path = context.endpointPath ?? "unmatched"
        guard !untold.contains(path) else { return response }
        metrics.observe(
            method: request.method.rawValue, path: path, status: response.status.code, milliseconds: milliseconds)
        if response.status.code >= 500 || logger.logLevel <= .info {
            logger.log(
                level: response.status.code >= 500 ? .error : .info, "request",
                metadata: [
                    "id": "\(context.requestID)", "method": "\(request.method.rawValue)", "path": "\(path)",
                    "status": "\(response.status.code)", "ms": "\(milliseconds)",
                    "staff": "\(context.scope?.staff.text ?? "-")",
                ])
        }
        return response
    }

    /// A number that a proxy gave is kept when it is a short plain word.
    private static func requestID(_ request: Request) -> String? {
        guard let id = request.headers[.requestID], (8...64).contains(id.utf8.count),
            id.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            })
        else { return nil }
        return id
    }

    private static let contentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    private static func secure(_ response: inout Response, isSecure: Bool) {
        // A page that shows pictures of another host (a base map) says so itself.
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.contentPolicy
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = "geolocation=(self), camera=(self), microphone=()"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    /// Text of some size goes compressed to whoever can read it so.
    private func compress(_ response: inout Response, _ request: Request) async throws {
        guard response.headers[.contentEncoding] == nil, let length = response.body.contentLength, length > 1_400,
            length < 4_194_304, let type = response.headers[.contentType],
            type.hasPrefix("text/") || type.hasPrefix("application/json") || type.hasPrefix("application/problem"),
            request.headers[.acceptEncoding]?.contains("gzip") == true
        else { return }
        let collected = CollectedBody()
        try await response.body.write(collected)
        guard let compressed = Compression.gzip(collected.bytes, level: 1) else {
            response.body = .init(byteBuffer: ByteBuffer(bytes: collected.bytes))
            return
        }
        response.body = .init(byteBuffer: ByteBuffer(bytes: compressed))
        response.headers[.contentEncoding] = "gzip"
        response.headers[.vary] = "Accept-Encoding"
    }
}

/// A body written into memory.
private final class CollectedBody: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes.append(contentsOf: buffer.readableBytesView) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Turns whatever was thrown into an answer: a problem document for programs, a page for people.
public struct RefusalAnswers: RouterMiddleware {
    private let routes: RoutesForRefusals
    let logger: Logger

    public init(routes: Routes, logger: Logger) {
        self.routes = RoutesForRefusals(door: routes.door, catalogue: routes.catalogue)
        self.logger = logger
    }

    public func handle(
        _ request: Request, context: DeskContext, next: (Request, DeskContext) async throws -> Response
    ) async throws -> Response {
        do {
            try request.checkQuery()
            return try await next(request, context)
        } catch let error {
            let refusal = Self.refusal(error)
            if refusal.kind == .fault || refusal.kind == .unavailable {
                logger.error(
                    "refused", metadata: ["id": "\(context.requestID)", "code": "\(refusal.code)", "error": "\(error)"])
            }
            return routes.answer(refusal, request, context)
        }
    }

    static func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let refusal as Refusal: return refusal
        case let error as DatabaseError: return refusal(error)
        case let error as HTTPError where error.status == .notFound: return .nothingHere
        case let error as HTTPError:
            return Refusal(
                .malformed, "desk.malformed", LocalizedText("请求无法理解", error.body ?? "The request cannot be understood"))
        default:
            return Refusal(
                .fault, "desk.fault", LocalizedText("系统出现故障，您的内容没有保存", "Something failed; nothing was kept"),
                wayOn: LocalizedText(
                    "请稍后重试；如再次出现，请把页脚的编号告诉管理员",
                    "Try again; if it happens again, tell an administrator the number in the footer"))
        }
    }

    private static func refusal(_ error: DatabaseError) -> Refusal {
        switch error.code {
        case .full:
            Refusal(
                .unavailable, "storage.full", LocalizedText("磁盘已满，未保存", "The disk is full; nothing was kept"),
                wayOn: LocalizedText(
                    "请通知管理员清理磁盘后重试；已受理的内容不受影响", "Tell an administrator; what was accepted before is safe"),
                retryAfterSeconds: 60)
        case .readOnly:
            Refusal(
                .unavailable, "storage.read-only",
                LocalizedText("数据库当前只读，未保存", "The database is read-only now; nothing was kept"),
                wayOn: LocalizedText(
                    "请通知管理员检查磁盘是否以只读方式挂载、数据库文件的权限，然后重试；已受理的内容不受影响",
                    "Tell an administrator to check whether the disk is mounted read-only and who may write the file, then try again; what was accepted before is safe"
                ),
                retryAfterSeconds: 60)
        case .overloaded, .busy, .timeout, .cancelled, .connection, .serialization:
            Refusal(
                .unavailable, "storage.busy",
                LocalizedText("系统繁忙，未保存，请稍后重试", "The system is busy; nothing was kept; try again shortly"),
                retryAfterSeconds: 2)
        case .unique:
            Refusal(.conflict, "storage.taken", LocalizedText("该编号或名称已被使用", "That number or name is taken"))
        case .foreignKey:
            Refusal(
                .ruleBroken, "storage.unknown-reference",
                LocalizedText("所引用的内容不存在", "It refers to something that is not there"))
        case .check, .notNull, .corrupt, .wrongType, .other:
            Refusal(
                .fault, "storage.fault", LocalizedText("数据库出现故障，未保存", "The database failed; nothing was kept"),
                wayOn: LocalizedText("请把页脚的编号告诉管理员", "Tell an administrator the number in the footer"))
        }
    }
}

struct RoutesForRefusals: Sendable {
    let door: Door
    let catalogue: APICatalogue

    func answer(_ refusal: Refusal, _ request: Request, _ context: DeskContext) -> Response {
        let visit = door.visit(request, context)
        if visit.path.hasPrefix("/api/"), refusal.kind == .notFound, refusal.code == Refusal.nothingHere.code {
            let methods = catalogue.methods(on: visit.path)
            if !methods.isEmpty, !methods.contains(request.method.rawValue) {
                var response = Refusal(
                    .malformed, "desk.method",
                    LocalizedText(
                        "此地址不支持 \(request.method.rawValue)", "\(request.method.rawValue) is not possible here"),
                    wayOn: LocalizedText(
                        "可用：\(methods.joined(separator: "、"))", "Possible: \(methods.joined(separator: ", "))")
                ).problem(context.language, instance: context.requestID, status: .methodNotAllowed)
                response.headers[.allow] = methods.joined(separator: ", ")
                return response
            }
        }
        if visit.wantsJSON { return refusal.problem(context.language, instance: context.requestID) }
        let content: HTML = """
            <div class="panel empty"><p>\(visit(refusal.message))</p>\
            \(refusal.wayOn.map { "<p class=\"hint\">\(visit($0))</p>" })\
            <p><a class="btn" href="\(context.scope == nil ? "/" : "/home")">\(visit("回到首页", "Back to the start"))</a>\
            \(context.scope == nil && refusal.kind == .unauthenticated ? "<a class=\"btn p\" href=\"/login\">\(visit("登录", "Log in"))</a>" : HTML())</p>\
            <p class="hint">\(refusal.code)\(refusal.rule.map { " · " + $0 } ?? "")</p></div>
            """
        var response = visit.page(Page(visit(refusal.title), content), status: refusal.kind.status)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }
}
