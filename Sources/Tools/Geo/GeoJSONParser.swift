/// One feature or geometry of GeoJSON, from its bytes.
struct GeoJSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    private let ordinal: Int
    var index = 0
    static let deepest = 64

    /// - Parameter ordinal: the feature's place in the file, for the problem.
    static func feature(
        _ bytes: UnsafeBufferPointer<UInt8>, ordinal: Int
    ) throws(FeatureProblem) -> Feature {
        var parser = GeoJSONParser(bytes: bytes, ordinal: ordinal)
        let feature = try parser.feature()
        parser.skipBlanks()
        if parser.index != bytes.count { throw parser.problem(.notJSON) }
        return feature
    }

    /// The name in the member `crs`, if the members read so.
    static func referenceSystem(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var parser = GeoJSONParser(bytes: bytes, ordinal: 0)
        var name: String?
        do throws(FeatureProblem) {
            try parser.members { parser, key throws(FeatureProblem) in
                if key != "crs" { return try parser.skipValue(1) }
                if parser.peek() != UInt8(ascii: "{") { return try parser.skipValue(1) }
                try parser.members { parser, key throws(FeatureProblem) in
                    if key != "properties" || parser.peek() != UInt8(ascii: "{") { return try parser.skipValue(2) }
                    try parser.members { parser, key throws(FeatureProblem) in
                        if key == "name", parser.peek() == UInt8(ascii: "\"") {
                            name = try parser.string()
                        } else {
                            try parser.skipValue(3)
                        }
                    }
                }
            }
        } catch {
            return name
        }
        return name
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, ordinal: Int) {
        self.bytes = bytes
        self.ordinal = ordinal
    }

    func problem(_ kind: FeatureProblem.Kind, _ subject: String = "") -> FeatureProblem {
        FeatureProblem(kind, feature: ordinal, subject: subject)
    }

    // MARK: Features and geometries

    /// A feature, or a bare geometry as a feature without properties.
    private mutating func feature() throws(FeatureProblem) -> Feature {
        var feature = Feature(geometry: nil)
        var shape = Shape()
        try members { parser, key throws(FeatureProblem) in
            switch key {
            case "id":
                switch try parser.value(1) {
                case .text(let text): feature.id = text
                case let other: feature.id = other.text
                }
            case "geometry":
                feature.geometry = try parser.geometryOrNull(1)
            case "properties" where parser.peek() == UInt8(ascii: "{"):
                try parser.members { parser, key throws(FeatureProblem) in
                    feature.properties.append((key, try parser.value(2)))
                }
            default:
                try parser.read(key, into: &shape, 1)
            }
        }
        if shape.type == "Feature" || (shape.type == nil && feature.geometry != nil) { return feature }
        feature.geometry = try geometry(shape)
        return feature
    }

    /// The members of a geometry in whatever order they come.
    private struct Shape {
        var type: String?
        var coordinates: Coordinates?
        var parts: [Geometry] = []
    }

    private mutating func read(_ key: String, into shape: inout Shape, _ depth: Int) throws(FeatureProblem) {
        switch key {
        case "type" where peek() == UInt8(ascii: "\""): shape.type = try string()
        case "coordinates": shape.coordinates = try coordinates(0)
        case "geometries" where peek() == UInt8(ascii: "["):
            var parts: [Geometry] = []
            try elements { parser throws(FeatureProblem) in
                if let part = try parser.geometryOrNull(depth + 1) { parts.append(part) }
            }
            shape.parts = parts
        default: try skipValue(depth)
        }
    }

    private mutating func geometryOrNull(_ depth: Int) throws(FeatureProblem) -> Geometry? {
        if depth > Self.deepest { throw problem(.notJSON) }
        if peek() != UInt8(ascii: "{") {
            try skipValue(depth)
            return nil
        }
        var shape = Shape()
        try members { parser, key throws(FeatureProblem) in try parser.read(key, into: &shape, depth) }
        return try geometry(shape)
    }

    /// Coordinates as nested lists, known by how deep they are.
    private indirect enum Coordinates {
        case position(Position)
        case positions([Position])
        case list([Coordinates])
        case none
    }

    private func geometry(_ shape: Shape) throws(FeatureProblem) -> Geometry {
        let type = shape.type ?? ""
        if type == "GeometryCollection" { return .collection(shape.parts) }
        guard let coordinates = shape.coordinates else {
            throw problem(type.isEmpty || !Self.types.contains(type) ? .unknownType : .badCoordinates, type)
        }
        switch type {
        case "Point":
            if case .position(let position) = coordinates { return .point(position) }
            if case .none = coordinates { return .points([]) }
        case "LineString":
            if let positions = positions(coordinates) { return .line(positions) }
        case "MultiPoint":
            if let positions = positions(coordinates) { return .points(positions) }
        case "MultiLineString":
            if let lines = lists(coordinates) { return .lines(lines) }
        case "Polygon":
            if let rings = lists(coordinates) { return .polygon(polygon(rings)) }
        case "MultiPolygon":
            if case .none = coordinates { return .polygons([]) }
            if case .list(let parts) = coordinates {
                var polygons: [Polygon] = []
                for part in parts {
                    guard let rings = lists(part) else { throw problem(.badCoordinates, type) }
                    polygons.append(polygon(rings))
                }
                return .polygons(polygons)
            }
        default: throw problem(.unknownType, type)
        }
        throw problem(.badCoordinates, type)
    }

    private static let types: Set<String> = [
        "Point", "LineString", "MultiPoint", "MultiLineString", "Polygon", "MultiPolygon",
    ]

    private func polygon(_ rings: [[Position]]) -> Polygon {
        Polygon(outer: Ring(rings.first ?? []), holes: rings.dropFirst().map { Ring($0) })
    }

    private func positions(_ coordinates: Coordinates) -> [Position]? {
        switch coordinates {
        case .positions(let positions): positions
        case .none: []
        case .position, .list: nil
        }
    }

    private func lists(_ coordinates: Coordinates) -> [[Position]]? {
        switch coordinates {
        case .list(let lists):
            lists.reduce(into: [[Position]]?([])) { all, list in
                if let positions = positions(list) { all?.append(positions) } else { all = nil }
            }
        case .none: []
        case .position, .positions: nil
        }
    }

    private mutating func coordinates(_ depth: Int) throws(FeatureProblem) -> Coordinates {
        guard depth < 5, peek() == UInt8(ascii: "[") else { throw problem(.badCoordinates) }
        index += 1
        switch peek() {
        case UInt8(ascii: "]"):
            index += 1
            return .none
        case UInt8(ascii: "["):
            var positions: [Position] = []
            var lists: [Coordinates] = []
            repeat {
                switch try coordinates(depth + 1) {
                case .position(let position): positions.append(position)
                case let other: lists.append(other)
                }
            } while try more(UInt8(ascii: "]"))
            if !positions.isEmpty, !lists.isEmpty { throw problem(.badCoordinates) }
            return lists.isEmpty ? .positions(positions) : .list(lists)
        default:
            var count = 0
            var position = Position(x: 0, y: 0)
            repeat {
                let value = try coordinate()
                if count == 0 { position.x = value } else if count == 1 { position.y = value }
                count += 1
            } while try more(UInt8(ascii: "]"))
            if count < 2 { throw problem(.badCoordinates) }
            return .position(position)
        }
    }

    private mutating func coordinate() throws(FeatureProblem) -> Double {
        skipBlanks()
        guard let value = number(), value.isFinite else { throw problem(.badCoordinates) }
        return value
    }
}
