import Desk
import Foundation
import Ground
import Storage
import Synchronization

/// The places of this installation in memory: names without a query. Replaced as a whole when places change.
final class PlaceIndex: Sendable {
    /// Divisions of a county are hundreds; for a whole country only those down to streets are kept.
    private static let deepestOfCountry = AreaLevel.street

    private final class State: Sendable {
        let names: [String: String]
        let children: [String: [String]]
        let grids: GridMap
        let centres: [String: Grid.Centre]
        let change: Int64

        init(names: [String: String], children: [String: [String]], grids: [Grid], change: Int64) {
            self.names = names
            self.children = children
            self.grids = GridMap(grids)
            centres = AreaCentres.of(grids)
            self.change = change
        }

        static let empty = State(names: [:], children: [:], grids: [], change: -1)
    }

    private let state = Mutex(State.empty)

    private var current: State { state.withLock { $0 } }

    func name(of code: String) -> String? { current.names[code] }

    func children(of code: String) -> [(code: String, name: String)] {
        let state = current
        return (state.children[code] ?? []).compactMap { child in state.names[child].map { (child, $0) } }
    }

    func centre(of code: String) -> Grid.Centre? { current.centres[code] }

    var version: Int64 { current.change }

    var hasCentres: Bool { !current.grids.isEmpty }

    func nearestGrid(to point: Grid.Centre, within area: AreaPrefix) -> Grid? {
        current.grids.nearest(to: point, within: area)
    }

    /// Reads anew when something was changed since the last time, by whichever server.
    func refresh(from database: any Database, area: AreaPrefix, at day: Day) async throws {
        let known = current.change
        let fresh = try await database.snapshot { transaction -> State? in
            let change = try transaction.first("SELECT count FROM place_changes WHERE id = 1")?.int(0) ?? 0
            return change == known ? nil : try Self.load(area, at: day, change: change, in: transaction)
        }
        guard let fresh else { return }
        state.withLock { state in if fresh.change > state.change { state = fresh } }
    }

    private static func load(
        _ area: AreaPrefix, at day: Day, change: Int64, in transaction: any Transaction
    ) throws -> State {
        var names: [String: String] = [:]
        var children: [String: [String]] = [:]
        let depth: SQL =
            area.level < .county
            ? "(length(code) <= 6 OR level = \(deepestOfCountry.rawValue))" : "TRUE"
        let around = AreaStore.prefixes(of: area.code)
        try transaction.each(
            """
            SELECT code, name, parent FROM divisions
            WHERE (code IN (\(list: around)) OR (\(area.condition(on: "code")) AND \(depth)))
              AND \(AreaStore.valid(at: day))
            ORDER BY code
            """
        ) { row in
            let code = try row.text(0)
            names[code] = try row.text(1)
            children[try row.textIfAny(2) ?? "", default: []].append(code)
        }
        let grids = try GridStore.grids(in: area, at: day, limit: 1_000_000, transaction: transaction)
        for grid in grids {
            names[grid.code] = grid.name
            children[grid.community, default: []].append(grid.code)
        }
        return State(names: names, children: children, grids: grids, change: change)
    }
}

/// Grids by where their centres are. Stands in where grids have no outlines: near a border the nearest centre may be that of
/// the neighbour, so what it answers is a proposal.
struct GridMap: Sendable {
    private struct Square: Hashable {
        var column: Int
        var row: Int
    }

    /// In degrees: about a kilometre.
    private static let side = 0.01
    /// Further than this nothing is called near: about five kilometres.
    private static let furthestRing = 5

    private var squares: [Square: [Grid]] = [:]

    /// No grid here has a centre, so nothing can be said of any point.
    var isEmpty: Bool { squares.isEmpty }

    init(_ grids: [Grid]) {
        for grid in grids where grid.kind == .base {
            if let centre = grid.centre { squares[Self.square(centre), default: []].append(grid) }
        }
    }

    private static func square(_ point: Grid.Centre) -> Square {
        // A point outside the globe is in no square with grids; the bounds keep the conversion defined.
        let column = (max(-1000, min(1000, point.longitude)) / side).rounded(.down)
        let row = (max(-1000, min(1000, point.latitude)) / side).rounded(.down)
        return Square(column: Int(column), row: Int(row))
    }

    func nearest(to point: Grid.Centre, within area: AreaPrefix) -> Grid? {
        guard point.longitude.isFinite, point.latitude.isFinite else { return nil }
        let home = Self.square(point)
        // A degree of longitude is shorter than one of latitude.
        let narrowing = cos(point.latitude * .pi / 180)
        var best: (grid: Grid, distance: Double)?
        for ring in 0...Self.furthestRing {
            // What lies in this ring or beyond is at least so far away.
            if let best, best.distance <= Double(ring - 1) * Self.side * narrowing { break }
            for row in home.row - ring...home.row + ring {
                let isEdge = abs(row - home.row) == ring
                for column in stride(
                    from: home.column - ring, through: home.column + ring, by: isEdge ? 1 : max(1, 2 * ring))
                {
                    for grid in squares[Square(column: column, row: row)] ?? [] where area.contains(code: grid.code) {
                        guard let centre = grid.centre else { continue }
                        let east = (centre.longitude - point.longitude) * narrowing
                        let north = centre.latitude - point.latitude
                        let distance = (east * east + north * north).squareRoot()
                        if distance < best?.distance ?? .infinity { best = (grid, distance) }
                    }
                }
            }
        }
        return best?.grid
    }
}
