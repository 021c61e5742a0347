public import Desk
public import Hummingbird

/// Whether somebody still stands in the post behind a stream: looked up now and then, not at each event.
public actor HeldScope {
    private let identity: Identity
    private let request: Request
    private let scope: Scope
    private var checked = ContinuousClock.now

    /// - Parameters:
    ///   - request: the one that the stream answers.
    ///   - scope: what it was opened with.
    public init(identity: Identity, request: Request, scope: Scope) {
        self.identity = identity
        self.request = request
        self.scope = scope
    }

    /// False once the session ended, a token was revoked or a post changed: another post, or other rights, see something
    /// else, so whoever reads comes again and gets that.
    public func holds(checkedEvery span: Duration) async -> Bool {
        guard ContinuousClock.now - checked >= span else { return true }
        checked = .now
        do {
            return try await identity.scope(behind: request) == scope
        } catch {
            // That nobody can be asked now is no reason to send somebody away.
            return true
        }
    }
}
