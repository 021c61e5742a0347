import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/pulse`: rounds and what came of them; `/pulse/answer`: where a slip is used, without log-in.
struct PulsePages: Sendable {
    let burdens: Burdens

    func add(to routes: Routes) {
        for path in ["/pulse/answer", "/api/v1/pulse-answers"] { routes.keepUntold(path) }
        routes.page("/pulse", right: .readWorkload) { try await list($0) }
        routes.form("/pulse", right: .decideDemand) { staff, _ in try await open(staff) }
        routes.openPage("/pulse/answer") { show($0, code: "", choices: [:]) }
        routes.openForm("/pulse/answer") { try await answer($0, $1) }
        routes.page("/pulse/:id", right: .readWorkload) { try await result($0) }
        routes.page("/pulse/:id/export", right: .readWorkload) { try await export($0) }
    }

    private func list(_ staff: StaffVisit, refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let today = visit.now.local().day
        let after = visit.query.filled("after")
        let rounds = try await burdens.house.database.read {
            try PulseStore.rounds(for: staff.scope, after: after, limit: 51, in: $0)
        }
        let listing = Listing<PulseRound>(
            caption: visit("各轮问卷", "Rounds"),
            columns: [
                Column(
                    "开始", "Opened", .instant, cell: { one, _ in .instant(one.openedAt) },
                    html: { one, visit in "<a href=\"/pulse/\(one.id)\">\(visit.instantText(one.openedAt))</a>" }),
                .text("截止", "Until") { one, _ in one.closesOn.description },
                .text("状态", "State") { one, visit in
                    one.isOpen(on: today) ? visit("进行中（结束后才显示）", "Open; shown when it is over") : visit("已结束", "Over")
                },
            ], items: Array(rounds.prefix(50)), next: rounds.count > 50 ? rounds[49].id.text : nil,
            whenEmpty: "<p>\(visit("还没有开展过。", "None yet."))</p>")
        let form: HTML =
            staff.scope.may(.decideDemand)
            ? "<form class=\"panel narrow\" method=\"post\" action=\"/pulse\">\(visit.formFields)<p class=\"hint\">\(visit("纸条只显示一次：打印、剪开、放进盒子，由每人自己抽取。", "The slips are shown once: print them, cut them, and let everybody draw one from a bowl."))</p><p>\(Field.submit(visit("开展一轮并打印纸条", "Open a round and print the slips")))</p></form>"
            : HTML()
        return visit.page(
            Page(
                visit(BurdenTexts.pulse), breadcrumb: [(visit(BurdenTexts.pulse), nil)],
                notice: refusal.map {
                    Page.Notice(
                        .danger,
                        [visit($0.message), $0.wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
                },
                """
                <p class="lead">\(visit("几道选择题，凭抽取的纸条作答，不登录、不记姓名、没有文字栏。系统只保存各组合计；不足 \(burdens.pulse.smallest) 份的组不显示，也不进入任何合计。", "A few questions, answered with a drawn slip: no log-in, no name, no free text. Only sums of groups are kept; fewer than \(burdens.pulse.smallest) answers are shown nowhere and stand in no sum."))</p>\
                <div class="bar"><a class="btn" href="/pulse/answer">\(visit("作答页", "Where slips are answered"))</a></div>\(form)\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    /// Not kept for a repeat, as other answers are: the codes stand in it.
    private func open(_ staff: StaffVisit) async throws -> Response {
        let (burdens, scope, visit) = (burdens, staff.scope, staff.visit)
        let now = visit.now
        let opened: Burdens.OpenedPulse
        do {
            opened = try await burdens.house.database.write { try burdens.openPulse(by: scope, at: now, in: $0) }
        } catch let refusal as Refusal where refusal.kind == .conflict || refusal.kind == .ruleBroken {
            return try await list(staff, refusal: refusal)
        }
        let title = visit("问卷纸条", "Slips of the pulse")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(BurdenTexts.pulse), "/pulse"), (title, nil)],
                """
                <p class="notice warn noprint">\(visit("只显示这一次。打印（A4），剪开，按组放进盒子，由每人自己抽取；多余的销毁。", "Shown this once. Print on A4, cut, put them into a bowl for each group, let everybody draw one, destroy the rest."))</p>\
                <section class="sheet">\(opened.groups.html { group, codes in
                    "<h2>\(burdens.groupName(group, visit)) (\(group.size))</h2><div class=\"cards\">\(codes.html { "<p class=\"panel\"><strong>\($0)</strong><br><span class=\"hint\">/pulse/answer · \(visit("截止", "until")) \(opened.round.closesOn.description)</span></p>" })</div>"
                })</section>
                """))
    }

    private func show(
        _ visit: Visit, code: String, choices: [String: String], refusal: Refusal? = nil, isDone: Bool = false
    ) -> Response {
        let title = visit(BurdenTexts.pulse)
        let fields = burdens.pulse.questions.html { question in
            Field.choice(
                question.key, visit(question.title), question.choices.map { Field.Choice($0.key, visit($0.title)) },
                value: choices[question.key], required: true, none: visit("请选择", "Choose"),
                error: refusal?.field == question.key ? refusal.map { visit($0.message) } : nil)
        }
        let content: HTML =
            isDone
            ? "<p class=\"notice ok\">\(visit("已计入合计。纸条可以扔掉了：没有任何记录能指向您。", "Counted. Throw the slip away: no record leads to you."))</p>"
            : """
            <p class="lead">\(visit("不需要登录。系统不记录是谁、何时作答，只把选择加到所在组的合计里。", "No log-in. Who answers and when is recorded nowhere; what you choose is added to the sums of your group."))</p>\
            <form class="panel narrow" method="post" action="/pulse/answer" autocomplete="off">\(visit.formFields)\
            \(Field.text("code", visit("纸条上的字符", "The characters on the slip"), value: code, required: true, maximum: 20, error: refusal?.field == "code" ? refusal.map { visit($0.message) } : nil, autocomplete: "off"))\
            \(fields)<p>\(Field.submit(visit("提交", "Send")))</p></form>
            """
        return visit.page(
            Page(
                title, breadcrumb: [(title, nil)], notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                content), status: refusal?.kind.status ?? .ok)
    }

    private func answer(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let code = fields["code"] ?? ""
        var choices: [String: String] = [:]
        for question in burdens.pulse.questions { choices[question.key] = fields.filled(question.key) }
        let (burdens, chosen, now) = (burdens, choices, visit.now)
        do {
            try await burdens.house.database.write {
                try burdens.answerPulse(code, chosen, at: now, in: $0)
            }
            return show(visit, code: "", choices: [:], isDone: true)
        } catch let refusal as Refusal where refusal.field != nil {
            return show(visit, code: code, choices: choices, refusal: refusal)
        }
    }

    /// One choice in one group.
    struct Line: Sendable {
        var group: String
        var answers: Int
        var question: LocalizedText
        var choice: LocalizedText
        var share: PulseCounts.Share
    }

    private func load(_ staff: StaffVisit) async throws -> (PulseRound, [PulseCounts]) {
        let id: PulseRoundID = try staff.visit.identifier()
        return try await burdens.house.database.read { transaction in
            guard let round = try PulseStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (round, try PulseStore.counts(of: id, in: transaction))
        }
    }

    private func lines(_ round: PulseRound, _ counts: [PulseCounts], _ visit: Visit) -> [Line] {
        guard !round.isOpen(on: visit.now.local().day) else { return [] }
        let smallest = burdens.pulse.smallest
        let sum = PulseCounts.sum(counts, smallest: smallest)
        let shown = counts.filter { $0.isShown(smallest: smallest) }.map { (burdens.groupName($0.group, visit), $0) }
        return ((sum.map { [(visit("合计（已显示的组）", "All groups shown"), $0)] } ?? []) + shown).flatMap { name, one in
            burdens.pulse.questions.filter { round.questions.contains($0.key) }.flatMap { question in
                question.choices.map { choice in
                    Line(
                        group: name, answers: one.answers, question: question.title, choice: choice.title,
                        share: one.share(question.key, choice.key))
                }
            }
        }
    }

    private static let columns: [Column<Line>] = [
        .text("组", "Group") { line, _ in line.group }, .number("答卷", "Answers") { Int64($0.answers) },
        .text("问题", "Question") { line, visit in visit(line.question) },
        .text("选择", "Answer") { line, visit in visit(line.choice) },
        .text("占比", "Share") { line, visit in visit(line.share.text) },
    ]

    private func result(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (round, counts) = try await load(staff)
        let isOpen = round.isOpen(on: visit.now.local().day)
        let hidden = counts.filter { !$0.isShown(smallest: burdens.pulse.smallest) }.count
        let listing = Listing(
            caption: visit("结果", "What was said"), columns: Self.columns, items: lines(round, counts, visit),
            whenEmpty: isOpen
                ? "<p>\(visit("\(round.closesOn) 结束后才显示：进行中的合计可能透露个人的回答。", "Shown after \(round.closesOn): sums that grow could tell on single answers."))</p>"
                : "<p>\(visit("没有一组达到 \(burdens.pulse.smallest) 份答卷。", "No group has \(burdens.pulse.smallest) answers."))</p>"
        )
        return visit.page(
            Page(
                visit(BurdenTexts.pulse),
                breadcrumb: [(visit(BurdenTexts.pulse), "/pulse"), (visit.instantText(round.openedAt), nil)],
                """
                <div class="bar noprint">\(exportLink(visit, path: "/pulse/\(round.id)/export"))</div>\(listing.html(visit))\
                \(!isOpen && hidden > 0 ? "<p class=\"hint\">\(visit("另有 \(hidden) 组不足 \(burdens.pulse.smallest) 份，不显示，也不计入合计。", "\(hidden) more groups with fewer than \(burdens.pulse.smallest) answers are not shown and stand in no sum."))</p>" : HTML())
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (round, counts) = try await load(staff)
        let lines = lines(round, counts, staff.visit)
        return try await SheetExport.workbook(
            named: staff(BurdenTexts.pulse), columns: Self.columns, for: staff, filter: round.id.text
        ) { _ in (lines, nil) }
    }
}
