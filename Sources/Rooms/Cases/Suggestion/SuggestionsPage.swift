import Desk
import Ground
import Hummingbird
import Storage
import Web

/// How often people follow what is suggested, by category: where the model is weak, more matters or clearer names help.
/// It judges the model, never the people.
struct SuggestionsPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("建议准确率", "How good suggestions are")
    private static let spans = [1, 3, 6, 12]

    func add(to routes: Routes) {
        routes.page("/suggestions", right: .caseRule) { try await show($0) }
        routes.api(Self.operation, right: .caseRule) { staff, _ in try await answer(staff) }
    }

    /// One category, or all together.
    struct Line: Sendable {
        /// Nil for the sum.
        var category: String?
        /// Matters that people gave this category.
        var decided: Int64 = 0
        /// Matters for which it was suggested.
        var suggested: Int64 = 0
        /// Both.
        var right: Int64 = 0
        /// What was suggested most often in its place.
        var mistaken: String?
    }

    static func lines(_ counts: [CorrectionStore.Count]) -> [Line] {
        var lines: [String: Line] = [:]
        var mistakes: [String: Int64] = [:]
        for count in counts.sorted(by: { ($0.decided, $0.suggested) < ($1.decided, $1.suggested) }) {
            lines[count.decided, default: Line(category: count.decided)].decided += count.total
            if count.suggested == count.decided {
                lines[count.decided]?.right += count.total
            } else if !count.suggested.isEmpty, count.total > mistakes[count.decided, default: 0] {
                mistakes[count.decided] = count.total
                lines[count.decided]?.mistaken = count.suggested
            }
            if !count.suggested.isEmpty {
                lines[count.suggested, default: Line(category: count.suggested)].suggested += count.total
            }
        }
        return lines.values.sorted { ($0.category ?? "") < ($1.category ?? "") }
    }

    static func whole(_ counts: [CorrectionStore.Count]) -> Line {
        counts.reduce(into: Line(category: nil)) { line, count in
            line.decided += count.total
            if !count.suggested.isEmpty { line.suggested += count.total }
            if count.suggested == count.decided { line.right += count.total }
        }
    }

    // MARK: Reading

    private struct Figures: Sendable {
        var months: Int
        var lines: [Line]
        var kinds: [(kind: CorrectionStore.Kind, line: Line)]
    }

    private func figures(_ staff: StaffVisit) async throws -> Figures {
        let months = staff.visit.query.filled("months").flatMap { Int($0) } ?? 3
        guard Self.spans.contains(months) else {
            throw Refusal(
                .malformed, "cases.suggestions.months",
                LocalizedText("months 须为 1、3、6 或 12", "months is 1, 3, 6 or 12"), field: "months")
        }
        let since = CorrectionStore.month(of: staff.visit.now - .days(Int64(months - 1) * 30))
        let counts = try await cases.house.database.read { transaction in
            try CorrectionStore.Kind.allCases.map {
                ($0, try CorrectionStore.counts($0, since: since, in: transaction))
            }
        }
        return Figures(
            months: months, lines: Self.lines(counts.first { $0.0 == .category }?.1 ?? []),
            kinds: counts.map { ($0.0, Self.whole($0.1)) })
    }

    // MARK: The page

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let figures = try await figures(staff)
        let listing = Listing(
            caption: visit(Self.title), columns: columns, items: figures.lines,
            whenEmpty: """
                <p>\(visit("这一时期还没有受理的诉求。受理时系统的建议与人的决定会自动对照。", "Nothing was accepted in this period. Suggestions are compared with what people decide as they accept."))</p>\
                <p><a class="btn" href="/cases">\(visit("查看诉求", "See the matters"))</a></p>
                """)
        return visit.page(
            Page(
                visit(Self.title),
                """
                \(model(visit))<form method="get" action="/suggestions" class="filters" role="search">\
                \(Field.choice("months", visit("时期", "Period"), Self.spans.map { Field.Choice("\($0)", visit("近 \($0) 个月", "last \($0) months")) }, value: "\(figures.months)"))\
                \(Field.submit(visit("查询", "Search")))</form>\
                <ul class="panel">\(figures.kinds.html { kind, line in "<li>\(sentence(kind, line, visit))</li>" })</ul>\
                \(listing.html(visit))
                """))
    }

    private func model(_ visit: Visit) -> HTML {
        guard let category = cases.suggester.currentCategory else {
            return
                "<p class=\"panel\">\(visit("模型正在准备，请稍后刷新。", "The model is being made ready; look again in a moment."))</p>"
        }
        let quality = Int((category.macroF1 * 100).rounded())
        let text =
            category.stored.map { stored in
                visit(
                    "现用模型：本县自训，\(visit.instantText(stored.madeAt))，学自 \(stored.texts) 件诉求，交叉验证宏平均 F1 \(quality)%。",
                    "In use: the county's own model of \(visit.instantText(stored.madeAt)), learned from \(stored.texts) matters; cross-validated macro-F1 \(quality)%."
                )
            }
            ?? visit(
                "现用模型：随附模型，学自本项目自拟的 \(category.texts) 条示例。积累诉求后可用 gewu cases train --from-history 以本县诉求训练。",
                "In use: the shipped model, learned from \(category.texts) examples written for this project. With a history, train on it: gewu cases train --from-history."
            )
        return "<p class=\"panel\">\(text)</p>"
    }

    private func sentence(_ kind: CorrectionStore.Kind, _ line: Line, _ visit: Visit) -> String {
        let name: String =
            switch kind {
            case .category: visit(CaseTexts.category)
            case .area: visit("社区", "Community")
            case .body: visit(CaseTexts.body)
            }
        guard let share = Share(line.right, of: line.decided).percent else {
            return visit("\(name)：暂无", "\(name): nothing yet")
        }
        return visit(
            "\(name)：\(line.decided) 件中建议与决定一致 \(line.right) 件，\(share)%",
            "\(name): in \(line.right) of \(line.decided) matters people decided as suggested, \(share)%")
    }

    private var columns: [Column<Line>] {
        let tree = cases.rules.categories
        @Sendable func name(_ code: String?, _ visit: Visit) -> String? {
            code.map { tree[$0]?.title(visit.language) ?? $0 }
        }
        func percent(
            _ chinese: String, _ english: String, _ share: @escaping @Sendable (Line) -> Share
        ) -> Column<Line> {
            Column(
                chinese, english, .number,
                cell: { line, _ in share(line).basisPoints.map { .number(Double($0) / 100) } ?? .empty },
                html: { line, _ in HTML(text: share(line).percent.map { $0 + "%" } ?? "—") })
        }
        return [
            .text("类别", "Category") { line, visit in name(line.category, visit) },
            .number("决定为此类", "Decided") { $0.decided },
            percent("其中建议正确", "Suggested rightly") { Share($0.right, of: $0.decided) },
            .number("建议为此类", "Suggested") { $0.suggested },
            percent("其中被采纳", "Followed") { Share($0.right, of: $0.suggested) },
            .text("最常误为", "Mostly mistaken for") { line, visit in name(line.mistaken, visit) },
        ]
    }

    // MARK: For programs

    private func answer(_ staff: StaffVisit) async throws -> Response {
        let figures = try await figures(staff)
        func write(_ line: Line, to writer: inout JSONWriter) {
            writer.member("decided", line.decided)
            writer.member("suggested", line.suggested)
            writer.member("right", line.right)
        }
        return .json(
            JSONWriter.object { writer in
                writer.member("months", figures.months)
                for (kind, line) in figures.kinds {
                    writer.key(escaping: kind.rawValue)
                    writer.object { write(line, to: &$0) }
                }
                writer.key("categories")
                writer.array(figures.lines) { writer, line in
                    writer.object { writer in
                        writer.member("category", line.category)
                        write(line, to: &writer)
                        writer.member("mistaken", line.mistaken)
                    }
                }
            })
    }

    private static let sums: [Schema.Member] = [
        .init("decided", .integer()), .init("suggested", .integer()), .init("right", .integer()),
    ]

    private static let operation = APIOperation(
        .get, "/suggestions/accuracy", id: "readSuggestionAccuracy", tag: "cases",
        summary: LocalizedText("建议与决定的一致程度", "How often people decide as was suggested"),
        query: [.init("months", .string(values: spans.map(String.init)), required: false)],
        response: .object([
            .init("months", .integer()), .init("category", .object(sums)), .init("area", .object(sums)),
            .init("body", .object(sums)),
            .init(
                "categories",
                .array(.object([.init("category", .text)] + sums + [.init("mistaken", .nullable(.text))]))),
        ]))
}
