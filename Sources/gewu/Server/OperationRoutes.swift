import Cipher
import Desk
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Web

/// What watchers of the server ask: does it live, can it take work, how does it do.
struct OperationRoutes: Sendable {
    let readiness: Readiness
    let metrics: Metrics
    let token: String?

    /// Answered even under load.
    static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    func add(to router: Router<DeskContext>) {
        router.get("/healthz") { _, _ in
            Response.json(JSONWriter.object { $0.member("alive", true) }, headers: [.cacheControl: "no-store"])
        }
        router.get("/readyz") { [readiness] _, _ in
            let state = await readiness.state()
            let body = JSONWriter.object { writer in
                writer.member("ready", state == .ready)
                switch state {
                case .ready: break
                case .stopping: writer.member("reason", "stopping")
                case .databaseSilent: writer.member("reason", "database")
                case .diskFull: writer.member("reason", "storage.full")
                case .readOnly: writer.member("reason", "storage.read-only")
                }
            }
            return Response.json(
                body, status: state == .ready ? .ok : .serviceUnavailable, headers: [.cacheControl: "no-store"])
        }
        router.get("/metrics") { [self] request, context in
            guard mayRead(request, context) else { throw Refusal.nothingHere }
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.exposition())))
        }
    }

    /// What a proxy says of whom it speaks for; each of the usual ones sends at least one of them.
    private static let proxyFields: Set<String> = [
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    ]

    /// From this machine itself, not through a proxy on it; from elsewhere only with the token.
    private func mayRead(_ request: Request, _ context: DeskContext) -> Bool {
        if let token, let given = request.headers[.authorization],
            Digest.equal(Array(given.utf8), Array("Bearer \(token)".utf8))
        {
            return true
        }
        guard !request.headers.contains(where: { Self.proxyFields.contains($0.name.canonicalName) }) else {
            return false
        }
        return ["127.0.0.1", "::1", "local"].contains(context.clientAddress)
    }
}
