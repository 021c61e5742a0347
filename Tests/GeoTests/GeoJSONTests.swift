import Geo
import Ground
import Testing

@Suite("GeoJSON")
struct GeoJSONTests {
    /// Reads a text in pieces of `size` bytes.
    func read(_ text: String, pieces size: Int) -> (features: [Feature], problems: [FeatureProblem], crs: String?) {
        var reader = GeoJSONReader()
        var features: [Feature] = []
        var problems: [FeatureProblem] = []
        let take = { (result: Result<Feature, FeatureProblem>) in
            switch result {
            case .success(let feature): features.append(feature)
            case .failure(let problem): problems.append(problem)
            }
        }
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            bytes[start..<end].withUnsafeBytes { reader.read($0, take) }
            start = end
        }
        reader.finish(take)
        return (features, problems, reader.namedReferenceSystem)
    }

    static let collection = #"""
        {"type":"FeatureCollection","name":"x [\"features\": {","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},
        "features":[
          {"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[116.5,-39.25,12]},"properties":{"name":"甲\u697c\n\"}","n":12,"y":true,"z":null,"o":{"a":[1,2]}}},
          {"type":"Feature","properties":{},"geometry":{"coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[1,1]]],"type":"Polygon"}},
          {"type":"Feature","id":"c","geometry":null,"properties":null}
        ],"bbox":[0,0,1,1]}
        """#

    @Test("A collection reads the same in pieces of any size", arguments: [1, 2, 3, 7, 64, 100_000])
    func pieces(size: Int) throws {
        let (features, problems, crs) = read(Self.collection, pieces: size)
        #expect(problems.isEmpty)
        #expect(crs == "urn:ogc:def:crs:EPSG::4490")
        try #require(features.count == 3)
        #expect(features[0].id == "7")
        #expect(features[0].geometry == .point(Position(x: 116.5, y: -39.25)))
        #expect(features[0]["name"] == .text("甲楼\n\"}"))
        #expect(features[0]["n"]?.number == 12)
        #expect(features[0]["n"]?.text == "12")
        #expect(features[0]["y"] == .flag(true))
        #expect(features[0]["z"] == .nothing)
        #expect(features[0]["o"] == .json(#"{"a":[1,2]}"#))
        #expect(features[1].geometry?.areas.first?.area == 15.5)
        #expect(features[2].geometry == nil)
    }

    @Test("A feature that cannot be read is told by its number, and the rest goes on")
    func badFeature() {
        let text = #"""
            {"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":{"type":"Point","coordinates":["a",2]},"properties":{}},
            {"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]},"properties":{}},
            {"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"k":tru}},
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[1,2]},"properties":{}},
            {"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,2]},"properties":{}},
            {"type":"Feature","geometry":{"type":"Point","coordinates":[3,4]},"properties":{}}]}
            """#
        let (features, problems, _) = read(text, pieces: 50)
        #expect(features.map(\.geometry) == [.point(Position(x: 3, y: 4))])
        #expect(problems.map(\.feature) == [1, 2, 3, 4, 5])
        #expect(
            problems.map(\.kind) == [.badCoordinates, .unknownType, .notJSON, .badCoordinates, .badCoordinates])
    }

    @Test("A text that is not UTF-8 is told")
    func notUTF8() {
        var bytes = Array(#"{"type":"Feature","geometry":null,"properties":{"name":""#.utf8)
        bytes += [0xBC, 0xD7]
        bytes += Array(#""}}"#.utf8)
        #expect(GeoJSONReader.features(bytes).problems == [FeatureProblem(.notUTF8, feature: 1)])
    }

    @Test(
        "What is no GeoJSON is told, never taken for nothing",
        arguments: [
            ("", FeatureProblem.Kind.empty), ("   \n", .empty), ("id,x,y\n1,2,3", .notJSON), ("[1,2]", .notJSON),
            (#"{"type":"FeatureCollection","features":[{"type":"Feature","geom"#, .endsEarly),
            (#"{"type":"FeatureCollection","features":["#, .endsEarly), (#"{"a":1}"#, .unknownType),
        ])
    func notGeoJSON(text: String, kind: FeatureProblem.Kind) {
        for size in [1, 1000] {
            let (features, problems, _) = read(text, pieces: size)
            #expect(features.isEmpty)
            #expect(problems.map(\.kind) == [kind])
        }
    }

    @Test("Features one after another, a single feature and a bare geometry are read, too")
    func sequences() {
        let one = #"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}"#
        #expect(read("\u{1E}\(one)\n\u{1E}\(one)\n", pieces: 9).features.count == 2)
        #expect(read(one, pieces: 9).features.count == 1)
        #expect(
            read(#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#, pieces: 9).features.first?.geometry
                == .line([Position(x: 1, y: 2), Position(x: 3, y: 4)]))
        #expect(read(#"{"type":"FeatureCollection","features":[]}"#, pieces: 9).problems.isEmpty)
    }

    @Test("Nesting without end is refused, not followed")
    func nesting() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let text = #"{"type":"Feature","geometry":null,"properties":{"a":"# + deep + "}}"
        #expect(read(text, pieces: 4096).problems.map(\.kind) == [.notJSON])
    }

    @Test("What is written reads back as it was, rings wound as RFC 7946 asks")
    func roundTrip() throws {
        let clockwise = Ring(corners: [
            Position(x: 0, y: 0), Position(x: 0, y: 4), Position(x: 4, y: 4), Position(x: 4, y: 0),
        ])
        let geometries: [Geometry] = [
            .point(Position(x: -116.1234567, y: 0.0000001)), .line([Position(x: 1, y: 2), Position(x: 3.5, y: 4)]),
            .points([Position(x: 1, y: 2)]), .lines([[Position(x: 1, y: 2), Position(x: 3, y: 4)]]),
            .polygon(Polygon(outer: clockwise).wound), .polygons([Polygon(outer: clockwise).wound]),
            .collection([.point(Position(x: 1, y: 2))]),
        ]
        var writer = GeoJSONWriter()
        for (index, geometry) in geometries.enumerated() {
            writer.feature(
                Feature(
                    id: "f\(index)", geometry: geometry,
                    properties: [("名", .text("a\"b")), ("n", .number(1.5)), ("j", .json("[1]")), ("x", .nothing)]))
        }
        var bytes = writer.take()
        bytes += writer.end()
        let (features, problems) = GeoJSONReader.features(bytes)
        #expect(problems.isEmpty)
        #expect(features.map(\.geometry) == geometries)
        #expect(features[0].properties.map(\.key) == ["名", "n", "j", "x"])
        #expect(features[0]["j"] == .json("[1]"))

        var second = GeoJSONWriter()
        second.feature(Feature(geometry: .polygon(Polygon(outer: clockwise))))
        let text = String(decoding: second.end(), as: UTF8.self)
        #expect(text.contains("[[[0,0],[4,0],[4,4],[0,4],[0,0]]]"))
    }
}

@Suite("Shapes")
struct ShapeTests {
    @Test("The middle of an area leaves its holes out and does not lose digits far from the origin")
    func middle() throws {
        let far = 4_000_000.0
        let outer = Ring(corners: [
            Position(x: far, y: far), Position(x: far + 4, y: far), Position(x: far + 4, y: far + 2),
            Position(x: far, y: far + 2),
        ])
        let hole = Ring(corners: [
            Position(x: far + 2, y: far), Position(x: far + 4, y: far), Position(x: far + 4, y: far + 2),
            Position(x: far + 2, y: far + 2),
        ])
        let middle = try #require(Geometry.polygon(Polygon(outer: outer, holes: [hole])).middle)
        #expect(abs(middle.x - far - 1) < 1e-6)
        #expect(abs(middle.y - far - 1) < 1e-6)
        #expect(Polygon(outer: outer, holes: [hole]).area == 4)
    }

    @Test("An empty shape has no box and no middle")
    func empty() {
        #expect(Geometry.polygons([]).box == nil)
        #expect(Geometry.polygon(Polygon(outer: Ring([]))).middle == nil)
        #expect(Geometry.points([]).isEmpty)
    }
}
