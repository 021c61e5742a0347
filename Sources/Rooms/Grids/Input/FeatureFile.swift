public import Geo
import Ground
import Sheets

/// A file of features, whatever it is: GeoJSON, GeoPackage, or a table with degrees or well-known text in its columns.
public enum FeatureFile {
    public enum Kind: Sendable, Hashable { case geoJSON, geoPackage, table }

    /// By the end of its name; nil for what is none of them.
    public static func kind(of name: String) -> Kind? {
        var name = name.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if [".geojson", ".json", ".geojsonl", ".geojsons"].contains(where: name.hasSuffix) { return .geoJSON }
        if name.hasSuffix(".gpkg") { return .geoPackage }
        return [".csv", ".tsv", ".txt", ".xlsx"].contains(where: name.hasSuffix) ? .table : nil
    }

    /// Hands over every feature, or what is wrong with it, and where it stands: its number, or its row in a table.
    /// - Parameters:
    ///   - name: what people call the file.
    ///   - unpackedBytes: what it may unpack to; nil for what each kind of file may by itself.
    /// - Returns: what the file calls its coordinate reference system.
    public static func read(
        _ path: String, named name: String, _ norms: GridNorms, unpackedBytes: Int64? = nil,
        _ body: (Result<Feature, FeatureProblem>, Int) throws -> Void
    ) throws -> String? {
        var number = 0
        func count(_ result: Result<Feature, FeatureProblem>) throws {
            number += 1
            try body(result, number)
        }
        switch kind(of: path) {
        case .geoJSON:
            var reader = GeoJSONReader()
            try FilePieces.read(path, limit: unpackedBytes ?? FilePieces.usualLimit) { try reader.read($0, count) }
            try reader.finish(count)
            return reader.namedReferenceSystem
        case .geoPackage:
            do {
                let reader = try GeoPackageReader(path: path)
                guard let layer = reader.layers.first else { return nil }
                try reader.read(layer, count)
                return layer.referenceSystem > 0 ? "EPSG:\(layer.referenceSystem)" : nil
            } catch is FeatureProblem {
                throw Refusal(
                    .malformed, "grids.input.geopackage",
                    LocalizedText("“\(name)”不是 GeoPackage，或没有图层", "“\(name)” is no GeoPackage, or has no layer"))
            }
        case .table:
            let table = FeatureTable(try opened(path, named: name, limits(unpackedBytes)), norms)
            guard table.hasPlaces else {
                let columns = table.reader.header
                throw Refusal(
                    .malformed, "grids.input.columns",
                    LocalizedText(
                        "“\(name)”：须有 经度、纬度 两列，或一列 轮廓（WKT）",
                        "“\(name)”: it needs columns longitude and latitude, or one of well-known text (geometry)"),
                    wayOn: LocalizedText(
                        "现有列：\(columns.joined(separator: "、"))；列名见 Rules/grid-norms.yaml",
                        "It has: \(columns.joined(separator: ", ")); for names of columns see Rules/grid-norms.yaml"))
            }
            try table.reader.forEachRow { row in try body(.success(table.feature(row)), row.number) }
            return nil
        case nil:
            throw Refusal(
                .malformed, "grids.input.kind",
                LocalizedText("“\(name)”不是可以读取的文件", "“\(name)” is no file that can be read"),
                wayOn: LocalizedText(
                    "请给出 .geojson、.gpkg、.csv 或 .xlsx（.csv、.geojson 可 gzip 压缩）",
                    "Give a .geojson, .gpkg, .csv or .xlsx (.csv and .geojson also gzip)"))
        }
    }

    /// Limits of a table that may unpack to so many bytes; nil for the usual ones.
    static func limits(_ unpackedBytes: Int64?) -> SheetLimits {
        var limits = SheetLimits()
        if let unpackedBytes { limits.unpackedBytes = unpackedBytes }
        return limits
    }

    /// Degrees that are taken as they are, and metres that are turned into degrees. WGS 84 lies within a metre of CGCS 2000.
    private static let systems: Set<String> = ["CRS84", "4326", "4490", "3857", "900913"]

    /// - Parameters:
    ///   - system: what a file of degrees calls its coordinate reference system.
    ///   - isDatumHeeded: whether a datum that the file names by its name (GCJ-02, BD-09) is heeded by the reader.
    /// - Throws: a refusal for one that is not known here: its degrees may lie a hundred metres off.
    public static func requireKnown(
        _ system: String?, named name: String, isDatumHeeded: Bool = false
    ) throws {
        if isDatumHeeded, system.flatMap(UnitIntake.datum) != nil { return }
        guard let system, let last = system.split(whereSeparator: { ":/".contains($0) }).last else { return }
        guard !systems.contains(last.uppercased()) else { return }
        throw Refusal(
            .malformed, "grids.input.unknown-system",
            LocalizedText(
                "“\(name)”：坐标系“\(system)”不能识别", "“\(name)”: the coordinate system “\(system)” is not known here"),
            wayOn: LocalizedText(
                "请转换为 CGCS2000（EPSG:4490）或 WGS 84 经纬度", "Convert it to degrees of CGCS 2000 (EPSG:4490) or WGS 84"),
            field: "file")
    }

    /// What is wrong with it is said of the name that people know, not of where it lies meanwhile.
    private static func opened(
        _ path: String, named name: String, _ limits: SheetLimits
    ) throws(Refusal) -> SheetReader {
        do {
            return try SheetReader.open(path: path, limits: limits)
        } catch {
            var refusal = error
            refusal.message = LocalizedText(
                refusal.message.chinese.replacing(path, with: name),
                refusal.message.english.replacing(path, with: name))
            throw refusal
        }
    }
}

/// A table whose rows are features.
private struct FeatureTable {
    let reader: SheetReader
    private let longitude, latitude, geometry: Int?

    init(_ reader: SheetReader, _ norms: GridNorms) {
        self.reader = reader
        func column(_ key: String) -> Int? {
            let names = Set(norms.columns[key] ?? [])
            return reader.header.firstIndex { names.contains($0.lowercased()) }
        }
        longitude = column("longitude")
        latitude = column("latitude")
        geometry = column("geometry")
    }

    var hasPlaces: Bool { geometry != nil || (longitude != nil && latitude != nil) }

    /// A row without a place is a feature without one: it keeps its id, and is told as that.
    func feature(_ row: SheetRow) -> Feature {
        func cell(_ column: Int?) -> String? {
            guard let column else { return nil }
            let text = row[column].trimmed
            // The apostrophe that exports put before what a spreadsheet would run.
            if text.hasPrefix("'"), let second = text.dropFirst().first, "=+-@".contains(second) {
                return String(text.dropFirst())
            }
            return text.isEmpty ? nil : text
        }
        var shape = cell(geometry).flatMap { Geometry(wellKnownText: $0) }
        if shape == nil, let east = cell(longitude).flatMap({ Double($0) }),
            let north = cell(latitude).flatMap({ Double($0) }), east.isFinite, north.isFinite
        {
            shape = .point(Position(longitude: east, latitude: north))
        }
        return Feature(
            geometry: shape,
            properties: reader.header.enumerated().map { column, name in
                (key: name, value: cell(column).map(FeatureValue.text) ?? .nothing)
            })
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace ?? false { rest.removeFirst() }
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        return String(rest)
    }
}
