import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/disputes/figures`: what became of what should have ended. Maintained with every act, never recounted.
struct FiguresPage: Sendable {
    let disputes: Disputes

    func add(to routes: Routes) {
        routes.page("/disputes/figures", right: .readDisputes) { try await show($0) }
        routes.api(
            APIOperation(
                .get, "/disputes/figures", id: "disputeFigures", tag: DisputeAPI.tag,
                summary: LocalizedText("调解成效（按应结计算）", "Figures of mediation, counted over what should have ended"),
                query: [
                    .init("from", DisputeJSON.day, required: false), .init("to", DisputeJSON.day, required: false),
                    .init("kind", .string(values: disputes.workflow.variants.map(\.code)), required: false),
                    .init("area", .text, required: false),
                ],
                response: .named(
                    "DisputeFigures",
                    .object([
                        .init("from", DisputeJSON.day), .init("to", DisputeJSON.day), .init("area", .text),
                        .init("due", .integer(minimum: 0), "should have ended in that time"),
                        .init(
                            "agreed", .array(.object([.init("level", .text), .init("count", .integer(minimum: 0))]))),
                        .init("unsettled", .integer(minimum: 0)), .init("declined", .integer(minimum: 0)),
                        .init("open", .integer(minimum: 0), "should have ended and has not"),
                        .init("agreementsDue", .integer(minimum: 0), "whose last revisit was due in that time"),
                        .init("kept", .integer(minimum: 0)), .init("broken", .integer(minimum: 0)),
                    ]))), right: .readDisputes
        ) { staff, submission in
            let asked = try question(submission.fields, staff)
            let figures = try await figures(asked)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("from", asked.from.description)
                    writer.member("to", asked.to.description)
                    writer.member("area", asked.area.code)
                    writer.member("due", figures.due)
                    writer.key("agreed")
                    writer.array(disputes.rules.levels) { writer, level in
                        writer.object { writer in
                            writer.member("level", level.key)
                            writer.member("count", figures.agreed[level.key] ?? 0)
                        }
                    }
                    writer.member("unsettled", figures.unsettled)
                    writer.member("declined", figures.declined)
                    writer.member("open", figures.open)
                    writer.member("agreementsDue", figures.agreementsDue)
                    writer.member("kept", figures.kept)
                    writer.member("broken", figures.broken)
                }
            ).response
        }
    }

    private struct Question: Sendable {
        var area: AreaPrefix
        var from: Day
        var to: Day
        var kind: String?
    }

    /// The last ninety days when nothing is asked for; never the future, in which nothing is due yet.
    private func question(_ fields: QueryParameters, _ staff: StaffVisit) throws(Refusal) -> Question {
        let today = staff.visit.now.local().day
        let to = min(try parsedDay(fields.filled("to"), field: "to") ?? today, today)
        let from = try parsedDay(fields.filled("from"), field: "from") ?? to - 90
        guard from <= to, to.number - from.number <= 1_100 else {
            throw Refusal(
                .ruleBroken, "disputes.no-period",
                LocalizedText("时间范围须先起后止，且不超过三年", "From before to, and at most three years"), field: "from")
        }
        let filter = try DisputeListPage.filter(fields, disputes)
        let area = try fields.filled("area").map { text throws(Refusal) in try parsedArea(text) } ?? staff.scope.area
        guard staff.scope.line == nil, staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return Question(area: area, from: from, to: to, kind: filter.kind)
    }

    private func figures(_ asked: Question) async throws -> DisputeFigures {
        try await disputes.house.database.read {
            try FigureStore.figures(in: asked.area, from: asked.from, to: asked.to, kind: asked.kind, $0)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let asked = try question(visit.query, staff)
        let figures = try await figures(asked)
        let controls = DisputeControls(disputes: disputes, visit: visit)
        func percent(_ share: Double?) -> String { share.map { "\((($0 * 10).rounded() / 10))%" } ?? "—" }
        func row(_ name: String, _ count: Int64, of whole: Int64) -> HTML {
            "<tr><th scope=\"row\">\(name)</th><td class=\"n\">\(count)</td><td class=\"n\">\(percent(whole == 0 ? nil : Double(count) * 100 / Double(whole)))</td></tr>"
        }
        let levels = disputes.rules.levels.html { level in
            row(
                visit("\(level.zh)调解达成协议", "Agreed: \(level.en.lowercased())"), figures.agreed[level.key] ?? 0,
                of: figures.due)
        }
        func table(_ caption: String, _ whole: String, _ total: Int64, _ rows: HTML) -> HTML {
            """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr><th scope="col">\(visit("结果", "What became of it"))</th>\
            <th scope="col" class="n">\(visit("件数", "Count"))</th><th scope="col" class="n">\(visit("占应数", "Of those due"))</th></tr></thead>\
            <tbody><tr><th scope="row">\(whole)</th><td class="n">\(total)</td><td class="n"></td></tr>\(rows)</tbody></table></div>
            """
        }
        let known = figures.kept + figures.broken
        let areas = controls.areas("area", within: staff.scope.area, value: asked.area.code)
        let kinds = Field.choice(
            "kind", visit(DisputeTexts.kind), disputes.workflow.variants.map { Field.Choice($0.code, visit($0.title)) },
            value: asked.kind, none: visit("全部", "All"))
        return visit.page(
            Page(
                visit(DisputeTexts.figures),
                breadcrumb: [(visit(DisputeTexts.disputes), "/disputes"), (visit(DisputeTexts.figures), nil)],
                """
                <form class="panel bar filters" method="get" action="/disputes/figures">\(areas)\(kinds)\
                \(Field.text("from", visit("应结自", "Due from"), value: asked.from.description, type: "date"))\
                \(Field.text("to", visit("至", "to"), value: asked.to.description, type: "date"))\(Field.submit(visit("查看", "Show")))</form>\
                <p class="hint">\(visit("按应结计算：登记后 \(disputes.rules.endWithinDays) 日内应结；逾期未结的也在分母中。不比较个人。", "Counted over what should have ended, \(disputes.rules.endWithinDays) days after it was entered; what is late counts as well. Nobody is compared."))</p>\
                \(table(visit("纠纷", "Disputes"), visit("应结", "Should have ended"), figures.due, "\(levels)\(row(visit("调解不成，已告知其他途径", "Not settled, ways on told"), figures.unsettled, of: figures.due))\(row(visit("当事人不愿调解", "Mediation declined"), figures.declined, of: figures.due))\(row(visit("逾期未结", "Late, not ended"), figures.open, of: figures.due))"))\
                \(table(visit("协议履行（最后一次回访应在此期间）", "Agreements whose last revisit was due then"), visit("应有结论", "Should be known"), figures.agreementsDue, "\(row(visit("已履行", "Kept"), figures.kept, of: figures.agreementsDue))\(row(visit("未履行", "Not kept"), figures.broken, of: figures.agreementsDue))\(row(visit("未查明", "Not known"), figures.agreementsDue - known, of: figures.agreementsDue))"))
                """))
    }
}
