import Synchronization

/// Addresses whose requests stand in no log and in no metrics. Rooms name them when they add their routes; the first
/// middleware asks once the request was routed.
public final class UntoldPaths: Sendable {
    private let known = Mutex<Set<String>>([])

    public init() {}

    func add(_ path: String) { known.withLock { _ = $0.insert(Self.plain(path)) } }

    /// - Parameter path: the address as it is routed, with names in place of what varies.
    public func contains(_ path: String) -> Bool { known.withLock { $0.contains(Self.plain(path)) } }

    /// However a route is written: `/a/:id`, `a/{id}`, `/a/${id}`.
    private static func plain(_ path: String) -> String {
        path.split(separator: "/").map { part in
            part.hasPrefix(":") || part.hasPrefix("{") || part.hasPrefix("$") ? "*" : String(part)
        }.joined(separator: "/")
    }
}
