import Desk
import Ground
import Hummingbird
import Messages
import Storage
import Web

/// `/home`: what waits for this post, and what presses most.
struct HomePage: Sendable {
    let cases: Cases

    private struct Model: Sendable {
        /// In the order of the workflow.
        var owned: [(CaseRules.OwnedState, Int64)] = []
        var soon = 0
        var overdue = 0
        var finishedToday = 0
        var pressing: [CaseRow] = []
    }

    /// Numbers above this are shown as “999+”.
    private static let most = 1_000
    private static let pressingLength = 10
    /// As many as a screen holds that nobody scrolls.
    private static let lengthOnWall = 7
    private static let tilesOfOneLine = 5

    func add(to routes: Routes) {
        routes.page("/home") { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let unread = try await unreadCount(staff.scope)
        guard staff.scope.may(.caseRead) else {
            return visit.page(Page(visit(CaseTexts.home), "\(unreadLine(unread, visit))\(withoutMatters(visit))"))
        }
        let model = try await model(staff)
        var page = Page(visit(CaseTexts.home), content(model, unread: unread, staff))
        page.wall = Page.Wall()
        return visit.page(page)
    }

    private func model(_ staff: StaffVisit) async throws -> Model {
        let scope = staff.scope
        let now = staff.visit.now
        let owned = cases.rules.ownedStates(scope)
        return try await cases.house.database.read { transaction in
            var model = Model()
            let ofArea = try CaseStore.counts(for: scope, area: nil, body: nil, in: transaction)
            let ofBody = try CaseStore.counts(for: scope, area: nil, body: scope.body, in: transaction)
            model.owned = owned.map { ($0, ($0.isOfBody ? ofBody : ofArea)[$0.state.name] ?? 0) }
                // Whistles, parts and the like stand here only when one waits: an empty tile is a burden too.
                .filter { $0.1 > 0 || cases.rules.workflow[$0.0.state.name] != nil }
            var filter = CaseFilter()
            filter.now = now
            filter.isDueSoon = true
            model.soon = try CaseStore.count(filter, for: scope, most: Self.most, in: transaction)
            filter.isDueSoon = false
            filter.isOverdue = true
            model.overdue = try CaseStore.count(filter, for: scope, most: Self.most, in: transaction)
            filter.isOverdue = false
            filter.finishedSince = now.startOfDay
            model.finishedToday = try CaseStore.count(filter, for: scope, most: Self.most, in: transaction)
            // More tiles need another line of the screen, which the list gives up.
            let onWall = model.owned.count > Self.tilesOfOneLine ? Self.lengthOnWall - 3 : Self.lengthOnWall
            let length = staff.visit.isWall ? onWall : Self.pressingLength
            let records = try CaseStore.waiting(owned, for: scope, limit: length, in: transaction)
            model.pressing = try CaseRow.rows(records, cases, in: transaction)
            return model
        }
    }

    private func content(_ model: Model, unread: Int, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let listing = Listing(
            caption: visit(
                "等我办理，最急的 \(model.pressing.count) 件", "Waiting for me: the \(model.pressing.count) most pressing"),
            columns: CaseRow.pressingColumns(cases), items: model.pressing,
            whenEmpty: """
                <p>\(visit("没有等您办理的诉求。", "Nothing waits for you."))</p>\
                <p><a class="btn" href="/cases">\(visit("查看全部诉求", "See all matters"))</a></p>
                """)
        return """
            \(visit.isWall ? HTML() : unreadLine(unread, visit))<div class="kpi">\
            \(model.owned.html { owned, count in
                number(Int(count), visit(owned.state.title), address(owned, staff.scope), tone: nil, shown: "\(count)")
            })\
            \(number(model.soon, visit(CaseTexts.dueSoon), "/cases?due=soon&order=due", tone: "warn"))\
            \(number(model.overdue, visit(CaseTexts.overdue), "/cases?due=overdue&order=due", tone: "danger"))\
            \(number(model.finishedToday, visit(CaseTexts.finishedToday), "/cases?due=finished-today", tone: nil))</div>\
            \(listing.html(visit))
            """
    }

    private func address(_ owned: CaseRules.OwnedState, _ scope: Scope) -> String {
        var query = QueryParameters([("state", owned.state.name.rawValue)])
        if owned.isOfBody { query.append("body", scope.body.text) }
        query.append("order", "due")
        return query.address("/cases")
    }

    private func number(_ count: Int, _ text: String, _ address: String, tone: String?, shown: String? = nil) -> HTML {
        let number = shown ?? (count >= Self.most ? "\(Self.most - 1)+" : "\(count)")
        return """
            <a href="\(address)"\(attribute: "class", count > 0 ? tone : nil)><span>\(text)</span><strong>\(number)</strong></a>
            """
    }

    // MARK: Messages

    private func unreadCount(_ scope: Scope) async throws -> Int {
        // The room of messages counts for itself; which sender it has plays no part in that.
        let messages = Messages(house: cases.house, sender: OutboxFileSender(path: cases.house.settings.outboxFile))
        return try await messages.unreadCount(scope)
    }

    private func unreadLine(_ unread: Int, _ visit: Visit) -> HTML {
        guard unread > 0 else { return HTML() }
        let count = unread >= 100 ? "99+" : "\(unread)"
        return """
            <p><a class="btn" href="/messages">\(symbol("bell"))<span>\(visit("未读消息 \(count) 条", "\(count) unread messages"))</span></a></p>
            """
    }

    private func withoutMatters(_ visit: Visit) -> HTML {
        """
        <div class="panel empty"><p>\(visit("您当前的岗位不办理诉求。", "Your present post does not deal with matters."))</p>\
        <p class="hint">\(visit("请从导航进入您的工作；如有其他岗位，可在账户页切换。", "Use the navigation; if you hold another post, switch to it on your account page."))</p>\
        <p><a class="btn" href="/account">\(visit("我的账户", "My account"))</a></p></div>
        """
    }
}

extension Instant {
    /// Midnight in Beijing before it.
    var startOfDay: Instant { Instant(LocalTime(day: local().day)) }
}
