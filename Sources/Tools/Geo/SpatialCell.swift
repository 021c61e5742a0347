/// Where a point lies, as one number: the Z-order of its tile at zoom 24, a square of 1.8 m at 40° north. A tile of any
/// wider zoom is one range of these numbers, so an ordinary index on a `BIGINT` column serves a tile on every engine.
public struct SpatialCell: RawRepresentable, Sendable, Hashable, Comparable {
    public static let zoom = 24

    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// - Returns: nil for what is no place on the globe.
    public init?(longitude: Double, latitude: Double) {
        guard (-180...180).contains(longitude), (-90...90).contains(latitude) else { return nil }
        let unit = WebMercator.unit(longitude: longitude, latitude: latitude)
        let size = Double(1 << Self.zoom)
        func part(_ value: Double) -> UInt64 { UInt64(max(0, min(size - 1, value * size))) }
        rawValue = Self.interleaved(part(unit.x), part(unit.y))
    }

    public static func < (left: SpatialCell, right: SpatialCell) -> Bool { left.rawValue < right.rawValue }

    /// The number by which cells of one tile of a zoom are alike: what to group by.
    public static func shift(ofZoom zoom: Int) -> Int64 { Int64(2 * (Self.zoom - zoom)) }

    static func interleaved(_ x: UInt64, _ y: UInt64) -> Int64 { Int64(spread(x) | spread(y) << 1) }

    /// Puts a zero before each of the 24 bits.
    private static func spread(_ value: UInt64) -> UInt64 {
        var bits = value & 0xFF_FFFF
        bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }
}

extension TileAddress {
    /// The cells that lie in it.
    public var cells: ClosedRange<Int64> {
        let shift = SpatialCell.shift(ofZoom: zoom)
        let first = SpatialCell.interleaved(UInt64(column), UInt64(row)) << shift
        return first...(first + (1 << shift) - 1)
    }
}

extension Box {
    /// Ranges of cells that together hold every point of the box, and some around it: the fewer ranges, the more.
    /// - Parameter most: how many ranges at most.
    public func cells(most: Int = 8) -> [ClosedRange<Int64>] {
        let northWest = WebMercator.unit(longitude: west, latitude: north)
        let southEast = WebMercator.unit(longitude: east, latitude: south)
        guard let world = TileAddress(zoom: 0, column: 0, row: 0) else { return [] }
        var tiles = [world]
        for _ in 0..<22 {
            var finer: [TileAddress] = []
            for tile in tiles {
                for part in tile.quarters where part.meets(northWest, southEast) { finer.append(part) }
            }
            // Neighbours that follow one another are one range.
            guard !finer.isEmpty, Self.joined(finer).count <= most, finer.count <= 4096 else { break }
            tiles = finer
        }
        return Self.joined(tiles)
    }

    private static func joined(_ tiles: [TileAddress]) -> [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        for range in tiles.map(\.cells).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, last.upperBound + 1 == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound...range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }
}

extension TileAddress {
    fileprivate var quarters: [TileAddress] {
        [(0, 0), (1, 0), (0, 1), (1, 1)].compactMap {
            TileAddress(zoom: zoom + 1, column: column * 2 + $0.0, row: row * 2 + $0.1)
        }
    }

    fileprivate func meets(_ northWest: SIMD2<Double>, _ southEast: SIMD2<Double>) -> Bool {
        let (low, high) = (origin, origin + SIMD2(repeating: side))
        return low.x <= southEast.x && high.x >= northWest.x && low.y <= southEast.y && high.y >= northWest.y
    }
}
