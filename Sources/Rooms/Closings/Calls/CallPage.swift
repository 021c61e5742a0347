import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/follow-ups/:id`: one call.
struct CallPage: Sendable {
    let closings: Closings

    func add(to routes: Routes) {
        routes.page("/follow-ups/:id", right: .caseFollowUp) { try await show($0) }
        routes.form("/follow-ups/:id/number", right: .personalReveal) { try await number($0, $1) }
        routes.form("/follow-ups/:id", right: .caseFollowUp) { try await take($0, $1) }
    }

    private func show(
        _ staff: StaffVisit, revealed: (name: String?, phone: String?)? = nil, typed: QueryParameters? = nil,
        refusal: Refusal? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let id: Identifier<Closing> = try visit.identifier()
        let (closing, view) = try await closings.house.database.read { transaction in
            guard let closing = try ClosingStore.find(id, for: scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (closing, try ClosingView(closings, [closing.caseID], for: scope, in: transaction))
        }
        guard let record = view.matters[closing.caseID] else { throw Refusal.nothingHere }
        let name = revealed?.name ?? record.reporter.nameMasked ?? "—"
        let phone = revealed?.phone ?? record.reporter.phoneMasked ?? "—"
        var more: [(String, HTML)] = [
            (visit("反映人", "Reporter"), HTML(text: name)), (visit("电话", "Phone"), HTML(text: phone)),
            (
                visit(ClosingTexts.attempts),
                HTML(
                    text: visit(
                        "\(closing.attempts) / \(closings.rules.calls.attempts)",
                        "\(closing.attempts) of \(closings.rules.calls.attempts)"))
            ),
        ]
        if let end = closing.end {
            more.append((visit("结果", "Outcome"), HTML(text: visit(ClosingTexts.title(of: end)))))
        }
        let notice = refusal.map {
            Page.Notice(.warn, visit($0.message) + ($0.wayOn.map { visit("；", "; ") + visit($0) } ?? ""))
        }
        let isMine = closing.isHeld(by: scope.post, at: visit.now)
        return visit.page(
            Page(
                visit(ClosingTexts.calls),
                breadcrumb: [(visit(ClosingTexts.calls), "/follow-ups"), (record.number, nil)], notice: notice,
                """
                \(view.facts(closing.caseID, closedAt: closing.closedAt, visit, more: more))\
                \(isMine ? forms(closing, staff, isRevealed: revealed != nil, typed, refusal) : notMine(closing, visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func notMine(_ closing: ClosingRecord, _ visit: Visit) -> HTML {
        let text =
            closing.callAt == nil
            ? visit("该件不再需要回访。", "Nobody is to be called about this any more.")
            : visit("该件不在您的名单上，请先领取。", "This is not on your list; take calls first.")
        return "<p class=\"hint\">\(text) <a href=\"/follow-ups\">\(visit("回到名单", "To the list"))</a></p>"
    }

    private func forms(
        _ closing: ClosingRecord, _ staff: StaffVisit, isRevealed: Bool, _ typed: QueryParameters?,
        _ refusal: Refusal?
    ) -> HTML {
        let visit = staff.visit
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        let reveal: HTML =
            isRevealed || !staff.scope.may(.personalReveal)
            ? HTML()
            : """
            <form method="post" action="/follow-ups/\(closing.id)/number" class="bar noprint">\(visit.formFields)\
            \(Field.submit(visit("显示号码（用途“回访”记入台账）", "Show the number (the purpose goes on the ledger)"), tone: "ghost"))</form>
            """
        let levels = [
            visit("很不满意", "Very dissatisfied"), visit("不满意", "Dissatisfied"), visit("基本满意", "Fairly satisfied"),
            visit("满意", "Satisfied"), visit("很满意", "Very satisfied"),
        ]
        return """
            \(reveal)<section class="panel noprint"><h2>\(visit("这次通话", "This call"))</h2>\
            <form method="post" action="/follow-ups/\(closing.id)" data-draft="follow-up-\(closing.id)">\(visit.formFields)\
            \(Field.choice("outcome", visit("结果", "Outcome"), CallOutcome.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: typed?["outcome"], required: true, none: visit("请选择", "Choose"), error: error("outcome")))\
            \(Field.choice("solved", visit("是否解决（已答复时）", "Is it solved (if answered)"), [Field.Choice("yes", visit("已解决", "Solved")), Field.Choice("no", visit("未解决", "Not solved"))], value: typed?["solved"], none: "—", error: error("rating")))\
            \(Field.choice("satisfaction", visit("是否满意（已答复时）", "How satisfied (if answered)"), levels.enumerated().map { Field.Choice(String($0.offset + 1), $0.element) }, value: typed?["satisfaction"], none: "—", hint: visit("满意与否和是否解决分开问", "Asked apart from whether it is solved")))\
            \(Field.longText("words", visit("群众的话（未解决必填）", "What the resident said (needed if not solved)"), value: typed?["words"], maximum: 1_000, rows: 3, error: error("words")))\
            \(Field.checkbox("leave", visit("未解决，但群众不要求重办", "Not solved, but the resident does not want it taken up again"), isOn: typed?["leave"] == "yes"))\
            \(Field.submit(visit("保存", "Save")))</form></section>
            """
    }

    // MARK: Writing

    private func number(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        do {
            let revealed = try await CallWork(closings: closings).number(
                of: try staff.visit.identifier(), by: staff.scope, at: staff.visit.now)
            return try await show(staff, revealed: revealed)
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try await show(staff, refusal: refusal)
        }
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<Closing> = try staff.visit.identifier()
        let scope = staff.scope
        let now = staff.visit.now
        let fields = submission.fields
        do {
            let report = try CallRequest(
                outcome: fields["outcome"], isSolved: fields.filled("solved").map { $0 == "yes" },
                satisfaction: fields.filled("satisfaction").flatMap { Int($0) }, takesUp: fields["leave"] != "yes",
                words: fields["words"]
            ).report()
            return try await staff.visit.write(submission) { transaction in
                _ = try CallWork(closings: closings).take(report, of: id, by: scope, at: now, in: transaction)
                return .seeOther("/follow-ups?done=call")
            }
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .conflict {
            return try await show(staff, typed: fields, refusal: refusal)
        }
    }
}

/// The body of `POST /follow-ups/{id}`.
struct CallRequest: Decodable {
    var outcome: String?
    var isSolved: Bool?
    var satisfaction: Int?
    var takesUp: Bool?
    var words: String?

    func report() throws(Refusal) -> CallReport {
        guard let outcome = outcome.flatMap(CallOutcome.init) else {
            throw Refusal(
                .ruleBroken, "closings.outcome", LocalizedText("请选择通话结果", "Say what came of the call"),
                field: "outcome")
        }
        guard satisfaction.map((1...5).contains) ?? true else {
            throw Refusal(
                .ruleBroken, "closings.satisfaction", LocalizedText("满意程度为 1–5", "Satisfaction is 1 to 5"),
                field: "satisfaction")
        }
        return CallReport(
            outcome: outcome, isSolved: isSolved, satisfaction: satisfaction, takesUp: takesUp ?? true,
            words: (words ?? "").trimmingBlanks)
    }
}
