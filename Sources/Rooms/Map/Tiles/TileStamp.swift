import Desk
import Grids
import Ground
import Ledger
import Places
import Storage
import Synchronization

/// What the content of tiles hangs on. Equal stamps: nothing was recorded in between, on any server.
struct TileStamp: Hashable, Sendable {
    var head: LedgerHead
    var places: Int64
    /// Of buildings and the grounds of grids.
    var ground: Int64
    /// What is due becomes overdue as time goes by: figures are made anew each minute.
    var minute: Int64
    /// So much waits to be sealed that a new act could look like none: then nothing kept is good for longer than a moment.
    var moment: Int64
}

/// The present stamp, looked up a few times a second however many tiles are asked for.
final class StampWatch: Sendable {
    /// A change is in every tile that is asked for this much later.
    private static let looksEvery = Duration.milliseconds(200)

    private let known = Mutex<(stamp: TileStamp, at: ContinuousClock.Instant)?>(nil)

    func stamp(of map: OneMap) async throws -> TileStamp {
        let asked = ContinuousClock.now
        if let stamp = known.withLock({ known in
            known.flatMap { asked - $0.at < Self.looksEvery ? $0.stamp : nil }
        }) {
            return stamp
        }
        let head = try await Ledger.head(of: map.house.database)
        let now = map.house.clock.now()
        let stamp = TileStamp(
            head: head, places: map.places.version, ground: try await map.grids.changes(),
            minute: now.milliseconds / 60_000,
            moment: head.isCrowded ? now.milliseconds / 200 : 0)
        known.withLock { $0 = (stamp, asked) }
        return stamp
    }
}
