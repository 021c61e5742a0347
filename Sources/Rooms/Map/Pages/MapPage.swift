import Cases
import Desk
import Geo
import Ground
import HTTPTypes
import Hummingbird
import Identity
import Places
import Web

/// `/map`: the map, and beside it what it shows as a list. Filter, place and chosen part stand in the address. Without
/// scripts or WebGL the list is the page.
struct MapPage: Sendable {
    let map: OneMap
    let watch: MapWatch

    static let scripts = ["maplibre-gl-5.24.0.js", "map.js"]

    private static let sheet = "maplibre-gl-5.24.0.css"

    func add(to routes: Routes) {
        let list = MapList(map: map)
        routes.page("/map", right: .placesRead) { try await show($0) }
        routes.page("/map/list", right: .placesRead) { .page(try await beside($0).list) }
        routes.page("/map/export", right: .exportMatters) { staff in
            guard let theme = try map.theme(staff.visit.query, for: staff.scope) else {
                return try await list.export(staff)
            }
            return try await ThemeList(map: map, theme: theme).export(staff)
        }
        MapStream(map: map, watch: watch).add(to: routes)
    }

    /// What stands beside the map, and in one line above it on a wall.
    private func beside(_ staff: StaffVisit) async throws -> (sum: HTML, list: HTML) {
        if let theme = try map.theme(staff.visit.query, for: staff.scope) {
            let list = ThemeList(map: map, theme: theme)
            let model = try await list.model(staff)
            return (list.sum(model, staff.visit), list.html(model, staff))
        }
        let list = MapList(map: map)
        let model = try await list.model(staff)
        return (sum(model, staff), list.html(model, staff))
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let view = try visit.query.filled("at").map { try MapView($0) }
        let theme = try map.theme(visit.query, for: staff.scope)
        let day = try map.day(visit.query, now: visit.now)
        let (sum, list) = try await beside(staff)
        let pane = pane(staff, view, theme, day)
        var found = HTML()
        if let text = visit.query.filled("q") { found = try await MapSearch(map: map).html(text, staff) }
        var page: Page
        if visit.isWall {
            page = Page(
                "\(map.areaName(staff.scope.area.code)) · \(visit(MapTexts.map))", scripts: Self.scripts,
                "\(sum)\(pane)")
        } else {
            page = Page(
                visit(MapTexts.map), scripts: Self.scripts,
                """
                \(tabs(staff, theme))\(form(staff, theme))\(theme?.isDated ?? staff.scope.may(.readMatters) ? MapTime(map: map).html(staff, day) : HTML())\
                \(found)<div class="map-split">\(pane)<section class="map-list" id="map-list" aria-label="\(visit("清单", "List"))">\
                \(list)</section></div>
                """)
        }
        page.wall = Page.Wall(isLive: true)
        var response = visit.page(page)
        if let origin = map.rules.base?.origin { response.allowPictures(from: origin) }
        return response
    }

    private func sum(_ model: MapList.Model, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        return """
            <p class="map-sum" role="status"><strong>\(model.open)</strong> \(visit("件在办", "open"))\
            \(visit("，图上逾期 ", ", overdue on the map ")) <strong>\(model.overdue)</strong></p>
            """
    }

    /// What the map can be about, for this viewer.
    private func tabs(_ staff: StaffVisit, _ theme: MapTheme?) -> HTML {
        let visit = staff.visit
        let themes = map.themes.filter { staff.scope.may($0.right) }
        guard !themes.isEmpty else { return HTML() }
        var choices: [(name: String?, title: LocalizedText)] = [(nil, MapTexts.matters)]
        for theme in themes { choices.append((theme.name, theme.title)) }
        let query = visit.query.setting("tone", nil).setting("q", nil)
        return """
            <nav class="tabs" aria-label="\(visit("图上内容", "What the map is about"))">\(choices.html { name, title in
                let isOn = name == theme?.name
                return "<a href=\"\(query.setting("show", name).address("/map"))\"\(attribute: "aria-current", isOn ? "page" : nil)>\(visit(title))</a>"
            })</nav>
            """
    }

    private func pane(_ staff: StaffVisit, _ view: MapView?, _ theme: MapTheme?, _ day: Day?) -> HTML {
        let visit = staff.visit
        var asked = QueryParameters(
            ["area", "category", "state", "body", "due", "mine", "day"].compactMap { name in
                visit.query.filled(name).map { (name, $0) }
            })
        if let theme { asked = asked.setting("show", theme.name) }
        let style = asked.address("/api/v1/map/style")
        let box = map.box(of: staff.scope.area).map { "\($0.west),\($0.south),\($0.east),\($0.north)" }
        let at = view.map { "\($0.longitude),\($0.latitude),\($0.zoom)" }
        let note = (map.rules.base.map { visit($0.note.text) + visit("；", "; ") } ?? "") + visit(map.rules.note.text)
        return """
            <section class="map-pane" aria-label="\(visit(MapTexts.map))"><link rel="stylesheet" href="\(map.house.assets.address(Self.sheet))">\(visit.isWall ? HTML() : tools(staff, theme))\
            <p class="notice danger" role="status" data-map-stale hidden>\(symbol("circle-alert")) \(visit("连接中断，图上不是最新数据", "The connection is cut: the map is not the latest"))</p>\
            <p class="notice warn" data-map-missing hidden>\(visit("此浏览器不能显示地图（没有 WebGL），请看清单。", "This browser cannot draw the map (no WebGL); see the list."))</p>\
            <p class="notice warn" role="status" data-map-shortened hidden>\(visit("此处太密，图上没有画全；请放大，或看清单。", "Too much lies here to draw all of it; zoom in, or see the list."))</p>\
            <noscript><p class="notice">\(visit("没有启用脚本，只显示清单。", "Scripts are off: only the list is shown."))</p></noscript>\
            <div id="map" class="map" data-style="\(style)" data-list="/map/list" data-stream="/map/stream" data-alive="\(map.rules.stream.aliveSeconds)"\
            \(attribute: "data-bounds", box)\(attribute: "data-at", at)\(attribute: "data-box", visit.query.filled("box"))\(flag: "data-wall", visit.isWall)\(attribute: "data-day", day?.description)\(attribute: "data-about", theme?.name)\
             data-zoom-in="\(visit("放大", "Zoom in"))" data-zoom-out="\(visit("缩小", "Zoom out"))" data-residents="\(visit("此处住户", "Who lives here"))" data-region="\(visit("地图，可用方向键移动，加减键缩放", "Map: move with the arrow keys, zoom with plus and minus"))"></div>\
            \(legend(visit, theme))<p class="map-note">\(day.map { visit("\($0) 日终；", "as of the end of \($0); ") } ?? "")\(note)<span class="printonly"> · \(visit.instantText(visit.now)) · \(staff.scope.staffName)</span></p></section>
            """
    }

    private func legend(_ visit: Visit, _ theme: MapTheme?) -> HTML {
        let marks: [(String, LocalizedText)] =
            theme?.legend.map { ($0.tone.rawValue, $0.text) } ?? [
                ("danger", MapTexts.overdue), ("warn", MapTexts.soon), ("primary", MapTexts.inTime),
                ("none", MapTexts.undated),
            ]
        return """
            <p class="map-legend"><span>\(visit(MapTexts.legend))</span>\(marks.html { mark, text in
                "<span><i class=\"mark \(mark)\" aria-hidden=\"true\"></i>\(visit(text))</span>"
            })</p>
            """
    }

    private func tools(_ staff: StaffVisit, _ theme: MapTheme?) -> HTML {
        let visit = staff.visit
        let layers = MapStyle(map: map, staff: staff).layers(theme)
        // From where single buildings are drawn: who lives at the middle, for whoever may see them. A building that is
        // pressed leads there, too.
        let homes: HTML =
            staff.scope.may(.registryRead)
            ? "<a class=\"btn\" data-homes=\"/registry?kind=household&amp;near=\" hidden>\(visit("画面中心的住户", "Homes at the middle"))</a>"
            : HTML()
        return """
            <div class="map-tools bar noprint" data-map-tools hidden>\
            <details class="switch"><summary>\(symbol("layers"))<span>\(visit(MapTexts.layers))</span></summary><div class="map-layers">\
            \(layers.html { layer in
                "<label><input type=\"checkbox\" checked data-layer=\"\(layer.name)\"> \(visit(layer.title))</label>"
            })</div></details>\
            <button type="button" class="btn" data-tool="box" aria-pressed="false">\(visit("框选", "Select"))</button>\
            <button type="button" class="btn" data-tool="view" aria-pressed="false">\(visit("仅看图上范围", "Only what is in view"))</button>\
            <button type="button" class="btn" data-tool="measure" aria-pressed="false">\(visit("测距", "Measure"))</button>\
            <button type="button" class="btn" data-tool="print">\(visit("打印", "Print"))</button>\(homes)\
            <output class="map-output" aria-live="polite" data-hint-box="\(visit("按住鼠标拖出一个框；键盘：移动地图后用“仅看图上范围”", "Drag a box; by keyboard, move the map and use “Only what is in view”"))" \
            data-hint-measure="\(visit("依次点击各点，双击结束", "Click the points in turn; double-click ends"))"></output></div>
            """
    }

    /// The filter of the queue: what is asked for here can be asked for there, in the same words.
    private func form(_ staff: StaffVisit, _ theme: MapTheme?) -> HTML {
        let visit = staff.visit
        let query = visit.query
        let kept: HTML = ["show", "day", "state", "mine", "body", "at", "box"].html { name in
            query.filled(name).map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" } ?? HTML()
        }
        let place = Field.text(
            "q", visit("查找地点", "Find a place"), value: query["q"], type: "search", maximum: 100,
            placeholder: visit("名称或拼音首字母", "name or initials"))
        if let theme {
            let tones = theme.legend.map { Field.Choice($0.tone.rawValue, visit($0.text)) }
            return """
                <form method="get" action="/map" class="filters" role="search">\(kept)\(place)\
                \(Field.choice("tone", visit("程度", "How pressing"), tones, value: query["tone"], none: visit(MapTexts.all)))\
                \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/map?show=\(theme.name)">\(visit("重置", "Reset"))</a></form>
                """
        }
        guard staff.scope.may(.readMatters) else {
            return """
                <form method="get" action="/map" class="filters" role="search">\(kept)\(place)\(Field.submit(visit("查找", "Find")))</form>
                """
        }
        let top = staff.scope.area
        let areas = map.places.children(of: top.code).map { Field.Choice($0.code, $0.name) }
        let chosen = query.filled("area").flatMap { code in
            areas.contains { $0.value == code } || code == top.code ? nil : Field.Choice(code, map.areaName(code))
        }
        let categories = map.cases.rules.categories.all.filter { $0.code.utf8.count <= 4 }.map {
            Field.Choice($0.code, ($0.code.utf8.count == 4 ? "　" : "") + visit($0.title))
        }
        let due = [
            Field.Choice("overdue", visit(MapTexts.overdue)), Field.Choice("soon", visit(MapTexts.soon)),
        ]
        return """
            <form method="get" action="/map" class="filters" role="search">\(kept)\(place)\
            \(Field.choice("area", visit(MapTexts.area), areas + (chosen.map { [$0] } ?? []), value: query["area"], none: visit(MapTexts.all)))\
            \(Field.choice("category", visit(MapTexts.category), categories, value: query["category"], none: visit(MapTexts.all)))\
            \(Field.choice("due", visit(MapTexts.due), due, value: query["due"], none: visit(MapTexts.all)))\
            \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/map">\(visit("重置", "Reset"))</a>\
            <a class="btn" href="\(query.setting("at", nil).setting("box", nil).address("/cases"))">\(visit("在队列中查看", "See in the queue"))</a></form>
            """
    }
}

extension Response {
    /// Lets a page show pictures of one more host, and nothing else of it.
    fileprivate mutating func allowPictures(from origin: String) {
        headers[.contentSecurityPolicy] =
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: \(origin); worker-src 'self' blob:; connect-src 'self' \(origin); frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    }
}
