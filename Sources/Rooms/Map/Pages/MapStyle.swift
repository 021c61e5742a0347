import Desk
import Ground
import Hummingbird
import Web

/// The style by which the map is drawn: for the page, and for any other MapLibre client.
struct MapStyle: Sendable {
    let map: OneMap
    let staff: StaffVisit

    /// The colours of the pages, light and dark: gewu.css.
    private struct Colours {
        var page, text, halo, primary, danger, warn, caution, neutral, ring, building: String

        static let light = Colours(
            page: "#EEF2F6", text: "#1B2430", halo: "#FFFFFF", primary: "#0F56B3", danger: "#B3261E", warn: "#8F4700",
            caution: "#C99A00", neutral: "#5B6878", ring: "#FFFFFF", building: "#C9D3DE")
        static let dark = Colours(
            page: "#0A1524", text: "#E9EFF8", halo: "#0A1524", primary: "#7DB8FF", danger: "#FF8F85", warn: "#FFB566",
            caution: "#FFE27A", neutral: "#93A5C0", ring: "#0A1524", building: "#294066")
    }

    /// Drawn by what the viewer's own machine has: no font is asked of any server.
    private static let font = #"["Noto Sans CJK SC"]"#
    /// What changed since the tile was made is drawn from the page's own source instead.
    private static let unlessChanged = #"["case",["boolean",["feature-state","changed"],false],0,1]"#

    func response() throws(Refusal) -> Response {
        let theme = try staff.visit.query.choice("theme", among: ["light", "dark"])
        let about = try map.theme(staff.visit.query, for: staff.scope)
        return Answer.json(try bytes(theme == "dark" ? .dark : .light, about)).response
    }

    /// Every layer that lies below, and of what the map can be about what it is about.
    func layers(_ theme: MapTheme?) -> [any MapLayer] {
        map.layers.filter { layer in
            guard layer.isFor(staff.scope) else { return false }
            if layer is ThemeLayer { return layer.name == theme?.name }
            return theme == nil || ![AreaLayer.name, MatterLayer.name].contains(layer.name)
        }
    }

    private func bytes(_ colours: Colours, _ theme: MapTheme?) throws(Refusal) -> [UInt8] {
        let layers = layers(theme)
        let day = try map.day(staff.visit.query, now: staff.visit.now)
        let at = day.map { Instant(LocalTime(day: $0 + 1)) } ?? staff.visit.now
        var queries: [String: String] = [:]
        for layer in layers {
            queries[layer.name] = try map.tileQuery(layer, staff.visit.query, now: staff.visit.now)
        }
        return JSONWriter.object { writer in
            writer.member("version", 8)
            writer.member("name", "gewu")
            writer.key("sources")
            writer.object { writer in
                if let base = map.rules.base { source(base, &writer) }
                for layer in layers {
                    let text = queries[layer.name] ?? ""
                    let query = text.isEmpty ? "" : "?" + text
                    writer.key(escaping: layer.name)
                    writer.object { writer in
                        writer.member("type", "vector")
                        writer.key("tiles")
                        writer.array([
                            staff.visit.origin + "/map/tiles/\(layer.name)/{z}/{x}/{y}.mvt" + query
                        ]) { $0.value($1) }
                        writer.member("minzoom", layer.zooms.lowerBound)
                        writer.member("maxzoom", layer.zooms.upperBound)
                    }
                }
                if !layers.isEmpty {
                    writer.key("changes")
                    writer.raw(#"{"type":"geojson","data":{"type":"FeatureCollection","features":[]}}"#.utf8)
                }
            }
            writer.key("layers")
            writer.array(
                drawn(layers.map(\.name), isFilled: theme?.form != .ground, at: at, colours)
                    + (theme.map { drawn($0, colours) } ?? [])
            ) { $0.raw($1.utf8) }
        }
    }

    private func source(_ base: MapRules.Base, _ writer: inout JSONWriter) {
        writer.key("base")
        writer.object { writer in
            writer.member("type", "raster")
            writer.key("tiles")
            writer.array([base.tiles]) { $0.value($1) }
            writer.member("tileSize", 256)
            writer.member("maxzoom", base.deepest)
        }
    }

    /// - Parameters:
    ///   - isFilled: whether areas are shaded by their open matters.
    ///   - at: what is due before it is overdue.
    private func drawn(_ names: [String], isFilled: Bool, at: Instant, _ colours: Colours) -> [String] {
        var layers = [
            #"{"id":"background","type":"background","paint":{"background-color":"\#(colours.page)"}}"#
        ]
        if map.rules.base != nil { layers.append(#"{"id":"base","type":"raster","source":"base"}"#) }
        if names.contains("outlines") {
            let open = #"["coalesce",["get","open"],0]"#
            if isFilled {
                layers.append(
                    #"""
                    {"id":"outlines-filled","type":"fill","source":"outlines","source-layer":"outlines",\#
                    "paint":{"fill-color":"\#(colours.primary)","fill-opacity":["interpolate",["linear"],["sqrt",\#(open)],0,0,4,0.12,20,0.4]}}
                    """#)
            }
            layers.append(
                #"""
                {"id":"outlines","type":"line","source":"outlines","source-layer":"outlines",\#
                "paint":{"line-color":"\#(colours.neutral)","line-width":["interpolate",["linear"],["zoom"],9,1,15,2]}}
                """#)
        }
        if names.contains("buildings") {
            layers.append(
                #"""
                {"id":"buildings-places","type":"circle","source":"buildings","source-layer":"buildings","minzoom":14,"filter":["==",["geometry-type"],"Point"],\#
                "paint":{"circle-color":"\#(colours.building)","circle-radius":3}}
                """#)
            layers.append(
                #"""
                {"id":"buildings","type":"fill","source":"buildings","source-layer":"buildings","minzoom":14,"filter":["==",["geometry-type"],"Polygon"],\#
                "paint":{"fill-color":"\#(colours.building)","fill-opacity":0.8}}
                """#)
            layers.append(
                #"""
                {"id":"buildings-edges","type":"line","source":"buildings","source-layer":"buildings","minzoom":15,"filter":["==",["geometry-type"],"Polygon"],\#
                "paint":{"line-color":"\#(colours.neutral)","line-width":0.75}}
                """#)
        }
        if names.contains("landmarks") {
            layers.append(
                #"""
                {"id":"landmarks","type":"symbol","source":"landmarks","source-layer":"landmarks","minzoom":14,\#
                "layout":{"text-field":["get","name"],"text-font":\#(Self.font),"text-size":12,"text-anchor":"top","text-offset":[0,0.3]},\#
                "paint":{"text-color":"\#(colours.neutral)","text-halo-color":"\#(colours.halo)","text-halo-width":1.5}}
                """#)
        }
        if names.contains("areas") {
            layers.append(
                #"""
                {"id":"areas","type":"symbol","source":"areas","source-layer":"areas",\#
                "layout":{"text-field":\#(areaText("get")),"text-font":\#(Self.font),"text-size":["interpolate",["linear"],["zoom"],8,14,13,14,16,13],"text-line-height":1.25,"text-variable-anchor":["center","top","bottom","left","right"],"text-radial-offset":0.9},\#
                "paint":{"text-color":"\#(colours.text)","text-halo-color":"\#(colours.halo)","text-halo-width":2,"text-opacity":\#(Self.unlessChanged)}}
                """#)
            layers.append(
                #"""
                {"id":"areas-changed","type":"symbol","source":"changes","filter":["==",["get","layer"],"areas"],\#
                "layout":{"text-field":\#(areaText("get")),"text-font":\#(Self.font),"text-size":14,"text-line-height":1.25},\#
                "paint":{"text-color":"\#(colours.primary)","text-halo-color":"\#(colours.halo)","text-halo-width":2}}
                """#)
        }
        if names.contains("matters") { layers += matters(at, colours) }
        return layers
    }

    /// What a theme says: its tone as colour, its figure as text, so that colour is never all there is.
    private func drawn(_ theme: MapTheme, _ colours: Colours) -> [String] {
        let tone = #"""
            ["match",["get","tone"],"danger","\#(colours.danger)","warn","\#(colours.warn)","caution","\#(colours.caution)",\#
            "primary","\#(colours.primary)","\#(colours.neutral)"]
            """#
        let source = #""source":"\#(theme.name)","source-layer":"\#(theme.name)""#
        switch theme.form {
        case .ground:
            return [
                #"""
                {"id":"\#(theme.name)-filled","type":"fill",\#(source),"filter":["==",["geometry-type"],"Polygon"],\#
                "paint":{"fill-color":\#(tone),"fill-opacity":0.35}}
                """#,
                #"""
                {"id":"\#(theme.name)-bare","type":"circle",\#(source),"filter":["all",["==",["geometry-type"],"Point"],["==",["get","isBare"],true]],\#
                "paint":{"circle-color":\#(tone),"circle-opacity":0.6,"circle-radius":14,"circle-stroke-color":"\#(colours.ring)","circle-stroke-width":1.5}}
                """#,
                #"""
                {"id":"\#(theme.name)","type":"symbol",\#(source),"filter":["==",["geometry-type"],"Point"],\#
                "layout":{"text-field":["concat",["get","name"],"\n",["get","figure"]],"text-font":\#(Self.font),"text-size":13,"text-line-height":1.25,"text-variable-anchor":["center","top","bottom","left","right"],"text-radial-offset":0.9},\#
                "paint":{"text-color":"\#(colours.text)","text-halo-color":"\#(colours.halo)","text-halo-width":2}}
                """#,
            ]
        case .marks:
            return [
                #"""
                {"id":"\#(theme.name)","type":"circle",\#(source),\#
                "paint":{"circle-color":\#(tone),"circle-opacity":0.9,"circle-radius":["interpolate",["linear"],["sqrt",["get","count"]],1,10,10,24],"circle-stroke-color":"\#(colours.ring)","circle-stroke-width":2}}
                """#,
                #"""
                {"id":"\#(theme.name)-figure","type":"symbol",\#(source),\#
                "layout":{"text-field":["case",[">",["get","count"],1],["to-string",["get","count"]],["get","figure"]],"text-font":\#(Self.font),"text-size":12,"text-allow-overlap":true,"text-ignore-placement":true},\#
                "paint":{"text-color":"\#(colours.ring)"}}
                """#,
            ]
        }
    }

    private func areaText(_ get: String) -> String {
        let unit = staff.visit("件", "open")
        return
            #"["case",["has","open"],["concat",["get","name"],"\n",["to-string",["get","open"]]," \#(unit)"],["get","name"]]"#
    }

    private func matters(_ at: Instant, _ colours: Colours) -> [String] {
        let now = at.milliseconds / 1000
        let gathered =
            #"["case",[">",["get","overdue"],0],"\#(colours.danger)","\#(colours.primary)"]"#
        let single = #"""
            ["case",["!",["has","due"]],"\#(colours.neutral)",["<",["get","due"],\#(now)],"\#(colours.danger)",\#
            ["<",["get","due"],\#(now + 86_400)],"\#(colours.warn)","\#(colours.primary)"]
            """#
        return [
            #"""
            {"id":"matters-gathered","type":"circle","source":"matters","source-layer":"matters","filter":["has","count"],\#
            "paint":{"circle-color":\#(gathered),"circle-opacity":0.85,"circle-radius":["interpolate",["linear"],["sqrt",["get","count"]],1,7,10,18,50,36],"circle-stroke-color":"\#(colours.ring)","circle-stroke-width":1.5}}
            """#,
            #"""
            {"id":"matters-count","type":"symbol","source":"matters","source-layer":"matters","filter":["all",["has","count"],[">",["get","count"],1]],\#
            "layout":{"text-field":["to-string",["get","count"]],"text-font":\#(Self.font),"text-size":12,"text-allow-overlap":true,"text-ignore-placement":true},\#
            "paint":{"text-color":"\#(colours.ring)"}}
            """#,
            #"""
            {"id":"matters","type":"circle","source":"matters","source-layer":"matters","filter":["!",["has","count"]],\#
            "paint":{"circle-color":\#(single),"circle-radius":["interpolate",["linear"],["zoom"],14,6,18,10],"circle-stroke-color":"\#(colours.ring)","circle-stroke-width":1.5,\#
            "circle-opacity":\#(Self.unlessChanged),"circle-stroke-opacity":\#(Self.unlessChanged)}}
            """#,
            #"""
            {"id":"matters-changed","type":"circle","source":"changes","filter":["==",["get","layer"],"matters"],\#
            "paint":{"circle-color":\#(single),"circle-radius":["interpolate",["linear"],["zoom"],10,7,18,11],"circle-stroke-color":"\#(colours.text)","circle-stroke-width":2}}
            """#,
            #"""
            {"id":"matters-chosen","type":"circle","source":"matters","source-layer":"matters","filter":["==",["get","id"],""],\#
            "paint":{"circle-color":"#0000","circle-radius":16,"circle-stroke-color":"\#(colours.text)","circle-stroke-width":3}}
            """#,
        ]
    }
}
