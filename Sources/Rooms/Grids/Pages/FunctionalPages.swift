import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/grids/functional`: grids for an industrial park, a campus, the flood season; and the matters they took.
struct FunctionalPages: Sendable {
    let grids: Grids

    func add(to routes: Routes) {
        routes.page("/grids/functional", right: .gridsRead) { try await list($0, nil, nil) }
        routes.form("/grids/functional", right: .gridsPlan) { try await lay($0, $1) }
        routes.page("/grids/functional/:id", right: .gridsRead) { try await show($0) }
        routes.form("/grids/functional/:id/end", right: .gridsPlan) { try await end($0, $1) }
    }

    private static let pageLength = 50

    private func list(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let after = visit.query.filled("after")
        let (all, holders) = try await grids.house.database.read { transaction in
            (
                try FunctionalStore.page(for: scope, after: after, limit: Self.pageLength + 1, in: transaction),
                scope.may(.gridsPlan)
                    ? try grids.identity.directory.postHolders(
                        right: Right("case.handle"), area: scope.area, in: transaction)
                        + grids.identity.directory.postHolders(
                            within: scope.area, roles: handlers, in: transaction
                        ).prefix(200) : []
            )
        }
        let listing = Listing(
            caption: visit(GridTexts.functional), columns: columns(visit.now.local().day),
            items: Array(all.prefix(Self.pageLength)),
            next: all.count > Self.pageLength ? all[Self.pageLength - 1].id.text : nil,
            whenEmpty:
                "<p>\(visit("还没有功能性网格。它叠加在基础网格之上，只管几类事、只管一段时间。", "There is none yet. One is laid over base grids, for some categories and for some time."))</p>"
        )
        return visit.page(
            Page(
                visit(GridTexts.functional), breadcrumb: GridPages(grids: grids).crumbs(visit, GridTexts.functional),
                notice: visit.query["done"].map { _ in Page.Notice(.ok, visit("已保存。", "Saved.")) },
                """
                <p class="lead">\(visit("叠加在基础网格之上，承接所选类别的诉求，到期自动撤销；基础网格不变。", "Laid over base grids, they take matters of their categories and end by themselves; base grids stay as they are."))</p>\
                \(form(staff, holders, typed, refusal))\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private var handlers: [String] {
        grids.identity.roles.all.filter { $0.rights.contains(Right("case.handle")) }.map(\.key).sorted()
    }

    private func form(
        _ staff: StaffVisit, _ holders: [PostHolder], _ typed: QueryParameters?, _ refusal: Refusal?
    ) -> HTML {
        guard staff.scope.may(.gridsPlan) else { return HTML() }
        let visit = staff.visit
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        let today = visit.now.local().day
        let categories = grids.cases.rules.categories.all.filter { $0.code.utf8.count <= 4 }
            .map { Field.Choice($0.code, visit($0.title)) }
        let posts = holders.map { Field.Choice($0.post.id.text, "\(visit($0.post.title)) · \($0.staffName)") }
        return """
            <details class="act"\(flag: "open", refusal != nil)><summary>\(visit("设立功能性网格", "Lay a functional grid"))</summary>\
            <form method="post" action="/grids/functional" class="narrow">\(visit.formFields)\
            \(Field.text("name", visit("名称", "Name"), value: typed?["name"], required: true, maximum: 60, error: error("name")))\
            \(Field.choice("areas", visit("范围", "Area"), GridPages(grids: grids).areas(staff.scope), value: typed?["areas"], required: true, error: error("areas")))\
            \(Field.choice("categories", visit("承接的类别", "Category it takes"), categories, value: typed?["categories"], required: true, error: error("categories")))\
            \(Field.text("validFrom", visit("从", "From"), value: typed?["validFrom"] ?? today.description, type: "date", required: true))\
            \(Field.text("lastDay", visit("到（含）", "Until (included)"), value: typed?["lastDay"] ?? (today + 90).description, type: "date", required: true, error: error("lastDay")))\
            \(Field.choice("post", visit("负责岗位", "In charge"), posts, value: typed?["post"], required: true, error: error("post")))\
            \(Field.submit(visit("设立", "Lay it")))</form></details>
            """
    }

    private func columns(_ today: Day) -> [Column<FunctionalGrid>] {
        let tree = grids.cases.rules.categories
        return [
            .text("名称", "Name", html: { grid, _ in "<a href=\"/grids/functional/\(grid.id)\">\(grid.name)</a>" }) {
                grid, _ in
                grid.name
            },
            .number("基础网格", "Base grids") { Int64($0.members.count) },
            .text("类别", "Categories") { grid, visit in
                grid.categories.map { code in tree[code].map { visit($0.title) } ?? code }.joined(separator: "、")
            },
            .text("从", "From") { grid, _ in grid.validFrom.description },
            .text("到", "Until") { grid, _ in (grid.validTo - 1).description },
            .text("状态", "State") { grid, visit in
                grid.holds(on: today)
                    ? visit("生效中", "in force") : grid.validTo <= today ? visit("已到期", "over") : visit("未到期", "not yet")
            },
        ]
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let id: Identifier<FunctionalGrid> = try visit.identifier()
        let scope = staff.scope
        let (grid, matters) = try await grids.house.database.read { transaction in
            let grid = try FunctionalStore.find(id, for: scope, in: transaction)
            let taken = try FunctionalStore.taken(by: id, in: transaction)
            let readable =
                scope.may(Right("case.read")) ? try grids.cases.matters(Array(taken), for: scope, in: transaction) : [:]
            return (grid, readable.values.sorted { $0.id.text > $1.id.text })
        }
        let listing = Listing(
            caption: visit("承接的诉求", "Matters it took"), columns: matterColumns(), items: Array(matters.prefix(200)),
            whenEmpty: "<p>\(visit("还没有承接诉求。", "It has taken no matter yet."))</p>")
        let today = visit.now.local().day
        let end: HTML =
            scope.may(.gridsPlan) && grid.validTo > today
            ? """
            <form method="post" action="/grids/functional/\(grid.id)/end" class="bar">\(visit.formFields)\(Field.submit(visit("提前撤销", "End it now"), tone: "ghost"))</form>
            """ : HTML()
        let members = grid.members.prefix(200).map { grids.places.name(of: $0) ?? $0 }.joined(separator: "、")
        return visit.page(
            Page(
                grid.name,
                breadcrumb: [
                    (visit(GridTexts.grids), "/grids"), (visit(GridTexts.functional), "/grids/functional"),
                    (grid.name, nil),
                ],
                """
                <dl class="facts"><dt>\(visit("有效期", "In force"))</dt><dd>\(grid.validFrom.description) – \((grid.validTo - 1).description)</dd>\
                <dt>\(visit("基础网格", "Base grids"))</dt><dd>\(members)</dd></dl>\(end)\(listing.html(visit))
                """))
    }

    private func matterColumns() -> [Column<CaseRecord>] {
        let places = grids.places
        return [
            .text("诉求", "Matter", html: { matter, _ in "<a href=\"/cases/\(matter.id)\">\(matter.title)</a>" }) {
                matter, _ in
                matter.title
            },
            .text("网格", "Grid") { matter, _ in places.name(of: matter.area.code) },
            .instant("收到", "Received") { $0.receivedAt },
            .text("状态", "State") { matter, visit in matter.endedAt == nil ? visit("办理中", "open") : visit("已办结", "ended")
            },
        ]
    }

    private func lay(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (now, scope) = (staff.visit.now, staff.scope)
        let request = FunctionalWork.Request(
            name: fields["name"] ?? "", areas: fields.all("areas"), categories: fields.all("categories"),
            validFrom: fields["validFrom"] ?? "", lastDay: fields["lastDay"] ?? "", post: fields["post"] ?? "")
        do {
            let answer = try await staff.visit.write(submission) { transaction in
                let grid = try FunctionalWork(grids: grids).lay(request, by: scope, at: now, in: transaction)
                return .seeOther("/grids/functional/\(grid.id)")
            }
            try await FunctionalWork(grids: grids).takeMatters(at: now)
            return answer
        } catch let refusal as Refusal where refusal.field != nil {
            return try await list(staff, fields, refusal)
        }
    }

    private func end(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<FunctionalGrid> = try staff.visit.identifier()
        let (now, scope) = (staff.visit.now, staff.scope)
        return try await staff.visit.write(submission) { transaction in
            try FunctionalWork(grids: grids).end(id, by: scope, at: now, in: transaction)
            return .seeOther("/grids/functional?done=ended")
        }
    }
}
