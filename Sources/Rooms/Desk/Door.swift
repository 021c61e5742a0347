import Cipher
import Ground
package import HTTPTypes
import Hummingbird
import HummingbirdCore
import Web

/// Where requests come in: the one place that asks for log-in, right, origin and size.
struct Door: Sendable {
    let house: House
    let frame: Frame

    func visit(_ request: Request, _ context: DeskContext) -> Visit {
        Visit(request: request, context: context, house: house, frame: frame)
    }

    func staffVisit(_ visit: Visit, _ right: Right?) throws(Refusal) -> StaffVisit {
        guard let scope = visit.context.scope else {
            throw Refusal(
                .unauthenticated, "desk.not-logged-in", LocalizedText("请先登录", "Please log in first"),
                wayOn: LocalizedText("登录已过期时，重新登录后可继续", "If your session ended, log in again and go on"))
        }
        if let right { try scope.require(right) }
        return StaffVisit(visit: visit, scope: scope)
    }

    func submission(ofForm visit: Visit) async throws -> Submission {
        let bytes = try await visit.request.bytes(atMost: house.settings.uploadLimit)
        let type = visit.request.headers[.contentType] ?? ""
        let fields: QueryParameters
        var files: [Multipart.File] = []
        if type.lowercased().hasPrefix("multipart/form-data") {
            let form = try Multipart(bytes, contentType: type)
            fields = form.fields
            files = form.files
        } else {
            fields = try QueryParameters(readingSent: bytes)
        }
        try checkOrigin(visit, token: fields["_token"])
        // What was meant, not how it was packed: a browser that sends a form with files again packs it anew.
        var content = Array(visit.path.utf8) + [0] + Array(fields.text.utf8)
        for file in files { content += [0] + Array(file.field.utf8) + [0] + file.bytes }
        let once = Once(owner: visit.sender, key: fields.filled("_key"), content: content)
        return Submission(
            bytes: bytes, fields: fields, files: files, once: once,
            seenVersion: fields.filled("_version").flatMap { Int64($0) })
    }

    func submission(ofProgram visit: Visit) async throws -> Submission {
        let method = visit.request.method
        if method == .get || method == .head {
            return Submission(
                bytes: [], fields: QueryParameters(), files: [], once: Once(owner: visit.sender, key: nil, content: []))
        }
        let bytes = try await visit.request.bytes(atMost: house.settings.uploadLimit)
        if visit.context.session != nil { try checkOrigin(visit, token: visit.request.headers[.formToken]) }
        if !bytes.isEmpty, visit.request.headers[.contentType]?.lowercased().hasPrefix("application/json") != true,
            visit.request.headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") != true
        {
            throw Refusal(
                .malformed, "desk.content-type",
                LocalizedText("请以 application/json 发送", "Send it as application/json"), field: "Content-Type")
        }
        let key = visit.request.headers[.idempotencyKey]
        if let key, !(1...255).contains(key.utf8.count) || !key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            throw Refusal(
                .malformed, "desk.key-length",
                LocalizedText(
                    "Idempotency-Key 须为 1–255 个可见 ASCII 字符", "An Idempotency-Key has 1 to 255 visible ASCII characters"),
                field: "Idempotency-Key")
        }
        let content = Array(method.rawValue.utf8) + [0] + Array(visit.path.utf8) + [0] + bytes
        var submission = Submission(
            bytes: bytes, fields: visit.query, files: [], once: Once(owner: visit.sender, key: key, content: content))
        if let match = visit.request.headers[.ifMatch], match != "*" {
            guard let version = Int64(match.trimmingPrefix("W/").trimming("\"")) else {
                throw Refusal(
                    .changedMeanwhile, "desk.version",
                    LocalizedText("If-Match 与现有版本不符", "If-Match names no present version"))
            }
            submission.seenVersion = version
        }
        return submission
    }

    /// No other site may send a form in somebody's name.
    private func checkOrigin(_ visit: Visit, token: String?) throws(Refusal) {
        if let session = visit.context.session {
            guard let token, Digest.equal(Array(token.utf8), Array(session.formToken.utf8)) else {
                throw Self.foreignForm
            }
        } else if let site = visit.request.headers[.secFetchSite] {
            guard site == "same-origin" || site == "none" else { throw Self.foreignForm }
        } else if let origin = visit.request.headers[.origin] {
            let host = origin.split(separator: "/").last.map(String.init)
            guard host == visit.request.head.authority else { throw Self.foreignForm }
        }
    }

    private static let foreignForm = Refusal(
        .forbidden, "desk.foreign-form",
        LocalizedText("此表单不是从本页面提交的，或页面已过期", "This form was not sent from our page, or the page is too old"),
        wayOn: LocalizedText("请刷新页面后再提交", "Reload the page and submit again"))
}

extension HTTPField.Name {
    static let idempotencyKey = literal("Idempotency-Key")
    static let formToken = literal("X-Form-Token")
    static let secFetchSite = literal("Sec-Fetch-Site")
    package static let requestID = literal("X-Request-ID")
    package static let forwardedFor = literal("X-Forwarded-For")

    private static func literal(_ name: String) -> HTTPField.Name {
        // Every name here is a token of RFC 9110, for which the initializer never fails.
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return field
    }
}

extension StringProtocol {
    func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text = text.dropFirst() }
        while text.last == character { text = text.dropLast() }
        return String(text)
    }
}

extension HTTPField.Name {
    static let xContentTypeOptions = literal("X-Content-Type-Options")
    static let referrerPolicy = literal("Referrer-Policy")
    static let permissionsPolicy = literal("Permissions-Policy")
}
