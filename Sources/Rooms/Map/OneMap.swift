public import Cases
public import Desk
public import Grids
public import Ground
public import Identity
import Logging
public import Places
public import Storage
import Synchronization
import Web

extension Right {
    /// May see matters: declared by the room that keeps them.
    static let readMatters = Right("case.read")
    static let exportMatters = Right("case.export")
}

/// 一图感知: areas, matters and places on one live map. It keeps outlines; everything else is another room's, and all
/// is cut to what the viewer may see.
public struct OneMap: Room {
    let house: House
    let identity: Identity
    let places: Places
    let cases: Cases
    let grids: Grids
    let ground = KeptGround()
    let rules: MapRules
    let tiles: TileCache
    let stamps = StampWatch()
    let keptMarks = KeptMarks()
    let keptPast = KeptPast()
    private let furtherThemes: [MapTheme]
    let logger = Logger(label: "map")
    let finder = KeptFinder()
    private let kept = KeptAreas()

    /// - Parameter themes: what other rooms have to say of areas and places.
    /// - Throws: a refusal naming the file when a rule file is wrong.
    public init(
        house: House, identity: Identity, places: Places, cases: Cases, grids: Grids, themes: [MapTheme] = []
    ) throws(Refusal) {
        furtherThemes = themes
        rules = try MapRules.load(from: house.rules)
        self.house = house
        self.identity = identity
        self.places = places
        self.cases = cases
        self.grids = grids
        tiles = TileCache(mostBytes: rules.tiles.keptMegabytes << 20)
    }

    public static let migrations: [Migration] = ShapeStore.migrations

    public var menu: [MenuEntry] {
        [MenuEntry("/map", icon: "map-pin", MapTexts.map, right: .placesRead, order: 35)]
    }

    public func addRoutes(to routes: Routes) {
        TileRoutes(map: self).add(to: routes)
        let watch = MapWatch(self)
        MapPage(map: self, watch: watch).add(to: routes)
        MapSearch(map: self).add(to: routes)
        ShapeImport(map: self).add(to: routes)
        PackageExport(map: self).add(to: routes)
        FeatureRoutes(map: self).add(to: routes)
    }

    /// From the lowest on the map to the highest.
    var layers: [any MapLayer] {
        [
            OutlineLayer(map: self), BuildingLayer(map: self), LandmarkLayer(map: self), AreaLayer(map: self),
            MatterLayer(map: self),
        ] + themes.map { theme -> any MapLayer in ThemeLayer(map: self, theme: theme) }
    }

    /// What the map can be about besides residents' matters.
    var themes: [MapTheme] { [staffingTheme] + furtherThemes + [whistleTheme] }

    /// - Throws: a refusal for a theme that there is not, or not for this viewer; nil where matters are meant.
    func theme(_ query: QueryParameters, for scope: Scope) throws(Refusal) -> MapTheme? {
        guard let name = query.filled("show"), name != MatterLayer.name else { return nil }
        guard let theme = themes.first(where: { $0.name == name }), scope.may(theme.right) else { throw .nothingHere }
        return theme
    }

    /// - Throws: a refusal for a layer that there is not, or not for this viewer: both look the same.
    func layer(_ name: String, for scope: Scope) throws(Refusal) -> any MapLayer {
        guard let layer = layers.first(where: { $0.name == name }), layer.isFor(scope) else { throw .nothingHere }
        return layer
    }

    /// Where each area is, as the rooms below have it now. No query.
    var areas: AreaPlaces { kept.areas(of: places, below: house.settings.area) }

    /// What is open in each area that the scope reaches.
    func figures(for question: MapQuestion, in transaction: any Transaction) throws -> AreaFigures {
        if let past = question.past { return past.figures }
        return AreaFigures(try cases.openCounts(for: question.scope, at: question.now, in: transaction))
    }

    func areaName(_ code: String) -> String { places.name(of: code) ?? code }
}

/// The places of areas, made anew when they changed.
private final class KeptAreas: Sendable {
    private let kept = Mutex<(version: Int64, areas: AreaPlaces)?>(nil)

    func areas(of places: Places, below area: AreaPrefix) -> AreaPlaces {
        let version = places.version
        if let known = kept.withLock({ $0?.version == version ? $0?.areas : nil }) { return known }
        let areas = AreaPlaces(of: places, below: area)
        kept.withLock { $0 = (version, areas) }
        return areas
    }
}
