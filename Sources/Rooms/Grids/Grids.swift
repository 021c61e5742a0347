public import Cases
public import Desk
public import Ground
public import Identity
public import Places
public import Storage
import Uploads

/// 网格划分: buildings, plans of grids, the plan that takes effect, functional grids, and who covers what.
///
/// The table `buildings` (id, community, grid, name, compound, households, workload, longitude, latitude, cell, outline)
/// and the table `grid_outlines` (grid, outline, square_metres, households, buildings) are read through this face by the
/// rooms above, the map first of all: ``buildings(at:outside:in:limit:transaction:)`` for a tile or a box,
/// ``buildings(in:after:limit:)`` for an area, ``outlines(in:after:limit:)`` for the ground of grids, ``changes()`` to
/// know that either is new. They are filled by files of buildings (``BuildingImport``), by generators
/// (``register(buildings:in:)``), and by plans that take effect.
public struct Grids: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let norms: GridNorms
    let followers: [any GridFollower]

    /// - Parameter followers: what other rooms do when a grid ends and another goes on for it.
    /// - Throws: a refusal naming the file when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, places: Places, followers: [any GridFollower] = []
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        self.followers = followers
        norms = try GridNorms.load(from: house.rules)
    }

    public static let migrations: [Migration] = GridSchema.migrations + FormerGridUploads.migrations
    /// The rights are declared with the roles, see `Identity`.
    public static let rights: [Right] = [.gridsRead, .gridsPlan, .gridsBuildings]

    public var menu: [MenuEntry] {
        [MenuEntry("/grids", icon: "layers", GridTexts.grids, right: .gridsRead, order: 64)]
    }

    public var jobs: [Job] {
        [
            Job("grid-plans", every: .minutes(5)) { try await TakingEffect(grids: self).run(at: house.clock.now()) },
            Job("functional-grids", every: .minutes(1)) {
                try await FunctionalWork(grids: self).takeMatters(at: house.clock.now())
            },
            Job("forget-removed-barriers", every: .hours(6)) {
                try await BarrierWork(grids: self).forget(at: house.clock.now())
            },
        ] + uploads.jobs
    }

    public func addRoutes(to routes: Routes) {
        GridPages(grids: self).add(to: routes)
        PlanPages(grids: self).add(to: routes)
        FunctionalPages(grids: self).add(to: routes)
        GridAPI(grids: self).add(to: routes)
        BarrierPages(grids: self).add(to: routes)
        BarrierAPI(grids: self).add(to: routes)
        UploadPages(grids: self).add(to: routes)
        UploadAPI(grids: self).add(to: routes)
        BuildingPages(grids: self).add(to: routes)
        BuildingAPI(grids: self).add(to: routes)
    }

    // MARK: Buildings and ground

    /// Enters buildings, or changes those with the same id; for imports and generators, without a check of rights.
    public static func register(buildings: [Building], in transaction: any Transaction) throws {
        try transaction.batch(buildings.map(BuildingStore.insertion) + [GridSchema.noteChange])
    }

    /// Sets the ground of grids; for imports and generators.
    public static func register(outlines: [GridOutline], in transaction: any Transaction) throws {
        try transaction.batch(outlines.map(BuildingStore.insertion) + [GridSchema.noteChange])
    }

    /// Buildings of an area (a grid, a community or wider) in the order of community and id; pages follow the last one.
    /// - Parameter limit: at most 50,000.
    public func buildings(in area: AreaPrefix, after: Building? = nil, limit: Int) async throws -> [Building] {
        try await house.database.read {
            try BuildingStore.page(in: area, after: after, limit: min(limit, 50_000), transaction: $0)
        }
    }

    /// The ground of the base grids of an area, in the order of their codes; pages follow the last code.
    public func outlines(in area: AreaPrefix, after: String = "", limit: Int) async throws -> [GridOutline] {
        try await house.database.read {
            try BuildingStore.outlines(in: area, after: after, limit: min(limit, 50_000), transaction: $0)
        }
    }

    /// Rises with every change of buildings or ground.
    public func changes() async throws -> Int64 {
        try await house.database.query("SELECT count FROM grid_changes WHERE id = 1").first?.int(0) ?? 0
    }
}
