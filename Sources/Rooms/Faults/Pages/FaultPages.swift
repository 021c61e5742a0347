import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/faults`: which street has which of the three faults, and from which records one sees it.
struct FaultPages: Sendable {
    let faults: Faults

    func add(to routes: Routes) {
        routes.page("/faults", right: .readWorkload) { try await list($0) }
        routes.page("/faults/export", right: .readWorkload) { try await export($0) }
        routes.page("/faults/:key", right: .readWorkload) { try await show($0) }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = try FaultQuestion(visit.query, strictly: false)
        let all = try await faults.findings(for: staff.scope, at: visit.now)
        let found = all.filter(question.holds)
        let listing = Listing(
            caption: visit(FaultTexts.title), columns: columns, items: found,
            whenEmpty: all.isEmpty
                ? "<p>\(visit("没有发现三不问题：赋予的权力在用，职责有权可行，任务有人有钱。", "None of the three faults: powers that were given are used, duties have their powers, tasks their means."))</p>"
                : "<p>\(visit("没有符合条件的。", "Nothing fits.")) <a href=\"/faults\">\(visit("看全部", "Show all"))</a></p>")
        return visit.page(
            Page(
                visit(FaultTexts.title), breadcrumb: [(visit(FaultTexts.title), nil)],
                """
                <p class="lead">\(visit("权力下放了还由上面办、有责无权、有事没有人财物：只从平台的记录得出，每一条都能点开所依据的事项、赋权、合同和工作量。问题在安排，不在街道，不计入任何考核。", "Powers given and still decided above, duties without power, tasks without means: told from records only, each of which can be opened. It is how things were arranged, never a mark against a street."))</p>\
                \(figures(all, visit))<div class="bar">\(exportLink(visit, path: "/faults/export"))<a class="btn" href="/faults/symptoms">\(visit(FaultTexts.symptoms))</a><a class="btn" href="/powers">\(visit("赋权菜单", "Menu of powers"))</a><a class="btn" href="/workload">\(visit("工作量", "Workload"))</a></div>\
                \(listing.html(visit))
                """))
    }

    private func figures(_ all: [Finding], _ visit: Visit) -> HTML {
        """
        <dl class="kpi">\(Fault.allCases.html { fault in
            let of = all.filter { $0.fault == fault }
            let streets = Set(of.map(\.street)).count
            return """
                <div\(attribute: "class", of.isEmpty ? nil : "warn")><dt><a href="/faults?fault=\(fault.rawValue)">\(visit(fault.title))</a></dt>\
                <dd><strong>\(of.count)</strong> <small>\(visit("\(streets) 个街道", "in \(streets) streets"))</small></dd></div>
                """
        })</dl>
        """
    }

    private var columns: [Column<Finding>] {
        let faults = faults
        return [
            .text("街道", "Street") { one, _ in faults.areaName(one.street) },
            .text(
                "问题", "Fault",
                html: { one, visit in
                    "<a href=\"/faults/\(one.key)\"><span class=\"tag warn\">\(visit(one.fault.title))</span></a>"
                }
            ) { one, visit in visit(one.fault.title) },
            .text("权力", "Power") { one, _ in one.power },
            Column("从记录看到", "What the records show", .longText, cell: { one, visit in .text(visit(one.text)) }),
            .number("记录数", "Records") { Int64($0.evidence.count) },
            Column(
                "记录", "Records cited", .longText,
                cell: { one, _ in .text(one.evidence.prefix(Self.mostShown).map(\.name).joined(separator: "、")) }),
            Column("怎么办", "What mends it", .longText, cell: { one, visit in .text(visit(one.fault.remedy)) }),
        ]
    }

    /// In a list; the page of the finding and the interface have them all.
    private static let mostShown = 5

    private func export(_ staff: StaffVisit) async throws -> Response {
        let question = try FaultQuestion(staff.visit.query, strictly: false)
        let found = try await faults.findings(for: staff.scope, at: staff.visit.now).filter(question.holds)
        return try await SheetExport.workbook(named: staff(FaultTexts.title), columns: columns, for: staff) { _ in
            (found, nil)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let key = try visit.parameter("key")
        let found = try await faults.findings(for: staff.scope, at: visit.now)
        guard let one = found.first(where: { $0.key == key }) else { throw Refusal.nothingHere }
        let street = faults.areaName(one.street)
        let title = "\(street) · \(visit(one.fault.title))"
        let listing = Listing(
            caption: visit(FaultTexts.evidence), columns: evidenceColumns, items: one.evidence,
            whenEmpty: "<p>\(visit("没有记录。", "No records."))</p>")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(FaultTexts.title), "/faults"), (title, nil)],
                """
                <section class="panel"><dl class="facts"><dt>\(visit("从记录看到", "What the records show"))</dt><dd>\(visit(one.text))</dd>\
                <dt>\(visit("怎么办", "What mends it"))</dt><dd>\(visit(one.fault.remedy))</dd></dl></section>\(listing.html(visit))
                """))
    }

    private var evidenceColumns: [Column<Evidence>] {
        [
            .text("种类", "Kind") { one, visit in visit(FaultTexts.kind(one.kind)) },
            .text("编号", "Name", html: { one, _ in "<a href=\"\(one.address)\">\(one.name)</a>" }) { one, _ in one.name
            },
            Column("内容", "What it says", .longText, cell: { one, visit in .text(visit(one.text)) }),
        ]
    }
}
