public import Desk
public import Ground
import Ledger
public import Storage
public import Web

extension Right {
    /// May look up divisions, grids and bodies.
    public static let placesRead = Right("places.read")
    /// May import lists of divisions.
    public static let placesImport = Right("places.import")
    /// May enter and change bodies of the own area.
    public static let bodiesManage = Right("bodies.manage")
}

/// A part of the page of an area that another room adds.
public typealias AreaPanel = @Sendable (AreaPrefix, StaffVisit) async throws -> HTML

/// Where grids lie on the ground: kept by the room that draws them, above this one.
public protocol GridGround: Sendable {
    /// Reads anew what was changed since the last time, by whichever server.
    func refresh() async throws
    /// The code of the base grid whose ground holds the point; nil where none does. No query.
    func grid(longitude: Double, latitude: Double) -> String?
}

/// The grid of a place, and what says so.
public struct FoundGrid: Sendable, Hashable {
    public enum Ground: String, Sendable, Hashable, CaseIterable {
        /// Its ground holds the place.
        case outline
        /// No ground does; its centre is the nearest.
        case nearest
    }

    public var code: String
    public var ground: Ground
}

/// Divisions, grids, and the bodies that act in them; each with the days on which it was so.
public struct Places: Room {
    let house: House
    let panels: [AreaPanel]
    let ground: (any GridGround)?
    let people: (any BodyPeople)?
    let index = PlaceIndex()
    /// What rooms above show on the page of a body.
    public let bodyPanels = BodyPanels()

    /// - Parameters:
    ///   - panels: what other rooms show on the page of an area, in this order.
    ///   - ground: where grids lie, when something knows it.
    ///   - people: who holds the posts of bodies, when something knows it.
    public init(
        house: House, panels: [AreaPanel] = [], ground: (any GridGround)? = nil, people: (any BodyPeople)? = nil
    ) {
        self.house = house
        self.panels = panels
        self.ground = ground
        self.people = people
    }

    public static let migrations: [Migration] = PlaceSchema.migrations
    public static let rights: [Right] = [.placesRead, .placesImport, .bodiesManage]

    public var menu: [MenuEntry] {
        [
            MenuEntry("/places", icon: "map-pinned", PlacesTexts.places, right: .placesRead, order: 40),
            MenuEntry("/places/bodies", icon: "layers", PlacesTexts.allBodies, right: .bodiesManage, order: 72),
        ]
    }

    public var jobs: [Job] {
        [Job("refresh-places", every: .seconds(30)) { try await refresh() }]
    }

    public func addRoutes(to routes: Routes) {
        PlacePages(places: self).add(to: routes)
        PlaceAPI(places: self).add(to: routes)
    }

    var today: Day { house.clock.now().local().day }

    // MARK: In memory

    /// Brings the names in memory up to date. To be called once before serving; a job repeats it, for what other servers
    /// change.
    public func refresh() async throws {
        try await index.refresh(from: house.database, area: house.settings.area, at: today)
        try await ground?.refresh()
    }

    /// The present name of a division or grid of this installation, or of a division around it. No query.
    public func name(of code: String) -> String? { index.name(of: code) }

    /// Rises with every change of divisions or grids that came into memory. No query.
    public var version: Int64 { index.version }

    /// Present names from the widest division known here down to the code itself. No query.
    public func path(of code: String) -> [(code: String, name: String)] {
        (AreaStore.prefixes(of: code) + (code.utf8.count == 15 ? [code] : [])).compactMap { code in
            index.name(of: code).map { (code, $0) }
        }
    }

    /// The divisions, or for a community the grids, right below. No query.
    public func children(of code: String) -> [(code: String, name: String)] { index.children(of: code) }

    /// Whether any grid here has a centre: without one, no point can be called outside the county. No query.
    public var hasGridCentres: Bool { index.hasCentres }

    /// The base grid at a place: the one whose ground holds it; where none does, the one whose centre is nearest within some
    /// five kilometres, which is a proposal. No query.
    public func grid(longitude: Double, latitude: Double) -> FoundGrid? {
        // Ground may be a moment older than the grids: one that ended since is nobody's.
        if let code = ground?.grid(longitude: longitude, latitude: latitude), house.settings.area.contains(code: code),
            index.name(of: code) != nil
        {
            return FoundGrid(code: code, ground: .outline)
        }
        return nearestGrid(longitude: longitude, latitude: latitude).map { FoundGrid(code: $0.code, ground: .nearest) }
    }

    /// The base grid whose centre is nearest, within some five kilometres. No query.
    public func nearestGrid(longitude: Double, latitude: Double, within area: AreaPrefix? = nil) -> Grid? {
        index.nearestGrid(
            to: Grid.Centre(longitude: longitude, latitude: latitude), within: area ?? house.settings.area)
    }

    // MARK: Divisions, at any day

    /// - Returns: nil when the code was not in use that day.
    public func area(_ code: String, at day: Day) async throws -> Area? {
        try await house.database.read { try AreaStore.area(code, at: day, in: $0) }
    }

    /// The divisions around a code on that day, widest first, the code's own last.
    public func ancestors(of code: String, at day: Day) async throws -> [Area] {
        try await house.database.read { try AreaStore.ancestors(of: code, at: day, in: $0) }
    }

    /// - Parameter code: nil for the provinces.
    public func children(of code: String?, at day: Day) async throws -> [Area] {
        try await house.database.read { try AreaStore.children(of: code, at: day, in: $0) }
    }

    /// By the beginning of the name, or the first or last digits of the code, within what the viewer is responsible for.
    public func search(_ text: String, in scope: Scope, limit: Int = 50) async throws -> [Area] {
        let day = today
        let area = scope.area
        return try await house.database.read {
            try AreaStore.search(text, within: area, at: day, limit: limit, in: $0)
        }
    }

    // MARK: Grids

    /// The grids of a community or of a wider area, today.
    public func grids(in area: AreaPrefix) async throws -> [Grid] {
        let day = today
        return try await house.database.read { try GridStore.grids(in: area, at: day, transaction: $0) }
    }

    /// Enters grids, or changes those with the same code: for imports and generators, without a check of rights.
    public static func register(grids: [Grid], in transaction: any Transaction) throws {
        try transaction.batch(grids.map(GridStore.insertion) + [PlaceSchema.noteChange])
    }

    /// Enters divisions as they are: for generators and tests. Lists are imported, see `importDivisions`.
    public static func register(areas: [Area], in transaction: any Transaction) throws {
        try transaction.batch(
            areas.map { area in
                """
                INSERT INTO divisions (code, valid_from, valid_to, name, level, parent, source)
                VALUES (\(area.code), \(area.validFrom), \(area.validTo), \(area.name), \(area.level.rawValue),
                        \(area.parent), \(area.source))
                ON CONFLICT (code, valid_from) DO UPDATE SET name = excluded.name, parent = excluded.parent,
                    valid_to = excluded.valid_to, source = excluded.source
                """
            } + [PlaceSchema.noteChange])
    }

    // MARK: Lists

    /// Imports a national or local list of divisions as it holds from a day on; see `DivisionImport`.
    public func importDivisions(
        _ order: DivisionImport.Order, by actor: Actor = .system,
        progress: @Sendable (DivisionImport.Progress) -> Void = { _ in }
    ) async throws -> DivisionImport.Report {
        let report = try await DivisionImport(
            database: house.database, clock: house.clock, identifiers: house.identifiers
        ).run(order, by: actor, progress: progress)
        try await refresh()
        return report
    }
}
