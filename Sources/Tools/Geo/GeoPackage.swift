import CSQLite

/// What a GeoPackage says of one of its layers.
public struct GeoPackageLayer: Sendable, Hashable {
    public var name: String
    public var geometryColumn: String
    /// The EPSG code of its coordinates: 4326, 4490; 0 when unknown.
    public var referenceSystem: Int
}

/// Reads the features of a GeoPackage, one at a time. The file is opened for reading only, and nothing in it is run.
///
/// Source: OGC 12-128r18 (GeoPackage 1.3).
public final class GeoPackageReader {
    private let handle: OpaquePointer
    public let layers: [GeoPackageLayer]

    /// - Throws: when the file cannot be opened, is no GeoPackage or has no layer of features.
    public init(path: String) throws(FeatureProblem) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw FeatureProblem(.notJSON, feature: 0, subject: "GeoPackage")
        }
        sqlite3_exec(opened, "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON", nil, nil, nil)
        handle = opened
        var found: [GeoPackageLayer] = []
        let isRead = Self.rows(
            """
            SELECT g.table_name, g.column_name, s.organization_coordsys_id, upper(s.organization)
            FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY g.table_name
            """, handle
        ) { row in
            let isEPSG = Self.text(row, 3) == "EPSG"
            found.append(
                GeoPackageLayer(
                    name: Self.text(row, 0) ?? "", geometryColumn: Self.text(row, 1) ?? "",
                    referenceSystem: isEPSG ? Int(sqlite3_column_int64(row, 2)) : 0))
        }
        layers = found
        if !isRead || found.isEmpty {
            throw FeatureProblem(isRead ? .empty : .notJSON, feature: 0, subject: "GeoPackage")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Hands over each feature of a layer, in the order of its keys.
    public func read(
        _ layer: GeoPackageLayer, _ body: (Result<Feature, FeatureProblem>) throws -> Void
    ) throws {
        var number = 0
        var thrown: (any Error)?
        let isRead = Self.rows("SELECT rowid, * FROM \(Self.quoted(layer.name))", handle) { row in
            if thrown != nil { return }
            number += 1
            do { try body(Self.feature(row, layer, number)) } catch { thrown = error }
        }
        if let thrown { throw thrown }
        if !isRead { try body(.failure(FeatureProblem(.endsEarly, feature: number))) }
    }

    private static func feature(
        _ row: OpaquePointer, _ layer: GeoPackageLayer, _ number: Int
    ) -> Result<Feature, FeatureProblem> {
        var feature = Feature(id: String(sqlite3_column_int64(row, 0)), geometry: nil)
        for column in 1..<sqlite3_column_count(row) {
            guard let name = sqlite3_column_name(row, column).map({ String(cString: $0) }) else { continue }
            if name == layer.geometryColumn {
                guard sqlite3_column_type(row, column) != SQLITE_NULL else { continue }
                guard let geometry = geometry(blob(row, column)) else {
                    return .failure(FeatureProblem(.badCoordinates, feature: number, subject: name))
                }
                feature.geometry = geometry
                continue
            }
            switch sqlite3_column_type(row, column) {
            case SQLITE_INTEGER, SQLITE_FLOAT:
                feature.properties.append((name, .number(sqlite3_column_double(row, column))))
            case SQLITE_TEXT: feature.properties.append((name, .text(text(row, column) ?? "")))
            default: feature.properties.append((name, .nothing))
            }
        }
        return .success(feature)
    }

    /// The header of a GeoPackage's geometry, then well-known binary.
    private static func geometry(_ bytes: [UInt8]) -> Geometry? {
        guard bytes.count > 8, bytes[0] == UInt8(ascii: "G"), bytes[1] == UInt8(ascii: "P") else { return nil }
        let envelope = [0, 32, 48, 48, 64]
        let kind = Int(bytes[3] >> 1 & 7)
        guard kind < envelope.count, bytes.count > 8 + envelope[kind] else { return nil }
        return WellKnownBinary.geometry(bytes[(8 + envelope[kind])...])
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func rows(_ sql: String, _ handle: OpaquePointer, _ body: (OpaquePointer) -> Void) -> Bool {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { return false }
        defer { sqlite3_finalize(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: body(statement)
            case SQLITE_DONE: return true
            default: return false
            }
        }
    }

    private static func text(_ row: OpaquePointer, _ column: Int32) -> String? {
        sqlite3_column_text(row, column).map { String(cString: $0) }
    }

    private static func blob(_ row: OpaquePointer, _ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(row, column))
        guard count > 0, let start = sqlite3_column_blob(row, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
