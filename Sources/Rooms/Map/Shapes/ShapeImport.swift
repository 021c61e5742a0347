import Desk
import Geo
import Ground
import Hummingbird
import Ledger
import Places
import Storage
import Web

/// `/api/v1/map/outlines`: brings outlines in as GeoJSON. What is right is taken, what is wrong is told by feature.
struct ShapeImport: Sendable {
    let map: OneMap

    struct Problem: Sendable, Hashable {
        /// Counted from 1 in the order of the file.
        var feature: Int
        var code: String
        var message: LocalizedText
    }

    struct Reading: Sendable {
        var shapes: [KeptShape] = []
        var removed: [(kind: ShapeKind, id: String)] = []
        var problems: [Problem] = []
    }

    /// Told at most; all are counted.
    private static let mostTold = 200

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/map/outlines", id: "putMapOutlines", tag: "map",
                summary: LocalizedText(
                    "导入区县、街道、社区的范围（GeoJSON）",
                    "Brings in outlines of counties, streets and communities as GeoJSON, by `code`; a feature without a geometry takes its outline away. Grids come with the plans that take effect, see `/api/v1/grid-plans`"
                ),
                query: [
                    .init(
                        "datum", .string(values: Datum.allCases.map(\.rawValue)), required: false, "CGCS2000 without it"
                    )
                ],
                request: .object([
                    .init("type", .string(values: ["FeatureCollection"])),
                    .init("features", .array(.object([.init("type", .string(values: ["Feature"]))]))),
                ]),
                response: .object([
                    .init("taken", .integer(minimum: 0)), .init("removed", .integer(minimum: 0)),
                    .init("wrong", .integer(minimum: 0)),
                    .init(
                        "problems",
                        .array(
                            .object([
                                .init("feature", .integer(minimum: 0)), .init("code", .text), .init("message", .text),
                            ])), "the first of them"),
                ])), right: .placesImport
        ) { staff, submission in try await take(staff, submission) }
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let datum = try visit.query.choice("datum", as: Datum.self) ?? .cgcs2000
        let reading = Self.read(submission.bytes, datum: datum, for: scope) {
            map.places.name(of: $0)
        }
        guard !reading.shapes.isEmpty || !reading.removed.isEmpty || reading.problems.isEmpty else {
            let first = reading.problems.first
            throw Refusal(
                .ruleBroken, "map.no-shape",
                LocalizedText(
                    "没有一个要素可以采纳：\(first?.message.chinese ?? "")",
                    "Not one feature can be taken: \(first?.message.english ?? "")"),
                wayOn: LocalizedText("请按说明改正文件后重新导入", "Mend the file and bring it in again"), field: "features")
        }
        let (house, now) = (map.house, visit.now)
        return try await visit.write(submission) { transaction in
            try transaction.batch(
                reading.shapes.flatMap(ShapeStore.insertions)
                    + reading.removed.map { ShapeStore.removal($0.kind, $0.id) })
            let entry = LedgerEntry(
                id: house.identifiers.next(at: now), act: "map.shapes", subjectKind: "map-layer",
                subjectID: "outlines", actor: Actor(scope), happenedAt: now,
                receivedAt: now,
                area: scope.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("taken", reading.shapes.count)
                    writer.member("removed", reading.removed.count)
                    writer.member("wrong", reading.problems.count)
                    writer.member("datum", datum.rawValue)
                })
            try Ledger.record(entry, in: transaction)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("taken", reading.shapes.count)
                    writer.member("removed", reading.removed.count)
                    writer.member("wrong", reading.problems.count)
                    writer.key("problems")
                    writer.array(reading.problems.prefix(Self.mostTold)) { writer, problem in
                        writer.object { writer in
                            writer.member("feature", problem.feature)
                            writer.member("code", problem.code)
                            writer.member("message", problem.message(visit.language))
                        }
                    }
                })
        }
    }

    // MARK: Reading, pure

    /// - Parameter name: of an area that is known here.
    static func read(
        _ bytes: [UInt8], datum: Datum, for scope: Scope, name: (String) -> String?
    ) -> Reading {
        var reading = Reading()
        let (features, faults) = GeoJSONReader.features(bytes)
        reading.problems = faults.map {
            Problem(
                feature: $0.feature, code: "geojson.\($0.kind.rawValue)",
                message: LocalizedText("不是正确的 GeoJSON：\($0.subject)", "Not right GeoJSON: \($0.subject)"))
        }
        var seen: Set<String> = []
        for (position, feature) in features.enumerated() {
            func wrong(_ code: String, _ chinese: String, _ english: String) {
                reading.problems.append(
                    Problem(feature: position + 1, code: code, message: LocalizedText(chinese, english)))
            }
            let id = feature["code"]?.text ?? feature.id ?? ""
            guard !id.isEmpty, id.utf8.count <= 64, !id.utf8.contains(0) else {
                wrong("shape.no-id", "没有编号", "It has no id")
                continue
            }
            guard let prefix = AreaPrefix(id), scope.area.contains(prefix), let known = name(id) else {
                wrong("shape.other-area", "“\(id.prefix(20))”不是本辖区的区划", "“\(id.prefix(20))” is no area of yours")
                continue
            }
            guard let kind = ShapeKind(prefix.level) else {
                wrong("shape.level", "这一层级没有范围", "Areas of this level have no outline here")
                continue
            }
            guard seen.insert(id).inserted else {
                wrong("shape.twice", "编号 \(id) 重复", "The id \(id) comes twice")
                continue
            }
            guard let geometry = feature.geometry else {
                reading.removed.append((kind, id))
                continue
            }
            let areas = geometry.areas
            guard !areas.isEmpty, areas.allSatisfy({ $0.outer.isClosed && $0.area > 0 }) else {
                wrong("shape.no-polygon", "不是闭合的面", "It is no closed area")
                continue
            }
            var isOnEarth = true
            var isMixedUp = true
            geometry.forEachPosition { position in
                isOnEarth = isOnEarth && position.isOnEarth
                isMixedUp = isMixedUp && (3...54).contains(position.x) && (73...136).contains(position.y)
            }
            guard !isMixedUp else {
                wrong("shape.mixed-up", "经纬度颠倒，应先经度后纬度", "Longitude and latitude are mixed up: longitude comes first")
                continue
            }
            guard isOnEarth else {
                wrong("shape.not-on-earth", "坐标超出经纬度范围", "Coordinates are no degrees")
                continue
            }
            let moved = geometry.mapped { position in
                let place = datum.toCGCS2000(longitude: position.x, latitude: position.y)
                return Position(longitude: place.longitude, latitude: place.latitude)
            }
            guard case .polygons(let polygons)? = TileShape(moved) else { continue }
            reading.shapes.append(KeptShape(kind: kind, id: id, name: known, polygons: polygons))
        }
        return reading
    }
}
