import Desk
import Forms
import Foundation
import Ground
import HTTPTypes
import Registry
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Visits

/// A register that comes as GeoJSON: a row for each feature, with its place.
struct FeatureImportTests {
    private static let grid = VisitsWorld.grids[0]

    private func run(
        _ text: String, in world: VisitsWorld
    ) async throws -> (result: ResidentImportResult, errors: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/in.geojson"))
        let result = try await world.registry.importResidents(
            file: folder + "/in.geojson", errors: folder + "/errors.csv")
        return (result, (try? String(contentsOfFile: folder + "/errors.csv", encoding: .utf8)) ?? "")
    }

    private func feature(_ coordinates: String, _ properties: String) -> String {
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":\(coordinates)},\"properties\":{\(properties)}}"
    }

    private func collection(_ features: [String], _ more: String = "") -> String {
        "{\"type\":\"FeatureCollection\",\(more)\"features\":[" + features.joined(separator: ",\n") + "]}"
    }

    private func home(_ number: Int, _ more: String = "") -> String {
        "\"address\":\"文三路 \(number) 号\",\"grid\":\"\(Self.grid)\"\(more)"
    }

    @Test(
        "Dwellings come in with their places, once; a wrong feature costs itself alone", arguments: EngineCase.available
    )
    func dwellings(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let file = collection([
                feature("[120.13042,30.25931]", home(1, ",\"floor\":3")),
                feature("[\"east\",30.25931]", home(2)),
                // Latitude first.
                feature("[30.25931,120.13042]", home(3)),
                feature("[120.13100,30.26000]", "\"address\":\"\",\"grid\":\"\(Self.grid)\""),
                feature("[1e300,30.26000]", home(5)),
            ])
            let first = try await run(file, in: world)
            #expect(first.result.rows == 5 && first.result.dwellings == 3 && first.result.created == 0, "\(first)")
            #expect(first.result.rejected == 2 && first.result.partly == 2, "\(first.errors)")
            for row in ["2,", "3,", "4,", "5,"] { #expect(first.errors.contains("\n\(row)"), "\(first.errors)") }
            #expect(first.errors.contains("registry.import.feature") && first.errors.contains("缺少地址"))
            let again = try await run(file, in: world)
            #expect(again.result.dwellings == 0 && again.result.changed == 0 && again.result.unchanged == 3)
            let moved = try await run(
                collection([feature("[120.13050,30.25940]", home(1, ",\"floor\":3"))]), in: world)
            #expect(moved.result.dwellings == 0 && moved.result.changed == 1)
        }
    }

    @Test("What goes out as GeoJSON comes in again and changes nothing", arguments: EngineCase.available)
    func again(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            _ = try await run(
                collection([
                    feature("[120.13042,30.25931]", home(1) + ",\"姓名\":\"王小明\",\"性别\":\"男\""),
                    feature("[120.13142,30.25831]", home(2) + ",\"姓名\":\"李秀英\""),
                ]), in: world)
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            _ = try await world.registry.export(to: folder, purpose: "registration")
            let file = try String(contentsOfFile: folder + "/dwellings.geojson", encoding: .utf8)
            let done = try await run(file, in: world)
            #expect(done.result.rows == 2 && done.result.unchanged == 2 && done.result.changed == 0, "\(done)")
            #expect(done.result.rejected == 0 && done.result.partly == 0, "\(done.errors)")
        }
    }

    @Test("A file of another coordinate system, or without features, is refused whole", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let system = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3857\"}},"
            let many = (0...500).map { ",\"p\($0)\":1" }.joined()
            for (text, code) in [
                (collection([feature("[120.1,30.2]", home(1, many))]), "registry.import.too-many-columns"),
                (collection([feature("[13372744,3537590]", home(1))], system), "registry.import.unknown-system"),
                (collection([]), "registry.import.no-feature"), ("{\"a\":", "registry.import.no-feature"),
                (collection([feature("[120.1,30.2]", "\"floor\":3")]), "registry.import.no-names"),
            ] {
                let refusal = await #expect(throws: Refusal.self) { _ = try await run(text, in: world) }
                #expect(refusal?.code == code, "\(text)")
            }
        }
    }

    @Test("What is wrong with features is told of their properties, not of columns that nobody sees")
    func words() async throws {
        try await VisitsWorld.with(.sqlite, forms: VisitsWorld.fewForms) { world in
            for (properties, words) in [
                ("\"floor\":3", "要素的属性中没有“姓名”：floor"),
                (home(1, ",\"地址\":\"文三路 2 号\""), "“address”与“地址”都是"),
                (home(1, ",\"坐标\":\"120.1,30.2\""), "“坐标”与要素的位置都是"),
            ] {
                let refusal = await #expect(throws: Refusal.self) {
                    _ = try await run(collection([feature("[120.1,30.2]", properties)]), in: world)
                }
                let told = [refusal?.message.chinese, refusal?.wayOn?.chinese].compactMap { $0 }.joined()
                #expect(told.contains(words) && !told.contains("列") && !told.contains("第一行"), "\(told)")
            }
        }
    }
}
