import Desk
import GridDesign
import Ground
import Hummingbird

extension GridAPI {
    private static let areaPattern = "^([0-9]{9}|[0-9]{12})$"
    private static let choiceNames = Redesign.Choice.Kind.allCases.map(\.rawValue)
    private static let day = Schema.string(format: "date")
    private static let after = Schema.Member("after", .string(minimum: 1, maximum: 64), required: false)

    private static let plan = Schema.named(
        "GridPlan",
        .object([
            .init("id", .identifier), .init("area", .text), .init("title", .text),
            .init("state", .string(values: GridPlan.State.allCases.map(\.rawValue))),
            .init("choice", .nullable(.string(values: choiceNames))), .init("effectiveOn", .nullable(day)),
            .init("madeAt", .instant), .init("version", .integer(minimum: 1)),
        ]))

    private static let whole = Schema.named(
        "GridPlanWithChoices",
        .object([
            .init("plan", plan),
            .init(
                "choices",
                .array(
                    .object([
                        .init("choice", .string(values: choiceNames)), .init("grids", .integer(minimum: 0)),
                        .init("withinNorm", .integer(minimum: 0)), .init("householdsMoved", .integer(minimum: 0)),
                        .init("unevenness", .number), .init("walkMetres", .number),
                        .init("needlessCompoundCuts", .integer(minimum: 0)),
                    ]))),
            .init(
                "communities",
                .array(
                    .object([
                        .init("community", .text), .init("verdict", .text), .init("reasons", .text),
                        .init("reasonsEnglish", .text),
                    ]))),
        ]))

    private static let functional = Schema.named(
        "FunctionalGrid",
        .object([
            .init("id", .identifier), .init("area", .text), .init("name", .text), .init("categories", .array(.text)),
            .init("grids", .array(.text)), .init("validFrom", day), .init("lastDay", day), .init("post", .identifier),
        ]))

    static let plansOperation = APIOperation(
        .get, "/grid-plans", id: "listGridPlans", tag: "grids", summary: LocalizedText("划分方案", "Plans of grids"),
        query: [after], response: .object([.init("plans", .array(plan)), .init("next", .nullable(.text))]))

    static let makeOperation = APIOperation(
        .post, "/grid-plans", id: "makeGridPlan", tag: "grids",
        summary: LocalizedText("编制划分方案", "Make a plan of grids"),
        request: .object([
            .init("area", .string(pattern: areaPattern)), .init("title", .string(minimum: 1, maximum: 60)),
        ]), status: 201, response: whole)

    static let planOperation = APIOperation(
        .get, "/grid-plans/{id}", id: "readGridPlan", tag: "grids", summary: LocalizedText("一个划分方案", "One plan"),
        response: whole)

    static let planGridsOperation = APIOperation(
        .get, "/grid-plans/{id}/grids", id: "readGridPlanGrids", tag: "grids",
        summary: LocalizedText("方案的网格（GeoJSON，CGCS2000）", "The grids of a plan as GeoJSON in CGCS2000"),
        query: [.init("choice", .string(values: choiceNames), required: false)],
        response: .object([.init("type", .text), .init("features", .array(.object([])))]),
        responseType: "application/geo+json")

    static let acceptOperation = APIOperation(
        .post, "/grid-plans/{id}/accept", id: "acceptGridPlan", tag: "grids",
        summary: LocalizedText("采纳方案并定生效日期", "Accept a plan for a day"),
        request: .object([.init("choice", .string(values: choiceNames)), .init("effectiveOn", day)]), response: whole)

    static let dropOperation = APIOperation(
        .post, "/grid-plans/{id}/drop", id: "dropGridPlan", tag: "grids", summary: LocalizedText("作废方案", "Drop a plan"),
        status: 204)

    static let coverageOperation = APIOperation(
        .get, "/grid-coverage", id: "readGridCoverage", tag: "grids",
        summary: LocalizedText("网格员覆盖", "Which grids have how many workers"), query: [after],
        response: .object([
            .init("grids", .integer(minimum: 0)), .init("withoutWorker", .integer(minimum: 0)),
            .init("withSeveral", .integer(minimum: 0)),
            .init(
                "lines",
                .array(
                    .object([
                        .init("grid", .text), .init("name", .text), .init("households", .integer(minimum: 0)),
                        .init("workers", .integer(minimum: 0)),
                    ]))), .init("next", .nullable(.text)),
        ]))

    static let communitiesOperation = APIOperation(
        .get, "/grid-communities", id: "listGridCommunities", tag: "grids",
        summary: LocalizedText("社区研判", "Which communities need grids"), query: [after],
        response: .object([
            .init(
                "communities",
                .array(
                    .object([
                        .init("community", .text), .init("name", .text), .init("type", .text),
                        .init("households", .integer(minimum: 0)), .init("grids", .integer(minimum: 0)),
                        .init("verdict", .string(values: CommunityVerdict.Kind.allCases.map(\.rawValue))),
                        .init("reasons", .array(.text)),
                    ]))), .init("next", .nullable(.text)),
        ]))

    static let standingOperation = APIOperation(
        .put, "/grid-communities/{community}", id: "stateCommunity", tag: "grids",
        summary: LocalizedText("填报社区情况", "State how a community stands"),
        request: .object([
            .init("type", .nullable(.text), required: false),
            .init("selfGovernance", .nullable(.integer(minimum: 0, maximum: 4)), required: false),
            .init("oneOwnerShare", .number, "0–1"),
        ]), response: .object([.init("community", .text), .init("version", .integer(minimum: 1))]))

    static let functionalOperation = APIOperation(
        .get, "/functional-grids", id: "listFunctionalGrids", tag: "grids",
        summary: LocalizedText("功能性网格", "Functional grids"), query: [after],
        response: .object([.init("functionalGrids", .array(functional)), .init("next", .nullable(.text))]))

    static let layOperation = APIOperation(
        .post, "/functional-grids", id: "layFunctionalGrid", tag: "grids",
        summary: LocalizedText("设立功能性网格", "Lay a functional grid"),
        request: .object([
            .init("name", .string(minimum: 1, maximum: 60)), .init("areas", .array(.text)),
            .init("categories", .array(.text)), .init("validFrom", day), .init("lastDay", day),
            .init("post", .identifier),
        ]), status: 201, response: functional)

    static let endOperation = APIOperation(
        .post, "/functional-grids/{id}/end", id: "endFunctionalGrid", tag: "grids",
        summary: LocalizedText("提前撤销功能性网格", "End a functional grid early"), status: 204)
}
