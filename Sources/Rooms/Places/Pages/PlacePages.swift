import Desk
import Ground
import Hummingbird
import Ledger
import Storage
import Web

struct PlacePages: Sendable {
    let places: Places

    private var house: House { places.house }

    static let searchLimit = 100

    func add(to routes: Routes) {
        routes.page("/places", right: .placesRead) { try await start($0) }
        routes.page("/places/export.xlsx", right: .placesRead) { try await exportDivisions($0) }
        routes.page("/places/bodies.xlsx", right: .placesRead) { try await exportBodies($0) }
        ImportPage(places: places).add(to: routes)
        BodyPages(places: places).add(to: routes)
        routes.page("/places/:code", right: .placesRead) { staff in
            guard let area = AreaPrefix(try staff.visit.parameter("code")), !area.code.isEmpty else {
                throw Refusal.nothingHere
            }
            return try await page(of: area, for: staff)
        }
    }

    /// The installation's own area, or what was searched for.
    private func start(_ staff: StaffVisit) async throws -> Response {
        if let text = staff.visit.query.filled("q") { return try await found(text, staff) }
        return try await page(of: house.settings.area, for: staff)
    }

    private func searchForm(_ visit: Visit) -> HTML {
        """
        <form method="get" action="/places" class="panel filter" role="search">\
        \(Field.text("q", visit(PlacesTexts.search), value: visit.query["q"], type: "search", hint: visit(PlacesTexts.searchHint)))\
        \(Field.submit(visit(PlacesTexts.search)))</form>
        """
    }

    private func found(_ text: String, _ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let areas = try await places.search(text, in: staff.scope, limit: Self.searchLimit)
        let listing = Listing(
            caption: visit(PlacesTexts.search), columns: AreaRow.columns, items: areas.map { AreaRow(area: $0) },
            whenEmpty: """
                <p>\(visit(PlacesTexts.nothingFound))</p><p class="hint">\(visit(PlacesTexts.searchHint))</p>
                """)
        return visit.page(Page(visit(PlacesTexts.places), "\(searchForm(visit))\(listing.html(visit))"))
    }

    // MARK: The page of an area

    private func page(of area: AreaPrefix, for staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let day = try visit.query.day("at") ?? places.today
        let model = try await house.database.read { try AreaPage(area, at: day, in: $0) }
        let isWhole = area == house.settings.area
        guard isWhole || model.isKnown else { throw Refusal.nothingHere }
        let title = model.title ?? visit(house.settings.title)
        let top = house.settings.area
        let trail = AreaTrail(
            from: top, to: area, name: { $0 == area.code ? title : places.name(of: $0) },
            children: places.children, address: { "/places/\($0)" })
        // Above the installation's own area there is nothing to switch to.
        let around = model.lineage.filter { $0.code != area.code && !top.contains(code: $0.code) }
        let inside = top.contains(area)
        var crumbs: [(text: String, address: String?)] = around.map { ($0.name, "/places/\($0.code)") }
        crumbs += inside ? trail.crumbs : [(title, nil)]
        if !crumbs.isEmpty { crumbs[crumbs.count - 1].address = nil }
        var panels = HTML()
        if !area.code.isEmpty { for panel in places.panels { panels += try await panel(area, staff) } }
        var page = Page(
            title, breadcrumb: crumbs,
            """
            \(searchForm(visit))\(facts(model, area, staff))\
            \(panels)\
            \(divisions(model, visit, isWhole: isWhole))\(grids(model, visit))\(bodies(model, area, visit))\(history(model, visit))
            """)
        if inside { for (position, links) in trail.besides { page.besides[position + around.count] = links } }
        return visit.page(page)
    }

    private func facts(_ model: AreaPage, _ area: AreaPrefix, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let importLink: HTML =
            staff.scope.may(.placesImport)
            ? "<a class=\"btn\" href=\"/places/import\">\(symbol("upload"))<span>\(visit(PlacesTexts.importTitle))</span></a>"
            : ""
        return """
            <section class="panel"><dl class="facts"><dt>\(visit("代码", "Code"))</dt><dd><code>\(area.code)</code></dd>\
            <dt>\(visit("级别", "Level"))</dt><dd>\(visit(PlacesTexts.level(area.level)))</dd>\
            \(model.grid.map { grid in
                "<dt>\(visit("类别", "Kind"))</dt><dd>\(visit(grid.kind.text))</dd><dt>\(visit("户数", "Households"))</dt><dd>\(grid.households)</dd>"
            })</dl>\
            <div class="bar"><a class="btn" href="/cases?area=\(address: area.code)">\(symbol("list"))<span>\(visit(PlacesTexts.cases))</span></a>\
            <form method="get" class="inline">\(Field.text("at", visit(PlacesTexts.day), value: model.day.description, type: "date"))\
            \(Field.submit(visit("查看", "Show"), tone: "ghost"))</form>\(importLink)</div></section>
            """
    }

    private func divisions(_ model: AreaPage, _ visit: Visit, isWhole: Bool) -> HTML {
        guard model.area.level < .community else { return HTML() }
        let nothing: HTML =
            isWhole
            ? "<p>\(visit(PlacesTexts.notImported))</p><p class=\"hint\">\(visit(PlacesTexts.importWay))</p>"
            : "<p>\(visit(PlacesTexts.noDivisions))</p>"
        let listing = Listing(
            caption: visit(PlacesTexts.divisions), columns: AreaRow.countedColumns, items: model.children,
            whenEmpty: nothing)
        let export = QueryParameters([("parent", model.area.code)]).address("/places/export.xlsx")
        return """
            <section><h2>\(visit(PlacesTexts.divisions))</h2>\(listing.html(visit))\
            <a class="btn" href="\(export)" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a></section>
            """
    }

    private func grids(_ model: AreaPage, _ visit: Visit) -> HTML {
        guard model.area.level == .community else { return HTML() }
        let listing = Listing(
            caption: visit(PlacesTexts.grids), columns: GridRow.columns, items: model.grids,
            whenEmpty: "<p>\(visit(PlacesTexts.noGrids))</p>")
        return "<section><h2>\(visit(PlacesTexts.grids))</h2>\(listing.html(visit))</section>"
    }

    private func bodies(_ model: AreaPage, _ area: AreaPrefix, _ visit: Visit) -> HTML {
        let groups = BodyRecord.Kind.allCases.compactMap { kind -> (BodyRecord.Kind, [BodyRecord])? in
            let bodies = model.bodies.filter { $0.kind == kind }
            return bodies.isEmpty ? nil : (kind, bodies)
        }
        let content: HTML =
            groups.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit(PlacesTexts.noBodies))</p></div>"
            : """
            <div class="panel">\(groups.html { kind, bodies in
                "<h3>\(visit(PlacesTexts.kind(kind)))</h3><ul>\(bodies.html { body($0, visit) })</ul>"
            })</div>
            """
        let here = QueryParameters([("area", area.code)])
        return """
            <section><h2>\(visit(PlacesTexts.bodies))</h2>\(content)\
            <div class="bar"><a class="btn" href="\(here.address("/places/bodies"))">\(symbol("layers"))<span>\(visit("机构列表", "List of bodies"))</span></a>\
            <a class="btn" href="\(here.address("/places/bodies.xlsx"))" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a></div></section>
            """
    }

    private func body(_ body: BodyRecord, _ visit: Visit) -> HTML {
        """
        <li><a href="/places/bodies/\(body.id)">\(body.name(visit.language))</a> <span class="badge">\(visit(PlacesTexts.level(body.level)))</span>\
        \(body.phone.map { " <a href=\"tel:\(address: $0)\">\($0)</a>" })</li>
        """
    }

    private func history(_ model: AreaPage, _ visit: Visit) -> HTML {
        guard !model.history.isEmpty else { return HTML() }
        let successors: HTML =
            model.successors.isEmpty
            ? HTML()
            : """
            <ul>\(model.successors.html { successor in
                """
                <li><a href="/places/\(successor.code)">\(successor.code)</a> → \
                <a href="/places/\(successor.successor)">\(successor.successor)</a> \(successor.since.description) \
                <span class="badge">\(successor.standing == .proposed ? visit("建议", "proposed") : visit("已确认", "confirmed"))</span></li>
                """
            })</ul>
            """
        let listing = Listing(
            caption: visit(PlacesTexts.history), columns: AreaRow.historyColumns,
            items: model.history.map { AreaRow(area: $0) }, whenEmpty: HTML())
        return "<section><h2>\(visit(PlacesTexts.history))</h2>\(listing.html(visit))\(successors)</section>"
    }

    // MARK: Exports

    private func exportDivisions(_ staff: StaffVisit) async throws -> Response {
        let parent = staff.visit.query.filled("parent")
        let day = places.today
        return try await SheetExport.workbook(
            named: staff(PlacesTexts.divisions), columns: AreaRow.historyColumns, for: staff
        ) { after in
            var areas = try await house.database.read { transaction in
                try AreaStore.children(of: parent, at: day, after: after, limit: 5001, in: transaction)
            }
            let hasMore = areas.count > 5000
            if hasMore { areas.removeLast() }
            return (areas.map { AreaRow(area: $0) }, hasMore ? areas.last?.code : nil)
        }
    }

    private func exportBodies(_ staff: StaffVisit) async throws -> Response {
        let area = staff.visit.query.filled("area").flatMap { AreaPrefix($0) } ?? house.settings.area
        let day = places.today
        return try await SheetExport.workbook(
            named: staff(PlacesTexts.bodies), columns: BodyRow.columns, for: staff
        ) { _ in
            let bodies = try await house.database.read { transaction in
                try BodyStore.acting(in: area, at: day, limit: SheetExport.rowLimit, transaction: transaction)
            }
            return (bodies, nil)
        }
    }
}
