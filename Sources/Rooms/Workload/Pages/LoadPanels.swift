public import Desk
import Synchronization
public import Web

/// What rooms above say on the page of loads, entered before anything is served: what else takes the same people's hours.
public final class LoadPanels: Sendable {
    public typealias Panel = @Sendable (_ staff: StaffVisit) async throws -> HTML

    private let known = Mutex<[Panel]>([])

    public func add(_ panel: @escaping Panel) { known.withLock { $0.append(panel) } }

    func html(_ staff: StaffVisit) async throws -> HTML {
        var html = HTML()
        for panel in known.withLock({ $0 }) { html += try await panel(staff) }
        return html
    }
}
