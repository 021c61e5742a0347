import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/clues`: for the police alone. The list says that there is something, never what; that is read for a purpose.
struct PolicePages: Sendable {
    let clues: Clues

    private static let pageSize = 50

    func add(to routes: Routes) {
        for path in [
            "/clues", "/clues/journal", "/clues/:number", "/clues/:number/acts", "/clues/:number/files/:position",
        ] { routes.keepUntold(path) }
        routes.page("/clues", right: .readClues) { try await list($0) }
        routes.page("/clues/journal", right: .auditClues) { try await journal($0) }
        routes.page("/clues/:number", right: .readClues) { try ask($0) }
        routes.form("/clues/:number", right: .readClues) { try await read($0, $1) }
        routes.form("/clues/:number/acts", right: .actOnClues) { try await act($0, $1) }
        routes.form("/clues/:number/files/:position", right: .readClues) { staff, _ in try await file(staff) }
    }

    static func number(_ staff: StaffVisit, _ name: String = "number") throws(Refusal) -> Int64 {
        let text = try staff.visit.parameter(name)
        guard let number = Int64(text), number >= 0, text.utf8.count <= 18 else { throw .nothingHere }
        return number
    }

    private func before(_ visit: Visit) -> Int64? { visit.query.filled("after").flatMap { Int64($0) } }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let page = try await clues.list(for: staff.scope, before: before(visit), limit: Self.pageSize)
        let clues = clues
        let columns: [Column<Clues.Line>] = [
            .text("序号", "Number", html: { line, _ in "<a href=\"/clues/\(line.number)\">\(line.number)</a>" }) {
                line, _ in
                String(line.number)
            },
            .text(
                "状态", "State",
                html: { line, visit in
                    let tone: HTML = line.clue.state == .received ? "danger" : line.clue.state == .looking ? "warn" : ""
                    return "<span class=\"tag \(tone)\">\(visit(ClueTexts.title(line.clue.state)))</span>"
                }
            ) { line, visit in visit(ClueTexts.title(line.clue.state)) },
            .text("发生地", "Where") { line, _ in line.clue.area.map { clues.areaName($0) } ?? "—" },
            .text("来源", "Source") { line, visit in visit(ClueTexts.title(line.clue.source)) },
            .instant("收到时间", "Received") { $0.clue.receivedAt },
            .instant("最近变动", "Changed") { $0.clue.changedAt },
        ]
        let listing = Listing(
            caption: visit(ClueTexts.clues), columns: columns, items: page.items, next: page.next.map { String($0) },
            whenEmpty: "<p>\(visit("没有线索。", "No clues."))</p>")
        return visit.page(
            Page(
                visit(ClueTexts.clues), breadcrumb: [(visit(ClueTexts.clues), nil)],
                """
                <p class="hint">\(visit("只有公安岗位能看到本页；内容须写明目的后查阅，查阅均有记录。", "Only posts of the police see this page; what a clue says is read for a purpose, and every reading is kept."))</p>\
                \(listing.html(visit))
                """))
    }

    private func ask(_ staff: StaffVisit, _ refusal: Refusal? = nil) throws -> Response {
        let visit = staff.visit
        let number = try Self.number(staff)
        return visit.page(
            Page(
                visit("线索 \(number)", "Clue \(number)"),
                breadcrumb: [(visit(ClueTexts.clues), "/clues"), (String(number), nil)],
                notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/clues/\(number)">\(visit.formFields)\
                \(Field.text("purpose", visit("查阅目的（记入查阅记录）", "What you read it for (kept in the journal)"), required: true, maximum: 200, error: refusal.map { visit($0.message) }))\
                <p>\(Field.submit(visit("查阅", "Read")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func read(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let number = try Self.number(staff)
        do {
            let (clue, files) = try await clues.read(
                number, purpose: submission.fields["purpose"] ?? "", by: staff.scope, at: staff.visit.now)
            return shown(number, clue, files, staff, nil)
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return try ask(staff, refusal)
        }
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let number = try Self.number(staff)
        let fields = submission.fields
        guard let act = ClueAct(rawValue: fields["act"] ?? "") else {
            throw clues.missing("act", "请选择怎样处理", "Choose what to do")
        }
        _ = try await clues.act(
            act, on: number, text: fields["text"] ?? "", key: fields.filled("_key"), by: staff.scope,
            at: staff.visit.now)
        return .seeOther("/clues")
    }

    private func shown(_ number: Int64, _ clue: Clue, _ files: Int, _ staff: StaffVisit, _ notice: Page.Notice?)
        -> Response
    {
        let visit = staff.visit
        func row(_ name: LocalizedText, _ value: String?) -> HTML {
            value.map { "<dt>\(visit(name))</dt><dd>\($0)</dd>" } ?? HTML()
        }
        let notes = clue.notes.html { note in
            let who =
                switch note.kind {
                case .addition: visit("提供人补充", "The sender added")
                case .reply: visit("答复提供人", "Answer to the sender")
                case .internalNote: visit("内部记录", "Internal note")
                }
            return """
                <li><span class="when"><time datetime="\(note.at.iso8601)">\(visit.instantText(note.at))</time></span> <span class="who">\(who)</span><p>\(note.text)</p></li>
                """
        }
        let titles: [ClueAct: LocalizedText] = [
            .take: LocalizedText("开始核查", "Take up"), .note: LocalizedText("内部记录", "Internal note"),
            .reply: LocalizedText("答复提供人", "Answer the sender"),
            .handOn: LocalizedText("移交（写明移交何处）", "Hand on (say to whom)"),
            .end: LocalizedText("办结（写明结果）", "End (say how)"),
        ]
        let possible = ClueAct.allCases.filter { $0.isPossible(in: clue.state) }
        let acts: HTML =
            staff.scope.may(.actOnClues) && !possible.isEmpty
            ? """
            <form class="panel" method="post" action="/clues/\(number)/acts">\(visit.formFields)\
            \(Field.choice("act", visit("处理", "What to do"), possible.map { Field.Choice($0.rawValue, titles[$0].map { visit($0) } ?? $0.rawValue) }, required: true))\
            \(Field.longText("text", visit("内容", "Text"), maximum: Clue.longestNote, rows: 4, hint: visit("“开始核查”可不填", "May stay empty when you take it up")))\
            <p>\(Field.submit(visit("保存", "Keep")))</p></form>
            """ : HTML()
        let photos: HTML =
            files == 0
            ? HTML()
            : (0..<files).html { position in
                """
                <form class="inline" method="post" action="/clues/\(number)/files/\(position)">\(visit.formFields)\(Field.submit(visit("附件 \(position + 1)", "File \(position + 1)"), tone: ""))</form>
                """
            }
        return visit.page(
            Page(
                visit("线索 \(number)", "Clue \(number)"),
                breadcrumb: [(visit(ClueTexts.clues), "/clues"), (String(number), nil)], notice: notice,
                """
                <section class="panel"><dl class="facts">\(row(LocalizedText("状态", "State"), visit(ClueTexts.title(clue.state))))\
                \(row(ClueTexts.received, visit.instantText(clue.receivedAt)))\
                \(row(ClueTexts.area, clue.area.map { clues.areaName($0) }))\(row(LocalizedText("联系方式", "To be reached"), clue.contact))\
                \(row(LocalizedText("原诉求编号", "Number of the matter"), clue.matter))\(row(LocalizedText("结果", "Outcome"), clue.outcome))</dl>\
                <p class="text">\(clue.text)</p>\(photos)\(notes.isEmpty ? HTML() : "<ol class=\"timeline\">\(notes)</ol>")</section>\(acts)
                """))
    }

    private func file(_ staff: StaffVisit) async throws -> Response {
        let file = try await clues.file(
            try Self.number(staff, "position"), of: try Self.number(staff), by: staff.scope, at: staff.visit.now)
        return .download(Array(file.bytes), name: file.name, contentType: file.contentType)
    }

    private func journal(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let page = try await clues.journal(for: staff.scope, before: before(visit), limit: Self.pageSize)
        let columns: [Column<(number: Int64, entry: ClueJournalEntry)>] = [
            .number("线索", "Clue") { $0.entry.clue },
            .text("动作", "Act") { line, visit in visit(ClueTexts.title(line.entry.act)) },
            .text("人员", "Who") { line, visit in line.entry.staffName ?? visit("提供人", "The sender") },
            .text("目的", "Purpose") { line, _ in line.entry.purpose },
            .instant("时间", "When") { $0.entry.at },
        ]
        let listing = Listing(
            caption: visit(ClueTexts.journal), columns: columns, items: page.items,
            next: page.next.map { String($0) }, whenEmpty: "<p>\(visit("没有记录。", "Nothing yet."))</p>")
        return visit.page(
            Page(
                visit(ClueTexts.journal), breadcrumb: [(visit(ClueTexts.journal), nil)],
                """
                <p class="hint">\(visit("谁在何时为何目的查阅、处理了哪条线索；不含线索内容。记录逐条相连，由台账每小时的封记证明未被改动。", "Who read or acted on which clue, when and what for; never what it says. Each line holds the one before, and the ledger's hourly marks prove that none was changed."))</p>\
                \(listing.html(visit))
                """))
    }
}
