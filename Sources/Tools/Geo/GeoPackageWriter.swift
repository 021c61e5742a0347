import CSQLite

/// Writes layers of features as a GeoPackage in CGCS2000 (EPSG:4490), which QGIS and ArcGIS open as they are.
///
/// Source: OGC 12-128r18 (GeoPackage 1.3).
public final class GeoPackageWriter {
    public struct Column: Sendable {
        public enum Kind: String, Sendable { case text = "TEXT", whole = "INTEGER", number = "DOUBLE" }
        public var name: String
        public var kind: Kind

        public init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    public enum Shape: String, Sendable {
        case point = "POINT", polygons = "MULTIPOLYGON", any = "GEOMETRY"
    }

    /// The file could not be written; the message is SQLite's own.
    public struct WriteError: Error, Sendable { public var message: String }

    private let handle: OpaquePointer
    private var insertion: OpaquePointer?
    private var layer: (name: String, box: Box?)?

    /// - Parameter path: a file that does not exist yet.
    public init(path: String) throws(WriteError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
            let error = WriteError(message: opened.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? path)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        try run(Self.tables)
        try run("BEGIN")
    }

    deinit {
        sqlite3_finalize(insertion)
        sqlite3_close_v2(handle)
    }

    /// Begins a layer; features added from now on go there.
    public func addLayer(_ name: String, title: String, _ shape: Shape, columns: [Column]) throws(WriteError) {
        try endLayer()
        let quoted = GeoPackageReader.quoted(name)
        let own = columns.map { ", \(GeoPackageReader.quoted($0.name)) \($0.kind.rawValue)" }.joined()
        try run("CREATE TABLE \(quoted) (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom \(shape.rawValue)\(own))")
        try run(
            """
            INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
            VALUES (\(Self.literal(name)), 'features', \(Self.literal(title)), '', 4490)
            """)
        try run(
            """
            INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)
            VALUES (\(Self.literal(name)), 'geom', '\(shape.rawValue)', 4490, 0, 0)
            """)
        let names = columns.map { ", " + GeoPackageReader.quoted($0.name) }.joined()
        let places = String(repeating: ", ?", count: columns.count)
        let sql = "INSERT INTO \(quoted) (geom\(names)) VALUES (?\(places))"
        guard sqlite3_prepare_v2(handle, sql, -1, &insertion, nil) == SQLITE_OK else { throw error() }
        layer = (name, nil)
    }

    /// Adds a feature to the layer begun last.
    /// - Parameter values: as many as the layer has columns, in their order.
    public func add(_ geometry: Geometry?, _ values: [FeatureValue]) throws(WriteError) {
        guard let insertion else { throw WriteError(message: "no layer") }
        sqlite3_reset(insertion)
        sqlite3_clear_bindings(insertion)
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        if let geometry {
            let bytes = Self.blob(geometry)
            sqlite3_bind_blob(insertion, 1, bytes, Int32(bytes.count), transient)
            if let box = geometry.box {
                if layer?.box == nil { layer?.box = box } else { layer?.box?.enclose(box) }
            }
        }
        for (place, value) in values.enumerated() {
            let column = Int32(place + 2)
            switch value {
            case .text(let text), .json(let text): sqlite3_bind_text(insertion, column, text, -1, transient)
            case .number(let number):
                if let whole = Int64(exactly: number) {
                    sqlite3_bind_int64(insertion, column, whole)
                } else {
                    sqlite3_bind_double(insertion, column, number)
                }
            case .flag(let flag): sqlite3_bind_int64(insertion, column, flag ? 1 : 0)
            case .nothing: sqlite3_bind_null(insertion, column)
            }
        }
        if sqlite3_step(insertion) != SQLITE_DONE { throw error() }
    }

    /// Ends the file. Without it nothing was written.
    public func close() throws(WriteError) {
        try endLayer()
        try run("COMMIT")
    }

    private func endLayer() throws(WriteError) {
        sqlite3_finalize(insertion)
        insertion = nil
        if let (name, box) = layer, let box {
            try run(
                """
                UPDATE gpkg_contents SET min_x = \(box.west), min_y = \(box.south), max_x = \(box.east),
                    max_y = \(box.north) WHERE table_name = \(Self.literal(name))
                """)
        }
        layer = nil
    }

    private static func blob(_ geometry: Geometry) -> [UInt8] {
        // "GP", version 0, little-endian without envelope, the reference system.
        var bytes: [UInt8] = [0x47, 0x50, 0, geometry.isEmpty ? 0b0001_0001 : 0b0000_0001]
        withUnsafeBytes(of: Int32(4490).littleEndian) { bytes.append(contentsOf: $0) }
        return bytes + WellKnownBinary.bytes(geometry)
    }

    private static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private func run(_ sql: String) throws(WriteError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw error() }
    }

    private func error() -> WriteError {
        WriteError(message: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "SQLite")
    }

    /// The tables that every GeoPackage has; application id "GPKG", version 1.3.
    private static let tables = """
        PRAGMA application_id = 1196444487;
        PRAGMA user_version = 10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
            organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
            description TEXT);
        INSERT INTO gpkg_spatial_ref_sys VALUES
            ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
            ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
            ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', NULL),
            ('China Geodetic Coordinate System 2000', 4490, 'EPSG', 4490, 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]]', NULL);
        CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
            identifier TEXT UNIQUE, description TEXT DEFAULT '',
            last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
            min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
            CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
            geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
            CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
            CONSTRAINT uk_gc_table_name UNIQUE (table_name),
            CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
            CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
        """
}
