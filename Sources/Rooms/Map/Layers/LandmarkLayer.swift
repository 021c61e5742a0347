import Cases
import Desk
import Geo
import Ground
import Storage

/// Compounds, schools, markets and other places that people know by name.
struct LandmarkLayer: MapLayer {
    let map: OneMap

    let name = "landmarks"
    let title = LocalizedText("设施与地标", "Facilities and landmarks")
    let right: Right? = nil
    let zooms = 12...16
    let isFiltered = false
    let fields = [
        MapField("name", "名称", "Name"), MapField("kind", "类型", "Kind"), MapField("area", "区域", "Area"),
    ]

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let cutter = TileCutter(tile)
        let found = try map.cases.landmarks(
            in: tile.box(), within: question.scope.area, after: nil, limit: map.rules.tiles.most + 1, in: transaction)
        for landmark in layer.atMost(map.rules.tiles.most, of: found) { layer.add(feature(landmark), cutter) }
        return layer
    }

    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        let key = try page.after.map { text throws(Refusal) in
            guard let key = PlacedLandmark.Key(text) else { throw FeaturePage.unknownKey(page.after) }
            return key
        }
        var found = try map.cases.landmarks(
            in: page.box, within: question.scope.area, after: key, limit: page.limit + 1, in: transaction)
        let isMore = found.count > page.limit
        if isMore { found.removeLast() }
        return (found.map(feature), isMore ? found.last?.key.text : nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        guard let key = PlacedLandmark.Key(id) else { return nil }
        return try map.cases.landmark(key, within: question.scope.area, in: transaction).map(feature)
    }

    private func feature(_ landmark: PlacedLandmark) -> MapFeature {
        MapFeature(
            id: landmark.key.text,
            geometry: .point(Position(longitude: landmark.location.longitude, latitude: landmark.location.latitude)),
            values: [
                ("name", .text(landmark.name)), ("kind", .text(landmark.kind)), ("area", .text(landmark.area.code)),
            ])
    }
}
