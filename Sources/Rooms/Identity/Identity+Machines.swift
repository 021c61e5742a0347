public import Desk

extension Identity {
    /// Who a token speaks for, where a protocol carries it elsewhere than in `Authorization`.
    /// - Returns: nil when there is no such token, or it ended, was revoked, or its post ended.
    public func machine(withToken secret: String) async throws -> Scope? {
        try await keeper.visitor(bearer: secret)?.scope
    }
}
