public import Desk
import Ground
import HTTPTypes
public import Hummingbird
import HummingbirdCore
import Web

/// Finds out who a request comes from: by the cookie `gewu`, or by `Authorization: Bearer gewu_…`.
public struct SessionMiddleware: RouterMiddleware {
    let keeper: SessionKeeper

    static let cookieName = "gewu"

    public func handle(
        _ request: Request, context: DeskContext, next: (Request, DeskContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let authorization = request.headers[.authorization] {
            guard let bearer = Self.bearer(authorization), let visitor = try await keeper.visitor(bearer: bearer) else {
                throw Refusal(
                    .unauthenticated, "identity.token-refused",
                    LocalizedText("令牌无效、已过期或已吊销", "The token is unknown, expired or revoked"),
                    wayOn: LocalizedText("请管理员在“令牌”页新建", "Ask an administrator for a new one on the tokens page"))
            }
            context.scope = visitor.scope
            return try await next(request, context)
        }
        guard let cookie = request.cookies[Self.cookieName]?.value,
            let visitor = try await keeper.visitor(cookie: cookie)
        else { return try await next(request, context) }
        context.session = visitor.session
        context.scope = visitor.scope
        context.resident = visitor.resident
        switch visitor.duty {
        case .nothing: break
        case .choosePassword:
            if let answer = try Self.answer(request, sendingTo: "/account/password", Self.passwordFirst) {
                return answer
            }
        case .enrolSecondStep:
            if let answer = try Self.answer(request, sendingTo: "/account/second-step", Self.secondStepFirst) {
                return answer
            }
        }
        return try await next(request, context)
    }

    private static func bearer(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Until the duty is done, only the account's own pages and what every page needs stay open.
    private static func answer(
        _ request: Request, sendingTo address: String, _ refusal: @autoclosure () -> Refusal
    ) throws -> Response? {
        let path = request.uri.path
        let isOpen =
            path.hasPrefix("/account/") || path.hasPrefix("/api/v1/account") || path == "/api/v1/log-out"
            || path == "/logout" || path == "/login" || path == "/language"
            || path == "/appearance" || path.hasPrefix("/assets/")
        if isOpen { return nil }
        if request.method == .get, !path.hasPrefix("/api/") { return .seeOther(address) }
        throw refusal()
    }

    private static let passwordFirst = Refusal(
        .forbidden, "identity.password-first",
        LocalizedText("请先设置自己的密码", "Choose a password of your own first"),
        wayOn: LocalizedText("打开 /account/password", "Open /account/password"))

    private static let secondStepFirst = Refusal(
        .forbidden, "identity.second-step-first",
        LocalizedText("您的岗位需先登记动态口令", "Your post needs a second step at log-in first"),
        wayOn: LocalizedText("打开 /account/second-step", "Open /account/second-step"))
}

extension Response {
    /// Sets the session's cookie; without a value it is taken away.
    mutating func setSession(_ value: String?, isSecure: Bool) {
        let secure = isSecure ? "; Secure" : ""
        let age = value == nil ? "; Max-Age=0" : ""
        headers[values: .setCookie].append(
            "\(SessionMiddleware.cookieName)=\(value ?? ""); Path=/; HttpOnly; SameSite=Lax\(secure)\(age)")
    }

    /// A choice that scripts and pages may see: the language, the look.
    mutating func setChoice(_ name: String, _ value: String, isSecure: Bool) {
        headers[values: .setCookie].append(
            "\(name)=\(value); Path=/; Max-Age=31536000; SameSite=Lax\(isSecure ? "; Secure" : "")")
    }
}

extension Visit {
    var client: Client {
        Client(
            address: context.clientAddress, device: request.headers[.userAgent] ?? "",
            cookie: request.cookies[SessionMiddleware.cookieName]?.value)
    }
}
