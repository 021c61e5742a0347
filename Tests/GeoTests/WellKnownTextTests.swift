import Geo
import Testing

@Suite("Well-known text")
struct WellKnownTextTests {
    @Test("What is written is read back the same")
    func roundTrip() throws {
        let square = Ring(corners: [
            Position(x: 120, y: 30), Position(x: 120.01, y: 30), Position(x: 120.01, y: 30.01),
            Position(x: 120, y: 30.01),
        ])
        let hole = Ring(corners: [
            Position(x: 120.002, y: 30.002), Position(x: 120.004, y: 30.002), Position(x: 120.004, y: 30.004),
        ])
        let line = [Position(x: 1.5e-7, y: -2), Position(x: 3, y: 4.25)]
        let shapes: [Geometry] = [
            .point(Position(x: 120.1, y: -30.2)), .line(line), .points(line), .lines([line, line]),
            .polygon(Polygon(outer: square, holes: [hole])),
            .polygons([Polygon(outer: square, holes: [hole]), Polygon(outer: hole)]),
            .collection([.point(line[0]), .polygon(Polygon(outer: square))]),
        ]
        for shape in shapes { #expect(Geometry(wellKnownText: shape.wellKnownText) == shape) }
    }

    @Test("As databases and spreadsheets write it: heights, systems in front, spaces and small letters")
    func forms() {
        let point = Geometry.point(Position(x: 120.1, y: 30.2))
        for text in [
            "POINT(120.1 30.2)", "point ( 120.1   30.2 )", "SRID=4490;POINT(120.1 30.2)", "POINT Z (120.1 30.2 8)",
            "POINTZ(120.1 30.2 8)", "\tPOINT ZM (120.1 30.2 8 1)\n",
        ] { #expect(Geometry(wellKnownText: text) == point, "\(text)") }
        #expect(
            Geometry(wellKnownText: "MULTIPOINT ((1 2), (3 4))")
                == .points([Position(x: 1, y: 2), Position(x: 3, y: 4)]))
        #expect(Geometry(wellKnownText: "POLYGON EMPTY")?.isEmpty == true)
    }

    @Test(
        "What is none is nil",
        arguments: [
            "", "POINT", "POINT()", "POINT (1)", "POINT (1 2", "POINT (1 x)", "CIRCLE (1 2)", "POINT (1 2) 3",
            "POLYGON (1 2, 3 4)", "LINESTRING (1 2,)", "POINT (1 2 3 4 5)", "POINT (1e999 2)",
            String(repeating: "GEOMETRYCOLLECTION (", count: 5_000),
        ])
    func wrong(text: String) { #expect(Geometry(wellKnownText: text) == nil) }
}
