import Cases
import Desk
import Geo
import Ground
import HTTPTypes
import Hummingbird
import Places
import Storage
import Web

/// `/map/tiles/{layer}/{z}/{x}/{y}.mvt`, what describes them (TileJSON 3.0), and a style that draws them.
struct TileRoutes: Sendable {
    let map: OneMap

    static let contentType = "application/vnd.mapbox-vector-tile"
    private static let tag = "map"

    init(map: OneMap) { self.map = map }

    func add(to routes: Routes) {
        routes.page("/map/tiles/:layer/:z/:x/:y", right: .placesRead) { staff in
            var row = try staff.visit.parameter("y")
            guard row.hasSuffix(".mvt") else { throw Refusal.nothingHere }
            row.removeLast(4)
            return try await tile(staff, row: row)
        }
        routes.api(
            APIOperation(
                .get, "/map/tiles/{layer}/{z}/{x}/{y}", id: "getMapTile", tag: Self.tag,
                summary: LocalizedText(
                    "矢量瓦片（MVT 2.1）",
                    "A vector tile (MVT 2.1), without a layer where it shows nothing; where a tile cannot hold all there is, a layer `shortened` says how many it shows"
                ),
                query: Self.filter, response: .string(format: "binary"), responseType: Self.contentType, refusals: []),
            right: .placesRead
        ) { staff, _ in
            var response = try await tile(staff, row: try staff.visit.parameter("y"))
            // Programs get a tile in any case, if one without a layer.
            if response.status == .noContent {
                response.status = .ok
                response.headers[.contentType] = Self.contentType
            }
            return response
        }
        routes.api(
            APIOperation(
                .get, "/map/tiles/{layer}", id: "getTileJSON", tag: Self.tag,
                summary: LocalizedText("图层的 TileJSON 3.0", "TileJSON 3.0 of a layer"), query: Self.filter,
                response: .object([
                    .init("tilejson", .text), .init("name", .text), .init("tiles", .array(.text)),
                    .init("minzoom", .integer()), .init("maxzoom", .integer()),
                    .init("bounds", .array(.number), required: false),
                    .init("attribution", .text), .init("vector_layers", .array(.object([.init("id", .text)]))),
                ])), right: .placesRead
        ) { staff, _ in try describe(staff) }
        routes.api(
            APIOperation(
                .get, "/map/style", id: "getMapStyle", tag: Self.tag,
                summary: LocalizedText(
                    "MapLibre 样式（version 8）", "A MapLibre style (version 8) of all layers that the viewer may see"),
                query: Self.filter + [
                    .init("theme", .string(values: ["light", "dark"]), required: false),
                    .init("show", .string(maximum: 40), required: false, "what the map is about: matters without it"),
                ],
                response: .object([
                    .init("version", .integer()), .init("sources", .object([])),
                    .init("layers", .array(.object([.init("id", .text)]))),
                ])), right: .placesRead
        ) { staff, _ in try MapStyle(map: map, staff: staff).response() }
    }

    /// The words of the queue's filter that a map understands, too.
    static let filter: [Schema.Member] = [
        .init("area", .string(maximum: 15), required: false), .init("category", .string(maximum: 6), required: false),
        .init("state", .string(maximum: 200), required: false),
        .init("due", .string(values: ["overdue", "soon", "finished-today"]), required: false),
        .init("mine", .string(values: ["answerable", "handler", "reported"]), required: false),
        .init("day", .string(format: "date"), required: false, "as it stood when this day ended"),
    ]

    /// Those of the address, in one order: equal filters are equal texts.
    static func filterText(_ query: QueryParameters) -> String {
        QueryParameters(
            ["area", "category", "state", "body", "due", "mine"].compactMap { name in
                query.filled(name).map { (name, $0) }
            }
        ).text
    }

    private func address(_ staff: StaffVisit, row: String) throws -> TileAddress {
        func number(_ text: String) -> Int? { text.utf8.count <= 8 ? Int(text) : nil }
        guard let zoom = number(try staff.visit.parameter("z")), let column = number(try staff.visit.parameter("x")),
            let row = number(row), let tile = TileAddress(zoom: zoom, column: column, row: row)
        else { throw Refusal.nothingHere }
        return tile
    }

    func tile(_ staff: StaffVisit, row: String) async throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let layer = try map.layer(try visit.parameter("layer"), for: scope)
        let address = try address(staff, row: row)
        let filter = layer.isFiltered ? try map.cases.matterFilter(visit.query, staff) : .all
        let text = layer.isFiltered ? Self.filterText(visit.query) : ""
        let key = TileCache.Key(
            layer: layer.name, zoom: address.zoom, column: address.column, row: address.row,
            view: TileCache.View(scope, isOwn: visit.query.filled("mine") != nil), filter: text,
            day: layer.isDated ? try map.day(visit.query, now: visit.now) : nil)
        let stamp = try await map.stamps.stamp(of: map)
        if let kept = map.tiles.tile(key, stamp) { return Self.response(kept, visit.request) }
        try await map.ground.refresh(from: map.grids, below: map.house.settings.area)
        let question = try await map.question(staff, layer, filter, text)
        let prepared = try await layer.prepared(for: question)
        let tile = try await map.house.database.read { transaction in
            guard layer.zooms.contains(address.zoom) else { return TileCache.Tile(TileWriter()) }
            var writer = TileWriter()
            writer.add(try prepared.tile(address, question, in: transaction))
            return TileCache.Tile(writer)
        }
        map.tiles.keep(tile, for: key, stamp)
        return Self.response(tile, visit.request)
    }

    private static func response(_ tile: TileCache.Tile, _ request: Request) -> Response {
        // Whoever comes again asks whether it changed, which costs a few bytes: what left one's sight must not stay.
        var headers: HTTPFields = [.cacheControl: "private, no-cache", .eTag: tile.tag, .vary: "Accept-Encoding"]
        if let known = request.headers[.ifNoneMatch], known.contains(tile.tag) {
            return Response(status: .notModified, headers: headers)
        }
        guard !tile.plain.isEmpty else { return Response(status: .noContent, headers: headers) }
        headers[.contentType] = contentType
        let isCompressed = request.headers[.acceptEncoding]?.contains("gzip") == true && !tile.compressed.isEmpty
        if isCompressed { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .ok, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: isCompressed ? tile.compressed : tile.plain)))
    }

    private func describe(_ staff: StaffVisit) throws -> Response {
        let visit = staff.visit
        let layer = try map.layer(try visit.parameter("layer"), for: staff.scope)
        _ = try map.cases.matterFilter(visit.query, staff)
        let text = try map.tileQuery(layer, visit.query, now: visit.now)
        let tiles = visit.origin + "/api/v1/map/tiles/\(layer.name)/{z}/{x}/{y}" + (text.isEmpty ? "" : "?" + text)
        return Answer.json(
            JSONWriter.object { writer in
                writer.member("tilejson", "3.0.0")
                writer.member("name", visit(layer.title))
                writer.key("tiles")
                writer.array([tiles]) { $0.value($1) }
                writer.member("minzoom", layer.zooms.lowerBound)
                writer.member("maxzoom", layer.zooms.upperBound)
                if let box = map.box(of: staff.scope.area) {
                    writer.key("bounds")
                    writer.array([box.west, box.south, box.east, box.north]) { $0.value($1) }
                }
                writer.member("attribution", visit(map.rules.note.text))
                writer.key("vector_layers")
                writer.array { writer in
                    writer.object { writer in
                        writer.member("id", layer.name)
                        writer.key("fields")
                        writer.object { writer in
                            for field in layer.fields {
                                writer.key(escaping: field.name)
                                writer.value(field.kind == .text ? "String" : "Number")
                            }
                        }
                    }
                    writer.object { writer in
                        // Where a tile cannot hold all, it says so.
                        writer.member("id", TileWriter.shortened)
                        writer.key("fields")
                        writer.object { $0.member("shown", "Number") }
                    }
                }
            }
        ).response
    }
}

extension TileCache.Tile {
    init(_ writer: TileWriter) {
        plain = writer.bytes
        compressed = plain.isEmpty ? [] : Compression.gzip(plain, level: 4) ?? []
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in plain { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        tag = "\"\(String(hash, radix: 36))-\(plain.count)\""
    }
}

extension Visit {
    /// Scheme and host as the client named them: for addresses that programs keep.
    var origin: String {
        guard let authority = request.head.authority, !authority.isEmpty else { return "" }
        return (house.settings.secureCookies ? "https://" : "http://") + authority
    }
}

extension OneMap {
    /// Around the anchors of an area's parts; nil where none has a place.
    func box(of area: AreaPrefix) -> Box? {
        Box(
            areas.byCode.lazy.filter { area.contains(code: $0.code) }.map(\.position))
    }
}
