import Cipher
import Desk
import Ground
import Hummingbird
import Storage
import Web

struct LedgerPages: Sendable {
    let house: House
    let words: LedgerWords

    static let pageLength = 50
    /// How many blocks the button on the page checks: seconds of work, not minutes.
    static let blocksCheckedOnRequest: Int64 = 256

    func add(to routes: Routes) {
        routes.page("/ledger", right: .ledgerRead) { try await list($0) }
        routes.page("/ledger/export.xlsx", right: .ledgerRead) { try await export($0) }
        routes.page("/ledger/verify/export.xlsx", right: .ledgerRead) { try await exportChecks($0) }
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
        let view = LedgerView(of: scope, in: house.settings.area, words)
        let statement = query.statement(for: view, after: after, limit: limit + 1)
        var lines = try await house.database.read { try $0.query(statement).map(LedgerLine.init) }
        let hasMore = lines.count > limit
        if hasMore { lines.removeLast() }
        return (lines, hasMore ? lines.last?.entry.id.text : nil)
    }

    /// The same in words.
    private func shown(_ query: LedgerQuery, _ scope: Scope, after: String?, limit: Int) async throws -> (
        items: [LedgerLineShown], next: String?
    ) {
        let page = try await lines(query, scope, after: after, limit: limit)
        let words = words
        return (
            try await house.database.read { try LedgerLineShown.lines(page.items, words, for: scope, in: $0) },
            page.next
        )
    }

    /// The filter of the address; a number that people call a thing by stands for that thing.
    private func query(_ staff: StaffVisit) async throws -> LedgerQuery {
        var query = try LedgerQuery(staff.visit.query)
        guard let text = query.subject, !text.contains(":") else { return query }
        let words = words
        if let found = try await house.database.read({ try words.named(text, $0) }) {
            query.subject = found.kind + ":" + found.id
        }
        return query
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let page = try await shown(
            query(staff), staff.scope, after: visit.query.filled("after"), limit: Self.pageLength)
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
            <form method="get" action="/ledger" class="filter">\
            \(Field.text("subject", staff(LedgerTexts.subject), value: query["subject"], type: "search", placeholder: staff(LedgerTexts.subjectHint)))\
            \(actField(staff.visit))\
            \(Field.text("actor", staff(LedgerTexts.actor), value: query["actor"]))\
            \(Field.text("area", staff(LedgerTexts.area), value: query["area"], inputMode: "numeric"))\
            \(Field.text("from", staff(LedgerTexts.from), value: query["from"], type: "date"))\
            \(Field.text("to", staff(LedgerTexts.to), value: query["to"], type: "date"))\
            \(Field.submit(staff(LedgerTexts.filter))) <a class="btn" href="/ledger">\(staff(LedgerTexts.reset))</a></form>
            """
    }

    /// Acts by the room that writes them, each group first as a whole.
    private func actField(_ visit: Visit) -> HTML {
        let chosen = visit.query.filled("act")
        func option(_ code: String, _ text: String) -> HTML {
            "<option value=\"\(code)\"\(flag: "selected", code == chosen)>\(text)</option>"
        }
        let groups = words.groups.html { group in
            let acts = words.acts.filter { $0.code.hasPrefix(group.code) }
            return """
                <optgroup label="\(visit(group.title))">\(option(group.code, visit(LedgerTexts.allOf(group.title))))\
                \(acts.html { option($0.code, visit($0.title)) })</optgroup>
                """
        }
        let isKnown = (words.groups + words.acts).contains { $0.code == chosen }
        return """
            <div class="field"><label for="act">\(visit(LedgerTexts.act))</label><select id="act" name="act">\
            \(option("", visit("全部", "All")))\(isKnown ? HTML() : chosen.map { option($0, $0) } ?? HTML())\(groups)</select></div>
            """
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let query = try await query(staff)
        return try await SheetExport.workbook(
            named: staff(LedgerTexts.ledger), columns: Self.columns + Self.codeColumns, for: staff
        ) { after in
            try await shown(query, staff.scope, after: after, limit: 5000)
        }
    }

    private static let columns: [Column<LedgerLineShown>] = [
        .instant("发生时间", "Happened") { $0.entry.happenedAt },
        .text(
            "操作", "Act",
            html: { line, visit in "<span title=\"\(line.entry.act)\">\(visit(line.act))</span>" },
            { line, visit in visit(line.act) }),
        .text(
            "对象", "On what",
            html: { line, visit in
                let reference = line.entry.subjectKind + ":" + line.entry.subjectID
                let name = line.subjectName.map { visit($0) } ?? String(line.entry.subjectID.prefix(26))
                let shown: HTML =
                    line.subjectAddress.map { "<a href=\"\($0)\" title=\"\(reference)\">\(name)</a>" }
                    ?? "<span title=\"\(reference)\">\(name)</span>"
                return """
                    \(visit(line.subject)) \(shown) <a class="hint" href="/ledger?subject=\(address: reference)">\
                    \(visit("全部记录", "all its entries"))</a>
                    """
            },
            { line, visit in visit(line.subject) + " " + (line.subjectName.map { visit($0) } ?? line.entry.subjectID) }
        ),
        .text(
            "操作人", "By whom",
            html: { line, visit in
                "\(line.actor(visit))\(line.post.map { "<br><span class=\"hint\">\(visit($0))</span>" })"
            }, { line, visit in line.actor(visit) }),
        .text(
            "区域", "Area",
            html: { line, visit in
                "<span title=\"\(line.entry.area ?? "")\">\(line.area.map { visit($0) } ?? line.entry.area ?? "")</span>"
            }, { line, visit in line.area.map { visit($0) } ?? line.entry.area }),
        .text("用途", "Purpose") { line, _ in line.entry.purpose },
        Column(
            "内容", "Facts", .longText, cell: { line, visit in .text(line.factsText(visit)) },
            html: { line, visit in
                let facts = line.facts.map { line.html($0, visit) }.joined(separator: HTML(text: visit("；", "; ")))
                return "\(facts)\(Self.raw(line, visit))"
            }),
    ]

    /// The entry as it is stored and sealed.
    private static func raw(_ line: LedgerLineShown, _ visit: Visit) -> HTML {
        let entry = line.entry
        let block: HTML = line.line.block.map { "\($0)" } ?? HTML(text: visit("待封存", "not sealed yet"))
        return """
            <details class="raw"><summary>\(visit("原始记录", "As stored"))</summary><code>\(entry.act) \(entry.subjectKind):\(entry.subjectID)</code><br>\
            <code>\(line.rawFacts)</code><br>\(visit("编号", "Id")) <code>\(entry.id)</code> · \(visit("区块", "Block")) \(block) · \
            \(visit("接收", "Received")) <time datetime="\(entry.receivedAt.iso8601)">\(visit.instantText(entry.receivedAt))</time></details>
            """
    }

    /// What a sheet has beside the words.
    private static let codeColumns: [Column<LedgerLineShown>] = [
        .text("岗位", "Post") { line, visit in line.post.map { visit($0) } ?? line.entry.actor.post },
        .instant("接收时间", "Received") { $0.entry.receivedAt },
        .number("区块", "Block") { $0.line.block },
        .text("操作代码", "Code of the act") { line, _ in line.entry.act },
        .text("对象编号", "Id of the thing") { line, _ in "\(line.entry.subjectKind):\(line.entry.subjectID)" },
        .text("区划代码", "Code of the area") { line, _ in line.entry.area },
        .text("原始内容", "Facts as stored") { line, _ in line.rawFacts },
        .text("编号", "Id") { line, _ in line.entry.id.text },
    ]

    // MARK: The check

    private func check(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (blocks, last) = try await house.database.read { transaction in
            (try LedgerChecks.lastBlocks(20, in: transaction), try LedgerChecks.last(in: transaction))
        }
        let made = try await checks(after: visit.query.filled("after"), limit: Self.pageLength)
        let checks = Listing(
            caption: staff(LedgerTexts.checks), columns: Self.checkColumns, items: made.items, next: made.next,
            whenEmpty: "<p>\(staff(LedgerTexts.neverChecked))</p>")
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
                \(listing.html(visit))\
                <div class="bar">\(exportLink(visit, path: "/ledger/verify/export.xlsx"))</div>\(checks.html(visit))
                """))
    }

    /// The checks that were made, newest first.
    private func checks(after: String?, limit: Int) async throws -> (items: [LedgerChecks.Record], next: String?) {
        let before = after.flatMap { Instant(iso8601: $0) }
        var records = try await house.database.read {
            try LedgerChecks.records(after: before, limit: limit + 1, in: $0)
        }
        let hasMore = records.count > limit
        if hasMore { records.removeLast() }
        return (records, hasMore ? records.last?.checkedAt.iso8601 : nil)
    }

    private func exportChecks(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(
            named: staff(LedgerTexts.checks), columns: Self.checkColumns + Self.rootColumn, for: staff
        ) { try await checks(after: $0, limit: 1000) }
    }

    private static let checkColumns: [Column<LedgerChecks.Record>] = [
        .instant("校验时间", "Checked at") { $0.checkedAt },
        .number("自区块", "From block") { $0.fromBlock },
        .number("区块", "Blocks") { $0.blocks },
        .number("记录", "Entries") { $0.entries },
        .number("待封存", "Not sealed yet") { $0.unsealed },
        .text("结果", "Result") { record, visit in
            record.findings == 0
                ? visit(LedgerTexts.intact)
                : "\(visit(LedgerTexts.altered)) (\(record.findings)): \(record.firstFinding ?? "")"
        },
    ]

    private static let rootColumn: [Column<LedgerChecks.Record>] = [
        .text("最新根值", "Last root") { record, _ in record.lastRoot.hexadecimal }
    ]

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
