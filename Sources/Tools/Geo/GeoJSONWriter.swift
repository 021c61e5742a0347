public import Ground

/// Writes GeoJSON piece by piece: `begin`, any number of features, `end`. Longitude and latitude with seven decimals
/// (about a centimetre), outer rings counter-clockwise, as RFC 7946 asks.
public struct GeoJSONWriter: ~Copyable {
    /// What is written so far and not yet taken.
    private var pending: [UInt8] = Array(#"{"type":"FeatureCollection","features":["#.utf8)
    private var first = true

    public init() {}

    /// - Parameter properties: writes the members of `properties`.
    public mutating func feature(
        id: String?, _ geometry: Geometry?, properties: (inout JSONWriter) -> Void
    ) {
        if !first { pending.append(UInt8(ascii: ",")) }
        first = false
        pending.append(UInt8(ascii: "\n"))
        pending.append(
            contentsOf: JSONWriter.object { writer in
                writer.feature(id: id, geometry, properties: properties)
            })
    }

    public mutating func feature(_ feature: Feature) {
        self.feature(id: feature.id, feature.geometry) { writer in
            for (key, value) in feature.properties {
                writer.key(escaping: key)
                writer.value(value)
            }
        }
    }

    /// What was written since the last call, to be sent or stored.
    public mutating func take() -> [UInt8] {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }

    /// The last bytes.
    public consuming func end() -> [UInt8] { pending + Array("\n]}\n".utf8) }
}

extension JSONWriter {
    /// The members of a GeoJSON feature, into an object that is open.
    public mutating func feature(id: String?, _ geometry: Geometry?, properties: (inout JSONWriter) -> Void) {
        member("type", "Feature")
        if let id { member("id", id) }
        key("geometry")
        if let geometry { value(geometry) } else { null() }
        key("properties")
        object(properties)
    }

    public mutating func value(_ value: FeatureValue) {
        switch value {
        case .text(let text): self.value(text)
        case .number(let number):
            if let whole = Int64(exactly: number) { self.value(whole) } else { self.value(number) }
        case .flag(let flag): self.value(flag)
        case .nothing: null()
        case .json(let text): raw(text.utf8)
        }
    }

    /// A geometry as GeoJSON.
    public mutating func value(_ geometry: Geometry) {
        object { writer in
            switch geometry {
            case .point(let position):
                writer.shape("Point") { $0.position(position) }
            case .line(let positions):
                writer.shape("LineString") { $0.positions(positions) }
            case .points(let positions):
                writer.shape("MultiPoint") { $0.positions(positions) }
            case .lines(let lines):
                writer.shape("MultiLineString") { $0.list(lines) { $0.positions($1) } }
            case .polygon(let polygon):
                writer.shape("Polygon") { $0.rings(polygon) }
            case .polygons(let polygons):
                writer.shape("MultiPolygon") { $0.list(polygons) { $0.rings($1) } }
            case .collection(let parts):
                writer.member("type", "GeometryCollection")
                writer.key("geometries")
                writer.array(parts) { $0.value($1) }
            }
        }
    }

    private mutating func shape(_ type: String, _ coordinates: (inout CoordinateText) -> Void) {
        member("type", type)
        key("coordinates")
        var text = CoordinateText()
        coordinates(&text)
        raw(text.bytes)
    }
}

/// Coordinates as JSON lists.
private struct CoordinateText {
    var bytes: [UInt8] = []

    mutating func rings(_ polygon: Polygon) {
        if polygon.outer.positions.isEmpty {
            bytes.append(contentsOf: "[]".utf8)
            return
        }
        let wound = polygon.wound
        list([wound.outer] + wound.holes) { $0.positions($1.positions) }
    }

    mutating func positions(_ positions: [Position]) {
        list(positions) { $0.position($1) }
    }

    mutating func list<Element>(_ elements: [Element], _ body: (inout CoordinateText, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            body(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func position(_ position: Position) {
        bytes.append(UInt8(ascii: "["))
        number(position.x)
        bytes.append(UInt8(ascii: ","))
        number(position.y)
        bytes.append(UInt8(ascii: "]"))
    }

    /// With at most seven decimals and no more than it needs.
    private mutating func number(_ value: Double) {
        guard value.isFinite, abs(value) < 1e11 else {
            bytes.append(contentsOf: "0".utf8)
            return
        }
        let scaled = Int64((value * 1e7).rounded())
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, part) = scaled.magnitude.quotientAndRemainder(dividingBy: 10_000_000)
        bytes.append(contentsOf: String(whole).utf8)
        if part == 0 { return }
        bytes.append(UInt8(ascii: "."))
        var digits: [UInt8] = Array(repeating: 48, count: 7)
        var rest = part
        for place in (0..<7).reversed() {
            digits[place] = 48 + UInt8(rest % 10)
            rest /= 10
        }
        while digits.last == 48 { digits.removeLast() }
        bytes.append(contentsOf: digits)
    }
}
