import Cases
import Desk
import Geo
import Grids
import Ground
import Storage

/// Outlines: of counties, streets and communities as the county brought them in, of grids as plans made them.
struct OutlineLayer: MapLayer {
    let map: OneMap

    static let name = "outlines"
    var name: String { Self.name }
    let title = LocalizedText("区划与网格范围", "Outlines of areas")
    let right: Right? = nil
    let zooms = 0...16
    let isFiltered = false
    let isDated = true
    let fields = [
        MapField("name", "名称", "Name"), MapField("level", "层级", "Level"),
        MapField("open", "在办诉求", "Open matters", .number), MapField("overdue", "逾期", "Overdue", .number),
        MapField("households", "户数", "Households", .number),
    ]

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let level = map.rules.areas.level(at: tile.zoom)
        // Far out, corners nearer than half a pixel are one.
        let cutter = TileCutter(tile, step: tile.zoom >= zooms.upperBound ? 1 : 4)
        guard let kind = ShapeKind(level) else {
            let codes = map.ground.grids(
                touching: tile.box(margin: 0.02), in: question.scope.area, limit: map.rules.tiles.most + 1)
            let shown = Array(layer.atMost(map.rules.tiles.most, of: codes))
            for outline in try Grids.outlines(of: shown, transaction: transaction) {
                layer.add(feature(outline), cutter)
            }
            return layer
        }
        let shapes = try ShapeStore.shapes(
            kind, low: tile.origin, high: tile.origin + SIMD2(repeating: tile.side), within: question.scope.area,
            limit: map.rules.tiles.most + 1, in: transaction)
        guard !shapes.isEmpty else { return layer }
        let figures = try map.figures(for: question, in: transaction)
        for shape in layer.atMost(map.rules.tiles.most, of: shapes) {
            guard let geometry = cutter.cut(.polygons(shape.polygons)) else { continue }
            let values = values(shape, figures).compactMap { one in
                one.value.tileValue.map { (key: one.key, value: $0) }
            }
            layer.add(id: FeatureNumber.of(shape.id), geometry, [(key: "id", value: .text(shape.id))] + values)
        }
        return layer
    }

    private func values(_ shape: KeptShape, _ figures: AreaFigures) -> [(key: String, value: FeatureValue)] {
        [
            ("name", .text(shape.name)), ("level", .text(shape.kind.rawValue)),
            ("open", .number(Double(figures[shape.id].total))),
            ("overdue", .number(Double(figures[shape.id][.overdue]))),
        ]
    }

    private func feature(_ outline: GridOutline) -> MapFeature {
        MapFeature(
            id: outline.grid, geometry: outline.shape,
            values: [
                ("name", .text(map.areaName(outline.grid))), ("level", .text(AreaLevel.grid.rawValue)),
                ("households", .number(Double(outline.households))),
            ])
    }

    private func feature(_ shape: KeptShape, _ figures: AreaFigures) -> MapFeature {
        MapFeature(id: shape.id, geometry: shape.geometry, values: values(shape, figures))
    }

    /// Those of wider areas first, then those of grids, by code.
    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        var after: (kind: String, id: String) = ("", "")
        if let text = page.after {
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, AreaPrefix(parts[1]) != nil else { throw FeaturePage.unknownKey(text) }
            after = (String(parts[0]), String(parts[1]))
        }
        let area = question.scope.area
        let figures = try map.figures(for: question, in: transaction)
        var found: [(key: String, feature: MapFeature)] = []
        if after.kind != AreaLevel.grid.rawValue {
            let shapes = try transaction.query(
                ShapeStore.page(
                    ShapeKind.allCases, after: page.after == nil ? nil : after, within: area, limit: page.limit + 1)
            ).map(ShapeStore.shape)
            found = shapes.map { ("\($0.kind.rawValue).\($0.id)", feature($0, figures)) }
        }
        if found.count <= page.limit {
            let begin = after.kind == AreaLevel.grid.rawValue ? after.id : ""
            let world = Box(west: -180, south: -90, east: 180, north: 90)
            let codes = map.ground.grids(touching: page.box ?? world, in: area, limit: .max).filter { $0 > begin }
            let outlines = try Grids.outlines(
                of: Array(codes.prefix(page.limit + 1 - found.count)), transaction: transaction)
            found += outlines.map { ("\(AreaLevel.grid.rawValue).\($0.grid)", feature($0)) }
        }
        let isMore = found.count > page.limit
        if isMore { found.removeLast() }
        let features = found.map(\.feature).filter { feature in
            page.box.map { box in feature.geometry.box?.touches(box) ?? false } ?? true
        }
        return (features, isMore ? found.last?.key : nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        guard question.scope.area.contains(code: id) else { return nil }
        if id.utf8.count == 15 {
            return try Grids.outlines(of: [id], transaction: transaction).first.map(feature)
        }
        guard let kind = AreaPrefix(id).flatMap({ ShapeKind($0.level) }),
            let row = try transaction.first(ShapeStore.one(kind, id))
        else { return nil }
        return feature(try ShapeStore.shape(row), try map.figures(for: question, in: transaction))
    }
}
