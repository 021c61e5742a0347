import Cipher
import Desk
import Ground
import Hummingbird
import Storage
import Web

struct LedgerPages: Sendable {
    let house: House

    static let pageLength = 50
    /// How many blocks the button on the page checks: seconds of work, not minutes.
    static let blocksCheckedOnRequest: Int64 = 256

    func add(to routes: Routes) {
        routes.page("/ledger", right: .ledgerRead) { try await list($0) }
        routes.page("/ledger/export.xlsx", right: .ledgerRead) { try await export($0) }
        routes.page("/ledger/verify", right: .ledgerRead) { try await check($0) }
        routes.form("/ledger/verify", right: .ledgerRead) { staff, _ in
            _ = try await LedgerChecks(house: house).run(lastBlocks: Self.blocksCheckedOnRequest)
            return .seeOther("/ledger/verify")
        }
    }

    // MARK: The list

    /// Entries of the filter, newest first, within what the viewer may see.
    func lines(_ query: LedgerQuery, _ scope: Scope, after: String?, limit: Int) async throws -> (
        items: [LedgerLine], next: String?
    ) {
        let whole = house.settings.area
        let statement = query.statement(scope, in: whole, after: after, limit: limit + 1)
        var lines = try await house.database.read { try $0.query(statement).map(LedgerLine.init) }
        let hasMore = lines.count > limit
        if hasMore { lines.removeLast() }
        return (lines, hasMore ? lines.last?.entry.id.text : nil)
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let query = try LedgerQuery(visit.query)
        let page = try await lines(query, staff.scope, after: visit.query.filled("after"), limit: Self.pageLength)
        let listing = Listing(
            caption: staff(LedgerTexts.ledger), columns: Self.columns, items: page.items, next: page.next,
            whenEmpty: "<p>\(staff(LedgerTexts.none))</p><p class=\"hint\">\(staff(LedgerTexts.noneHint))</p>")
        return visit.page(
            Page(
                staff(LedgerTexts.ledger),
                """
                \(filter(staff))\
                <div class="bar">\(exportLink(visit, path: "/ledger/export.xlsx"))\
                <a class="btn" href="/ledger/verify">\(symbol("shield-check"))<span>\(staff(LedgerTexts.check))</span></a></div>\
                \(listing.html(visit))
                """))
    }

    private func filter(_ staff: StaffVisit) -> HTML {
        let query = staff.visit.query
        return """
            <form method="get" action="/ledger" class="panel filter">\
            \(Field.text("area", staff(LedgerTexts.area), value: query["area"], inputMode: "numeric"))\
            \(Field.text("act", staff(LedgerTexts.act), value: query["act"], hint: staff(LedgerTexts.actHint)))\
            \(Field.text("actor", staff(LedgerTexts.actor), value: query["actor"]))\
            \(Field.text("subject", staff(LedgerTexts.subject), value: query["subject"], hint: staff(LedgerTexts.subjectHint)))\
            \(Field.text("from", staff(LedgerTexts.from), value: query["from"], type: "date"))\
            \(Field.text("to", staff(LedgerTexts.to), value: query["to"], type: "date"))\
            \(Field.submit(staff(LedgerTexts.filter)))</form>
            """
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let query = try LedgerQuery(staff.visit.query)
        return try await SheetExport.workbook(
            named: staff(LedgerTexts.ledger), columns: Self.columns, for: staff
        ) { after in
            try await lines(query, staff.scope, after: after, limit: 5000)
        }
    }

    private static let columns: [Column<LedgerLine>] = [
        .instant("发生时间", "Happened") { $0.entry.happenedAt },
        .instant("接收时间", "Received") { $0.entry.receivedAt },
        .text("操作", "Act", html: { line, _ in "<code>\(line.entry.act)</code>" }) { line, _ in line.entry.act },
        .text(
            "对象", "On what",
            html: { line, _ in
                """
                <a href="/ledger?subject=\(address: line.entry.subjectKind + ":" + line.entry.subjectID)">\
                \(line.entry.subjectKind) \(line.entry.subjectID)</a>
                """
            }
        ) { line, _ in "\(line.entry.subjectKind):\(line.entry.subjectID)" },
        .text("操作人", "By whom") { line, _ in line.entry.actor.name },
        .text("岗位", "Post") { line, _ in line.entry.actor.post },
        .text("区划", "Area") { line, _ in line.entry.area },
        .text("用途", "Purpose") { line, _ in line.entry.purpose },
        Column(
            "内容", "Facts", .longText, cell: { line, _ in .text(String(decoding: line.entry.facts, as: UTF8.self)) },
            html: { line, _ in "<code class=\"facts\">\(String(decoding: line.entry.facts, as: UTF8.self))</code>" }),
        .number("区块", "Block") { $0.block },
        .text("编号", "Id") { line, _ in line.entry.id.text },
    ]

    // MARK: The check

    private func check(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (blocks, last) = try await house.database.read { transaction in
            (try LedgerChecks.lastBlocks(20, in: transaction), try LedgerChecks.last(in: transaction))
        }
        let listing = Listing(
            caption: staff(LedgerTexts.blocks), columns: Self.blockColumns, items: blocks,
            whenEmpty: "<p>\(staff(LedgerTexts.noBlocks))</p>")
        let root: HTML =
            blocks.first.map { block in
                """
                <dt>\(staff(LedgerTexts.lastRoot))</dt><dd><code>\(block.root.hexadecimal)</code> \
                (\(visit("第 \(block.number) 块", "block \(block.number)")))</dd>
                """
            } ?? HTML()
        return visit.page(
            Page(
                staff(LedgerTexts.check),
                breadcrumb: [(staff(LedgerTexts.ledger), "/ledger"), (staff(LedgerTexts.check), nil)],
                """
                <section class="panel">\(last.map { lastCheck($0, visit) } ?? "<p>\(staff(LedgerTexts.neverChecked))</p>")\
                <dl class="facts">\(root)<dt>\(visit("签名公钥", "Public key"))</dt>\
                <dd><code>\(house.keys.signing.publicKey.hexadecimal)</code></dd></dl>\
                <p class="hint">\(staff(LedgerTexts.keepRoot))</p>\
                <form method="post" action="/ledger/verify" class="inline">\(visit.formFields)\
                \(Field.submit(staff(LedgerTexts.checkNow)))</form>\
                <p class="hint">\(staff(LedgerTexts.wholeHint))</p></section>\
                \(listing.html(visit))
                """))
    }

    private func lastCheck(_ record: LedgerChecks.Record, _ visit: Visit) -> HTML {
        let verdict: HTML =
            record.findings == 0
            ? "<p class=\"notice ok\">\(visit(LedgerTexts.intact))</p>"
            : """
            <p class="notice danger">\(visit(LedgerTexts.altered)) (\(record.findings)): \(record.firstFinding ?? "")</p>
            """
        return """
            \(verdict)<dl class="facts"><dt>\(visit("校验时间", "Checked at"))</dt>\
            <dd><time datetime="\(record.checkedAt.iso8601)">\(visit.instantText(record.checkedAt))</time></dd>\
            <dt>\(visit("范围", "Range"))</dt><dd>\(visit("自第 \(record.fromBlock) 块起", "from block \(record.fromBlock)"))</dd>\
            <dt>\(visit("区块", "Blocks"))</dt><dd>\(record.blocks)</dd>\
            <dt>\(visit("记录", "Entries"))</dt><dd>\(record.entries)</dd>\
            <dt>\(visit("待封存", "Not sealed yet"))</dt><dd>\(record.unsealed)</dd></dl>
            """
    }

    private static let blockColumns: [Column<LedgerBlock>] = [
        .number("序号", "Number") { $0.number },
        .number("记录数", "Entries") { $0.entryCount },
        .instant("封存时间", "Sealed") { $0.sealedAt },
        .text("根值", "Root", html: { block, _ in "<code>\(block.root.hexadecimal)</code>" }) { block, _ in
            block.root.hexadecimal
        },
    ]
}
