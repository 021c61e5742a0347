/// One feature or geometry of GeoJSON, from its bytes.
struct GeoJSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let ordinal: Int
    private var index = 0
    private static let deepest = 64

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

    private func problem(_ kind: FeatureProblem.Kind, _ subject: String = "") -> FeatureProblem {
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

    // MARK: JSON

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// The next byte that is no blank; 0 at the end.
    private mutating func peek() -> UInt8 {
        skipBlanks()
        return index < bytes.count ? bytes[index] : 0
    }

    private mutating func expect(_ byte: UInt8) throws(FeatureProblem) {
        if peek() != byte { throw problem(.notJSON) }
        index += 1
    }

    /// Steps over a comma, or over `end`: whether there is more.
    private mutating func more(_ end: UInt8) throws(FeatureProblem) -> Bool {
        let byte = peek()
        if byte == UInt8(ascii: ",") {
            index += 1
            return true
        }
        try expect(end)
        return false
    }

    private mutating func members(
        _ body: (inout GeoJSONParser, String) throws(FeatureProblem) -> Void
    ) throws(FeatureProblem) {
        try expect(UInt8(ascii: "{"))
        if peek() == UInt8(ascii: "}") {
            index += 1
            return
        }
        repeat {
            if peek() != UInt8(ascii: "\"") { throw problem(.notJSON) }
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try body(&self, key)
        } while try more(UInt8(ascii: "}"))
    }

    private mutating func elements(
        _ body: (inout GeoJSONParser) throws(FeatureProblem) -> Void
    ) throws(FeatureProblem) {
        try expect(UInt8(ascii: "["))
        if peek() == UInt8(ascii: "]") {
            index += 1
            return
        }
        repeat { try body(&self) } while try more(UInt8(ascii: "]"))
    }

    private mutating func value(_ depth: Int) throws(FeatureProblem) -> FeatureValue {
        switch peek() {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let start = index
            try skipValue(depth)
            guard let text = String(validating: bytes[start..<index], as: UTF8.self) else {
                throw problem(.notUTF8)
            }
            return .json(text)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            for (word, value) in [("true", FeatureValue.flag(true)), ("false", .flag(false)), ("null", .nothing)]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return value
            }
            throw problem(.notJSON)
        default:
            guard let value = number() else { throw problem(.notJSON) }
            return .number(value)
        }
    }

    private mutating func skipValue(_ depth: Int) throws(FeatureProblem) {
        if depth > Self.deepest { throw problem(.notJSON) }
        switch peek() {
        case UInt8(ascii: "{"):
            try members { parser, _ throws(FeatureProblem) in try parser.skipValue(depth + 1) }
        case UInt8(ascii: "["):
            try elements { parser throws(FeatureProblem) in try parser.skipValue(depth + 1) }
        default: _ = try value(depth)
        }
    }

    private mutating func number() -> Double? {
        let start = index
        var digits: UInt64 = 0
        var count = 0
        var places = 0
        var isPlain = true
        let negative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if negative { index += 1 }
        var afterPoint = false
        scan: while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 48...57:
                if count < 19 {
                    digits = digits &* 10 &+ UInt64(byte - 48)
                    if count > 0 || byte != 48 { count += 1 }
                    if afterPoint { places += 1 }
                } else {
                    isPlain = false
                }
            case UInt8(ascii: "."):
                if afterPoint { isPlain = false }
                afterPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"): isPlain = false
            default: break scan
            }
            index += 1
        }
        // Exact: both numbers are, and one division rounds once (Clinger 1990).
        if isPlain, index > start + (negative ? 1 : 0), digits < 1 << 53, places <= 22 {
            let value = Double(digits) / Self.powers[places]
            return negative ? -value : value
        }
        return Double(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The string that begins here.
    private mutating func string() throws(FeatureProblem) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<index], as: UTF8.self) else { throw problem(.notUTF8) }
            index += 1
            return text
        }
        var text = Array(bytes[start..<index])
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        if index >= bytes.count { throw problem(.notJSON) }
        index += 1
        guard let text = String(validating: text, as: UTF8.self) else { throw problem(.notUTF8) }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(FeatureProblem) {
        guard index + 1 < bytes.count else { throw problem(.notJSON) }
        let sign = bytes[index + 1]
        index += 2
        switch sign {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(sign)
        case UInt8(ascii: "u"):
            var code = try hex()
            if (0xD800..<0xDC00).contains(code) {
                guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
                else { throw problem(.notJSON) }
                index += 2
                let low = try hex()
                guard (0xDC00..<0xE000).contains(low) else { throw problem(.notJSON) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem(.notJSON) }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw problem(.notJSON)
        }
    }

    private mutating func hex() throws(FeatureProblem) -> UInt32 {
        guard index + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw problem(.notJSON) }
        index += 4
        return code
    }
}
