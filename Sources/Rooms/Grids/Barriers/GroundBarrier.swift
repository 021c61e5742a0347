import Geo
import Storage

/// A piece of a river, a railway or a road, or a bridge over them: what plans heed and pictures show.
struct GroundBarrier: Sendable, Hashable {
    static let bridge = "bridge"

    /// The class of `Rules/grid-norms.yaml`, or a bridge.
    var kind: String
    /// Degrees; of a bridge the one place where it is.
    var course: [Position]
}

/// Barriers by where they are, in pieces so short that those of a place lie in one narrow range of an index.
enum BarrierStore {
    /// Degrees of longitude that a piece reaches at most.
    private static let longest = 0.02
    private static let mostPositions = 200
    /// Pieces around one community at most; more are no barriers of a community.
    static let most = 20_000

    static let migration = Migration(
        "grids.0004-barriers",
        """
        CREATE TABLE grid_barriers (
            id BIGINT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            west DOUBLE PRECISION NOT NULL,
            south DOUBLE PRECISION NOT NULL,
            east DOUBLE PRECISION NOT NULL,
            north DOUBLE PRECISION NOT NULL,
            course BYTEA NOT NULL
        )
        """,
        "CREATE INDEX grid_barriers_by_west ON grid_barriers (west, id)")

    /// The same course in pieces, each beginning where the last one ended.
    static func pieces(of course: [Position]) -> [[Position]] {
        guard let first = course.first else { return [] }
        guard course.count > 1 else { return [course] }
        var pieces: [[Position]] = []
        var piece = [first]
        var (west, east) = (first.x, first.x)
        func end(_ position: Position) {
            pieces.append(piece)
            piece = [position]
            (west, east) = (position.x, position.x)
        }
        var last = first
        for position in course.dropFirst() {
            // A long straight is divided evenly.
            let steps = max(1, Int((abs(position.x - last.x) / longest).rounded(.up)))
            for step in 1...steps {
                let share = Double(step) / Double(steps)
                let between = Position(
                    x: last.x + (position.x - last.x) * share, y: last.y + (position.y - last.y) * share)
                let next = step == steps ? position : between
                if max(east, next.x) - min(west, next.x) > longest || piece.count >= mostPositions, piece.count > 1 {
                    end(piece[piece.count - 1])
                }
                piece.append(next)
                (west, east) = (min(west, next.x), max(east, next.x))
            }
            last = position
        }
        if piece.count > 1 { pieces.append(piece) }
        return pieces
    }

    /// Sets all barriers anew.
    static func replace(with barriers: [GroundBarrier], in transaction: any Transaction) throws -> Int {
        try transaction.execute("DELETE FROM grid_barriers")
        var insertions: [SQL] = []
        for barrier in barriers {
            for piece in pieces(of: barrier.course) {
                guard let box = Box(piece) else { continue }
                let shape: Geometry = piece.count == 1 ? .point(piece[0]) : .line(piece)
                insertions.append(
                    """
                    INSERT INTO grid_barriers (id, kind, west, south, east, north, course)
                    VALUES (\(insertions.count), \(barrier.kind), \(box.west), \(box.south), \(box.east),
                        \(box.north), \(WellKnownBinary.bytes(shape)))
                    """)
            }
        }
        try transaction.batch(insertions)
        return insertions.count
    }

    static func query(touching box: Box, limit: Int) -> SQL {
        """
        SELECT kind, course FROM grid_barriers
        WHERE west >= \(box.west - longest) AND west <= \(box.east) AND east >= \(box.west)
            AND south <= \(box.north) AND north >= \(box.south) ORDER BY west, id LIMIT \(limit)
        """
    }

    static func touching(_ box: Box, limit: Int = most, in transaction: any Transaction) throws -> [GroundBarrier] {
        try transaction.query(query(touching: box, limit: limit)).compactMap { row -> GroundBarrier? in
            guard let shape = WellKnownBinary.geometry(try row.blob(1)) else { return nil }
            if case .point(let place) = shape { return GroundBarrier(kind: try row.text(0), course: [place]) }
            return try shape.courses.first.map { GroundBarrier(kind: try row.text(0), course: $0) }
        }
    }
}

extension CommunityDesign {
    /// Heeds these, by what the norms say of their classes.
    mutating func heed(_ barriers: [GroundBarrier], _ norms: GridNorms) {
        for barrier in barriers {
            if barrier.kind == GroundBarrier.bridge {
                if let place = barrier.course.first { bridges.append(place) }
            } else if let known = norms.barriers.first(where: { $0.key == barrier.kind }) {
                self.barriers.append(Neighbours.Barrier(course: barrier.course, affinity: known.affinity))
            }
        }
    }
}
