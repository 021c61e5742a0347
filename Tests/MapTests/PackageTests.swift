import Cases
import Desk
import Foundation
import Geo
import Grids
import Ground
import Ledger
import Places
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("What the map shows, as a GeoPackage")
struct PackageTests {
    private func read(_ bytes: [UInt8]) throws -> [String: [Feature]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("map.gpkg").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let reader = try GeoPackageReader(path: path)
        var found: [String: [Feature]] = [:]
        for layer in reader.layers {
            #expect(layer.referenceSystem == 4490)
            found[layer.name] = []
            try reader.read(layer) { found[layer.name]?.append(try $0.get()) }
        }
        return found
    }

    @Test(
        "It holds what the viewer may see within the chosen part, on the day, and the ledger says who took it",
        arguments: EngineCase.available)
    func takenOut(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let near = try await world.reported(at: Position(longitude: 120.15, latitude: 30.25))
            let far = try await world.reported(at: Position(longitude: 120.18, latitude: 30.28))
            let other = try await world.reported(
                at: Position(longitude: 120.15, latitude: 30.27), in: try #require(AreaPrefix("330106002001")))
            let answer = try await world.get("/map/package", as: "northduty")
            #expect(answer.status == 200 && answer.type == "application/geopackage+sqlite3")
            let layers = try read(answer.bytes)
            #expect(Set(layers.keys) == ["outlines", "areas", "matters"])
            let numbers = layers["matters"]?.compactMap { $0["number"]?.text } ?? []
            #expect(Set(numbers) == [near.number, far.number] && !numbers.contains(other.number))
            let due = layers["matters"]?.first { $0["number"]?.text == near.number }?["due"]?.text
            #expect(due == near.due?.at.iso8601)
            #expect(layers["matters"]?.first?.geometry != nil)

            let part = try read(
                try await world.get(
                    "/api/v1/map/package?layers=matters&box=120.14,30.24,120.16,30.26", as: "northduty"
                ).bytes)
            #expect(part["matters"]?.compactMap { $0["number"]?.text } == [near.number])
            let yesterday = try read(
                try await world.get(
                    "/api/v1/map/package?layers=matters&day=\(world.now.local().day - 1)", as: "northduty"
                ).bytes)
            #expect(yesterday["matters"]?.isEmpty == true)
            let theme = try read(try await world.get("/map/package?show=staffing", as: "northduty").bytes)
            #expect(theme["staffing"]?.compactMap { $0["workers"]?.number }.sorted() == [0, 1])

            let taken = try await world.house.database.read { transaction in
                try Ledger.unsealed(limit: 1_000, in: transaction).filter { $0.act == "map.exported" }
            }
            #expect(taken.count == 4)
            #expect(taken.map(\.subjectID).contains("outlines,areas,matters"))
            for (path, name, status) in [
                ("/map/package", "worker", 403), ("/map/package?layers=nothing", "northduty", 404),
                ("/map/package?show=nothing", "northduty", 404), ("/map/package?box=1,2", "northduty", 422),
                ("/api/v1/map/package?day=x", "northduty", 422),
            ] {
                #expect(try await world.get(path, as: name).status == status, "\(path)")
            }
        }
    }
}
