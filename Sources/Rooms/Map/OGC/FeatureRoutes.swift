import Cases
import Desk
import Geo
import Ground
import HTTPTypes
import Hummingbird
import Places
import Storage
import Web

/// OGC API – Features 1.0, parts 1 (Core, GeoJSON) and 2 (CRS): each layer a collection, cut to what the caller may see.
struct FeatureRoutes: Sendable {
    let map: OneMap

    private static let tag = "features"
    private static let root = "/features"
    static let crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    /// CGCS2000: latitude first, as EPSG has it.
    static let cgcs2000 = "http://www.opengis.net/def/crs/EPSG/0/4490"
    private static let geoJSON = "application/geo+json"

    private static let link = Schema.object([
        .init("href", .text), .init("rel", .text), .init("type", .text, required: false),
        .init("title", .text, required: false),
    ])
    private static let collection = Schema.named(
        "FeatureCollectionFacts",
        .object([
            .init("id", .text), .init("title", .text), .init("itemType", .text), .init("crs", .array(.text)),
            .init("storageCrs", .text), .init("links", .array(link)),
        ]))

    func add(to routes: Routes) {
        landing(routes)
        collections(routes)
        items(routes)
    }

    private func landing(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, Self.root, id: "getFeaturesLanding", tag: Self.tag,
                summary: LocalizedText("OGC API – Features 入口", "Landing page of OGC API – Features"),
                response: .object([.init("title", .text), .init("links", .array(Self.link))])), right: .placesRead
        ) { staff, _ in
            let root = root(staff)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("title", staff.visit(map.house.settings.title))
                    writer.key("links")
                    writer.array([
                        ("self", root, "application/json"),
                        (
                            "service-desc", staff.visit.origin + "/api/v1/openapi.json",
                            "application/vnd.oai.openapi+json;version=3.1"
                        ),
                        ("conformance", root + "/conformance", "application/json"),
                        ("data", root + "/collections", "application/json"),
                    ]) { Self.link($1.0, $1.1, $1.2, &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, Self.root + "/conformance", id: "getFeaturesConformance", tag: Self.tag,
                summary: LocalizedText("符合的标准类别", "What of the standard is kept"),
                response: .object([.init("conformsTo", .array(.text))])), right: .placesRead
        ) { _, _ in
            Answer.json(
                JSONWriter.object { writer in
                    writer.key("conformsTo")
                    writer.array([
                        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
                        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
                        "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
                    ]) { $0.value($1) }
                }
            ).response
        }
    }

    private func collections(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, Self.root + "/collections", id: "listFeatureCollections", tag: Self.tag,
                summary: LocalizedText("全部图层", "All layers that the caller may see"),
                response: .object([
                    .init("collections", .array(Self.collection)), .init("links", .array(Self.link)),
                    .init("crs", .array(.text)),
                ])), right: .placesRead
        ) { staff, _ in
            Answer.json(
                JSONWriter.object { writer in
                    writer.key("links")
                    writer.array([root(staff) + "/collections"]) { Self.link("self", $1, "application/json", &$0) }
                    writer.key("crs")
                    writer.array([Self.crs84, Self.cgcs2000]) { $0.value($1) }
                    writer.key("collections")
                    writer.array(map.layers.filter { $0.isFor(staff.scope) }) { describe($1, staff, &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, Self.root + "/collections/{layer}", id: "getFeatureCollection", tag: Self.tag,
                summary: LocalizedText("一个图层", "One layer"), response: Self.collection), right: .placesRead
        ) { staff, _ in
            let layer = try map.layer(try staff.visit.parameter("layer"), for: staff.scope)
            var writer = JSONWriter()
            describe(layer, staff, &writer)
            return Answer.json(writer.finish()).response
        }
    }

    private func describe(_ layer: any MapLayer, _ staff: StaffVisit, _ writer: inout JSONWriter) {
        let address = root(staff) + "/collections/" + layer.name
        writer.object { writer in
            writer.member("id", layer.name)
            writer.member("title", staff.visit(layer.title))
            writer.member("itemType", "feature")
            if let box = map.box(of: staff.scope.area) {
                writer.key("extent")
                writer.object { writer in
                    writer.key("spatial")
                    writer.object { writer in
                        writer.key("bbox")
                        writer.array([[box.west, box.south, box.east, box.north]]) { writer, corners in
                            writer.array(corners) { $0.value($1) }
                        }
                        writer.member("crs", Self.crs84)
                    }
                }
            }
            writer.key("crs")
            writer.array([Self.crs84, Self.cgcs2000]) { $0.value($1) }
            writer.member("storageCrs", Self.crs84)
            writer.key("links")
            writer.array([("self", address, "application/json"), ("items", address + "/items", Self.geoJSON)]) {
                Self.link($1.0, $1.1, $1.2, &$0)
            }
        }
    }

    private static let feature = Schema.named(
        "MapFeature",
        .object([
            .init("type", .string(values: ["Feature"])), .init("id", .text),
            .init("geometry", .nullable(.object([.init("type", .text)]))), .init("properties", .object([])),
        ]))

    private func items(_ routes: Routes) {
        let crs = Schema.Member("crs", .string(values: [Self.crs84, Self.cgcs2000]), required: false)
        routes.api(
            APIOperation(
                .get, Self.root + "/collections/{layer}/items", id: "listFeatures", tag: Self.tag,
                summary: LocalizedText("图层的要素（GeoJSON）", "Features of a layer, as GeoJSON, by key"),
                query: [
                    .init("limit", .integer(minimum: 1, maximum: 10_000), required: false),
                    .init(
                        "bbox", .string(maximum: 200), required: false, "west,south,east,north, or as `bbox-crs` has it"
                    ),
                    .init("bbox-crs", .string(values: [Self.crs84, Self.cgcs2000]), required: false), crs,
                    .init("after", .string(maximum: 200), required: false, "as the link `next` has it"),
                ] + TileRoutes.filter,
                response: .object([
                    .init("type", .string(values: ["FeatureCollection"])), .init("features", .array(Self.feature)),
                    .init("numberReturned", .integer(minimum: 0)), .init("timeStamp", .instant),
                    .init("links", .array(Self.link)),
                ]), responseType: Self.geoJSON), right: .placesRead
        ) { staff, _ in try await list(staff) }
        routes.api(
            APIOperation(
                .get, Self.root + "/collections/{layer}/items/{id}", id: "getFeature", tag: Self.tag,
                summary: LocalizedText("一个要素", "One feature"), query: [crs], response: Self.feature,
                responseType: Self.geoJSON), right: .placesRead
        ) { staff, _ in
            let layer = try map.layer(try staff.visit.parameter("layer"), for: staff.scope)
            let id = try staff.visit.parameter("id")
            let crs = try Self.crs(staff.visit.query, "crs")
            let question = MapQuestion(scope: staff.scope, filter: .all, now: staff.visit.now)
            let prepared = try await layer.prepared(for: question)
            guard let feature = try await map.house.database.read({ try prepared.feature(id, question, in: $0) }) else {
                throw Refusal.nothingHere
            }
            var writer = JSONWriter()
            Self.write(feature, crs, &writer)
            return Self.response(writer.finish(), crs)
        }
    }

    private static func crs(_ query: QueryParameters, _ name: String) throws(Refusal) -> String {
        try query.choice(name, among: [crs84, cgcs2000]) ?? crs84
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let (visit, query) = (staff.visit, staff.visit.query)
        let layer = try map.layer(try visit.parameter("layer"), for: staff.scope)
        let crs = try Self.crs(query, "crs")
        var box = try query.filled("bbox").map {
            try Self.box($0, isTurned: try Self.crs(query, "bbox-crs") != Self.crs84)
        }
        if let given = box, !given.isOnEarth { box = nil }
        let page = FeaturePage(
            box: box, after: query.filled("after"), limit: try query.number("limit", in: 1...10_000) ?? 100)
        let question = try await map.question(
            staff, layer, layer.isFiltered ? try map.cases.matterFilter(query, staff) : .all,
            layer.isFiltered ? TileRoutes.filterText(query) : "")
        let prepared = try await layer.prepared(for: question)
        try await map.ground.refresh(from: map.grids, below: map.house.settings.area)
        let (features, next) = try await map.house.database.read {
            try prepared.features(page, question, in: $0)
        }
        let address = root(staff) + "/collections/\(layer.name)/items"
        return Self.response(
            JSONWriter.object { writer in
                writer.member("type", "FeatureCollection")
                writer.key("features")
                writer.array(features) { Self.write($1, crs, &$0) }
                writer.member("numberReturned", features.count)
                writer.member("timeStamp", visit.now)
                writer.key("links")
                writer.array { writer in
                    Self.link("self", query.address(address), Self.geoJSON, &writer)
                    if let next {
                        Self.link("next", query.setting("after", next).address(address), Self.geoJSON, &writer)
                    }
                }
            }, crs)
    }

    /// Four numbers, or six with heights, which say nothing here.
    private static func box(_ text: String, isTurned: Bool) throws(Refusal) -> Box {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 6 { parts = [parts[0], parts[1], parts[3], parts[4]] }
        if isTurned, parts.count == 4 { parts = [parts[1], parts[0], parts[3], parts[2]] }
        return try Box(reading: parts.joined(separator: ","), field: "bbox")
    }

    // MARK: Writing

    private static func write(_ feature: MapFeature, _ crs: String, _ writer: inout JSONWriter) {
        let isTurned = crs != crs84
        let geometry = isTurned ? feature.geometry.mapped { Position(x: $0.y, y: $0.x) } : feature.geometry
        writer.object { writer in
            writer.feature(id: feature.id, geometry) { writer in
                for (key, value) in feature.values {
                    writer.key(escaping: key)
                    writer.value(value)
                }
            }
        }
    }

    private static func response(_ bytes: [UInt8], _ crs: String) -> Response {
        var headers: HTTPFields = [.contentType: geoJSON, .cacheControl: "private, no-store"]
        if let name = HTTPField.Name("Content-Crs") { headers[name] = "<\(crs)>" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func link(_ relation: String, _ address: String, _ type: String, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("rel", relation)
            writer.member("href", address)
            writer.member("type", type)
        }
    }

    private func root(_ staff: StaffVisit) -> String { staff.visit.origin + "/api/v1" + Self.root }
}
