import Cipher
import Desk
import Ground
import Hummingbird
import NationalCodes
import Storage
import Web

struct MessagePages: Sendable {
    let house: House

    func add(to routes: Routes) {
        routes.page("/messages") { try await inbox($0) }
        routes.page("/messages/export.xlsx") { try await exportInbox($0) }
        routes.page("/messages/:id/open") { try await open($0) }
        routes.form("/messages/read") { staff, submission in
            let scope = staff.scope
            return try await staff.visit.write(submission) { transaction in
                try NoticeStore.markAllRead(by: scope, in: transaction)
                return .seeOther("/messages")
            }
        }
        routes.page("/messages/texts", right: .seeOutgoingTexts) { try await texts($0) }
        routes.page("/messages/texts/export.xlsx", right: .seeOutgoingTexts) { try await exportTexts($0) }
        routes.form("/messages/texts/:id/retry", right: .seeOutgoingTexts) { staff, submission in
            let id = try staff.visit.parameter("id")
            let scope = staff.scope
            let whole = house.settings.area
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                guard try TextStore.retry(id, for: scope, in: whole, at: now, transaction: transaction) else {
                    throw Refusal.nothingHere
                }
                return .seeOther("/messages/texts?state=waiting")
            }
        }
        if house.settings.isDemonstration { routes.openPage("/demo/outbox") { demonstrationOutbox($0) } }
    }

    static let pageLength = 30

    // MARK: Inbox

    /// The notices of the filter in the address, newest first.
    private func notices(_ staff: StaffVisit, after: String?, limit: Int) async throws -> (
        items: [InboxItem], next: String?
    ) {
        let scope = staff.scope
        let onlyUnread = staff.visit.query["show"] != "all"
        var items = try await house.database.read { transaction in
            try NoticeStore.inbox(scope, onlyUnread: onlyUnread, after: after, limit: limit + 1, in: transaction)
        }
        let hasMore = items.count > limit
        if hasMore { items.removeLast() }
        return (items, hasMore ? items.last?.id.text : nil)
    }

    private func inbox(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let onlyUnread = visit.query["show"] != "all"
        let (items, next) = try await notices(staff, after: visit.query.filled("after"), limit: Self.pageLength)
        let listing = Listing(
            caption: visit("消息", "Messages"), columns: Self.columns, items: items, next: next,
            whenEmpty: """
                <p>\(onlyUnread ? visit("没有未读消息。", "Nothing unread.") : visit("还没有消息。", "No messages yet."))</p>\
                <p class="hint">\(visit("有新的交办、退回、超期预警时会出现在这里。", "New assignments, returns and overdue warnings appear here."))</p>
                """)
        let tabs: HTML = """
            <nav class="tabs" aria-label="\(visit("筛选", "Filter"))">\
            <a href="/messages"\(attribute: "aria-current", onlyUnread ? "page" : nil)>\(visit("未读", "Unread"))</a>\
            <a href="/messages?show=all"\(attribute: "aria-current", onlyUnread ? nil : "page")>\(visit("全部", "All"))</a></nav>
            """
        let markAll: HTML = """
            <form method="post" action="/messages/read" class="inline">\(visit.formFields)\
            \(Field.submit(visit("全部标为已读", "Mark all as read"), tone: "ghost"))</form>
            """
        return visit.page(
            Page(
                visit("消息", "Messages"),
                """
                <div class="bar">\(tabs)\(items.isEmpty ? HTML() : markAll)\(exportLink(visit, path: "/messages/export.xlsx"))</div>\
                \(listing.html(visit))
                """))
    }

    private func exportInbox(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(named: staff.visit("消息", "Messages"), columns: Self.columns, for: staff) {
            try await notices(staff, after: $0, limit: 1000)
        }
    }

    private static let columns: [Column<InboxItem>] = [
        Column(
            "内容", "What", .longText,
            cell: { item, visit in .text(visit(item.text)) },
            html: { item, visit in
                let text: HTML = item.isRead ? "\(visit(item.text))" : "<strong>\(visit(item.text))</strong>"
                return """
                    <a href="/messages/\(item.id)/open">\(text)</a>\
                    \(item.isUrgent ? " <span class=\"badge danger\">\(visit("紧急", "urgent"))</span>" : HTML())
                    """
            }),
        .instant("时间", "When") { $0.at },
        .text("状态", "State") { item, visit in
            item.isRead ? visit("已读", "read") : visit("未读", "unread")
        },
    ]

    /// Opening a notice reads it and goes on to what it is about.
    private func open(_ staff: StaffVisit) async throws -> Response {
        let id: Identifier<Notice> = try staff.visit.identifier()
        let scope = staff.scope
        let now = staff.visit.now
        let address = try await house.database.write { transaction in
            try NoticeStore.markRead(id, by: scope, at: now, in: transaction)
        }
        guard let address else { throw Refusal.nothingHere }
        return .seeOther(address)
    }

    // MARK: Texts to residents

    private func state(_ visit: Visit) -> TextState {
        visit.query["state"].flatMap(TextState.init(rawValue:)) ?? .failed
    }

    /// The texts in that state, newest first, within what the viewer may see.
    private func lines(_ state: TextState, _ staff: StaffVisit, after: String?, limit: Int) async throws -> (
        items: [TextLine], next: String?
    ) {
        let scope = staff.scope
        let whole = house.settings.area
        var lines = try await house.database.read { transaction in
            try TextStore.lines(
                state, for: scope, in: whole, after: after, limit: limit + 1, transaction: transaction)
        }
        let hasMore = lines.count > limit
        if hasMore { lines.removeLast() }
        return (lines, hasMore ? lines.last?.id : nil)
    }

    private func exportTexts(_ staff: StaffVisit) async throws -> Response {
        let state = state(staff.visit)
        return try await SheetExport.workbook(
            named: staff.visit("外发短信", "Texts to residents"), columns: textColumns, for: staff,
            filter: staff.visit(state.name)
        ) { try await lines(state, staff, after: $0, limit: 1000) }
    }

    private var textColumns: [Column<TextLine>] {
        let vault = house.keys.vault
        return [
            .instant("时间", "When") { $0.at },
            .text("手机号", "Phone") { line, _ in
                (try? vault.open(line.phoneSealed, for: ResidentText.phonePurpose)).map(Mask.phoneNumber) ?? "—"
            },
            Column("内容", "Text", .longText, cell: { line, _ in .text(line.text) }),
            .number("次数", "Tries") { Int64($0.tries) },
            .instant("发出时间", "Sent") { $0.sentAt },
            Column(
                "说明", "Remark", .longText, cell: { line, _ in line.failure.map(Cell.text) ?? .empty },
                html: { line, visit in
                    guard line.state == .failed else { return HTML(text: line.failure ?? "") }
                    return """
                        \(line.failure ?? "") <form method="post" action="/messages/texts/\(line.id)/retry" class="inline">\
                        \(visit.formFields)\(Field.submit(visit("重新发送", "Send again"), tone: "ghost"))</form>
                        """
                }),
        ]
    }

    private func texts(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let state = state(visit)
        let (lines, next) = try await lines(
            state, staff, after: visit.query.filled("after"), limit: Self.pageLength)
        let tabs = TextState.allCases.html { choice in
            """
            <a href="/messages/texts?state=\(choice.rawValue)"\(attribute: "aria-current", choice == state ? "page" : nil)>\
            \(visit(choice.name))</a>
            """
        }
        let listing = Listing(
            caption: visit(state.name), columns: textColumns, items: lines, next: next,
            whenEmpty: "<p>\(visit("没有这种状态的短信。", "No text is in this state."))</p>")
        return visit.page(
            Page(
                visit("外发短信", "Texts to residents"),
                """
                <div class="bar"><nav class="tabs" aria-label="\(visit("筛选", "Filter"))">\(tabs)</nav>\
                \(exportLink(visit, path: "/messages/texts/export.xlsx"))</div>\(listing.html(visit))
                """))
    }

    private func demonstrationOutbox(_ visit: Visit) -> Response {
        let texts = OutboxFileSender.lastTexts(of: house.settings.outboxFile, count: 50)
        let content: HTML =
            texts.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit("还没有发出短信。", "No text was sent yet."))</p></div>"
            : """
            <div class="panel"><p class="hint">\(visit("演示环境不接短信网关，短信写入文件，最近 50 条如下（最新在上）；手机号已脱敏。", "The demonstration has no SMS gateway: texts go to a file; the last 50, newest first, numbers masked."))</p>\
            <ol class="rows outbox">\(texts.html { text in
                let time: HTML = Instant(iso8601: text.at).map { "<time class=\"when\" datetime=\"\(text.at)\">\(visit.instantText($0))</time> " } ?? HTML()
                return "<li>\(time)<strong>\(Mask.phoneNumber(text.phone))</strong><br>\(text.text)</li>"
            })</ol></div>
            """
        return visit.page(Page(visit("演示短信箱", "Demonstration outbox"), content))
    }
}
