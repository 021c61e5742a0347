import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/powers/grants?area=…`: the powers of one street, and what became of them.
struct GrantPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/powers/grants", right: .readMandates) { try await show($0) }
        routes.page("/powers/grants/export", right: .readMandates) { try await export($0) }
    }

    private func grants(_ staff: StaffVisit) async throws -> (street: AreaPrefix, grants: [PowerGrant]) {
        let query = staff.visit.query
        let text = query.filled("area") ?? staff.scope.area.code
        guard let street = AreaPrefix(text), street.level == .street else { throw ListAPI.wrong("area") }
        guard staff.scope.area.contains(street) else { throw Refusal.nothingHere }
        var stage: PowerStage?
        if let text = query.filled("stage") {
            guard let asked = PowerStage(rawValue: text) else { throw ListAPI.wrong("stage") }
            stage = asked
        }
        let (mandates, scope, wanted) = (mandates, staff.scope, stage)
        let found = try await mandates.house.database.read {
            try mandates.powerGrants(in: street, for: scope, in: $0)
        }
        return (street, wanted.map { stage in found.filter { $0.stage == stage } } ?? found)
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (street, found) = try await grants(staff)
        let name = mandates.areaName(street)
        let listing = Listing(
            caption: name, columns: columns, items: found,
            whenEmpty:
                "<p>\(visit("没有这样的权力。", "No such powers.")) <a href=\"/powers\">\(visit(MandateTexts.powers))</a></p>")
        return visit.page(
            Page(
                "\(name) · \(visit(MandateTexts.grants))",
                breadcrumb: [(visit(MandateTexts.powers), "/powers"), (name, nil)],
                """
                <p>\(visit("共 \(found.count) 项。", "\(found.count) powers."))</p>\
                <div class="bar">\(exportLink(visit, path: "/powers/grants/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (street, found) = try await grants(staff)
        return try await SheetExport.workbook(
            named: staff(MandateTexts.grants), columns: columns, for: staff, filter: mandates.areaName(street)
        ) { _ in (found, nil) }
    }

    private var columns: [Column<PowerGrant>] {
        let mandates = mandates
        return [
            .text("编码", "Code", html: { one, _ in "<a href=\"/powers/\(one.power)\">\(one.power)</a>" }) { one, _ in
                one.power
            },
            Column(
                "权力", "Power", .longText,
                cell: { one, visit in
                    mandates.menuOfPowers[one.power].map { .text(visit($0.title)) } ?? .empty
                }),
            .text(
                "环节", "Stage",
                html: { one, visit in
                    "<span class=\"tag \(one.stage.isHeld ? "ok" : one.stage.isAlive ? "warn" : "")\">\(visit(one.stage.title))</span>"
                }
            ) { one, visit in visit(one.stage.title) },
            .instant("点单", "Ordered") { $0.orderedAt },
            .instant("试行或赋权起", "Held since") { $0.grantedAt },
            .text("文书", "Instrument") { one, _ in one.instrument.isEmpty ? nil : one.instrument },
            Column(
                "还缺", "Lacks", .longText,
                cell: { one, visit in
                    let lacks =
                        one.stage.isHeld
                        ? mandates.menuOfPowers[one.power].map { PowerMenu.lacks($0, one.readiness) } ?? [] : []
                    return lacks.isEmpty
                        ? .empty : .text(lacks.map { visit($0) }.joined(separator: visit("；", "; ")))
                }),
        ]
    }
}
