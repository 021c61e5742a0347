import Cases
import Desk
import Geo
import Ground
import Hummingbird
import Places
import Storage
import Web

/// The matters beside the map: those of the filter within what was chosen, most pressing first.
struct MapList: Sendable {
    let map: OneMap

    struct Model: Sendable {
        var matters: [PlacedMatter] = []
        var found = 0
        /// More than are looked through: what stands here is a part.
        var isPart = false
        var overdue = 0
        /// All that are open, as the maintained counts say, with a place or without.
        var open: Int64 = 0
        /// As of which instant: now, or the end of a past day.
        var at: Instant
        var day: Day?
    }

    func model(_ staff: StaffVisit) async throws -> Model {
        let (scope, now, map) = (staff.scope, staff.visit.now, map)
        guard scope.may(.readMatters) else { return Model(at: now) }
        let filter = try map.cases.matterFilter(staff.visit.query, staff)
        let box = try Self.box(staff.visit.query)
        if let day = try map.day(staff.visit.query, now: now) {
            let past = try await map.past(
                day, filter, TileRoutes.filterText(staff.visit.query),
                isOwn: staff.visit.query.filled("mine") != nil, for: scope, at: now)
            var model = Model(past.matters(in: box, limit: map.rules.list.read + 1), at: past.end, map.rules.list)
            model.day = day
            model.open = Int64(past.count)
            return model
        }
        return try await map.house.database.read { transaction in
            let matters = try map.cases.placedMatters(
                in: box?.cells() ?? [0...Int64.max], box: box, filter, limit: map.rules.list.read + 1, for: scope,
                in: transaction)
            var model = Model(matters, at: now, map.rules.list)
            model.open = try map.cases.openCounts(for: scope, at: now, in: transaction).values.reduce(0) {
                $0 + $1.total
            }
            return model
        }
    }

    static func box(_ query: QueryParameters) throws -> Box? {
        try query.filled("box").map { try Box(reading: $0, field: "box") }
    }

    func html(_ model: Model, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard staff.scope.may(.readMatters) else {
            return """
                <div class="panel empty"><p>\(visit("您的岗位不查看诉求；地图上只有区划与地标。", "Your post does not see matters; the map shows areas and landmarks."))</p></div>
                """
        }
        let listing = Listing(
            caption: model.day.map { visit("\($0) 在办的诉求，最急在前", "Matters open on \($0), most pressing first") }
                ?? visit("图上的诉求，最急在前", "Matters on the map, most pressing first"), columns: columns(at: model.at),
            items: model.matters,
            whenEmpty: """
                <p>\(visit("这一范围内没有符合条件的在办诉求。", "No open matter here fits."))</p>\
                <p class="hint">\(visit("请放宽条件或移动地图；没有登记位置的诉求在", "Loosen the filter or move the map; matters without a place are in")) \
                <a href="/cases">\(visit("诉求队列", "the queue"))</a></p>
                """)
        let count = model.isPart ? "\(model.found)+" : "\(model.found)"
        let query = visit.query.setting("at", nil).setting("after", nil)
        let export: HTML =
            staff.scope.may(.exportMatters)
            ? "<a class=\"btn\" href=\"\(query.address("/map/export"))\" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a>"
            : HTML()
        let whole: HTML =
            visit.query.filled("box") == nil
            ? HTML()
            : "<a class=\"btn\" data-whole href=\"\(query.setting("box", nil).address("/map"))\">\(visit("不限范围", "Everywhere"))</a>"
        return """
            <p class="map-sum" role="status"><strong>\(count)</strong> \(visit("件在图上", "on the map"))\
            \(visit("，其中逾期 ", ", overdue ")) <strong>\(model.overdue)</strong>\(visit("；在办共 ", "; open in all ")) <strong>\(model.open)</strong></p>\
            \(model.isPart ? "<p class=\"hint\">\(visit("范围太大，只列出一部分；请放大地图或缩小条件。", "Too much to list; zoom in or narrow the filter."))</p>" : HTML())\
            <div class="bar noprint">\(whole)\(export)\(Self.packageLink(staff))\(copyLink(visit))</div>\(listing.html(visit))
            """
    }

    /// What is on the map, for programs that draw maps.
    static func packageLink(_ staff: StaffVisit) -> HTML {
        guard staff.scope.may(.exportMatters) else { return HTML() }
        let address = staff.visit.query.setting("at", nil).setting("after", nil).address("/map/package")
        return
            "<a class=\"btn\" href=\"\(address)\" download>\(symbol("download"))<span>GeoPackage</span></a>"
    }

    /// - Parameter at: what is due before it is overdue.
    func columns(at: Instant) -> [Column<PlacedMatter>] {
        let map = map
        return [
            .text(
                "编号", "Number",
                html: { matter, _ in
                    let at = matter.location.map { "\($0.longitude),\($0.latitude)" }
                    return
                        "<a href=\"/cases/\(matter.id)\" data-feature=\"\(matter.id)\"\(attribute: "data-at", at)>\(matter.number)</a>"
                }
            ) { matter, _ in matter.number },
            .text("类别", "Category") { matter, visit in map.categoryName(matter.category, visit.language) },
            .text("区域", "Area") { matter, _ in map.areaName(matter.area.code) },
            .text("状态", "State") { matter, visit in map.cases.rules.state(matter.state).map { visit($0.title) } },
            Column(
                "时限", "Due", .instant, cell: { matter, _ in matter.dueAt.map(Cell.instant) ?? .empty },
                html: { matter, visit in
                    guard let due = matter.dueAt else { return HTML() }
                    let isLate = due < at
                    return """
                        <time datetime="\(due.iso8601)">\(visit.instantText(due))</time>\
                        \(isLate ? " <span class=\"tag danger\">\(symbol("circle-alert"))\(visit(MapTexts.overdue))</span>" : HTML())
                        """
                }),
        ]
    }

    /// For the sheet: also where it is.
    func sheetColumns(at: Instant) -> [Column<PlacedMatter>] {
        columns(at: at) + [
            Column(
                "经度", "Longitude", .number, cell: { one, _ in one.location.map { .number($0.longitude) } ?? .empty }),
            Column("纬度", "Latitude", .number, cell: { one, _ in one.location.map { .number($0.latitude) } ?? .empty }),
        ]
    }

    func export(_ staff: StaffVisit) async throws -> Response {
        let (scope, map) = (staff.scope, map)
        let filter = try map.cases.matterFilter(staff.visit.query, staff)
        let box = try Self.box(staff.visit.query)
        if let day = try map.day(staff.visit.query, now: staff.visit.now) {
            let past = try await map.past(
                day, filter, TileRoutes.filterText(staff.visit.query),
                isOwn: staff.visit.query.filled("mine") != nil, for: scope, at: staff.visit.now)
            let matters = past.matters(in: box, limit: SheetExport.rowLimit)
            return try await SheetExport.workbook(
                named: "\(staff.visit(MapTexts.matters)) \(day)", columns: sheetColumns(at: past.end), for: staff
            ) { _ in (matters, nil) }
        }
        return try await SheetExport.workbook(
            named: staff.visit(MapTexts.matters), columns: sheetColumns(at: staff.visit.now), for: staff
        ) { after in
            let key = after.flatMap { PlacedMatter.Key($0) }
            var found = try await map.house.database.read {
                try map.cases.placedMatters(
                    in: box?.cells() ?? [0...Int64.max], box: box, filter, after: key, limit: 1_001, for: scope, in: $0)
            }
            let isMore = found.count > 1_000
            if isMore { found.removeLast() }
            return (found, isMore ? found.last?.key.text : nil)
        }
    }
}

extension MapList.Model {
    /// - Parameter matters: one more than are looked through, where there are more.
    init(_ matters: [PlacedMatter], at: Instant, _ rules: MapRules.List) {
        self.init(at: at)
        var matters = matters
        isPart = matters.count > rules.read
        if isPart { matters.removeLast() }
        found = matters.count
        overdue = matters.count { ($0.dueAt.map { $0 < at }) ?? false }
        let undated = Instant(milliseconds: .max)
        matters.sort { ($0.dueAt ?? undated, $0.id.text) < ($1.dueAt ?? undated, $1.id.text) }
        self.matters = Array(matters.prefix(rules.shown))
    }
}

extension OneMap {
    func categoryName(_ code: String?, _ language: Language) -> String? {
        code.map { cases.rules.categories[$0].map { $0.title(language) } ?? $0 }
    }
}
