import Desk
import Foundation
import Ground
import Storage
import Web

/// One matter in a list, with the names behind its ids.
struct CaseRow: Sendable {
    var record: CaseRecord
    var area: String
    var body: LocalizedText?
    var answerable: String
    var handler: String?

    static func rows(_ records: [CaseRecord], _ cases: Cases, in transaction: any Transaction) throws -> [CaseRow] {
        let names = try CaseNames(cases, records: records, in: transaction)
        return records.map { record in
            CaseRow(
                record: record, area: CaseNames.path(record.area, cases), body: names.body(record.body),
                answerable: names.staff(record.answerable) ?? "—", handler: names.staff(record.handler))
        }
    }

    // MARK: Columns

    /// Free text, which may name somebody: not for walls, which show the category in its place.
    private static func title() -> Column<CaseRow> {
        Column(
            "标题", "Title", .longText, cell: { row, _ in .text(row.record.title) },
            html: { row, visit in
                """
                <a href="/cases/\(row.record.id)">\(row.record.title)</a>\(marks(row.record, visit))
                """
            }
        ).shown(.notOnWalls)
    }

    /// The whole way down, or on walls, where room is short, only where it ends.
    private static let areas: [Column<CaseRow>] = [
        Column.text("区域", "Area") { row, _ in row.area }.shown(.notOnWalls),
        Column.text("区域", "Area") { row, _ in
            row.area.components(separatedBy: " › ").suffix(1).joined()
        }.shown(.onlyOnWalls),
    ]

    private static let number = Column<CaseRow>.text("编号", "Number") { row, _ in row.record.number }

    static func marks(_ record: CaseRecord, _ visit: Visit) -> HTML {
        """
        \(record.isSupervised ? " <span class=\"badge danger\">\(visit(CaseTexts.supervised))</span>" : HTML())\
        \(record.isBound ? " <span class=\"badge warn\">\(visit(CaseTexts.bound))</span>" : HTML())\
        \(record.extensionAsked == nil ? HTML() : " <span class=\"badge warn\">\(visit("延期待批", "more time asked"))</span>")
        """
    }

    private static func state(_ rules: CaseRules) -> Column<CaseRow> {
        .text(
            "状态", "State",
            html: { row, visit in "<span class=\"badge\">\(rules.stateTitle(row.record.state, visit))</span>" },
            { row, visit in rules.stateTitle(row.record.state, visit) })
    }

    private static func due(_ rules: CaseRules) -> Column<CaseRow> {
        .text(
            "时限", "Due", html: { row, visit in DueTag(rules: rules, visit: visit).html(row.record) },
            { row, visit in row.record.due.map { DueTag(rules: rules, visit: visit).plain($0) } })
    }

    private static func category(_ rules: CaseRules) -> Column<CaseRow> {
        .text(
            "类别", "Category",
            html: { row, visit in
                guard let code = row.record.category else { return HTML() }
                return """
                    <span title="\(rules.categories.pathText(code, visit.language))">\(rules.categories[code].map { visit($0.title) } ?? code)</span>
                    """
            }, { row, visit in row.record.category.map { rules.categories.pathText($0, visit.language) } })
    }

    /// For the ten lines of the first page.
    static func pressingColumns(_ cases: Cases) -> [Column<CaseRow>] {
        [
            number.shown(.onlyOnWalls), title(), category(cases.rules).shown(.onlyOnWalls), state(cases.rules),
            due(cases.rules),
        ] + areas + [.text("承办单位", "Handled by") { row, visit in row.body.map { visit($0) } }]
    }

    static func queueColumns(_ cases: Cases) -> [Column<CaseRow>] {
        [
            number, title(), state(cases.rules), due(cases.rules), category(cases.rules),
        ] + areas + [
            .text("承办单位", "Handled by") { row, visit in row.body.map { visit($0) } },
            Column.text("首接责任人", "Answerable") { row, _ in row.answerable }.shown(.notOnWalls),
            Column.instant("上报时间", "Reported") { $0.record.reportedAt }.shown(.notOnWalls),
        ]
    }

    /// What a sheet has beside the list: nothing that the list would mask.
    static func exportColumns(_ cases: Cases) -> [Column<CaseRow>] {
        queueColumns(cases) + [
            .text("具体内容", "Detail") { row, _ in row.record.detail },
            .text("详细地址", "Address") { row, _ in row.record.address },
            .text("来源", "Channel") { row, visit in visit(row.record.channel.title) },
            .text("反映人", "Reporter") { row, _ in row.record.reporter.nameMasked },
            .text("联系电话", "Phone") { row, _ in row.record.reporter.phoneMasked },
            .text("经办人", "Handler") { row, _ in row.handler },
            .text("全程时限", "Due as a whole") { row, visit in
                row.record.finalDue.map { DueTag(rules: cases.rules, visit: visit).plain($0) }
            },
            .instant("办结时间", "Reported done") { $0.record.finishedAt },
            .instant("归档时间", "Ended") { $0.record.endedAt },
            .text("办理结果", "What was done") { row, _ in row.record.result },
            .text("是否解决", "Solved") { row, visit in
                row.record.isSolved.map { $0 ? visit("已解决", "yes") : visit("未解决", "no") }
            },
            .number("满意度", "Satisfaction") { $0.record.satisfaction.map { Int64($0) } },
        ]
    }
}

extension CaseRules {
    func stateTitle(_ state: StateName, _ visit: Visit) -> String {
        self.state(state).map { visit($0.title) } ?? state.rawValue
    }
}
