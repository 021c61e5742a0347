/// A value of a feature in a tile.
public enum TileValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case integer(Int64)
    case truth(Bool)
}

/// Writes Mapbox Vector Tiles 2.1 (protocol buffers by hand: the format has four messages).
public struct TileWriter: Sendable {
    private var layers = ProtocolBuffer()

    public init() {}

    /// One layer: a name and its features, which share their keys and values.
    public struct Layer: Sendable {
        private let name: String
        private var features = ProtocolBuffer()
        private var keys: [String: UInt64] = [:]
        private var keyList: [String] = []
        private var values: [TileValue: UInt64] = [:]
        private var valueList: [TileValue] = []
        public private(set) var count = 0
        /// Whether there is more here than the tile holds.
        public var isShortened = false

        public init(_ name: String) { self.name = name }

        /// - Parameter id: by which a page addresses the feature, to colour it anew without a new tile.
        public mutating func add(
            id: UInt64? = nil, _ geometry: TileGeometry, _ properties: [(key: String, value: TileValue)]
        ) {
            var tags = ProtocolBuffer()
            for property in properties {
                tags.varint(place(key: property.key))
                tags.varint(place(value: property.value))
            }
            var commands = TileCommands()
            let kind = commands.write(geometry)
            var feature = ProtocolBuffer()
            if let id { feature.field(1, varint: id) }
            if !tags.bytes.isEmpty { feature.field(2, bytes: tags.bytes) }
            feature.field(3, varint: kind)
            feature.field(4, bytes: commands.buffer.bytes)
            features.field(2, bytes: feature.bytes)
            count += 1
        }

        private mutating func place(key: String) -> UInt64 {
            if let known = keys[key] { return known }
            let place = UInt64(keyList.count)
            keys[key] = place
            keyList.append(key)
            return place
        }

        private mutating func place(value: TileValue) -> UInt64 {
            if let known = values[value] { return known }
            let place = UInt64(valueList.count)
            values[value] = place
            valueList.append(value)
            return place
        }

        fileprivate var message: ProtocolBuffer {
            var layer = ProtocolBuffer()
            layer.field(15, varint: 2)
            layer.field(1, bytes: Array(name.utf8))
            layer.bytes += features.bytes
            for key in keyList { layer.field(3, bytes: Array(key.utf8)) }
            for value in valueList {
                var message = ProtocolBuffer()
                switch value {
                case .text(let text): message.field(1, bytes: Array(text.utf8))
                case .number(let number): message.field(3, double: number)
                case .integer(let number): message.field(6, varint: ProtocolBuffer.zigzag(number))
                case .truth(let truth): message.field(7, varint: truth ? 1 : 0)
                }
                layer.field(4, bytes: message.bytes)
            }
            layer.field(5, varint: UInt64(TileCutter.extent))
            return layer
        }
    }

    /// A layer without features is left out, as the format wants it.
    public mutating func add(_ layer: Layer) {
        guard layer.count > 0 else { return }
        layers.field(3, bytes: layer.message.bytes)
        guard layer.isShortened else { return }
        var mark = Layer(Self.shortened)
        let middle = Int32(TileCutter.extent / 2)
        mark.add(.points([SIMD2(middle, middle)]), [(key: "shown", value: .integer(Int64(layer.count)))])
        layers.field(3, bytes: mark.message.bytes)
    }

    /// The layer beside one that does not hold all there is: one point with how many are shown, so that whoever draws the
    /// tile can say so.
    public static let shortened = "shortened"

    /// The tile; empty when it shows nothing.
    public var bytes: [UInt8] { layers.bytes }
}

/// The commands of a geometry: move, line, close, each a step from the last point.
private struct TileCommands {
    var buffer = ProtocolBuffer()
    private var last = SIMD2<Int32>(0, 0)

    /// - Returns: the kind of geometry, as the format numbers it.
    mutating func write(_ geometry: TileGeometry) -> UInt64 {
        switch geometry {
        case .points(let points):
            command(1, times: points.count)
            for point in points { step(to: point) }
            return 1
        case .lines(let lines):
            for line in lines { draw(line) }
            return 2
        case .polygons(let polygons):
            for ring in polygons.joined() {
                draw(ring)
                command(7, times: 1)
            }
            return 3
        }
    }

    private mutating func draw(_ points: [SIMD2<Int32>]) {
        guard let first = points.first else { return }
        command(1, times: 1)
        step(to: first)
        command(2, times: points.count - 1)
        for point in points.dropFirst() { step(to: point) }
    }

    private mutating func command(_ id: UInt64, times: Int) { buffer.varint(id | UInt64(times) << 3) }

    private mutating func step(to point: SIMD2<Int32>) {
        buffer.varint(ProtocolBuffer.zigzag(Int64(point.x - last.x)))
        buffer.varint(ProtocolBuffer.zigzag(Int64(point.y - last.y)))
        last = point
    }
}

/// Bytes of a protocol buffer message.
struct ProtocolBuffer: Sendable {
    var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func field(_ number: UInt64, varint value: UInt64) {
        varint(number << 3)
        varint(value)
    }

    mutating func field(_ number: UInt64, double value: Double) {
        varint(number << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func field(_ number: UInt64, bytes content: [UInt8]) {
        varint(number << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }
}
