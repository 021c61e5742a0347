import Cases
import Desk
import Geo
import Ground
import Storage

/// Residents' matters that are open and have a place: gathered from afar, singly when near.
struct MatterLayer: MapLayer {
    let map: OneMap

    static let name = "matters"
    var name: String { Self.name }
    let title = LocalizedText("在办诉求", "Open matters")
    let right: Right? = .readMatters
    let zooms = 0...16
    let isFiltered = true
    let isDated = true
    let fields = [
        MapField("number", "编号", "Number"), MapField("category", "类别", "Category"), MapField("area", "区域", "Area"),
        MapField("state", "状态", "State"), MapField("due", "时限", "Due", .instant),
    ]

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer
    {
        guard tile.zoom < map.rules.tiles.pointsFromZoom else {
            var layer = TileWriter.Layer(name)
            let cutter = TileCutter(tile)
            let most = map.rules.tiles.most
            let matters =
                if let past = question.past {
                    Array(past.matters(in: tile.cells).prefix(most + 1))
                } else {
                    try map.cases.placedMatters(
                        in: [tile.cells], question.filter, limit: most + 1, for: question.scope, in: transaction)
                }
            for matter in layer.atMost(most, of: matters) {
                if let feature = feature(matter) { layer.add(feature, cutter) }
            }
            return layer
        }
        return try clusters(tile, question, in: transaction)
    }

    private func clusters(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws
        -> TileWriter.Layer
    {
        var layer = TileWriter.Layer(name)
        let cutter = TileCutter(tile)
        let zoom = map.rules.tiles.squareZoom(in: tile.zoom)
        let clusters =
            if let past = question.past {
                past.clusters(in: tile.cells, zoom: zoom)
            } else {
                try map.cases.matterClusters(
                    in: tile.cells, zoom: zoom, question.filter, for: question.scope, at: question.now, in: transaction)
            }
        for cluster in clusters {
            let place = WebMercator.unit(longitude: cluster.longitude, latitude: cluster.latitude)
            guard let geometry = cutter.cut(.points([place])) else { continue }
            layer.add(
                id: UInt64(cluster.square), geometry,
                [("count", .integer(cluster.count)), ("overdue", .integer(cluster.overdue))])
        }
        return layer
    }

    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)
    {
        var after: PlacedMatter.Key?
        if let text = page.after {
            guard let key = PlacedMatter.Key(text) else { throw FeaturePage.unknownKey(page.after) }
            after = key
        }
        var matters =
            if let past = question.past {
                past.matters(in: page.box, after: after, limit: page.limit + 1)
            } else {
                try map.cases.placedMatters(
                    in: page.box?.cells() ?? [0...Int64.max], box: page.box, question.filter, after: after,
                    limit: page.limit + 1, for: question.scope, in: transaction)
            }
        let isMore = matters.count > page.limit
        if isMore { matters.removeLast() }
        return (matters.compactMap(feature), isMore ? matters.last?.key.text : nil)
    }

    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature? {
        guard let id = CaseID(parsing: id) else { return nil }
        let found = try map.cases.placedMatters([id], for: question.scope, in: transaction).first
        return found.flatMap { $0.isOpen ? feature($0.matter) : nil }
    }

    func feature(_ matter: PlacedMatter) -> MapFeature? {
        guard let location = matter.location else { return nil }
        return MapFeature(
            id: matter.id.text,
            geometry: .point(Position(longitude: location.longitude, latitude: location.latitude)),
            values: [
                ("number", .text(matter.number)), ("category", matter.category.map(FeatureValue.text) ?? .nothing),
                ("area", .text(matter.area.code)), ("state", .text(matter.state.rawValue)),
                // Seconds: what is overdue by now is for the page to say, however old the tile.
                ("due", matter.dueAt.map { .number(Double($0.milliseconds / 1000)) } ?? .nothing),
            ])
    }
}

extension PlacedMatter.Key {
    /// As it stands in an address.
    var text: String { "\(cell)-\(id.text)" }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let cell = Int64(parts[0]), cell >= 0, let id = CaseID(parsing: String(parts[1])) else {
            return nil
        }
        self.init(cell: cell, id: id)
    }
}
