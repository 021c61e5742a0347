import Cases
import Desk
import Geo
import Grids
import Ground
import Storage
import Web

/// Buildings as the room of grids keeps them: where they stand, and how many households; nothing of a person.
struct BuildingLayer: MapLayer {
    let map: OneMap

    let name = "buildings"
    let title = LocalizedText("楼栋", "Buildings")
    let right: Right? = nil
    let zooms = 14...16
    let isFiltered = false
    let fields = [
        MapField("name", "名称", "Name"), MapField("compound", "小区", "Compound"), MapField("area", "区域", "Area"),
        MapField("households", "户数", "Households", .number),
    ]

    /// The strip beside a tile is a quarter of it; so many times what a tile holds are looked at there.
    private static let mostBeside = 4

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let most = map.rules.tiles.most
        let box = tile.box()
        // What stands in the tile comes first; then what stands beside it and reaches in.
        var buildings = try Grids.buildings(
            at: box, in: question.scope.area, limit: most + 1, transaction: transaction)
        if buildings.count <= most {
            let beside = try Grids.buildings(
                at: tile.box(margin: 0.06), outside: box, in: question.scope.area, limit: most * Self.mostBeside,
                transaction: transaction)
            layer.isShortened = beside.count == most * Self.mostBeside
            let seen = tile.box(margin: 0.02)
            buildings += beside.lazy.filter { $0.outline?.box?.touches(seen) ?? seen.contains($0.place) }
        }
        let cutter = TileCutter(tile)
        for building in layer.atMost(most, of: buildings) {
            var feature = feature(building)
            if tile.zoom < 15 { feature.values.removeAll { $0.key != "households" } }
            layer.add(feature, cutter)
        }
        return layer
    }

    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        var after = (community: "", id: "")
        if let text = page.after {
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, AreaPrefix(parts[0]) != nil else { throw FeaturePage.unknownKey(text) }
            after = (String(parts[0]), String(parts[1]))
        }
        let area = question.scope.area
        var found: [Building]
        if let box = page.box {
            let most = map.rules.tiles.most
            found = try Grids.buildings(at: box, in: area, limit: most + 1, transaction: transaction)
            guard found.count <= most else { throw FeaturePage.boxTooWide }
            found = found.filter { ($0.community, $0.id) > after }
            found.sort { ($0.community, $0.id) < ($1.community, $1.id) }
            found = Array(found.prefix(page.limit + 1))
        } else {
            found = try Grids.buildings(
                in: area, afterCommunity: after.community, id: after.id, limit: page.limit + 1, transaction: transaction
            )
        }
        let isMore = found.count > page.limit
        if isMore { found.removeLast() }
        return (found.map(feature), isMore ? found.last.map { "\($0.community).\($0.id)" } : nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        try Grids.building(id, in: question.scope.area, transaction: transaction).map(feature)
    }

    private func feature(_ building: Building) -> MapFeature {
        MapFeature(
            id: building.id, geometry: building.outline ?? .point(building.place),
            values: [
                ("name", .text(building.name)), ("compound", building.compound.map(FeatureValue.text) ?? .nothing),
                ("area", .text(building.grid ?? building.community)),
                ("households", .number(Double(building.households))),
            ])
    }
}
