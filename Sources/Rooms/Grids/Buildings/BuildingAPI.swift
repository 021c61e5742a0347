import Desk
import Geo
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Uploads
import Web

/// `/api/v1/grid-buildings`: buildings in and out, for programs.
struct BuildingAPI: Sendable {
    let grids: Grids

    private static let pageLength = 500

    func add(to routes: Routes) {
        routes.api(Self.putOperation, right: .gridsBuildings) { staff, submission in try await take(staff, submission) }
        routes.api(Self.listOperation, right: .gridsRead) { staff, _ in
            let query = staff.visit.query
            let list = try BuildingList(query, for: staff.scope)
            let page = try await grids.house.database.read {
                try list.page(after: query.filled("after"), limit: Self.pageLength, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("buildings")
                    writer.array(page.items) { write($1, to: &$0) }
                    writer.member("next", page.next)
                })
        }
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let query = staff.visit.query
        let datum = try query.choice("datum", as: Datum.self)
        let isPartial = query.filled("partial") == "true"
        // A file is many transactions, so the answer of its first sending is asked for before it begins.
        if let earlier = try await grids.house.database.read({ try submission.once.earlier(in: $0) }) {
            return earlier.response
        }
        let upload = try FeatureUpload.keep(submission.bytes, named: "buildings.geojson", of: .buildings)
        defer { upload.remove() }
        let report = try await BuildingImport(grids: grids).run(
            BuildingImport.Order(
                path: upload.path, name: upload.name, datum: datum, isPartial: isPartial,
                language: staff.visit.language, isUpload: true),
            within: staff.scope.area, by: Actor(staff.scope))
        let answer = Answer.json(
            JSONWriter.object { report.write(to: &$0, in: staff.visit.language) })
        return try await staff.visit.write(submission) { _ in answer }
    }

    private func write(_ building: Building, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", building.id)
            writer.member("name", building.name)
            writer.member("community", building.community)
            writer.member("compound", building.compound)
            writer.member("grid", building.grid)
            writer.member("gridByGround", grids.gridByGround(of: building))
            writer.member("households", building.households)
            writer.key("workload")
            if let workload = building.workload { writer.value(workload) } else { writer.null() }
            writer.member("longitude", building.place.longitude)
            writer.member("latitude", building.place.latitude)
            writer.member("missingSince", building.missingSince)
        }
    }

    // MARK: Described

    private static let finding = Schema.object([
        .init("place", .integer(minimum: 0), "the number of the feature"),
        .init("kind", .string(values: UnitFinding.Kind.allCases.map(\.rawValue))), .init("subject", .text),
        .init("detail", .text),
    ])

    private static let putOperation = APIOperation(
        .post, "/grid-buildings", id: "putBuildings", tag: "grids",
        summary: LocalizedText(
            "导入楼栋（GeoJSON）：已有的按编号更新，文件中不再有的只提示、不删除",
            "Brings in buildings as GeoJSON: those known by their id are changed, those no more there are told and stay. Properties are named as in Rules/grid-norms.yaml: id, households, community, name, compound, workload, grid, datum. Answers when all is written; for large files use uploadGridFile"
        ),
        query: [
            .init("datum", .string(values: Datum.allCases.map(\.rawValue)), required: false, "CGCS2000 without it"),
            .init(
                "partial", .string(values: ["true", "false"]), required: false,
                "true where there are only some buildings of their communities: none is missing then"),
        ],
        request: .object([
            .init("type", .string(values: ["FeatureCollection"])),
            .init("features", .array(.object([.init("type", .string(values: ["Feature"]))]))),
        ]),
        response: .object(
            ["rows", "created", "changed", "unchanged", "rejected", "placedByGround", "withoutGrid", "communities"].map
            { .init($0, .integer(minimum: 0)) } + [
                .init("partial", .boolean, "whether missing ones were not looked for"),
                .init("missing", .integer(minimum: 0), "of the file’s communities, and no more in it"),
                .init(
                    "firstMissing",
                    .array(
                        .object([
                            .init("id", .text), .init("name", .text), .init("community", .text),
                            .init("grid", .nullable(.text)),
                        ]))),
                .init("problems", .array(finding), "left out: the first of them"),
                .init("notes", .array(finding), "taken, with something to be said: the first of them"),
            ]))

    private static let listOperation = APIOperation(
        .get, "/grid-buildings", id: "listBuildings", tag: "grids",
        summary: LocalizedText("楼栋", "Buildings, in the order of community and id"),
        query: [
            .init("area", .string(minimum: 2, maximum: 15), required: false, "a division or a grid"),
            .init("show", .string(values: BuildingList.Filter.allCases.map(\.rawValue)), required: false),
            .init("after", .string(minimum: 1, maximum: 100), required: false),
        ],
        response: .object([
            .init(
                "buildings",
                .array(
                    .object([
                        .init("id", .text), .init("name", .text), .init("community", .text),
                        .init("compound", .nullable(.text)), .init("grid", .nullable(.text)),
                        .init("gridByGround", .nullable(.text), "of one in no grid: the one on whose ground it stands"),
                        .init("households", .integer(minimum: 0)), .init("workload", .nullable(.number)),
                        .init("longitude", .number, "CGCS2000"), .init("latitude", .number),
                        .init("missingSince", .nullable(.instant), "since when files of its community leave it out"),
                    ]))), .init("next", .nullable(.text)),
        ]))
}
