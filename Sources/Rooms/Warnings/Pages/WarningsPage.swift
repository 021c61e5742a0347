import Cases
import Desk
import GridDay
import Ground
import Hummingbird
import Storage
import Web

/// `/warnings`: what rose, with the numbers that say so; what the week is likely to bring; how often warnings were wrong.
struct WarningsPage: Sendable {
    let warnings: Warnings

    private static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/warnings", right: .warningDecide) { try await show($0, nil) }
        routes.form("/warnings/:id", right: .warningDecide) { try await decide($0, $1) }
        routes.page("/warnings/export", right: .warningDecide) { staff in
            let (state, scope, database) = (try Self.state(staff), staff.scope, warnings.house.database)
            return try await SheetExport.workbook(
                named: staff(Warnings.title), columns: columns(acts: false), for: staff
            ) { after in
                let found = try await database.read {
                    try WarningStore.list(state, for: scope, after: after, limit: 501, in: $0)
                }
                let page = Array(found.prefix(500))
                return (page, found.count > 500 ? page.last.map(WarningStore.key) : nil)
            }
        }
    }

    /// - Throws: a refusal when what was asked for is no state.
    static func state(_ staff: StaffVisit) throws(Refusal) -> EarlyWarning.State {
        guard let text = staff.visit.query.filled("state") else { return .open }
        guard let state = EarlyWarning.State(rawValue: text) else {
            throw Refusal(
                .malformed, "warnings.state", LocalizedText("没有这样的状态", "There is no such state"), field: "state")
        }
        return state
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal?) async throws -> Response {
        let (visit, scope, county) = (staff.visit, staff.scope, warnings.house.settings.area)
        let (state, after) = (try Self.state(staff), visit.query.filled("after"))
        let (found, forecasts, trial) = try await warnings.house.database.read { transaction in
            (
                try WarningStore.list(state, for: scope, after: after, limit: Self.pageLength + 1, in: transaction),
                try WarningStore.forecasts(for: scope, in: transaction),
                try WarningStore.trial(of: county, in: transaction)
            )
        }
        let listing = Listing(
            caption: visit(Warnings.title), columns: columns(acts: state == .open),
            items: Array(found.prefix(Self.pageLength)),
            next: found.count > Self.pageLength ? WarningStore.key(after: found[Self.pageLength - 1]) : nil,
            whenEmpty: """
                <p>\(visit("没有这样的预警。", "No such warning."))</p>\
                <p class="hint">\(visit("每天清早把前几天的件数与平常相比；不足四周的数据不预警。", "Each morning the last days are held against what is usual; with less than four weeks behind it, nothing is."))</p>
                """)
        let notice =
            refusal.map { Page.Notice(.warn, visit($0.message)) }
            ?? (visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已保存。", "Saved.")))
        return visit.page(
            Page(
                visit(Warnings.title), notice: notice,
                """
                <p class="lead">\(visit("只看地方和类别的件数，不看人。预警只建议去看一看，不派任务。", "Only counts of places and kinds, never of persons. A warning proposes a look; it gives nobody a task."))</p>\
                <nav class="tabs" aria-label="\(visit("状态", "State"))">\(EarlyWarning.State.allCases.html { tab($0, state, visit) })</nav>\
                <div class="bar">\(exportLink(visit, path: "/warnings/export"))</div>\
                \(listing.html(visit))\(forecast(forecasts, visit))\(tried(trial, visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func tab(_ state: EarlyWarning.State, _ shown: EarlyWarning.State, _ visit: Visit) -> HTML {
        "<a href=\"/warnings?state=\(state.rawValue)\"\(attribute: "aria-current", state == shown ? "page" : nil)>\(visit(Self.word(state)))</a>"
    }

    static func word(_ state: EarlyWarning.State) -> LocalizedText {
        switch state {
        case .open: LocalizedText("待处理", "Open")
        case .planned: LocalizedText("已安排查看", "Look arranged")
        case .dismissed: LocalizedText("无须查看", "No look needed")
        case .past: LocalizedText("已过期", "Past")
        }
    }

    private func columns(acts: Bool) -> [Column<EarlyWarning>] {
        let warnings = warnings
        var columns: [Column<EarlyWarning>] = [
            .text("地方", "Place") { warning, _ in warnings.placeName(warning.area.code) },
            .text("类别", "Category") { warning, visit in visit(warnings.categoryName(warning.category)) },
            .text("提出", "Raised") { warning, _ in warning.raisedOn.description },
            .text("为什么", "Why") { warning, visit in
                visit(
                    "\(warning.window) 天 \(warning.seen) 件，平常约 \(warning.expected) 件",
                    "\(warning.seen) in \(warning.window) days, usually about \(warning.expected)")
            },
            .text("后来", "What came") { warning, visit in
                switch warning.outcome {
                case .came: visit("确实多于平常", "more than usual came")
                case .calm: visit("没有再多", "no more than usual")
                case nil: visit("还不知道", "not known yet")
                }
            },
            .text("说明", "Note") { warning, _ in warning.note },
        ]
        guard acts else { return columns }
        columns.append(
            .text(
                "操作", "Act",
                html: { warning, visit in
                    """
                    <form method="post" action="/warnings/\(warning.id)" class="bar">\(visit.formFields)\
                    \(Field.submit(visit("安排查看", "Arrange looks"), name: "decision", value: "plan"))</form>\
                    <details class="act"><summary>\(visit("以其他依据安排", "Arrange on another ground"))</summary>\
                    <form method="post" action="/warnings/\(warning.id)">\(visit.formFields)\
                    \(Field.text("ground-\(warning.id)", visit("清单、准入或合同编号", "Item, admission or contract"), required: true, maximum: 40, formName: "ground"))\
                    \(Field.submit(visit("安排查看", "Arrange looks"), name: "decision", value: "plan"))</form></details>\
                    <details class="act"><summary>\(visit("无须查看", "No look needed"))</summary>\
                    <form method="post" action="/warnings/\(warning.id)">\(visit.formFields)\
                    \(Field.text("note-\(warning.id)", visit("为什么", "Why"), required: true, maximum: 200, formName: "note"))\
                    \(Field.submit(visit("保存", "Save"), name: "decision", value: "dismiss"))</form></details>
                    """
                }
            ) { _, _ in nil })
        return columns
    }

    private func forecast(_ kept: [WarningStore.Kept], _ visit: Visit) -> HTML {
        guard let day = kept.first?.madeOn else { return HTML() }
        let warnings = warnings
        let days = warnings.rules.horizonDays
        let listing = Listing<WarningStore.Kept>(
            caption: visit(
                "\(day) 之后 \(days) 天的预计件数（按街道和大类）",
                "What \(days) days after \(day) are likely to bring, by street and branch"),
            columns: [
                .text("街道", "Street") { line, _ in warnings.placeName(line.forecast.key.area) },
                .text("大类", "Branch") { line, visit in visit(warnings.categoryName(line.forecast.key.category)) },
                .number("预计", "Expected") { Int64($0.forecast.expected.rounded()) },
                .number("低", "Low") { Int64($0.forecast.low) }, .number("高", "High") { Int64($0.forecast.high) },
            ], items: kept, whenEmpty: HTML())
        return
            "<details class=\"panel\"><summary>\(visit("今后几天", "The days ahead"))</summary>\(listing.html(visit))</details>"
    }

    private func tried(_ trial: (WarningTrial, Day)?, _ visit: Visit) -> HTML {
        guard let (trial, day) = trial, let rate = trial.falsePerThousand else { return HTML() }
        let held = trial.heldShare.map { "\(Int(($0 * 100).rounded())) %" } ?? "—"
        let rounded = (rate * 100).rounded() / 100
        return """
            <section class="panel"><h2>\(visit("预警准不准", "How right they were"))</h2><p>\
            \(visit(
                "用到 \(day) 为止的本地数据倒推：看了 \(trial.watched) 个“地方×类别×天”，预警 \(trial.warned) 次；能判断的 \(trial.judged) 次中 \(trial.calm) 次后来没有多于平常，合每千个 \(rounded) 次。预测区间落中 \(held)（目标 \(Int(warnings.rules.interval * 100)) %）。",
                "Tried on the county's own days up to \(day): \(trial.watched) places × kinds × days watched, \(trial.warned) warnings; of \(trial.judged) that can be judged, \(trial.calm) were followed by no more than usual: \(rounded) per thousand. The forecast's interval held \(held) (meant: \(Int(warnings.rules.interval * 100)) %)."
            ))</p></section>
            """
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<EarlyWarning> = try staff.visit.identifier()
        let now = staff.visit.now
        let isDismissed = submission.fields["decision"] == "dismiss"
        let note = submission.fields.filled("note")
        do {
            if isDismissed, note == nil {
                throw WarningWork.wordless
            }
            let answer = try await staff.visit.write(submission) { transaction in
                try WarningWork(warnings: warnings).decide(
                    id, dismissing: isDismissed ? note : nil, ground: submission.fields.filled("ground"),
                    by: staff.scope, at: now, in: transaction)
                return .seeOther("/warnings?done=decide")
            }
            if !isDismissed { try await warnings.day.putDueOnPhones(at: now) }
            return answer
        } catch let refusal as Refusal where refusal.kind != .notFound && refusal.kind != .fault {
            return try await show(staff, refusal)
        }
    }
}
