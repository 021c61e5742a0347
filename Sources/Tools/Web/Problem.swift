public import Ground
public import HTTPTypes
public import Hummingbird

extension Refusal.Kind {
    public var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .changedMeanwhile: .preconditionFailed
        case .tooLarge: .contentTooLarge
        case .ruleBroken: .unprocessableContent
        case .tooOften: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .fault: .internalServerError
        }
    }

    var title: LocalizedText {
        switch self {
        case .malformed: LocalizedText("请求无法理解", "The request cannot be understood")
        case .unauthenticated: LocalizedText("请先登录", "Please log in")
        case .forbidden: LocalizedText("没有权限", "Not permitted")
        case .notFound: LocalizedText("没有找到", "Not found")
        case .conflict: LocalizedText("与当前状态冲突", "In conflict with the present state")
        case .changedMeanwhile: LocalizedText("内容已被他人修改", "Changed by someone else meanwhile")
        case .tooLarge: LocalizedText("内容过大", "Too large")
        case .ruleBroken: LocalizedText("不符合规则", "Against a rule")
        case .tooOften: LocalizedText("操作过于频繁", "Too often")
        case .unavailable: LocalizedText("暂时无法处理", "Cannot be served now")
        case .fault: LocalizedText("系统故障", "A fault of the system")
        }
    }
}

extension Refusal {
    /// An RFC 9457 problem document in the caller's language.
    /// - Parameter status: where HTTP has a narrower one than the kind says.
    public func problem(
        _ language: Language, instance: String? = nil, status: HTTPResponse.Status? = nil
    ) -> Response {
        let status = status ?? kind.status
        let body = JSONWriter.object { writer in
            writer.member("type", "urn:gewu:problem:\(code)")
            writer.member("title", kind.title(language))
            writer.member("status", status.code)
            writer.member("detail", message(language))
            writer.member("code", code)
            if let wayOn { writer.member("wayOn", wayOn(language)) }
            if let rule { writer.member("rule", rule) }
            if let field { writer.member("field", field) }
            if let instance { writer.member("instance", instance) }
        }
        var headers: HTTPFields = [
            .contentType: "application/problem+json", .contentLanguage: language.rawValue, .cacheControl: "no-store",
        ]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if kind == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// The short heading of a page that shows it.
    public var title: LocalizedText { kind.title }
}

extension Response {
    public static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response
    {
        var headers = headers
        headers[.contentType] = "application/json"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "private, no-store" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    public static func page(_ html: HTML, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "private, no-store" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: html.bytes)))
    }

    /// After a form was taken: the browser fetches the page that shows the result (303).
    public static func seeOther(_ address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
    }

    /// A file to be saved under a name.
    public static func download(_ bytes: [UInt8], name: String, contentType: String) -> Response {
        let plain = String(
            decoding: name.utf8.map { $0 < 0x80 && $0 > 0x1F && $0 != 0x22 && $0 != 0x5C ? $0 : 0x5F }, as: UTF8.self)
        return Response(
            status: .ok,
            headers: [
                .contentType: contentType, .cacheControl: "private, no-store",
                .contentDisposition:
                    "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(QueryParameters.encoded(name))",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
