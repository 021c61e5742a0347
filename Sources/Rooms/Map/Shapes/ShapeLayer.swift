import Cases
import Desk
import Geo
import Ground
import Storage

/// Outlines that a county brought in: of its areas, or of its buildings.
struct ShapeLayer: MapLayer {
    let map: OneMap
    let name: String
    let title: LocalizedText
    let right: Right? = nil
    let zooms: ClosedRange<Int>
    let isFiltered = false
    let fields: [MapField]
    let kinds: [ShapeKind]

    static func outlines(_ map: OneMap) -> ShapeLayer {
        ShapeLayer(
            map: map, name: "outlines", title: LocalizedText("区划与网格范围", "Outlines of areas"), zooms: 0...16,
            fields: [
                MapField("name", "名称", "Name"), MapField("kind", "层级", "Level"),
                MapField("open", "在办诉求", "Open matters", .number),
                MapField("overdue", "逾期", "Overdue", .number),
            ], kinds: [.county, .street, .community, .grid])
    }

    static func buildings(_ map: OneMap) -> ShapeLayer {
        ShapeLayer(
            map: map, name: "buildings", title: LocalizedText("楼栋", "Buildings"), zooms: 14...16,
            fields: [
                MapField("name", "名称", "Name"), MapField("area", "区域", "Area"),
                MapField("floors", "层数", "Floors", .number),
            ], kinds: [.building])
    }

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let kind =
            kinds.count == 1 ? kinds.first : ShapeKind(map.rules.areas.level(at: tile.zoom))
        guard let kind else { return layer }
        let (low, high) = (tile.origin, tile.origin + SIMD2(repeating: tile.side))
        let shapes = try ShapeStore.shapes(
            kind, low: low, high: high, within: question.scope.area, limit: map.rules.tiles.most, in: transaction)
        let figures = kind == .building || shapes.isEmpty ? nil : try map.figures(for: question, in: transaction)
        // Far out, corners nearer than half a pixel are one.
        let cutter = TileCutter(tile, step: tile.zoom >= zooms.upperBound ? 1 : 4)
        for shape in shapes {
            guard let geometry = cutter.cut(.polygons(shape.polygons)) else { continue }
            let values = values(shape, figures, withNames: kind != .building || tile.zoom >= 15)
            layer.add(
                id: FeatureNumber.of(shape.id), geometry,
                [(key: "id", value: .text(shape.id))]
                    + values.compactMap { one in one.value.tileValue.map { (key: one.key, value: $0) } })
        }
        return layer
    }

    private func values(_ shape: KeptShape, _ figures: AreaFigures?, withNames: Bool = true) -> [(
        key: String, value: FeatureValue
    )] {
        guard let figures else {
            var values: [(key: String, value: FeatureValue)] = withNames ? [("name", .text(shape.name))] : []
            if withNames { values.append(("area", .text(shape.area))) }
            if let floors = shape.floors { values.append(("floors", .number(Double(floors)))) }
            return values
        }
        var values: [(key: String, value: FeatureValue)] = [
            ("name", .text(shape.name)), ("kind", .text(shape.kind.rawValue)),
        ]
        if shape.kind != .grid {
            values.append(("open", .number(Double(figures[shape.id].total))))
            values.append(("overdue", .number(Double(figures[shape.id][.overdue]))))
        }
        return values
    }

    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        var after: (kind: String, id: String)?
        if let text = page.after {
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, ShapeKind(rawValue: String(parts[0])) != nil else {
                throw FeaturePage.unknownKey(text)
            }
            after = (String(parts[0]), String(parts[1]))
        }
        let area = question.scope.area
        var shapes: [KeptShape]
        if let box = page.box {
            // By place: whole, then cut to the page by key. A box wider than a page of the map holds is refused.
            let northWest = WebMercator.unit(longitude: box.west, latitude: box.north)
            let southEast = WebMercator.unit(longitude: box.east, latitude: box.south)
            let most = map.rules.tiles.most
            let found = try kinds.flatMap {
                try ShapeStore.shapes(
                    $0, low: northWest, high: southEast, within: area, limit: most, in: transaction)
            }
            guard found.count < most else { throw Self.tooWide }
            shapes = found.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }.filter { shape in
                after.map { (shape.kind.rawValue, shape.id) > ($0.kind, $0.id) } ?? true
            }
            shapes = Array(shapes.prefix(page.limit + 1))
        } else {
            shapes = try transaction.query(
                ShapeStore.page(kinds, after: after, within: area, limit: page.limit + 1)
            ).map(ShapeStore.shape)
        }
        let isMore = shapes.count > page.limit
        if isMore { shapes.removeLast() }
        let figures = kinds == [.building] ? nil : try map.figures(for: question, in: transaction)
        return (
            shapes.map { feature($0, figures) },
            isMore ? shapes.last.map { "\($0.kind.rawValue).\($0.id)" } : nil
        )
    }

    private static let tooWide = Refusal(
        .ruleBroken, "map.box-too-wide", LocalizedText("范围内的要素太多", "Too much lies in this box"),
        wayOn: LocalizedText("请缩小 bbox，或不带 bbox 逐页读取", "Ask for a smaller bbox, or page without one"), field: "bbox")

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        for kind in kinds {
            guard let row = try transaction.first(ShapeStore.one(kind, id)) else { continue }
            let shape = try ShapeStore.shape(row)
            guard question.scope.area.contains(code: shape.area) else { return nil }
            return feature(shape, kind == .building ? nil : try map.figures(for: question, in: transaction))
        }
        return nil
    }

    private func feature(_ shape: KeptShape, _ figures: AreaFigures?) -> MapFeature {
        MapFeature(id: shape.id, geometry: shape.geometry, values: values(shape, figures))
    }
}
