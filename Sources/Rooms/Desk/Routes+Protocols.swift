public import Hummingbird

extension Routes {
    /// A route of a protocol that others have written: it reads its own kind of body and gives its own kind of refusal.
    /// Nobody's session counts here; whoever may do something proves it in the request itself.
    public func foreign(
        _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Visit) async throws -> Response
    ) {
        router.on(RouterPath(path), method: method) { [door] request, context in
            var context = context
            if context.session != nil {
                context.session = nil
                context.scope = nil
                context.resident = nil
            }
            return try await handler(door.visit(request, context))
        }
    }
}
