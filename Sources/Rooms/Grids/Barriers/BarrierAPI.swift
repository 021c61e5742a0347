import Desk
import Geo
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/api/v1/grid-barriers`: rivers, railways, roads and bridges that plans heed, brought in as GeoJSON and given out again.
struct BarrierAPI: Sendable {
    let grids: Grids

    private static let mostPieces = 200_000

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/grid-barriers", id: "putGridBarriers", tag: "grids",
                summary: LocalizedText(
                    "导入河流、铁路、道路与桥梁（GeoJSON），替换原有的",
                    "Brings in rivers, railways, roads and bridges as GeoJSON in place of those there were; classes and words are those of Rules/grid-norms.yaml"
                ),
                request: .object([
                    .init("type", .string(values: ["FeatureCollection"])),
                    .init("features", .array(.object([.init("type", .string(values: ["Feature"]))]))),
                ]),
                response: .object([
                    .init("pieces", .integer(minimum: 0)), .init("unknown", .integer(minimum: 0), "of no known class"),
                    .init("wrong", .integer(minimum: 0), "unreadable, or no degrees"),
                ])), right: .gridsPlan
        ) { staff, submission in try await take(staff, submission) }
        routes.api(
            APIOperation(
                .get, "/grid-barriers", id: "listGridBarriers", tag: "grids",
                summary: LocalizedText("范围内的障碍（GeoJSON）", "Barriers within a box, as GeoJSON"),
                query: [
                    .init(
                        "box", .string(maximum: 200), "west,south,east,north, in degrees of CGCS2000, at most 0.5 wide")
                ],
                response: .object([
                    .init("type", .string(values: ["FeatureCollection"])),
                    .init("features", .array(.object([.init("type", .string(values: ["Feature"]))]))),
                ]), responseType: "application/geo+json"), right: .gridsRead
        ) { staff, _ in
            let text = staff.visit.query.filled("box") ?? ""
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
            guard parts.count == 4, parts.allSatisfy(\.isFinite), parts[0] < parts[2], parts[1] < parts[3],
                parts[2] - parts[0] <= 0.5
            else {
                throw QueryParameters.unreadable(
                    "box", text,
                    because: LocalizedText(
                        "格式为 西,南,东,北（度），宽不超过 0.5", "west,south,east,north in degrees, at most 0.5 wide"))
            }
            let box = Box(west: parts[0], south: parts[1], east: parts[2], north: parts[3])
            let found = try await grids.house.database.read { try BarrierStore.touching(box, in: $0) }
            var writer = GeoJSONWriter()
            for (number, barrier) in found.enumerated() {
                let shape: Geometry = barrier.course.count == 1 ? .point(barrier.course[0]) : .line(barrier.course)
                writer.feature(id: "\(number)", shape) { $0.member("class", barrier.kind) }
            }
            var response = Response.json(writer.end())
            response.headers[.contentType] = "application/geo+json"
            return response
        }
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (scope, now, house) = (staff.scope, staff.visit.now, grids.house)
        guard scope.line == nil, scope.area.contains(house.settings.area) else {
            throw Refusal(
                .forbidden, "grids.barriers-area",
                LocalizedText(
                    "障碍按全县导入，须由县级岗位办理", "Barriers are those of the whole county: a post of the county brings them in"))
        }
        let (barriers, unknown, wrong) = Self.read(submission.bytes, grids.norms)
        guard !barriers.isEmpty else {
            throw Refusal(
                .ruleBroken, "grids.no-barrier",
                LocalizedText("没有一个要素是已知类别的障碍", "Not one feature is a barrier of a known class"),
                wayOn: LocalizedText(
                    "类别的写法见 Rules/grid-norms.yaml 的 barriers",
                    "How classes are written: `barriers` in Rules/grid-norms.yaml"),
                field: "features")
        }
        guard barriers.reduce(0, { $0 + $1.course.count }) <= Self.mostPieces * 5 else {
            throw Refusal(
                .ruleBroken, "grids.barriers-too-many",
                LocalizedText("障碍的坐标点过多", "The barriers have too many positions"),
                wayOn: LocalizedText("请只导入干线以上的道路、河流和铁路", "Bring in main roads, rivers and railways only"),
                field: "features")
        }
        return try await staff.visit.write(submission) { transaction in
            let pieces = try BarrierStore.replace(with: barriers, in: transaction)
            try Ledger.record(
                LedgerEntry(
                    id: house.identifiers.next(at: now), act: "grids.barriers", subjectKind: "county",
                    subjectID: house.settings.area.code, actor: Actor(scope), happenedAt: now, receivedAt: now,
                    area: house.settings.area.code, facts: JSONWriter.object { $0.member("rows", pieces) }),
                in: transaction)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("pieces", pieces)
                    writer.member("unknown", unknown)
                    writer.member("wrong", wrong)
                })
        }
    }

    /// Pure: what stands in a file.
    static func read(_ bytes: [UInt8], _ norms: GridNorms) -> (barriers: [GroundBarrier], unknown: Int, wrong: Int) {
        let (features, problems) = GeoJSONReader.features(bytes)
        var intake = BarrierIntake(norms)
        var wrong = problems.count
        for feature in features {
            var isOnEarth = feature.geometry != nil
            feature.geometry?.forEachPosition { isOnEarth = isOnEarth && $0.isOnEarth }
            if isOnEarth { intake.take(feature) } else { wrong += 1 }
        }
        let barriers =
            zip(intake.kinds, intake.barriers).map { GroundBarrier(kind: $0, course: $1.course) }
            + intake.bridges.map { GroundBarrier(kind: GroundBarrier.bridge, course: [$0]) }
        return (barriers, intake.unknown, wrong)
    }
}
