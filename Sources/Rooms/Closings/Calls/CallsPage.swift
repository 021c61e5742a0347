import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/follow-ups`: the list of calls of this post.
struct CallsPage: Sendable {
    let closings: Closings

    func add(to routes: Routes) {
        routes.page("/follow-ups", right: .caseFollowUp) { try await show($0, nil) }
        routes.page("/follow-ups/export", right: .caseFollowUp) { try await export($0) }
        routes.form("/follow-ups/take", right: .caseFollowUp) { try await take($0, $1) }
        routes.form("/follow-ups/give", right: .caseFollowUp) { try await give($0, $1) }
    }

    struct Item: Sendable {
        var closing: ClosingRecord
        var view: ClosingView
    }

    private struct Model: Sendable {
        var items: [Item]
        var waiting: Int
        var holders: [PostHolder]
        var names: [StaffID: String]
    }

    private static let mostCounted = 1_000
    private static let mostOnList = 200

    private func items(_ staff: StaffVisit, in transaction: any Transaction) throws -> [Item] {
        let list = try ClosingStore.list(
            of: staff.scope.post, at: staff.visit.now, limit: Self.mostOnList, in: transaction)
        let view = try ClosingView(closings, list.map(\.caseID), for: staff.scope, in: transaction)
        return list.map { Item(closing: $0, view: view) }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let now = visit.now
        let model = try await closings.house.database.read { transaction -> Model in
            let holders = try CallWork(closings: closings).holders(for: scope, in: transaction)
            return Model(
                items: try items(staff, in: transaction),
                waiting: try ClosingStore.waitingCount(
                    for: scope, at: now, most: Self.mostCounted, in: transaction),
                holders: holders,
                names: try closings.directory.staffNames(holders.map(\.staff), in: transaction))
        }
        let listing = Listing(
            caption: visit("我的回访名单", "My calls"), columns: Self.columns(now), items: model.items,
            whenEmpty:
                "<p>\(visit("名单是空的。有待回访的件时，在上面领取；只列办结后未评价的，已自行评价的不打扰。", "Your list is empty. Take calls above when there are any; only matters that were closed and not rated are among them."))</p>",
            selection: { $0.closing.id.text })
        let notice: Page.Notice? =
            refusal.map {
                Page.Notice(.warn, visit($0.message) + ($0.wayOn.map { visit("；", "; ") + visit($0) } ?? ""))
            } ?? done(visit) ?? hourNotice(now, visit)
        return visit.page(
            Page(
                visit(ClosingTexts.calls), notice: notice,
                """
                <p class="lead">\(visit("办结后未评价的，打电话问是否解决、是否满意；每件最多打 \(closings.rules.calls.attempts) 次，只在规定时段。", "Who has not rated a closed matter is called: is it solved, are they satisfied. At most \(closings.rules.calls.attempts) attempts each, at decent hours only."))</p>\
                <form method="post" action="/follow-ups/take" class="bar">\(visit.formFields)\
                <span>\(visit("待回访", "Waiting")) <strong>\(model.waiting >= Self.mostCounted ? "\(Self.mostCounted)+" : "\(model.waiting)")</strong></span>\
                \(Field.submit(visit("领取（最多 \(closings.rules.calls.batch) 件）", "Take up to \(closings.rules.calls.batch)")))\
                \(exportLink(visit, path: "/follow-ups/export"))</form>\
                <form method="post" action="/follow-ups/give" id="give">\(visit.formFields)\(listing.html(visit))\(model.items.isEmpty ? HTML() : giving(model, visit))</form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func done(_ visit: Visit) -> Page.Notice? {
        switch visit.query["done"] {
        case "take": Page.Notice(.ok, visit("已加入您的名单。", "They are on your list."))
        case "none": Page.Notice(.ok, visit("现在没有待回访的件。", "Nobody is to be called now."))
        case "give": Page.Notice(.ok, visit("已移交。", "Handed on."))
        case "call": Page.Notice(.ok, visit("回访结果已记录。", "What came of the call is kept."))
        default: nil
        }
    }

    private func hourNotice(_ now: Instant, _ visit: Visit) -> Page.Notice? {
        do {
            try CallWork(closings: closings).checkHour(now)
            return nil
        } catch {
            return Page.Notice(.warn, visit(error.message))
        }
    }

    private func giving(_ model: Model, _ visit: Visit) -> HTML {
        let posts = model.holders.map { holder in
            Field.Choice(
                holder.post.id.text, "\(visit(holder.post.title))（\(model.names[holder.staff] ?? "—")）")
        }
        return """
            <details class="act noprint"><summary>\(visit("移交或退回", "Hand on or give back"))</summary>\
            \(Field.choice("post", visit("交给", "To"), posts, none: visit("退回，由任何人领取", "Back, for anybody to take"), hint: visit("不勾选则移交整份名单", "Without any ticked, the whole list")))\
            \(Field.submit(visit("移交", "Hand on"), tone: "ghost"))</details>
            """
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(
            named: staff(ClosingTexts.calls), columns: Self.columns(staff.visit.now), for: staff
        ) { _ in (try await closings.house.database.read { try items(staff, in: $0) }, nil) }
    }

    /// No number, not even a masked one: who calls sees it on the page of the one call.
    static func columns(_ now: Instant) -> [Column<Item>] {
        [
            .text(
                "编号", "Number",
                html: { item, _ in
                    "<a href=\"/follow-ups/\(item.closing.id)\">\(item.view.number(item.closing.caseID))</a>"
                }
            ) { item, _ in item.view.number(item.closing.caseID) },
            .text("标题", "Title") { item, _ in item.view.title(item.closing.caseID) },
            .text("承办单位", "Body") { item, _ in item.view.body(item.closing.caseID) },
            .instant("办结时间", "Closed") { $0.closing.closedAt },
            .number("已打次数", "Attempts") { Int64($0.closing.attempts) },
            .text("何时可打", "When to call") { item, visit in
                item.closing.callAt.map {
                    $0 <= now ? visit("现在", "now") : visit.instantText($0)
                }
            },
        ]
    }

    // MARK: Writing

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let scope = staff.scope
        let now = staff.visit.now
        return try await staff.visit.write(submission) { transaction in
            let taken = try CallWork(closings: closings).take(by: scope, at: now, in: transaction)
            return .seeOther(taken > 0 ? "/follow-ups?done=take" : "/follow-ups?done=none")
        }
    }

    private func give(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let scope = staff.scope
        let now = staff.visit.now
        let ids = submission.fields.all("select").compactMap { Identifier<Closing>(parsing: $0) }
        let post = submission.fields.filled("post").map { PostID($0) }
        do {
            return try await staff.visit.write(submission) { transaction in
                _ = try CallWork(closings: closings).give(ids, to: post, by: scope, at: now, in: transaction)
                return .seeOther("/follow-ups?done=give")
            }
        } catch let refusal as Refusal where refusal.field != nil {
            return try await show(staff, refusal)
        }
    }
}
