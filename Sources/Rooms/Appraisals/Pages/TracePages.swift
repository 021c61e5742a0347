import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/appraisals/ID/FIGURE`: the records that a figure counts, as a list and as a sheet.
struct TracePages: Sendable {
    let appraisals: Appraisals

    private static let pageSize = 50
    private static let chunk = 1_000

    func add(to routes: Routes) {
        routes.page("/appraisals/:body/:figure", right: .readAppraisals) { try await show($0) }
        routes.page("/appraisals/:body/:figure/export", right: .readAppraisals) { staff in
            try staff.scope.require(Right("case.export"))
            return try await export(staff)
        }
    }

    static func address(_ body: BodyID, _ figure: Figure, _ period: AppraisalPeriod) -> String {
        QueryParameters([("period", period.text)]).address("/appraisals/\(body)/\(figure.rawValue)")
    }

    private struct Question: Sendable {
        var body: BodyID
        var figure: Figure
        var period: AppraisalPeriod
    }

    private func question(_ staff: StaffVisit) throws -> Question {
        guard let figure = Figure(rawValue: try staff.visit.parameter("figure")) else { throw Refusal.nothingHere }
        return Question(
            body: try staff.visit.identifier("body"), figure: figure,
            period: try AppraisalQuestion(staff, appraisals.rules).period)
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = try question(staff)
        let (appraisals, scope, now) = (appraisals, staff.scope, visit.now)
        let after = visit.query.filled("after")
        let (name, found) = try await appraisals.house.database.read { transaction in
            (
                try appraisals.department(question.body, for: scope, in: transaction).name,
                try appraisals.trace(
                    question.figure, of: question.body, question.period, for: scope, at: now, after: after,
                    limit: Self.pageSize + 1, in: transaction)
            )
        }
        let items = Array(found.prefix(Self.pageSize))
        let title = visit(question.figure.title)
        let listing = Listing(
            caption: "\(name) · \(title) · \(visit(question.period.title))", columns: Self.columns, items: items,
            next: found.count > Self.pageSize ? items.last?.key : nil,
            whenEmpty: """
                <p>\(visit("这一时期没有这样的记录。", "There is no such record in this period."))</p>\
                <p><a class="btn" href="\(Self.back(question))">\(visit("回到该部门", "Back to the department"))</a></p>
                """)
        let path = "/appraisals/\(question.body)/\(question.figure.rawValue)/export"
        let mayExport = scope.may(Right("case.export"))
        return visit.page(
            Page(
                "\(name) · \(title)",
                breadcrumb: [
                    (visit(AppraisalTexts.title), "/appraisals"), (name, Self.back(question)), (title, nil),
                ],
                """
                <div class="bar noprint">\(mayExport ? exportLink(visit, path: path) : copyLink(visit))</div>\(listing.html(visit))
                """))
    }

    private static func back(_ question: Question) -> String {
        QueryParameters([("period", question.period.text)]).address("/appraisals/\(question.body)")
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let question = try question(staff)
        let (appraisals, scope, now) = (appraisals, staff.scope, staff.visit.now)
        return try await SheetExport.workbook(
            named: staff.visit(question.figure.title), columns: Self.columns, for: staff
        ) { after in
            let found = try await appraisals.house.database.read {
                try appraisals.trace(
                    question.figure, of: question.body, question.period, for: scope, at: now, after: after,
                    limit: Self.chunk + 1, in: $0)
            }
            let items = Array(found.prefix(Self.chunk))
            return (items, found.count > Self.chunk ? items.last?.key : nil)
        }
    }

    private static let columns: [Column<TraceLine>] = [
        .text(
            "编号", "Number",
            html: { line, _ in
                line.address.map { "<a href=\"\($0)\">\(line.number)</a>" as HTML } ?? HTML(text: line.number)
            }
        ) { line, _ in line.number },
        .instant("时间", "When") { $0.at },
        Column("记录", "Record", .longText, cell: { line, visit in .text(visit(line.text)) }),
    ]
}
