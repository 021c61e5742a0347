import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/site-checks`: what was drawn and is to be looked at, and what was seen.
struct ChecksPage: Sendable {
    let closings: Closings

    private static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/site-checks", right: .caseVerify) { try await show($0) }
        routes.page("/site-checks/export", right: .caseVerify) { try await export($0) }
    }

    struct Item: Sendable {
        var check: SiteCheck
        var view: ClosingView
    }

    static func isOpen(_ visit: Visit) throws(Refusal) -> Bool {
        try visit.query.choice("state", among: ["open", "done"]) != "done"
    }

    private func items(_ staff: StaffVisit, isOpen: Bool, after: String?, limit: Int) async throws
        -> (items: [Item], next: String?)
    {
        let scope = staff.scope
        return try await closings.house.database.read { transaction in
            let found = try CheckStore.page(
                isOpen: isOpen, for: scope, after: after, limit: limit + 1, in: transaction)
            let checks = Array(found.prefix(limit))
            let view = try ClosingView(closings, checks.map(\.caseID), for: scope, in: transaction)
            let next = found.count > limit ? checks.last.map { "\($0.area.code)-\($0.id)" } : nil
            return (checks.map { Item(check: $0, view: view) }, next)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let isOpen = try Self.isOpen(visit)
        let (items, next) = try await items(
            staff, isOpen: isOpen, after: visit.query.filled("after"), limit: Self.pageLength)
        let empty =
            isOpen
            ? visit(
                "没有待现场核查的件。每期办结的件由账本定的种子抽样，抽中后列在这里；本单位办理的由其他单位核查。",
                "Nothing is to be looked at. A sample of what is closed is drawn by a seed from the ledger and stands here; others look at what your own body handled."
            )
            : visit("还没有核查结果。", "Nothing was looked at yet.")
        let listing = Listing(
            caption: visit(ClosingTexts.checks), columns: Self.columns(isOpen: isOpen), items: items, next: next,
            whenEmpty:
                "<p>\(empty)</p><p><a class=\"btn\" href=\"/site-checks/draws\">\(visit(ClosingTexts.draws))</a></p>")
        let done: Page.Notice? =
            visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("核查结果已记录。", "What you saw is kept."))
        return visit.page(
            Page(
                visit(ClosingTexts.checks), notice: done,
                """
                <p class="lead">\(visit("抽样由账本的区块根定，谁也选不了；核查人不是办理人，也不在办理单位。照片随意。", "The ledger's own root draws the sample, so nobody can choose it. Who looks is not who handled it, nor of that body. Photos only if they help."))</p>\
                <nav class="tabs" aria-label="\(visit("状态", "State"))">\(tab("open", visit("待核查", "To look at"), isOpen))\(tab("done", visit("已核查", "Looked at"), !isOpen))</nav>\
                <div class="bar"><a class="btn" href="/site-checks/draws">\(visit(ClosingTexts.draws))</a>\(exportLink(visit, path: "/site-checks/export"))</div>\
                \(listing.html(visit))
                """))
    }

    private func tab(_ value: String, _ text: String, _ isCurrent: Bool) -> HTML {
        "<a href=\"/site-checks?state=\(value)\"\(attribute: "aria-current", isCurrent ? "page" : nil)>\(text)</a>"
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let isOpen = try Self.isOpen(staff.visit)
        return try await SheetExport.workbook(
            named: staff(ClosingTexts.checks), columns: Self.columns(isOpen: isOpen), for: staff
        ) { after in try await items(staff, isOpen: isOpen, after: after, limit: 500) }
    }

    private static func columns(isOpen: Bool) -> [Column<Item>] {
        let common: [Column<Item>] = [
            .text(
                "编号", "Number",
                html: { item, _ in
                    "<a href=\"/site-checks/\(item.check.id)\">\(item.view.number(item.check.caseID))</a>"
                }
            ) { item, _ in item.view.number(item.check.caseID) },
            .text("标题", "Title") { item, _ in item.view.title(item.check.caseID) },
            .text("地点", "Place") { item, _ in item.view.place(item.check.caseID) },
            .text("类别", "Category") { item, visit in item.view.category(item.check.category, visit) },
            .text("承办单位", "Body") { item, _ in item.view.body(item.check.caseID) },
        ]
        guard !isOpen else { return common + [.instant("核查期限", "Look at it by") { $0.check.dueAt }] }
        return common + [
            .text("结果", "Outcome") { item, visit in item.check.outcome.map { visit(ClosingTexts.title(of: $0)) } },
            .text("看到的情况", "What was seen") { item, _ in item.check.words },
            .instant("核查时间", "When") { $0.check.checkedAt },
        ]
    }
}

/// `/site-checks/:id`: one matter that was drawn.
struct CheckPage: Sendable {
    let closings: Closings

    func add(to routes: Routes) {
        routes.page("/site-checks/:id", right: .caseVerify) { try await show($0, nil, nil) }
        routes.form("/site-checks/:id", right: .caseVerify) { try await take($0, $1) }
    }

    private func show(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let id: Identifier<SiteCheck> = try visit.identifier()
        let (check, view) = try await closings.house.database.read { transaction in
            guard let check = try CheckStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
            return (check, try ClosingView(closings, [check.caseID], for: scope, in: transaction))
        }
        guard let record = view.matters[check.caseID] else { throw Refusal.nothingHere }
        var more: [(String, HTML)] = [
            (visit(ClosingTexts.due), HTML(text: visit.instantText(check.dueAt))),
            (
                visit("抽样", "Drawn"),
                "<a href=\"/site-checks/draws/\(check.draw)\">\(visit("怎样抽中的", "How it was drawn"))</a>"
            ),
        ]
        if let outcome = check.outcome {
            more.append((visit("结果", "Outcome"), HTML(text: visit(ClosingTexts.title(of: outcome)))))
            more.append((visit(ClosingTexts.words), HTML(text: check.words ?? "—")))
        }
        let notice = refusal.map { refusal in
            Page.Notice(
                .warn, visit(refusal.message) + (refusal.wayOn.map { visit("；", "; ") + visit($0) } ?? ""))
        }
        return visit.page(
            Page(
                visit(ClosingTexts.checks),
                breadcrumb: [(visit(ClosingTexts.checks), "/site-checks"), (record.number, nil)], notice: notice,
                """
                \(view.facts(check.caseID, closedAt: nil, visit, more: more))\
                \(CheckWork.refusal(of: check, record, for: scope).map { blocked($0, visit) } ?? form(check, visit, typed, refusal))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func blocked(_ refusal: Refusal, _ visit: Visit) -> HTML {
        "<p class=\"hint\">\(visit(refusal.message))\(refusal.wayOn.map { visit("；", "; ") + visit($0) } ?? "")</p>"
    }

    private func form(_ check: SiteCheck, _ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?) -> HTML {
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        let choices = CheckOutcome.told.map { Field.Choice($0.rawValue, visit(ClosingTexts.title(of: $0))) }
        return """
            <section class="panel noprint"><h2>\(visit("现场看到的", "What you saw there"))</h2>\
            <form method="post" action="/site-checks/\(check.id)" enctype="multipart/form-data" data-draft="site-check-\(check.id)">\(visit.formFields)\
            \(Field.choice("outcome", visit("办理结果是否属实", "Is what the resident was told true"), choices, value: typed?["outcome"], required: true, none: visit("请选择", "Choose"), hint: visit("不属实的，按流程退回重办并告知群众", "What is not true goes back by the workflow, and the resident is told"), error: error("outcome")))\
            \(Field.longText("words", visit(ClosingTexts.words), value: typed?["words"], maximum: 1_000, hint: visit("不属实、无法判断的必填", "Needed unless it is true"), error: error("words")))\
            \(Field.file("photos", visit("照片（可选）", "Photos (optional)"), accept: "image/jpeg,image/png", multiple: true, error: error("photos")))\
            \(Field.submit(visit("保存", "Save")))</form></section>
            """
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<SiteCheck> = try staff.visit.identifier()
        let scope = staff.scope
        let now = staff.visit.now
        let fields = submission.fields
        do {
            let photos = try Cases.photos(submission)
            let outcome = try CheckRequest.outcome(fields["outcome"])
            return try await staff.visit.write(submission) { transaction in
                _ = try CheckWork(closings: closings).take(
                    id, outcome, words: fields["words"] ?? "", photos: photos, by: scope, at: now, in: transaction)
                return .seeOther("/site-checks?done=check")
            }
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .conflict {
            return try await show(staff, fields, refusal)
        }
    }
}
