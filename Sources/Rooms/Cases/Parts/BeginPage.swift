import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/cases/begin/:kind`: a whistle or an invitation, written by staff; and the same for programs.
struct BeginPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.page("/cases/begin/:kind", right: .caseRead) { staff in try await show(staff) }
        routes.form("/cases/begin/:kind", right: .caseRead) { staff, submission in try await send(staff, submission) }
        routes.api(operation, right: .caseRead) { staff, submission in
            let request = try submission.decode(BeginRequest.self)
            let (cases, scope, now) = (cases, staff.scope, staff.visit.now)
            let beginning = try request.beginning()
            return try await staff.visit.write(submission) { transaction in
                let record = try cases.begin(beginning, by: scope, at: now, in: transaction)
                return .json(
                    CaseJSON.object(record), status: 201, location: "/api/v1/cases/\(record.id)",
                    version: record.version)
            }
        }
    }

    private static let asks = LocalizedText("需要对方做什么、到什么地点、何时", "What is asked, where and when")

    private struct BeginRequest: Decodable {
        var kind: String
        var variant: String?
        var title: String
        var detail: String
        var area: String?
        var address: String?
        var body: BodyID?
        var ground: String?

        func beginning() throws(Refusal) -> Beginning {
            Beginning(
                kind: kind, variant: variant, title: title, detail: detail,
                area: try area.map { text throws(Refusal) in try parsedArea(text) }, address: address, body: body,
                ground: ground)
        }
    }

    /// The kinds that staff may begin.
    static func kinds(_ cases: Cases) -> [Workflow] { cases.rules.workflows.filter { $0.begin != nil } }

    private var operation: APIOperation {
        APIOperation(
            .post, "/cases/openings", id: "beginCase", tag: "cases",
            summary: LocalizedText("发起吹哨、约请等事项", "Begin a whistle, an invitation …"),
            request: .named(
                "Beginning",
                .object([
                    .init("kind", .string(values: Self.kinds(cases).map(\.name))),
                    .init("variant", .nullable(.text), required: false),
                    .init("title", .string(minimum: 1, maximum: Report.longestTitle)),
                    .init("detail", .string(minimum: 1, maximum: Report.longestDetail)),
                    .init("area", .nullable(.text), required: false),
                    .init("address", .nullable(.string(maximum: ReportForm.longestAddress)), required: false),
                    .init("body", .nullable(.identifier), required: false),
                    .init("ground", .nullable(.string(maximum: 40)), required: false, "when it goes down"),
                ])), status: 201, response: CaseJSON.record)
    }

    private func workflow(_ staff: StaffVisit) throws -> (Workflow, Workflow.Begin) {
        let name = try staff.visit.parameter("kind")
        guard let workflow = cases.rules.workflow(named: name), let begin = workflow.begin else {
            throw Refusal.nothingHere
        }
        try staff.scope.require(begin.right)
        return (workflow, begin)
    }

    private func show(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let (workflow, begin) = try workflow(staff)
        let bodies =
            begin.needs.contains(.body)
            ? try await cases.house.database.read { try cases.bodyChoices(for: staff.scope.area, in: $0) } : []
        func value(_ name: String) -> String? { typed?[name] }
        func error(_ name: String) -> String? {
            refusal?.field == name ? refusal.map { visit($0.message) } : nil
        }
        let variants: HTML =
            begin.needs.contains(.variant)
            ? Field.choice(
                "variant", visit("类型", "Kind"), workflow.variants.map { Field.Choice($0.code, visit($0.title)) },
                value: value("variant"), required: true, none: visit(CaseTexts.choose), error: error("variant"))
            : HTML()
        let body: HTML =
            begin.needs.contains(.body)
            ? CaseControls.grouped(
                "body", visit(CaseTexts.body), CaseControls.bodies(bodies, names: cases.areas, visit),
                value: value("body"), none: visit(CaseTexts.choose), required: true, error: error("body")) : HTML()
        return visit.page(
            Page(
                visit(workflow.title),
                breadcrumb: [(visit(CaseTexts.cases), "/cases"), (visit(workflow.title), nil)],
                notice: refusal.map { $0.notice(visit) },
                """
                <form class="panel narrow" method="post" action="/cases/begin/\(workflow.name)" data-draft="begin-\(workflow.name)">\(visit.formFields)\
                \(variants)\(body)\(begin.needs.contains(.body) ? CaseControls.ground(visit, value: value("ground"), error: error("ground")) : HTML())\
                \(Field.text("title", visit("事由", "What it is about"), value: value("title"), required: true, maximum: Report.longestTitle, error: error("title")))\
                \(Field.longText("detail", visit(begin.asks ?? Self.asks), value: value("detail"), required: true, maximum: Report.longestDetail, rows: 5, error: error("detail")))\
                \(CaseControls.grouped("area", visit(CaseTexts.area), CaseControls.areas(cases.areas, within: staff.scope.area), value: value("area") ?? staff.scope.area.code, required: true, error: error("area")))\
                \(Field.text("address", visit("详细地址（可选）", "Address (optional)"), value: value("address"), maximum: ReportForm.longestAddress))\
                <p>\(Field.submit(visit("发起", "Begin")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workflow, _) = try workflow(staff)
        let (cases, scope, now, fields) = (cases, staff.scope, staff.visit.now, submission.fields)
        do {
            var beginning = Beginning(
                kind: workflow.name, variant: fields.filled("variant"), title: fields["title"] ?? "",
                detail: fields["detail"] ?? "", address: fields.filled("address"))
            if let area = fields.filled("area") { beginning.area = try parsedArea(area) }
            beginning.body = fields.filled("body").flatMap { BodyID(parsing: $0) }
            beginning.ground = fields.filled("ground")
            let begun = beginning
            return try await staff.visit.write(submission) { transaction in
                let record = try cases.begin(begun, by: scope, at: now, in: transaction)
                return .seeOther("/cases/\(record.id)?done=begin")
            }
        } catch let refusal as Refusal where refusal.kind == .ruleBroken || refusal.kind == .malformed {
            return try await show(staff, fields, refusal)
        }
    }
}
