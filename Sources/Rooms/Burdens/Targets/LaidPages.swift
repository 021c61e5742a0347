import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/targets/laid?body=…`: what one body asks for in figures, and what it laid on top.
struct LaidPages: Sendable {
    let burdens: Burdens

    func add(to routes: Routes) {
        routes.page("/targets/laid", right: .readMandates) { try await show($0) }
        routes.page("/targets/laid/export", right: .readMandates) { try await export($0) }
    }

    private func laid(_ staff: StaffVisit) async throws -> [LaidTarget] {
        let year = try TargetPages.year(staff.visit)
        var body = staff.scope.body
        if let text = staff.visit.query.filled("body") {
            guard let asked = BodyID(parsing: text) else {
                throw Refusal(
                    .malformed, "targets.body", LocalizedText("没有这样的单位", "There is no such body"), field: "body")
            }
            body = asked
        }
        let (burdens, scope, sender) = (burdens, staff.scope, body)
        return try await burdens.house.database.read {
            try burdens.laid(by: sender, in: year, for: scope, in: $0)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let found = try await laid(staff)
        let title = visit(BurdenTexts.laid)
        let listing = Listing(
            caption: title, columns: columns, items: found,
            whenEmpty: "<p>\(visit("这一年没有登记要求。", "No targets of it this year."))</p>")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(BurdenTexts.targets), "/targets"), (title, nil)],
                """
                <p>\(visit("共 \(found.count) 条，其中 \(found.count { ($0.markUp ?? 0) > 0 }) 条加码。", "\(found.count) targets, \(found.count { ($0.markUp ?? 0) > 0 }) of them marked up."))</p>\
                <div class="bar">\(exportLink(visit, path: "/targets/laid/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let found = try await laid(staff)
        return try await SheetExport.workbook(named: staff(BurdenTexts.laid), columns: columns, for: staff) { _ in
            (found, nil)
        }
    }

    private var columns: [Column<LaidTarget>] {
        let burdens = burdens
        return [
            .text("指标", "Indicator", html: { one, _ in "<a href=\"/targets/\(one.root)\">\(one.indicator)</a>" }) {
                one, _ in one.indicator
            },
            .text("由谁完成", "Who has to reach it") { one, _ in burdens.areaName(one.area) },
            .text("要求", "Value") { one, _ in one.value },
            Column(
                "比上一级加码", "On top of the level above", .number,
                cell: { one, _ in one.markUp.map { .number(Double($0) / 10) } ?? .empty },
                html: { one, _ in
                    one.markUp.map { markUp in
                        "<span class=\"tag \(markUp > 0 ? "danger" : "ok")\">\(markUp > 0 ? "+" : "")\(permilleText(markUp))</span>"
                    } ?? "—"
                }),
        ]
    }
}
