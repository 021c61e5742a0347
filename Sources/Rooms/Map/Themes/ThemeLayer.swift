import Cases
import Desk
import Geo
import Grids
import Ground
import Places
import Storage
import Web

/// What a theme says, as a layer: on the ground of its areas, or as marks at its places; gathered from afar.
struct ThemeLayer: MapLayer {
    let map: OneMap
    let theme: MapTheme
    private var marks: [MapMark] = []

    var name: String { theme.name }
    var title: LocalizedText { theme.title }
    var right: Right? { theme.right }
    let zooms = 0...16
    let isFiltered = false
    var isDated: Bool { theme.isDated }

    init(map: OneMap, theme: MapTheme) {
        self.map = map
        self.theme = theme
    }

    var fields: [MapField] {
        [
            MapField("area", "区域", "Area"), MapField("tone", "程度", "How pressing"),
            MapField("figure", "数值", "Figure"), MapField("count", "件数", "How many", .number),
        ]
            + theme.columns.map {
                MapField($0.name, $0.title.chinese, $0.title.english, $0.kind == .number ? .number : .text)
            }
    }

    func prepared(for question: MapQuestion) async throws -> any MapLayer {
        var layer = self
        layer.marks = try await map.marks(of: theme, question)
        return layer
    }

    // MARK: Tiles

    /// What stands together at one place or on one area.
    private struct Group {
        var id: String
        var position: Position
        var tone = MapMark.Tone.plain
        var count = 0
        /// Of these, how many are more than calm.
        var pressing = 0
        var figure = ""

        mutating func add(_ mark: MapMark) {
            tone = max(tone, mark.tone)
            count += 1
            if mark.tone >= .warn { pressing += 1 }
            figure = count == 1 ? mark.figure : "\(pressing)/\(count)"
        }

        var values: [(key: String, value: TileValue)] {
            [
                ("id", .text(id)), ("tone", .text(tone.rawValue)), ("figure", .text(figure)),
                ("count", .integer(Int64(count))),
            ]
        }
    }

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        switch theme.form {
        case .ground: try ground(tile, question, in: transaction)
        case .marks: pins(tile)
        }
    }

    private func pins(_ tile: TileAddress) -> TileWriter.Layer {
        var layer = TileWriter.Layer(name)
        let cutter = TileCutter(tile)
        let shift: Int64 =
            tile.zoom < map.rules.tiles.pointsFromZoom
            ? SpatialCell.shift(ofZoom: map.rules.tiles.squareZoom(in: tile.zoom)) : 0
        var groups: [Int64: Group] = [:]
        for mark in marks {
            guard let position = position(of: mark),
                let cell = SpatialCell(longitude: position.longitude, latitude: position.latitude)?.rawValue,
                tile.cells.contains(cell)
            else { continue }
            groups[cell >> shift, default: Group(id: mark.id, position: position)].add(mark)
        }
        for (_, group) in layer.atMost(map.rules.tiles.most, of: groups.sorted(by: { $0.key < $1.key })) {
            let place = WebMercator.unit(longitude: group.position.longitude, latitude: group.position.latitude)
            guard let geometry = cutter.cut(.points([place])) else { continue }
            layer.add(id: FeatureNumber.of(group.id), geometry, group.values)
        }
        return layer
    }

    /// At each zoom the level of areas that the map shows there, or that of the theme where it says nothing so far down.
    private func ground(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws
        -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let deepest = marks.map(\.area.level).max() ?? .grid
        let level = min(map.rules.areas.level(at: tile.zoom), deepest)
        let length = level == .grid ? 15 : level == .community ? 12 : 9
        var groups: [String: Group] = [:]
        for mark in marks {
            let code = String(mark.area.code.prefix(length))
            guard let place = map.areas[code] else { continue }
            groups[code, default: Group(id: code, position: place.position)].add(mark)
        }
        let cutter = TileCutter(tile, step: tile.zoom >= zooms.upperBound ? 1 : 4)
        var drawn: Set<String> = []
        let shapes = try shapes(level, tile, question.scope.area, in: transaction)
        for (code, shape) in layer.atMost(map.rules.tiles.most, of: shapes) {
            guard let group = groups[code], let geometry = cutter.cut(shape) else { continue }
            drawn.insert(code)
            layer.add(
                id: FeatureNumber.of(code), geometry, group.values + [(key: "name", value: .text(map.areaName(code)))])
        }
        // A point of each, once in all tiles: where its figure stands, and all there is where its ground is not known.
        for place in layer.atMost(map.rules.tiles.most, of: map.areas.places(level, in: tile.cells)) {
            guard let group = groups[place.code] else { continue }
            let unit = WebMercator.unit(longitude: place.position.longitude, latitude: place.position.latitude)
            guard let geometry = cutter.cut(.points([unit])) else { continue }
            layer.add(
                id: FeatureNumber.of(place.code), geometry,
                group.values + [
                    (key: "name", value: .text(place.name)),
                    (key: "isBare", value: .truth(!drawn.contains(place.code))),
                ])
        }
        return layer
    }

    private func shapes(_ level: AreaLevel, _ tile: TileAddress, _ area: AreaPrefix, in transaction: any Transaction)
        throws -> [(code: String, shape: TileShape)]
    {
        guard let kind = ShapeKind(level) else {
            let codes = map.ground.grids(touching: tile.box(margin: 0.02), in: area, limit: map.rules.tiles.most + 1)
            return try Grids.outlines(of: codes, transaction: transaction).compactMap { outline in
                TileShape(outline.shape).map { (code: outline.grid, shape: $0) }
            }
        }
        return try ShapeStore.shapes(
            kind, low: tile.origin, high: tile.origin + SIMD2(repeating: tile.side), within: area,
            limit: map.rules.tiles.most + 1, in: transaction
        ).map { (code: $0.id, shape: TileShape.polygons($0.polygons)) }
    }

    // MARK: Features

    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        let sorted = marks.sorted { $0.id < $1.id }
        let begun = page.after.map { after in sorted.drop { $0.id <= after } } ?? sorted[...]
        let wanted = begun.lazy.filter { mark in
            guard let box = page.box else { return true }
            return position(of: mark).map(box.contains) ?? false
        }
        var found = Array(wanted.prefix(page.limit + 1))
        let isMore = found.count > page.limit
        if isMore { found.removeLast() }
        let grounds = try grounds(of: found, in: transaction)
        return (found.compactMap { feature($0, grounds) }, isMore ? found.last?.id : nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        guard let mark = marks.first(where: { $0.id == id }) else { return nil }
        return feature(mark, try grounds(of: [mark], in: transaction))
    }

    private func grounds(of marks: [MapMark], in transaction: any Transaction) throws -> [String: Geometry] {
        guard theme.form == .ground else { return [:] }
        let codes = marks.map(\.area.code)
        var found: [String: Geometry] = [:]
        for outline in try Grids.outlines(of: codes.filter { $0.utf8.count == 15 }, transaction: transaction) {
            found[outline.grid] = outline.shape
        }
        let wide = codes.filter { $0.utf8.count < 15 }
        guard !wide.isEmpty else { return found }
        for shape in try transaction.query(ShapeStore.these(wide)).map(ShapeStore.shape) {
            found[shape.id] = shape.geometry
        }
        return found
    }

    private func feature(_ mark: MapMark, _ grounds: [String: Geometry]) -> MapFeature? {
        guard let geometry = grounds[mark.area.code] ?? position(of: mark).map(Geometry.point) else { return nil }
        var values: [(key: String, value: FeatureValue)] = [
            ("area", .text(mark.area.code)), ("tone", .text(mark.tone.rawValue)), ("figure", .text(mark.figure)),
            ("count", .number(1)),
        ]
        for (column, value) in zip(theme.columns, mark.values) {
            switch value {
            case .text(let text): values.append((column.name, .text(text.chinese)))
            case .number(let number): values.append((column.name, .number(number)))
            case .nothing: values.append((column.name, .nothing))
            }
        }
        return MapFeature(id: mark.id, geometry: geometry, values: values)
    }

    /// Where it was said to be, else where its area is.
    private func position(of mark: MapMark) -> Position? { map.position(of: mark) }
}

extension OneMap {
    func position(of mark: MapMark) -> Position? {
        if let longitude = mark.longitude, let latitude = mark.latitude {
            return Position(longitude: longitude, latitude: latitude)
        }
        return areas[mark.area.code]?.position
    }
}
