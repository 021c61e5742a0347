import Cases
import Desk
import Geo
import Ground
import Hummingbird
import Places
import Storage
import Web

/// What a theme says as a list beside the map, the most pressing first; the same as Excel.
struct ThemeList: Sendable {
    let map: OneMap
    let theme: MapTheme

    struct Model: Sendable {
        /// Within the chosen part, the most pressing first.
        var marks: [MapMark] = []
        var pressing = 0
    }

    func model(_ staff: StaffVisit) async throws -> Model {
        let day = theme.isDated ? try map.day(staff.visit.query, now: staff.visit.now) : nil
        let question = MapQuestion(scope: staff.scope, filter: .all, now: staff.visit.now, day: day)
        let box = try MapList.box(staff.visit.query)
        let tone = try staff.visit.query.choice("tone", as: MapMark.Tone.self)
        let marks = try await map.marks(of: theme, question).filter { mark in
            guard tone == nil || mark.tone == tone else { return false }
            guard let box else { return true }
            return map.position(of: mark).map(box.contains) ?? false
        }
        return Model(
            marks: marks.sorted { ($1.tone, $0.area.code, $0.id) < ($0.tone, $1.area.code, $1.id) },
            pressing: marks.count { $0.tone >= .warn })
    }

    func sum(_ model: Model, _ visit: Visit) -> HTML {
        """
        <p class="map-sum" role="status"><strong>\(model.marks.count)</strong> \(visit(theme.title))\
        \(visit("，其中需留意 ", ", to be looked at ")) <strong>\(model.pressing)</strong></p>
        """
    }

    func html(_ model: Model, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let shown = Array(model.marks.prefix(map.rules.list.shown))
        let listing = Listing(
            caption: visit("\(theme.title.chinese)，最急在前", "\(theme.title.english), most pressing first"),
            columns: columns, items: shown,
            whenEmpty: """
                <p>\(visit("这一范围内没有。", "There is nothing here."))</p>\
                <p class="hint">\(visit("请移动地图、不限范围，或换一天。", "Move the map, look everywhere, or choose another day."))</p>
                """)
        let query = visit.query.setting("at", nil)
        let part: HTML =
            shown.count < model.marks.count
            ? "<p class=\"hint\">\(visit("只列出前 \(shown.count) 条，全部见 Excel。", "The first \(shown.count) are listed; Excel has all."))</p>"
            : HTML()
        let whole: HTML =
            visit.query.filled("box") == nil
            ? HTML()
            : "<a class=\"btn\" data-whole href=\"\(query.setting("box", nil).address("/map"))\">\(visit("不限范围", "Everywhere"))</a>"
        let export: HTML =
            staff.scope.may(.exportMatters)
            ? "<a class=\"btn\" href=\"\(query.address("/map/export"))\" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a>"
            : HTML()
        return """
            \(sum(model, visit))\(part)\
            <div class="bar noprint">\(whole)\(export)\(MapList.packageLink(staff))\(copyLink(visit))</div>\
            \(listing.html(visit))<p class="hint">\(visit(theme.note))</p>
            """
    }

    private var columns: [Column<MapMark>] {
        let theme = theme
        let tone = Column<MapMark>.text(
            "程度", "How pressing",
            html: { mark, visit in
                "<i class=\"mark \(mark.tone.rawValue)\" aria-hidden=\"true\"></i>\(Self.word(mark.tone, theme, visit))"
            }
        ) { mark, visit in Self.word(mark.tone, theme, visit) }
        return theme.columns.enumerated().map { place, column -> Column<MapMark> in
            var linked: (@Sendable (MapMark, Visit) -> HTML)?
            if place == 0 { linked = { mark, visit in Self.link(mark, visit) } }
            return Column<MapMark>(
                column.title.chinese, column.title.english, column.kind == .number ? .number : .text,
                cell: { mark, visit in
                    let value = place < mark.values.count ? mark.values[place] : MapMark.Value.nothing
                    return switch value {
                    case .text(let text): Cell.text(visit(text))
                    case .number(let number): Cell.number(number)
                    case .nothing: Cell.empty
                    }
                }, html: linked)
        } + [tone]
    }

    private static func link(_ mark: MapMark, _ visit: Visit) -> HTML {
        var text = mark.id
        if case .text(let first)? = mark.values.first { text = visit(first) }
        guard let address = mark.address else { return "<span data-feature=\"\(mark.id)\">\(text)</span>" }
        return "<a href=\"\(address)\" data-feature=\"\(mark.id)\">\(text)</a>"
    }

    private static func word(_ tone: MapMark.Tone, _ theme: MapTheme, _ visit: Visit) -> String {
        theme.legend.first { $0.tone == tone }.map { visit($0.text) } ?? ""
    }

    func export(_ staff: StaffVisit) async throws -> Response {
        let marks = try await model(staff).marks
        return try await SheetExport.workbook(named: staff.visit(theme.title), columns: columns, for: staff) { _ in
            (marks, nil)
        }
    }
}
