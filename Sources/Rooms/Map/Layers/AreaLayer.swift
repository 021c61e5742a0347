import Cases
import Desk
import Geo
import Ground
import Places
import Storage

/// Divisions and grids at their anchors, with what is open in each: streets from afar, communities nearer, then grids.
struct AreaLayer: MapLayer {
    let map: OneMap

    static let name = "areas"
    var name: String { Self.name }
    let title = LocalizedText("区划与网格", "Areas")
    let right: Right? = nil
    let zooms = 0...16
    let isFiltered = false
    let isDated = true
    let fields = [
        MapField("name", "名称", "Name"), MapField("level", "层级", "Level"),
        MapField("open", "在办诉求", "Open matters", .number), MapField("overdue", "逾期", "Overdue", .number),
    ]

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let level = map.rules.areas.level(at: tile.zoom)
        let figures = try map.figures(for: question, in: transaction)
        let cutter = TileCutter(tile)
        let seen = map.areas.places(level, in: tile.cells).filter { question.scope.area.contains(code: $0.code) }
        for place in layer.atMost(map.rules.tiles.most, of: seen) {
            layer.add(feature(place, figures), cutter)
        }
        return layer
    }

    /// All levels, a whole level after the other, by code.
    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        let figures = try map.figures(for: question, in: transaction)
        var found: [MapFeature] = []
        for place in map.areas.after(page.after) where question.scope.area.contains(code: place.code) {
            guard page.box?.contains(place.position) ?? true else { continue }
            if found.count == page.limit { return (found, found.last?.id) }
            found.append(feature(place, figures))
        }
        return (found, nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        guard question.scope.area.contains(code: id), let place = map.areas[id] else { return nil }
        return feature(place, try map.figures(for: question, in: transaction))
    }

    private func feature(_ place: AreaPlaces.Place, _ figures: AreaFigures) -> MapFeature {
        let level = AreaPrefix(place.code)?.level ?? .country
        var values: [(key: String, value: FeatureValue)] = [
            ("name", .text(place.name)), ("level", .text(level.rawValue)),
        ]
        // Grids are not counted apart: at their zoom each matter stands for itself.
        if level < .grid {
            values.append(("open", .number(Double(figures[place.code].total))))
            values.append(("overdue", .number(Double(figures[place.code][.overdue]))))
        }
        return MapFeature(id: place.code, geometry: .point(place.position), values: values)
    }
}
