/// Geometries as OGC well-known binary: how GeoPackage, PostGIS and GEOS hand them on.
///
/// Source: OGC 06-103r4, 8.2. Heights and measures (ISO and EWKB) are stepped over.
public enum WellKnownBinary {
    public static func bytes(_ geometry: Geometry) -> [UInt8] {
        var bytes: [UInt8] = []
        write(geometry, to: &bytes)
        return bytes
    }

    /// - Returns: nil when the bytes are no well-known binary of a kind that `Geometry` knows.
    public static func geometry(_ bytes: some Collection<UInt8>) -> Geometry? {
        let bytes = Array(bytes)
        return bytes.withUnsafeBytes { pointer in
            var reader = WellKnownBinaryReader(pointer)
            return reader.geometry(depth: 0)
        }
    }

    private static func write(_ geometry: Geometry, to bytes: inout [UInt8]) {
        bytes.append(1)
        switch geometry {
        case .point(let position):
            write(UInt32(1), to: &bytes)
            write(position, to: &bytes)
        case .line(let positions):
            write(UInt32(2), to: &bytes)
            write(positions, to: &bytes)
        case .polygon(let polygon):
            write(UInt32(3), to: &bytes)
            let rings = polygon.outer.positions.isEmpty ? [] : [polygon.outer] + polygon.holes
            write(UInt32(rings.count), to: &bytes)
            for ring in rings { write(ring.positions, to: &bytes) }
        case .points(let positions):
            write(4, positions.map { .point($0) }, to: &bytes)
        case .lines(let lines):
            write(5, lines.map { .line($0) }, to: &bytes)
        case .polygons(let polygons):
            write(6, polygons.map { .polygon($0) }, to: &bytes)
        case .collection(let parts):
            write(7, parts, to: &bytes)
        }
    }

    private static func write(_ kind: UInt32, _ parts: [Geometry], to bytes: inout [UInt8]) {
        write(kind, to: &bytes)
        write(UInt32(parts.count), to: &bytes)
        for part in parts { write(part, to: &bytes) }
    }

    private static func write(_ positions: [Position], to bytes: inout [UInt8]) {
        write(UInt32(positions.count), to: &bytes)
        bytes.reserveCapacity(bytes.count + positions.count * 16)
        for position in positions { write(position, to: &bytes) }
    }

    private static func write(_ position: Position, to bytes: inout [UInt8]) {
        write(position.x.bitPattern, to: &bytes)
        write(position.y.bitPattern, to: &bytes)
    }

    private static func write(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

private struct WellKnownBinaryReader {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    private var isLittle = true

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func geometry(depth: Int) -> Geometry? {
        guard depth < 32, index < bytes.count else { return nil }
        isLittle = bytes[index] == 1
        index += 1
        guard var kind: UInt32 = number() else { return nil }
        // EWKB: flags for height, measure and reference system; ISO: thousands.
        var extra = 0
        if kind & 0x8000_0000 != 0 { extra += 1 }
        if kind & 0x4000_0000 != 0 { extra += 1 }
        if kind & 0x2000_0000 != 0 { index += 4 }
        kind &= 0x0FFF_FFFF
        switch kind / 1000 {
        case 1, 2: extra += 1
        case 3: extra += 2
        default: break
        }
        switch kind % 1000 {
        case 1:
            guard let position = position(extra) else { return nil }
            // An empty point is not-a-number twice.
            return position.x.isNaN ? .points([]) : .point(position)
        case 2: return positions(extra).map { .line($0) }
        case 3: return polygon(extra).map { .polygon($0) }
        case 4:
            return parts(depth).flatMap { parts in
                let points = parts.compactMap { if case .point(let position) = $0 { position } else { nil } }
                return points.count == parts.count ? .points(points) : nil
            }
        case 5:
            return parts(depth).flatMap { parts in
                let lines = parts.compactMap { if case .line(let positions) = $0 { positions } else { nil } }
                return lines.count == parts.count ? .lines(lines) : nil
            }
        case 6:
            return parts(depth).flatMap { parts in
                let areas = parts.compactMap { if case .polygon(let polygon) = $0 { polygon } else { nil } }
                return areas.count == parts.count ? .polygons(areas) : nil
            }
        case 7: return parts(depth).map { .collection($0) }
        default: return nil
        }
    }

    private mutating func parts(_ depth: Int) -> [Geometry]? {
        // The least part has five bytes: a count that cannot be true allocates nothing.
        guard let count: UInt32 = number(), Int(count) <= (bytes.count - index) / 5 else { return nil }
        let order = isLittle
        var parts: [Geometry] = []
        for _ in 0..<count {
            guard let part = geometry(depth: depth + 1) else { return nil }
            parts.append(part)
        }
        isLittle = order
        return parts
    }

    private mutating func polygon(_ extra: Int) -> Polygon? {
        guard let count: UInt32 = number(), Int(count) <= (bytes.count - index) / 4 else { return nil }
        var rings: [Ring] = []
        for _ in 0..<count {
            guard let positions = positions(extra) else { return nil }
            rings.append(Ring(positions))
        }
        return Polygon(outer: rings.first ?? Ring([]), holes: Array(rings.dropFirst()))
    }

    private mutating func positions(_ extra: Int) -> [Position]? {
        guard let count: UInt32 = number(), Int(count) <= (bytes.count - index) / 16 else { return nil }
        var positions: [Position] = []
        positions.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let position = position(extra) else { return nil }
            positions.append(position)
        }
        return positions
    }

    private mutating func position(_ extra: Int) -> Position? {
        guard let x: UInt64 = number(), let y: UInt64 = number(), index + extra * 8 <= bytes.count else { return nil }
        index += extra * 8
        return Position(x: Double(bitPattern: x), y: Double(bitPattern: y))
    }

    private mutating func number<Number: FixedWidthInteger>() -> Number? {
        let size = Number.bitWidth / 8
        guard index + size <= bytes.count else { return nil }
        let raw = bytes.loadUnaligned(fromByteOffset: index, as: Number.self)
        index += size
        return isLittle ? Number(littleEndian: raw) : Number(bigEndian: raw)
    }
}
