public import Desk
import HTTPTypes
public import Hummingbird

extension Identity {
    /// Who stands behind a request now: for answers that go on for hours, during which a session may end, a token be
    /// revoked or a post be lost. What was found is remembered for seconds, so asking again costs little.
    public func scope(behind request: Request) async throws -> Scope? {
        let visitor: Visitor?
        if let authorization = request.headers[.authorization] {
            guard authorization.lowercased().hasPrefix("bearer ") else { return nil }
            visitor = try await keeper.visitor(bearer: String(authorization.dropFirst(7)))
        } else if let cookie = request.cookies[SessionMiddleware.cookieName]?.value {
            visitor = try await keeper.visitor(cookie: cookie)
        } else {
            return nil
        }
        guard let visitor, visitor.duty == .nothing else { return nil }
        return visitor.scope
    }
}
