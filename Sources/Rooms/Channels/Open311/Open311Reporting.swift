import Desk
import Ground
import Hummingbird

/// `POST requests`.
struct Open311Reporting: Sendable {
    let open311: Open311

    func report(_ format: GeoFormat, _ visit: Visit) async throws -> Response {
        throw Refusal.nothingHere
    }
}
