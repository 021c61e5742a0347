import Desk
import Geo
import Ground
import HTTPTypes

/// What the interface says of its operations on barriers.
enum BarrierOperations {
    private static let collection = Schema.object([
        .init("type", .string(values: ["FeatureCollection"])),
        .init("features", .array(.object([.init("type", .string(values: ["Feature"]))]))),
    ])

    private static let finding = Schema.object([
        .init("place", .integer(minimum: 0), "the number of the feature"),
        .init("kind", .string(values: BarrierFinding.Kind.allCases.map(\.rawValue))), .init("subject", .text),
        .init("detail", .text),
    ])

    static let put = APIOperation(
        .post, "/grid-barriers", id: "putGridBarriers", tag: "grids",
        summary: LocalizedText(
            "导入河流、铁路、道路与桥梁（GeoJSON），替换原有的",
            "Brings in rivers, railways, roads and bridges as GeoJSON in place of those there were; classes and words are those of Rules/grid-norms.yaml. A system that the file names is converted, or refused where it is not known. Answers when all is written; for large files use uploadGridFile"
        ),
        query: [
            .init(
                "datum", .string(values: Datum.allCases.map(\.rawValue)), required: false,
                "of what names none; CGCS2000 without it"),
            .init(
                "replace", .string(values: BarrierImport.Place.allCases.map(\.rawValue)), required: false,
                "all: in place of all that there are, as without it; same: of the file of the same name"),
            .init("name", .string(minimum: 1, maximum: 80), required: false, "of the file"),
        ],
        request: collection,
        response: .object(
            [
                .init("pieces", .integer(minimum: 0), "in which they were laid; 0 where nothing changed"),
                .init("unknown", .integer(minimum: 0), "of no known class"),
                .init("wrong", .integer(minimum: 0), "left out for anything else"),
                .init("rows", .integer(minimum: 0)), .init("barriers", .integer(minimum: 0)),
                .init("bridges", .integer(minimum: 0)), .init("metres", .number),
                .init("source", .nullable(.identifier)), .init("unchanged", .boolean),
                .init("replaced", .integer(minimum: 0)),
                .init("removal", .nullable(.identifier), "what it replaced; can be undone for 30 days"),
                .init("problems", .array(finding), "left out: the first of them"),
                .init("notes", .array(finding), "taken, with something to be said: the first of them"),
            ]))

    static let box = APIOperation(
        .get, "/grid-barriers", id: "listGridBarriers", tag: "grids",
        summary: LocalizedText("范围内的障碍（GeoJSON）", "Barriers within a box, as GeoJSON, in pieces"),
        query: [
            .init("box", .string(maximum: 200), "west,south,east,north, in degrees of CGCS2000, at most 0.5 wide")
        ], response: collection, responseType: "application/geo+json")

    static func all(_ norms: GridNorms) -> APIOperation {
        APIOperation(
            .get, "/grid-barriers/all", id: "listWholeGridBarriers", tag: "grids",
            summary: LocalizedText(
                "全部障碍，逐页（GeoJSON 要素）", "Barriers as they came in, whole, page by page, as GeoJSON features"),
            query: [
                .init(
                    "class", .string(values: norms.barriers.map(\.key) + [GroundBarrier.bridge]), required: false),
                .init("source", .identifier, required: false),
                .init("after", .string(minimum: 1, maximum: 100), required: false),
            ],
            response: .object([
                .init("type", .string(values: ["FeatureCollection"])),
                .init(
                    "features",
                    .array(
                        .object([
                            .init("type", .string(values: ["Feature"])), .init("id", .identifier),
                            .init(
                                "properties",
                                .object([
                                    .init("class", .text), .init("name", .nullable(.text)),
                                    .init("metres", .nullable(.number)),
                                    .init("bridges", .nullable(.integer(minimum: 0)), "that join what it parts"),
                                    .init("file", .text),
                                ])),
                        ]))), .init("next", .nullable(.text)),
            ]))
    }

    static let sources = APIOperation(
        .get, "/grid-barriers/sources", id: "listGridBarrierSources", tag: "grids",
        summary: LocalizedText(
            "障碍来自哪些文件、各类型多长、取出过什么",
            "From which files barriers are, how much there is of each class, and what was taken out"),
        response: .object([
            .init(
                "sources",
                .array(
                    .object([
                        .init("id", .identifier), .init("name", .text), .init("broughtAt", .instant),
                        .init("barriers", .integer(minimum: 0)), .init("bridges", .integer(minimum: 0)),
                        .init("metres", .number),
                    ]))),
            .init(
                "classes",
                .array(
                    .object([
                        .init("class", .text), .init("title", .text), .init("count", .integer(minimum: 0)),
                        .init("metres", .number),
                    ]))),
            .init(
                "removals",
                .array(
                    .object([
                        .init("id", .identifier), .init("name", .text), .init("at", .instant),
                        .init("barriers", .integer(minimum: 0)),
                    ]))),
        ]))

    private static let removed = Schema.object([
        .init("removal", .identifier, "by which it can be undone for 30 days"), .init("barriers", .integer(minimum: 1)),
    ])

    static let removeOne = APIOperation(
        .post, "/grid-barriers/{id}/remove", id: "removeGridBarrier", tag: "grids",
        summary: LocalizedText("取出一处障碍", "Takes one barrier out"), response: removed)

    static let removeSource = APIOperation(
        .post, "/grid-barriers/sources/{id}/remove", id: "removeGridBarrierSource", tag: "grids",
        summary: LocalizedText("取出一个文件的全部障碍", "Takes out all barriers of a file"), response: removed)

    static let undo = APIOperation(
        .post, "/grid-barriers/removals/{id}/undo", id: "restoreGridBarriers", tag: "grids",
        summary: LocalizedText("恢复取出或换下的障碍", "Puts back what was taken out or replaced"),
        response: .object([.init("barriers", .integer(minimum: 0))]))
}
