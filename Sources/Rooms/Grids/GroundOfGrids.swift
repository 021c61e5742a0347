public import Desk
import Geo
public import Places
import Storage
import Synchronization

/// The ground of all base grids of the installation in memory, so that any place is found in its grid within microseconds.
/// Made anew as a whole when grids were changed.
public final class GroundOfGrids: GridGround {
    private struct Kept: Sendable {
        var version: Int64
        var codes: [String]
        var index: AreaIndex
    }

    private static let page = 5_000

    private let house: House
    private let kept = Mutex(Kept(version: -1, codes: [], index: AreaIndex([])))

    public init(house: House) { self.house = house }

    public func refresh() async throws {
        let known = kept.withLock { $0.version }
        let area = house.settings.area
        let fresh = try await house.database.snapshot { transaction -> Kept? in
            let version =
                try transaction.first("SELECT count FROM grid_changes WHERE id = 1").map { try $0.int(0) } ?? 0
            guard version != known else { return nil }
            var codes: [String] = []
            var areas: [[Polygon]] = []
            while true {
                let outlines = try BuildingStore.outlines(
                    in: area, after: codes.last ?? "", limit: Self.page, transaction: transaction)
                guard !outlines.isEmpty else { break }
                codes += outlines.map(\.grid)
                areas += outlines.map(\.shape.areas)
            }
            return Kept(version: version, codes: codes, index: AreaIndex(areas))
        }
        guard let fresh else { return }
        kept.withLock { kept in if fresh.version > kept.version { kept = fresh } }
    }

    public func grid(longitude: Double, latitude: Double) -> String? {
        // Holding it costs a count of references, not a copy; looking takes no lock.
        let kept = kept.withLock { $0 }
        return kept.index.area(at: Position(longitude: longitude, latitude: latitude)).map { kept.codes[$0] }
    }
}
