public import Desk
import Synchronization
public import Web

/// What rooms above add to the page of a body, entered before anything is served.
public final class BodyPanels: Sendable {
    public typealias Panel = @Sendable (_ body: BodyRecord, _ staff: StaffVisit) async throws -> HTML

    private let known = Mutex<[Panel]>([])

    public init() {}

    public func add(_ panel: @escaping Panel) { known.withLock { $0.append(panel) } }

    public func html(_ body: BodyRecord, _ staff: StaffVisit) async throws -> HTML {
        var html = HTML()
        for panel in known.withLock({ $0 }) { html += try await panel(body, staff) }
        return html
    }
}
