import Cases
import Desk
import Foundation
import Geo
import Ground
import Hummingbird
import Ledger
import Places
import Storage
import Web

/// `/map/package` and `/api/v1/map/package`: what the map shows, as a GeoPackage for QGIS, ArcGIS or GDAL. Whoever takes it
/// gets what they may see, and the ledger says that they took it.
struct PackageExport: Sendable {
    let map: OneMap

    private static let contentType = "application/geopackage+sqlite3"
    private static let page = 2_000

    func add(to routes: Routes) {
        routes.page("/map/package", right: .exportMatters) { try await exported($0) }
        routes.api(
            APIOperation(
                .get, "/map/package", id: "getMapPackage", tag: "map",
                summary: LocalizedText(
                    "地图图层的 GeoPackage（EPSG:4490），可限定范围、条件与日期",
                    "Layers of the map as a GeoPackage (EPSG:4490), within a box, by the filter, as of a day"),
                query: [
                    .init("show", .string(maximum: 40), required: false, "a theme; matters without it"),
                    .init("layers", .string(maximum: 200), required: false, "names with commas, in place of a theme"),
                    .init("box", .string(maximum: 200), required: false, "west,south,east,north"),
                ] + TileRoutes.filter, response: .string(format: "binary"), responseType: Self.contentType),
            right: .exportMatters
        ) { staff, _ in try await exported(staff) }
    }

    /// What was asked for by name, else what the map is about with the areas that it is shown on.
    private func layers(_ staff: StaffVisit) throws(Refusal) -> [any MapLayer] {
        let (query, scope) = (staff.visit.query, staff.scope)
        if let names = query.filled("layers") {
            var found: [any MapLayer] = []
            for name in names.split(separator: ",").map(String.init) where !found.contains(where: { $0.name == name }) {
                found.append(try map.layer(name, for: scope))
            }
            if !found.isEmpty { return found }
        }
        if let theme = try map.theme(query, for: scope) { return [ThemeLayer(map: map, theme: theme)] }
        return map.layers.filter {
            [OutlineLayer.name, AreaLayer.name, MatterLayer.name].contains($0.name) && $0.isFor(scope)
        }
    }

    private func exported(_ staff: StaffVisit) async throws -> Response {
        let (visit, query) = (staff.visit, staff.visit.query)
        let layers = try layers(staff)
        let box = try MapList.box(query)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-map-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("map.gpkg").path
        try await map.ground.refresh(from: map.grids, below: map.house.settings.area)
        var rows = 0
        let writer = PackageFile(try GeoPackageWriter(path: path))
        for layer in layers {
            let filter = layer.isFiltered ? try map.cases.matterFilter(query, staff) : .all
            let question = try await map.question(
                staff, layer, filter, layer.isFiltered ? TileRoutes.filterText(query) : "")
            let prepared = try await layer.prepared(for: question)
            try writer.begin(prepared, title: visit(layer.title))
            var after: String?
            repeat {
                let page = FeaturePage(box: box, after: after, limit: Self.page)
                let (features, next) = try await map.house.database.read {
                    try prepared.features(page, question, in: $0)
                }
                try writer.add(features)
                rows += features.count
                guard rows <= map.rules.packages.most else { throw tooMuch }
                after = next
            } while after != nil
        }
        try writer.close()
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                .fault, "map.package-unreadable", LocalizedText("导出文件无法读取", "The exported file cannot be read"),
                wayOn: LocalizedText("请重试", "Try again"))
        }
        try await record(layers.map(\.name), rows, staff)
        return .download(
            Array(bytes), name: "\(visit(MapTexts.map))-\(visit.now.local().day).gpkg", contentType: Self.contentType)
    }

    private var tooMuch: Refusal {
        Refusal(
            .ruleBroken, "map.package-too-large",
            LocalizedText(
                "范围内的要素超过 \(map.rules.packages.most) 个", "More than \(map.rules.packages.most) features lie there"),
            wayOn: LocalizedText("请框选较小的范围，或只导出一个图层", "Choose a smaller part, or one layer"), field: "box")
    }

    private func record(_ layers: [String], _ rows: Int, _ staff: StaffVisit) async throws {
        let (now, scope) = (staff.visit.now, staff.scope)
        let id: Identifier<LedgerEntry> = map.house.identifiers.next(at: now)
        try await map.house.database.write { transaction in
            try Ledger.record(
                LedgerEntry(
                    id: id, act: "map.exported", subjectKind: "map-layer",
                    subjectID: layers.joined(separator: ","), actor: Actor(scope), happenedAt: now, receivedAt: now,
                    area: scope.area.code, facts: JSONWriter.object { $0.member("rows", rows) }), in: transaction)
        }
    }
}

/// Features of the layers of a map, as the columns of a GeoPackage.
private final class PackageFile {
    private let writer: GeoPackageWriter
    private var fields: [MapField] = []

    init(_ writer: GeoPackageWriter) { self.writer = writer }

    func begin(_ layer: any MapLayer, title: String) throws {
        fields = layer.fields
        try writer.addLayer(
            layer.name, title: title, .any,
            columns: [.init("id", .text)]
                + fields.map { GeoPackageWriter.Column($0.name, $0.kind == .number ? .number : .text) })
    }

    func add(_ features: [MapFeature]) throws {
        for feature in features {
            let values = fields.map { field -> FeatureValue in
                let value = feature.values.first { $0.key == field.name }?.value ?? .nothing
                // Instants are seconds in tiles; here they are read by people.
                guard field.kind == .instant, case .number(let seconds) = value else { return value }
                return .text(Instant(milliseconds: Int64(seconds) * 1000).iso8601)
            }
            try writer.add(feature.geometry, [.text(feature.id)] + values)
        }
    }

    func close() throws { try writer.close() }
}
