import Foundation
import Geo
import Testing

@Suite("GeoPackage")
struct GeoPackageTests {
    func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test("Layers written are read back with their shapes, values and reference system")
    func roundTrip() throws {
        try withFolder { folder in
            let path = folder + "/plan.gpkg"
            let writer = try GeoPackageWriter(path: path)
            try writer.addLayer(
                "grids", title: "网格", .any,
                columns: [.init("code", .text), .init("households", .whole), .init("x\"y", .number)])
            try writer.add(square(120, 30, 0.01), [.text("330106001001001"), .number(412), .number(0.5)])
            try writer.add(nil, [.text("it's"), .nothing, .flag(true)])
            try writer.addLayer("points", title: "点", .point, columns: [])
            try writer.add(.point(Position(x: 120, y: 30)), [])
            try writer.close()

            let reader = try GeoPackageReader(path: path)
            #expect(reader.layers.map(\.name) == ["grids", "points"])
            #expect(reader.layers.allSatisfy { $0.referenceSystem == 4490 })
            var features: [Feature] = []
            try reader.read(reader.layers[0]) { features.append(try $0.get()) }
            #expect(features.count == 2)
            #expect(features[0].geometry == square(120, 30, 0.01))
            #expect(features[0]["code"] == .text("330106001001001"))
            #expect(features[0]["households"]?.number == 412)
            #expect(features[0]["x\"y"]?.number == 0.5)
            #expect(features[1].geometry == nil)
            #expect(features[1]["households"] == .nothing)
        }
    }

    @Test("What is no GeoPackage is refused")
    func notGeoPackage() throws {
        try withFolder { folder in
            let path = folder + "/x.gpkg"
            try Data("no database at all, just a text that is long enough".utf8).write(to: URL(filePath: path))
            #expect(throws: FeatureProblem.self) { _ = try GeoPackageReader(path: path) }
            #expect(throws: FeatureProblem.self) { _ = try GeoPackageReader(path: folder + "/none.gpkg") }
        }
    }
}
