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

    /// Lays these over the ground: from now on plans heed them.
    static func lay(_ barriers: [Barrier], in transaction: any Transaction) throws -> Int {
        let all = barriers.flatMap { barrier in
            barrier.courses.flatMap(pieces).map { (barrier: barrier, piece: $0) }
        }
        guard !all.isEmpty else { return 0 }
        // Also what makes two servers lay one after the other.
        try transaction.execute("UPDATE barrier_numbers SET next = next + \(all.count) WHERE id = 1")
        let next = try transaction.first("SELECT next FROM barrier_numbers WHERE id = 1").map { try $0.int(0) } ?? 0
        let first = next - Int64(all.count)
        try transaction.batch(
            all.enumerated().compactMap { number, one -> SQL? in
                guard let box = Box(one.piece) else { return nil }
                let shape: Geometry = one.piece.count == 1 ? .point(one.piece[0]) : .line(one.piece)
                return """
                    INSERT INTO grid_barriers (id, barrier, kind, west, south, east, north, course)
                    VALUES (\(first + Int64(number)), \(one.barrier.id), \(one.barrier.kind), \(box.west), \(box.south),
                        \(box.east), \(box.north), \(WellKnownBinary.bytes(shape)))
                    """
            })
        return all.count
    }

    /// Takes those of one removal off the ground.
    static func lift(_ removal: Removal.ID, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM grid_barriers WHERE barrier IN (SELECT id FROM barriers WHERE removal = \(removal))")
    }

    /// Pieces that came before barriers had files: heeded, but in no list.
    static func unlisted(in transaction: any Transaction) throws -> Int {
        Int(try transaction.first("SELECT COUNT(*) FROM grid_barriers WHERE barrier IS NULL")?.int(0) ?? 0)
    }

    static func liftUnlisted(in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM grid_barriers WHERE barrier IS NULL")
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
