import Desk
import Ground
import Hummingbird
import Places
import Web

/// `/clue`: for anybody, with or without an account. What is sent leaves no trace outside of this room: no draft in the
/// browser, no code in an address, no line in the log.
struct SenderPages: Sendable {
    let clues: Clues

    func add(to routes: Routes) {
        for path in ["/clue", "/clue/status", "/clue/add"] { routes.keepUntold(path) }
        routes.openPage("/clue") { show($0) }
        routes.openForm("/clue") { try await send($0, $1) }
        routes.openPage("/clue/status") { ask($0) }
        routes.openForm("/clue/status") { try await status($0, $1) }
        routes.openForm("/clue/add") { try await add($0, $1) }
    }

    private func areas(_ visit: Visit, _ value: String?) -> HTML {
        let top = clues.house.settings.area
        let streets = clues.places.children(of: top.code).prefix(300).map { Field.Choice($0.code, $0.name) }
        return Field.choice(
            "area", visit("发生地（可不选）", "Where (may stay open)"), Array(streets), value: value,
            none: visit("不清楚或不便说明", "Not known, or better not said"))
    }

    private func show(_ visit: Visit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) -> Response {
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                visit(ClueTexts.handIn), notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("只有公安机关能看到您写的内容，其他任何人（包括本平台的工作人员和管理员）都看不到，也不知道有人提交。", "Only the police can read what you write. Nobody else can, staff and administrators of this platform included, nor do they learn that anybody wrote."))</p>\
                <p class="notice warn">\(visit("正在发生的危险请立即拨打 110。", "If somebody is in danger now, call 110."))</p>\
                <form class="panel narrow" method="post" action="/clue" autocomplete="off">\(visit.formFields)\
                \(Field.longText("text", visit("您知道的情况", "What you know"), value: typed?["text"], required: true, maximum: Clue.longestText, rows: 8, hint: visit("什么人、什么事、何时何地；不知道的可以不写", "Who, what, when and where; leave out what you do not know"), error: error("text")))\
                \(areas(visit, typed?["area"]))\
                \(Field.text("contact", visit("联系方式（可不填，匿名亦可）", "How to reach you (may stay empty: you can be anonymous)"), value: typed?["contact"], maximum: 100, error: error("contact"), autocomplete: "off"))\
                <p>\(Field.submit(visit("提交", "Send")))</p></form>\
                <p><a class="btn" href="/clue/status">\(visit("凭查询码查看或补充", "Look it up or add to it, with your code"))</a></p>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func send(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        do {
            try clues.limit.count(visit.context.clientAddress, at: visit.now)
            let area = try fields.filled("area").map { text throws(Refusal) in try parsedArea(text) }
            let code = try await clues.send(
                fields["text"] ?? "", area: area, contact: fields["contact"], key: fields.filled("_key"),
                at: visit.now)
            // Not by an address: the code must stand in no history.
            return visit.page(
                Page(
                    visit("已提交", "Sent"),
                    """
                    <div class="panel narrow empty"><p>\(visit("您的查询码（只显示这一次，请抄下）", "Your code, shown only this once: write it down"))</p>\
                    <h2 class="code">\(code.shown)</h2>\
                    <p>\(visit("凭它可以看到“已收到 / 正在核查 / 已办结”，可以补充，也能看到民警给您的答复。遗失后无法找回。", "With it you see “received / being looked at / ended”, can add more, and find what the police answer you. A lost code cannot be found again."))</p>\
                    <p><a class="btn" href="/clue/status">\(visit("去查询", "Look it up"))</a></p></div>
                    """))
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            return show(visit, fields, refusal)
        }
    }

    private func ask(_ visit: Visit, _ refusal: Refusal? = nil) -> Response {
        visit.page(
            Page(
                visit("线索查询", "Look up a clue"), notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/clue/status" autocomplete="off">\(visit.formFields)\
                \(Field.text("code", visit(ClueTexts.code), required: true, maximum: 40, error: refusal.map { visit($0.message) }, autocomplete: "off"))\
                <p>\(Field.submit(visit("查询", "Look up")))</p></form>\
                <p><a class="btn" href="/clue">\(visit("提交新的线索", "Send a new one"))</a></p>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func status(_ visit: Visit, _ submission: Submission) async throws -> Response {
        do {
            try clues.limit.count("code:" + visit.context.clientAddress, at: visit.now)
            let code = submission.fields["code"] ?? ""
            return shown(try await clues.standing(code), code, visit)
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            return ask(visit, refusal)
        }
    }

    private func add(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let code = submission.fields["code"] ?? ""
        do {
            try clues.limit.count(visit.context.clientAddress, at: visit.now)
            let clue = try await clues.add(
                submission.fields["addition"] ?? "", to: code, key: submission.once.key, at: visit.now)
            return shown(clue, code, visit, Page.Notice(.ok, visit("已补充。", "Added.")))
        } catch let refusal as Refusal where refusal.field == "addition" || refusal.code == Clues.full.code {
            return shown(try await clues.standing(code), code, visit, refusal.notice(visit))
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            return ask(visit, refusal)
        }
    }

    private func shown(_ clue: Clue, _ code: String, _ visit: Visit, _ notice: Page.Notice? = nil) -> Response {
        let notes = clue.forSender.html { note in
            let who = note.kind == .reply ? visit("民警答复", "The police") : visit("您的补充", "You added")
            return """
                <li><span class="when"><time datetime="\(note.at.iso8601)">\(visit.instantText(note.at))</time></span> \
                <span class="who">\(who)</span><p>\(note.text)</p></li>
                """
        }
        let more: HTML =
            clue.state == .ended
            ? HTML()
            : """
            <form class="panel" method="post" action="/clue/add" autocomplete="off">\(visit.formFields)<input type="hidden" name="code" value="\(code)">\
            \(Field.longText("addition", visit("补充", "Add"), required: true, maximum: Clue.longestNote, rows: 4))\
            <p>\(Field.submit(visit("补充", "Add")))</p></form>
            """
        return visit.page(
            Page(
                visit("线索查询", "Look up a clue"), notice: notice,
                """
                <section class="panel"><p>\(visit("现在的状态", "It is now"))</p><h2>\(visit(ClueTexts.title(clue.state)))</h2>\
                <p class="hint">\(visit(ClueTexts.received)) <time datetime="\(clue.receivedAt.iso8601)">\(visit.instantText(clue.receivedAt))</time></p>\
                \(clue.forSender.isEmpty ? HTML() : "<ol class=\"timeline\">\(notes)</ol>")</section>\(more)
                """))
    }
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }
}

func parsedArea(_ text: String) throws(Refusal) -> AreaPrefix {
    guard let area = AreaPrefix(text) else {
        throw Refusal(
            .malformed, "clues.no-area", LocalizedText("没有这样的区域代码", "That is no code of an area"), field: "area")
    }
    return area
}
