public import Desk
public import Geo
public import Ground
public import Storage
public import Web

/// An open matter at its place on the map: nothing of a person, nothing that somebody wrote.
public struct PlacedMatter: Sendable, Hashable {
    /// After which the next page begins.
    public struct Key: Sendable, Hashable {
        public var cell: Int64
        public var id: CaseID

        public init(cell: Int64, id: CaseID) {
            self.cell = cell
            self.id = id
        }
    }

    public var cell: Int64
    public var id: CaseID
    public var number: String
    public var category: String?
    public var area: AreaPrefix
    public var state: StateName
    public var body: BodyID?
    public var dueAt: Instant?
    public var location: Location?

    public var key: Key { Key(cell: cell, id: id) }
}

/// Open matters that lie near each other, as one.
public struct MatterCluster: Sendable, Hashable {
    /// The number of its square among those of its zoom.
    public var square: Int64
    public var count: Int64
    public var overdue: Int64
    public var longitude: Double
    public var latitude: Double

    public init(square: Int64, count: Int64, overdue: Int64, longitude: Double, latitude: Double) {
        self.square = square
        self.count = count
        self.overdue = overdue
        self.longitude = longitude
        self.latitude = latitude
    }
}

/// Which matters a map shows: the filter of the queue, read from an address in the same words.
public struct MatterFilter: Sendable, Hashable {
    let filter: CaseFilter

    /// Nothing is left out but what is not there for the viewer.
    public static let all = MatterFilter(filter: CaseFilter())
}

extension Cases {
    /// The filter of the queue, as its address says it.
    /// - Throws: a refusal naming the field that cannot be read.
    public func matterFilter(_ query: QueryParameters, _ staff: StaffVisit) throws(Refusal) -> MatterFilter {
        // The pages of a map have keys of their own.
        let asked = query.setting("after", nil).setting("limit", nil).setting("order", nil)
        return MatterFilter(filter: try QueuePage.filter(self, staff, asked).0)
    }

    /// Open residents' matters with a place, within ranges of cells, in the order of cells.
    /// - Parameters:
    ///   - ranges: rising and apart, as `Box.cells` and `TileAddress.cells` give them.
    ///   - box: what the ranges are to be cut to, in degrees; nil for all of them.
    public func placedMatters(
        in ranges: [ClosedRange<Int64>], box: Box? = nil, _ filter: MatterFilter = .all,
        after: PlacedMatter.Key? = nil, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [PlacedMatter] {
        try scope.require(.caseRead)
        var found: [PlacedMatter] = []
        for range in ranges where after.map({ range.upperBound >= $0.cell }) ?? true {
            guard found.count < limit else { break }
            found += try transaction.query(
                MatterPlaceStore.matters(
                    filter.filter, in: range, box: box, after: after, limit: limit - found.count, for: scope)
            ).map(MatterPlaceStore.matter)
        }
        return found
    }

    /// The same, by squares of a zoom: for maps of a whole county.
    public func matterClusters(
        in range: ClosedRange<Int64>, zoom: Int, _ filter: MatterFilter = .all, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [MatterCluster] {
        try scope.require(.caseRead)
        return try transaction.query(
            MatterPlaceStore.clusters(filter.filter, in: range, zoom: zoom, for: scope, at: now)
        ).map { row in
            MatterCluster(
                square: try row.int(0), count: try row.int(1), overdue: try row.int(2), longitude: try row.double(3),
                latitude: try row.double(4))
        }
    }

    /// These matters as they stand now, as far as the scope may see them: those that ended without a state on the map.
    public func placedMatters(_ ids: [CaseID], for scope: Scope, in transaction: any Transaction) throws
        -> [(matter: PlacedMatter, isOpen: Bool)]
    {
        guard scope.may(.caseRead), !ids.isEmpty else { return [] }
        let visible = CaseFilter.visibility(scope, narrowing: false)
        return try transaction.query(
            """
            SELECT \(trusted: MatterPlaceStore.columns), ended_at IS NULL FROM cases
            WHERE id IN (\(list: ids)) AND kind = 'matter' AND cell IS NOT NULL AND \(visible)
            """
        ).map { (try MatterPlaceStore.matter($0), try $0.bool(10)) }
    }

    /// How many residents' matters are open in each community, as the maintained counts say; what is placed no further
    /// down stands under its street or county.
    public func openCounts(for scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> [AreaPrefix: OpenCount]
    {
        guard scope.may(.caseRead) else { return [:] }
        var counts: [AreaPrefix: OpenCount] = [:]
        for line in try OpenCountStore.lines(scope.area, for: scope, at: now, in: transaction)
        where line.kind == Workflow.matter && line.total != 0 {
            counts[line.area, default: OpenCount()][line.pressure] += line.total
        }
        return counts
    }

    var placesJob: Job {
        Job("place-old-matters", every: .minutes(1)) { [house] in
            while try await house.database.write({ try MatterPlaceStore.fill(most: 1_000, in: $0) }) == 1_000 {}
        }
    }
}
