import Desk
import Forms
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// `/systems/avoided`: entries that nobody had to type, month by month, by form, system and element.
struct AvoidedPages: Sendable {
    let systems: Systems

    func add(to routes: Routes) {
        routes.page("/systems/avoided", right: .formsRead) { try await show($0) }
        routes.page("/systems/avoided/export", right: .formsRead) { try await export($0) }
    }

    /// The month that is asked for; this one when none is.
    static func month(_ query: QueryParameters, today: Day) throws(Refusal) -> (year: Int, month: Int) {
        guard let text = query.filled("month") else { return (today.parts.year, today.parts.month) }
        guard text.wholeMatch(of: /[0-9]{4}-[0-9]{2}/) != nil else {
            throw Refusal(
                .malformed, "systems.month", LocalizedText("月份须如 2026-11", "A month is written 2026-11"), field: "month"
            )
        }
        guard let day = Day(text + "-01"), day <= today, day.parts.year >= 2_020 else {
            throw Refusal(
                .ruleBroken, "systems.month-range",
                LocalizedText("月份应在 2020-01 至本月之间", "The month lies between 2020-01 and this one"), field: "month")
        }
        return (day.parts.year, day.parts.month)
    }

    private func read(_ staff: StaffVisit) async throws -> (String, AvoidedEntries) {
        let (systems, scope) = (systems, staff.scope)
        let (year, month) = try Self.month(staff.visit.query, today: staff.visit.now.local().day)
        let entries = try await systems.house.database.read {
            try systems.avoided(year: year, month: month, for: scope, in: $0)
        }
        return ("\(year)-\(month < 10 ? "0" : "")\(month)", entries)
    }

    private var sourceColumns: [Column<AvoidedEntries.Source>] {
        let systems = systems
        let names = Dictionary(systems.forms.facts.map { ($0.key, $0.name) }) { first, _ in first }
        return [
            .text("表或系统", "Form or system") { source, visit in
                (source.isSystem ? systems.list[source.key]?.name : names[source.key]).map { visit($0) } ?? source.key
            },
            .text("类别", "Kind") { source, visit in
                source.isSystem ? visit("政务系统", "System") : visit("部门报表", "Form")
            },
            .number("取数次数", "Times taken") { Int64($0.taken) },
            .number("计入次数", "Times counted") { Int64($0.counted) },
            .number("行数", "Lines") { Int64($0.rows) },
            .number("少录条目", "Entries avoided") { Int64($0.entries) },
        ]
    }

    private struct ElementLine: Sendable {
        var name: LocalizedText
        var avoided: Int
        var again: Int
    }

    private func elements(_ entries: AvoidedEntries) -> [ElementLine] {
        Set(entries.byElement.keys).union(entries.typedAgain.keys).map { key in
            ElementLine(
                name: systems.registry.dictionary[key]?.name ?? LocalizedText(key, key),
                avoided: entries.byElement[key] ?? 0, again: entries.typedAgain[key] ?? 0)
        }.sorted { ($1.avoided, $1.again, $0.name.english) < ($0.avoided, $0.again, $1.name.english) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (month, entries) = try await read(staff)
        let columns: [Column<ElementLine>] = [
            .text("数据项", "Element") { line, visit in visit(line.name) },
            .number("少录条目", "Entries avoided") { Int64($0.avoided) },
            .number("仍重复录入", "Still typed again") { Int64($0.again) },
        ]
        let nothing: HTML =
            "<p>\(visit("本月还没有记录：从本平台取一次表或导出一次导入文件，这里就有数。", "Nothing is on record for this month: take a list or an import file from here, and it counts."))</p>"
        return visit.page(
            Page(
                visit(SystemTexts.avoided),
                breadcrumb: [(visit(SystemTexts.systems), "/systems"), (visit(SystemTexts.avoided), nil)],
                """
                <form class="filter" method="get" action="/systems/avoided">\(Field.text("month", visit("月份", "Month"), value: month, type: "month"))\(Field.submit(visit("查看", "Show"), tone: ""))</form>\
                <dl class="facts"><dt>\(visit("少录条目", "Entries avoided"))</dt><dd>\(entries.total)</dd><dt>\(visit("仍重复录入", "Still typed again"))</dt><dd>\(entries.totalTypedAgain)</dd></dl>\
                <details class="panel"><summary>\(visit("怎么算的", "How it is counted"))</summary><p>\(visit("只数发生过的：名单每到期一次，从本平台取走才计一次，同期重复取、取其中一部分都不再计；每行每个数据项算一个条目。有变化就录的系统，停录以后按本平台登记的事实逐条计。导入的事实不计。", "Only what happened counts: a list counts once for each time that it is due and taken from here, not again for a repeat or a part of it; one entry for each line and element. For systems that want changes and are typed no more, each fact written here counts. Imported facts do not."))</p></details>\
                <p class="bar">\(exportLink(visit, path: "/systems/avoided/export"))</p>\
                <h2>\(visit("按表和系统", "By form and system"))</h2>\
                \(Listing(caption: visit("按表和系统", "By form and system"), columns: sourceColumns, items: entries.sources, whenEmpty: nothing).html(visit))\
                <h2>\(visit("按数据项", "By element"))</h2>\
                \(Listing(caption: visit("按数据项", "By element"), columns: columns, items: elements(entries), whenEmpty: nothing).html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (month, entries) = try await read(staff)
        return try await SheetExport.workbook(
            named: staff(SystemTexts.avoided), columns: sourceColumns, for: staff, filter: month
        ) { _ in (entries.sources, nil) }
    }
}
