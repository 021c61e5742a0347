import Desk
import Ground
import Storage
import Web

/// All that the page of an area shows, as it was on one day.
struct AreaPage: Sendable {
    var area: AreaPrefix
    var day: Day
    /// From the province down to the division itself (for a grid: to its community).
    var lineage: [Area]
    var history: [Area]
    var successors: [Successor]
    var children: [AreaRow] = []
    var grid: Grid?
    var grids: [Grid] = []
    var bodies: [BodyRecord]

    init(_ area: AreaPrefix, at day: Day, in transaction: any Transaction) throws {
        self.area = area
        self.day = day
        lineage = try AreaStore.ancestors(of: area.code, at: day, in: transaction)
        history = try AreaStore.history(of: area.code, in: transaction)
        successors = try AreaStore.successors(of: area.code, in: transaction)
        bodies = try BodyStore.acting(in: area, at: day, limit: 500, transaction: transaction)
        switch area.level {
        case .grid: grid = try GridStore.grid(area.code, in: transaction)
        case .community: grids = try GridStore.grids(in: area, at: day, transaction: transaction)
        case .country, .province, .prefecture, .county, .street:
            let areas = try AreaStore.children(of: area.code.isEmpty ? nil : area.code, at: day, in: transaction)
            let counts = try AreaStore.childCounts(of: areas.map(\.code), at: day, in: transaction)
            children = areas.map { AreaRow(area: $0, count: counts[$0.code] ?? 0) }
        }
    }

    /// Whether there is, or was, a division or grid of this code. Those around an unknown code prove nothing.
    var isKnown: Bool { lineage.last?.code == area.code || !history.isEmpty || grid != nil }

    /// The name on that day, or the last one that it had.
    var title: String? {
        if let grid { return grid.name }
        if let last = lineage.last, last.code == area.code { return last.name }
        return history.last?.name
    }
}

/// A division in a list, with how many lie below it where that was asked for.
struct AreaRow: Sendable {
    var area: Area
    var count: Int64?

    private static let code = Column<AreaRow>.text(
        "代码", "Code", html: { row, _ in "<a href=\"/places/\(row.area.code)\"><code>\(row.area.code)</code></a>" }
    ) { row, _ in row.area.code }
    private static let name = Column<AreaRow>.text(
        "名称", "Name", html: { row, _ in "<a href=\"/places/\(row.area.code)\">\(row.area.name)</a>" }
    ) { row, _ in row.area.name }
    private static let level = Column<AreaRow>.text("级别", "Level") { row, visit in
        visit(PlacesTexts.level(row.area.level))
    }

    static let columns = [code, name, level]
    static let countedColumns = [code, name, level, .number("下级数", "Divisions below") { $0.count }]
    static let historyColumns = [
        code, name, level, .text("上级", "Parent") { row, _ in row.area.parent },
        .text("生效", "From") { row, _ in row.area.validFrom.description },
        .text("失效", "Until") { row, _ in row.area.validTo?.description },
        .text("来源", "Source") { row, _ in row.area.source },
    ]
}

enum GridRow {
    static let columns: [Column<Grid>] = [
        .text(
            "代码", "Code", html: { grid, _ in "<a href=\"/places/\(grid.code)\"><code>\(grid.code)</code></a>" }
        ) { grid, _ in grid.code },
        .text("名称", "Name") { grid, _ in grid.name },
        .text("类别", "Kind") { grid, visit in visit(grid.kind.text) },
        .number("户数", "Households") { $0.households },
        .text("生效", "From") { grid, _ in grid.validFrom.description },
    ]
}

enum BodyRow {
    /// As on the page: names in place of codes, and the way to each.
    static func pageColumns(_ places: Places) -> [Column<BodyRecord>] {
        let today = places.today
        let lines = BodyForm.lineNames(places.house.rules)
        return [
            .text(
                "名称", "Name",
                html: { body, visit in
                    let isEnded = body.validTo.map { $0 <= today } ?? false
                    return """
                        <a href="/places/bodies/\(body.id)">\(body.name(visit.language))</a>\
                        \(isEnded ? " <span class=\"badge\">\(visit(PlacesTexts.ended))</span>" : HTML())
                        """
                }, { body, visit in body.name(visit.language) }),
            columns[1], columns[2],
            .text(
                "区域", "Area",
                html: { body, _ in
                    "<a href=\"/places/\(body.area.code)\">\(places.name(of: body.area.code) ?? body.area.code)</a>"
                }, { body, _ in body.area.code }),
            .text("条线", "Line") { body, visit in
                body.line.map { code in lines[code].map { visit($0) } ?? code }
            },
            columns[5], columns[6],
        ]
    }

    static let columns: [Column<BodyRecord>] = [
        .text("名称", "Name") { body, visit in body.name(visit.language) },
        .text("类别", "Kind") { body, visit in visit(PlacesTexts.kind(body.kind)) },
        .text("级别", "Level") { body, visit in visit(PlacesTexts.level(body.level)) },
        .text("区域", "Area") { body, _ in body.area.code },
        .text("条线", "Line") { body, _ in body.line },
        .text("电话", "Phone") { body, _ in body.phone },
        .text("生效", "From") { body, _ in body.validFrom.description },
        .text("失效", "Until") { body, _ in body.validTo?.description },
        .text("编号", "Id") { body, _ in body.id.text },
    ]
}

extension QueryParameters {
    /// A day in the address; nil when there is none.
    func day(_ name: String) throws(Refusal) -> Day? {
        guard let text = filled(name) else { return nil }
        guard let day = Day(text) else {
            throw Refusal(
                .malformed, "places.day",
                LocalizedText("\(name) 应为日期（如 2026-11-21）", "\(name) must be a date such as 2026-11-21"), field: name)
        }
        return day
    }
}
