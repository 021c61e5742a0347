import Desk
import Geo
import GridDesign
import Ground
import Testing

@testable import Grids

@Suite("Units from files")
struct IntakeTests {
    func take(_ features: [String], datum: Datum? = nil, crs: String? = nil) throws -> UnitIntake {
        let text = #"{"type":"FeatureCollection","features":["# + features.joined(separator: ",") + "]}"
        var intake = UnitIntake(try GridNorms.load(from: shippedRules()), datum: datum, high: 500)
        let engine = GEOS()
        var reader = GeoJSONReader()
        Array(text.utf8).withUnsafeBytes { reader.read($0) { intake.take($0, engine: engine) } }
        reader.finish { intake.take($0, engine: engine) }
        intake.finish(referenceSystem: crs ?? reader.namedReferenceSystem)
        return intake
    }

    func point(_ id: String, _ x: Double, _ y: Double, _ properties: String = #""户数":40"#) -> String {
        #"{"type":"Feature","geometry":{"type":"Point","coordinates":[\#(x),\#(y)]},"properties":{"id":"\#(id)",\#(properties)}}"#
    }

    func polygon(_ id: String, _ rings: String) -> String {
        #"{"type":"Feature","id":"\#(id)","geometry":{"type":"Polygon","coordinates":\#(rings)},"properties":{"households":"30"}}"#
    }

    @Test("Mixed-up longitude and latitude is found by feature, set right and told")
    func swapped() throws {
        let intake = try take([point("a", 120.1, 30.2), point("b", 30.3, 120.2), point("c", 120.3, 30.1)])
        #expect(intake.units.map(\.place.longitude) == [120.1, 120.2, 120.3])
        #expect(intake.findings == [UnitFinding(kind: .swapped, feature: 2, subject: "b")])
        // A whole file the wrong way round is as well.
        #expect(
            try take([point("a", 30.2, 120.1), point("b", 30.3, 120.2)]).units.map(\.place.latitude) == [30.2, 30.3])
    }

    @Test("Self-crossing is mended and told; empty polygons, lines without area and duplicates are left out by feature")
    func shapes() throws {
        let intake = try take([
            polygon("eight", "[[[120,30],[120.001,30.001],[120.001,30],[120,30.001],[120,30]]]"),
            polygon("empty", "[]"), polygon("flat", "[[[120,30],[120.001,30],[120.002,30],[120,30]]]"),
            point("a", 120, 30), point("a", 120.01, 30), point("", 120, 30),
            #"{"type":"Feature","geometry":null,"properties":{"households":3}}"#,
            polygon("open", "[[[120,30],[120.001,30],[120.001,30.001]]]"),
        ])
        #expect(intake.units.map(\.id) == ["eight", "a", "6", "open"])
        #expect(
            intake.findings.map(\.kind) == [.selfCrossing, .noPlace, .noPlace, .duplicateID, .noPlace, .selfCrossing])
        #expect(intake.findings.map(\.feature) == [1, 2, 3, 5, 7, 8])
    }

    @Test("Zero households stay, 3,000 in one building stay and are told, no number and less than none are left out")
    func households() throws {
        let intake = try take([
            point("zero", 120, 30, #""户数":0"#), point("tower", 120.001, 30, #""户数":3000"#),
            point("none", 120.002, 30, #""户数":"许多""#), point("less", 120.003, 30, #""户数":-4"#),
            point("unknown", 120.004, 30, #""x":1"#), point("text", 120.005, 30, #""HOUSEHOLDS":"12""#),
        ])
        #expect(intake.units.map(\.id) == ["zero", "tower", "text"])
        #expect(intake.findings.map(\.kind) == [.zeroHouseholds, .aboveNorm, .noHouseholds, .negative, .noHouseholds])
    }

    @Test("Mixed datums are converted by what each feature says; one that nobody knows is left out")
    func datums() throws {
        let intake = try take([
            point("a", 120.1, 30.2), point("b", 120.1, 30.2, #""户数":1,"坐标系":"GCJ-02""#),
            point("c", 120.1, 30.2, #""户数":1,"datum":"mars""#),
        ])
        #expect(intake.units.map(\.id) == ["a", "b"])
        let plane = LocalPlane(around: intake.units[0].place)
        let offset = plane.metres(intake.units[1].place)
        // The public maps' frame is some 500 metres off here.
        #expect((300...800).contains((offset.x * offset.x + offset.y * offset.y).squareRoot()))
        #expect(intake.findings.map(\.kind) == [.datumConverted, .unknownDatum])
    }

    @Test("Metres among degrees are left out; a file in metres, or in Web Mercator, is understood")
    func systems() throws {
        let mixed = try take([point("a", 120.1, 30.2), point("b", 120.2, 30.2), point("m", 512_345, 3_340_000)])
        #expect(mixed.units.map(\.id) == ["a", "b"] && !mixed.isPlane)
        #expect(mixed.findings.map(\.kind) == [.elsewhere])
        let plane = try take([point("a", 512_345, 3_340_000), point("b", 512_400, 3_340_000), point("d", 120.1, 30.2)])
        #expect(plane.isPlane && plane.units.map(\.id) == ["a", "b"])
        let mercator = try take(
            [point("a", 13_369_483.1, 3_529_839.5)], crs: "urn:ogc:def:crs:EPSG::3857")
        #expect(abs(mercator.units[0].place.longitude - 120.1) < 0.001)
        #expect(abs(mercator.units[0].place.latitude - 30.2) < 0.02)
    }

    @Test("What cannot be read is told by its number, and the rest goes on")
    func unreadable() throws {
        let intake = try take([
            #"{"type":"Feature","geometry":{"type":"Point","coordinates":["x"]},"properties":{}}"#, point("a", 120, 30),
        ])
        #expect(intake.units.map(\.id) == ["a"])
        #expect(intake.findings.map(\.kind) == [.unreadable])
        #expect(intake.findings[0].feature == 1)
    }

    @Test("An island and a river: the design keeps grids in one piece and says why one is small")
    func islands() async throws {
        var features: [String] = []
        for row in 0..<8 {
            for column in 0..<10 {
                let id = "b\(row * 10 + column)"
                features.append(point(id, 120 + Double(column) * 0.0004, 30 + Double(row) * 0.0004))
            }
        }
        let intake = try take(features)
        var barriers = BarrierIntake(try GridNorms.load(from: shippedRules()))
        // A river cuts the northernmost row off: 10 × 40 households, enough for a grid.
        for feature in GeoJSONReader.features(
            Array(
                #"{"type":"Feature","geometry":{"type":"LineString","coordinates":[[119.99,30.0026],[120.01,30.0026]]},"properties":{"waterway":"river"}}"#
                    .utf8)
        ).features { barriers.take(feature) }
        #expect(barriers.barriers.count == 1)
        let city = UnitCity(intake, barriers)
        #expect(city.neighbours.parts == 2)
        let plan = try await GridDesigner.design(
            city.units, city.adjacency, DesignOptions(norm: GridNorm(low: 300, high: 500, target: 400)))
        let figures = PlanFigures(
            city.units, city.adjacency, plan: plan.gridOf, norm: GridNorm(low: 300, high: 500, target: 400))
        #expect(figures.broken == 0)
        #expect(figures.inNorm + plan.exceptions.count == plan.grids)
        // North of the river is a grid of its own.
        #expect(Set(plan.gridOf.suffix(10)).isDisjoint(with: Set(plan.gridOf.prefix(70))))
        let outlines = city.outlines(plan.gridOf, grids: plan.grids)
        #expect(outlines.allSatisfy { $0 != nil })
    }

    @Test("A road with a leap of half a degree is left out by name, the rest of the file goes on")
    func torn() throws {
        var intake = BarrierIntake(try GridNorms.load(from: shippedRules()))
        for (name, courses) in [
            ("通", "[[120.0,30.0],[120.4,30.3]]"), ("东西断", "[[120.0,30.0],[120.6,30.0]]"),
            ("南北断", "[[120.0,30.0],[120.1,30.1],[120.1,30.7]]"),
        ] {
            let text =
                #"{"type":"Feature","geometry":{"type":"LineString","coordinates":\#(courses)},"properties":{"name":"\#(name)","highway":"trunk"}}"#
            for feature in GeoJSONReader.features(Array(text.utf8)).features { intake.take(feature) }
        }
        intake.finish()
        #expect(intake.found.map(\.name) == ["通"])
        #expect(intake.findings.map(\.kind) == [.torn, .torn])
        #expect(intake.findings.map(\.subject) == ["东西断", "南北断"])
    }
}
