public import Desk
import Synchronization
public import Web

/// A part of the page of a person, a household or a dwelling that a room above adds.
/// - Parameters:
///   - members: who lives there, or the households in a dwelling.
///   - purpose: the one for which the page is shown in clear, if any.
public typealias SubjectPanel =
    @Sendable (_ subject: StoredSubject, _ members: [StoredSubject], _ purpose: String?, _ staff: StaffVisit)
    async throws -> HTML

/// The panels in the order in which their rooms entered them, before anything is served.
public final class SubjectPanels: Sendable {
    private let known = Mutex<[SubjectPanel]>([])

    public func add(_ panel: @escaping SubjectPanel) { known.withLock { $0.append(panel) } }

    func html(_ card: Registry.Card, purpose: String?, _ staff: StaffVisit) async throws -> HTML {
        var html = HTML()
        for panel in known.withLock({ $0 }) { html += try await panel(card.subject, card.below, purpose, staff) }
        return html
    }
}
