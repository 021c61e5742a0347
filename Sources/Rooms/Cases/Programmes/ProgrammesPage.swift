import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/programmes`: what was set from above, who does which part of it, and what feedback changed. The loops themselves run as
/// `Rules/workflows/programme.yaml` says.
struct ProgrammesPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("专项闭环", "Programmes")

    func add(to routes: Routes) {
        routes.page("/programmes", right: .programmeSet) { try await show($0) }
        routes.page("/programmes/export", right: .programmeSet) { staff in
            try staff.scope.require(.caseExport)
            let (lines, workflow, _) = try await found(staff)
            return try await SheetExport.workbook(
                named: staff(Self.title), columns: Self.columns(workflow), for: staff
            ) { _ in (lines, nil) }
        }
        routes.api(Self.operation, right: .programmeSet) { staff, _ in
            let (lines, _, _) = try await found(staff)
            return .json(JSONWriter.object { Self.write(lines, to: &$0) })
        }
    }

    private func found(_ staff: StaffVisit) async throws -> ([ProgrammeLine], Workflow, ClosedRange<Day>) {
        let question = try RateQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now, usual: 365)
        guard let workflow = cases.rules.workflow(named: ProgrammeStore.kind) else { throw Refusal.nothingHere }
        let scope = staff.scope
        let lines = try await cases.house.database.read { transaction in
            try ProgrammeStore.lines(question.days, workflow, for: scope, in: transaction)
        }
        return (lines, workflow, question.days)
    }

    private static func columns(_ workflow: Workflow) -> [Column<ProgrammeLine>] {
        [
            .text(
                "编号", "Number", html: { line, _ in "<a href=\"/cases/\(line.id)\">\(line.number)</a>" },
                { line, _ in line.number }),
            .text("专项", "Programme") { line, _ in line.title },
            .text("环节", "State") { line, visit in workflow[line.state].map { visit($0.title) } ?? line.state.rawValue },
            .instant("设定", "Set") { $0.opened }, .instant("本环节限期", "This state's limit") { $0.due },
            .number("分工", "Tasks") { Int64($0.tasks) }, .number("已反馈", "Reported") { Int64($0.reported) },
            .number("调整后再规划", "Planned again") { Int64($0.rounds) },
            .text("闭环", "Loop") { line, visit in visit(Self.words(line.end)) },
        ]
    }

    private static func words(_ end: ProgrammeLine.End) -> LocalizedText {
        switch end {
        case .open: LocalizedText("未闭合", "open")
        case .adjusted: LocalizedText("已闭合，有调整", "closed, adjusted")
        case .unchanged: LocalizedText("已闭合，无须调整", "closed, nothing to adjust")
        case .dropped: LocalizedText("已撤销", "dropped")
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (lines, workflow, days) = try await found(staff)
        let figures = ProgrammeFigures(lines)
        let listing = Listing(
            caption: visit(Self.title), columns: Self.columns(workflow), items: lines,
            whenEmpty: """
                <p>\(visit("这一时期没有专项工作。", "No programme in this period."))</p>\
                <p class="hint">\(visit("专项须写明目标和随之而来的人、钱、物，分工可提异议，有反馈和调整记录才能结束。", "A programme says its goal and what comes with it; tasks can be contested; it ends only with feedback and a record of what was adjusted."))</p>
                """)
        return visit.page(
            Page(
                visit(Self.title),
                """
                <form method="get" action="/programmes" class="filters" role="search">\
                \(Field.text("from", visit("从", "From"), value: days.lowerBound.description, type: "date"))\
                \(Field.text("until", visit("到", "until"), value: days.upperBound.description, type: "date"))\
                \(Field.submit(visit("查询", "Search")))</form>\
                <div class="bar"><a class="btn primary" href="/cases/begin/programme">\(visit("设定专项", "Set a programme"))</a>\
                <a class="btn" href="/cases?kind=programme">\(visit("全部专项", "All programmes"))</a>\
                <a class="btn" href="/cases?kind=programme-task">\(visit("全部分工", "All tasks"))</a>\
                \(staff.scope.may(.caseExport) ? exportLink(visit, path: "/programmes/export") : HTML())</div>\
                <p>\(visit("本期设定 \(figures.opened) 个，已闭合 \(figures.closed) 个，有调整 \(figures.adjusted) 个，撤销 \(figures.dropped) 个。", "Set in this period: \(figures.opened); closed: \(figures.closed); adjusted: \(figures.adjusted); dropped: \(figures.dropped)."))</p>\
                \(listing.html(visit))
                """))
    }

    private static func write(_ lines: [ProgrammeLine], to writer: inout JSONWriter) {
        let figures = ProgrammeFigures(lines)
        writer.member("opened", figures.opened)
        writer.member("closed", figures.closed)
        writer.member("adjusted", figures.adjusted)
        writer.member("dropped", figures.dropped)
        writer.key("programmes")
        writer.array(lines) { writer, line in
            writer.object { writer in
                writer.member("id", line.id.text)
                writer.member("number", line.number)
                writer.member("title", line.title)
                writer.member("state", line.state.rawValue)
                writer.member("setAt", line.opened)
                writer.member("dueAt", line.due)
                writer.member("tasks", line.tasks)
                writer.member("reported", line.reported)
                writer.member("rounds", line.rounds)
                writer.member("loop", line.end.rawValue)
            }
        }
    }

    private static let operation = APIOperation(
        .get, "/programmes", id: "readProgrammes", tag: "cases",
        summary: LocalizedText("专项闭环情况", "Programmes: loops opened and closed"),
        query: [
            .init("from", .string(format: "date"), required: false),
            .init("until", .string(format: "date"), required: false),
        ],
        response: .object(
            ["opened", "closed", "adjusted", "dropped"].map { .init($0, .integer(minimum: 0)) } + [
                .init(
                    "programmes",
                    .array(
                        .object([
                            .init("id", .identifier), .init("number", .text), .init("title", .text),
                            .init("state", .text), .init("setAt", .instant), .init("dueAt", .nullable(.instant)),
                            .init("tasks", .integer(minimum: 0)), .init("reported", .integer(minimum: 0)),
                            .init("rounds", .integer(minimum: 0)),
                            .init("loop", .string(values: ProgrammeLine.End.allCases.map(\.rawValue))),
                        ])))
            ]), refusals: [422])
}
