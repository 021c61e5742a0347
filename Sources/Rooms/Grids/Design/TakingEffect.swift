import Cases
import Desk
import Geo
import Ground
import Identity
import Places
public import Storage

/// What other rooms do when a grid ends and another goes on for it; called in the transaction of the plan.
public protocol GridFollower: Sendable {
    /// - Parameter moves: ended grids, and the grid that goes on for each.
    func moved(_ moves: [String: String], in transaction: any Transaction) throws
}

/// A plan whose day has come becomes today's grids, in one transaction: places, buildings, ground, open matters, posts,
/// functional grids. Nothing of it is seen before all of it is.
struct TakingEffect: Sendable {
    let grids: Grids

    /// A matter lies at a building that is no further from its place, in metres.
    private static let nearby = 150.0

    /// Carries out all plans that are due. One that fails does not hold up the others.
    func run(at now: Instant) async throws {
        let today = now.local().day
        let due = try await grids.house.database.read { try PlanStore.due(on: today, limit: 100, in: $0) }
        guard !due.isEmpty else { return }
        for plan in due {
            try await grids.house.database.write { try carryOut(plan.id, at: now, in: $0) }
        }
        try await grids.places.refresh()
        grids.identity.forgetPosts()
    }

    func carryOut(_ id: GridPlanID, at now: Instant, in transaction: any Transaction) throws {
        guard var plan = try PlanStore.find(id, in: transaction), plan.state == .accepted, let kind = plan.chosen else {
            return
        }
        let planned = try PlanStore.grids(of: id, kind, in: transaction)
        var moves: [String: String] = [:]
        for (community, own) in Dictionary(grouping: planned, by: { String($0.code.prefix(12)) }).sorted(by: {
            $0.key < $1.key
        }) {
            moves.merge(try carryOut(own, of: community, for: plan, at: now, in: transaction)) { first, _ in first }
        }
        try FunctionalStore.move(moves, in: transaction)
        for follower in grids.followers { try follower.moved(moves, in: transaction) }
        plan.state = .effective
        plan.version += 1
        try PlanStore.update(plan, in: transaction)
        try PlanWork(grids: grids).record("grids.plan-effective", plan, by: .system, at: now, in: transaction)
    }

    /// - Returns: the grids that end, and the one that goes on for each.
    private func carryOut(
        _ planned: [GridPlan.PlannedGrid], of community: String, for plan: GridPlan, at now: Instant,
        in transaction: any Transaction
    ) throws -> [String: String] {
        guard let area = AreaPrefix(community) else { return [:] }
        let today = now.local().day
        let before = try BuildingStore.page(
            in: area, after: nil, limit: PlanWork.mostBuildings * 2, transaction: transaction)
        let current = try Places.baseGrids(of: community, at: today, in: transaction)
        var gridOf: [String: String] = [:]
        for grid in planned { for member in grid.members { gridOf[member] = grid.code } }
        let kept = Set(planned.map(\.code))
        let ended = current.map(\.code).filter { !kept.contains($0) }
        try Places.register(
            grids: planned.map { grid in
                let name = current.first { $0.code == grid.code }?.name ?? grid.name
                return Grid(
                    code: grid.code, community: community, name: name, kind: .base,
                    households: Int64(grid.households),
                    centre: .init(longitude: grid.centre.longitude, latitude: grid.centre.latitude), validFrom: today)
            }, in: transaction)
        try Places.end(grids: ended, on: today, in: transaction)
        // A building that came after the plan was made joins the grid of the one nearest to it.
        let after = before.map { building -> Building in
            var building = building
            building.grid =
                gridOf[building.id]
                ?? Self.nearest(to: building.place, among: before, where: { gridOf[$0.id] != nil })
                .flatMap { gridOf[$0.building.id] }
            return building
        }
        try BuildingStore.set(
            after.filter { building in gridOf[building.id] != nil || building.grid != nil }, transaction)
        try setGround(planned, ended: ended, transaction)
        let moves = successors(of: ended, planned, before: before, after: after)
        try moveMatters(of: community, moves, before: before, after: after, plan, at: now, transaction)
        try movePosts(moves, planned, before: before, after: after, plan, at: now, transaction)
        return moves
    }

    private func setGround(_ planned: [GridPlan.PlannedGrid], ended: [String], _ transaction: any Transaction) throws {
        if !ended.isEmpty {
            try transaction.execute("DELETE FROM grid_outlines WHERE grid IN (\(list: ended))")
        }
        try Grids.register(
            outlines: planned.compactMap { grid in
                guard let outline = grid.outline, let box = outline.box else { return nil }
                let plane = LocalPlane(around: box.middle)
                let squareMetres = outline.mapped(plane.metres).areas.reduce(0) { $0 + $1.area }
                return GridOutline(
                    grid: grid.code, shape: outline, squareMetres: squareMetres, households: grid.households,
                    buildings: grid.members.count)
            }, in: transaction)
    }

    // MARK: Who goes on for whom

    /// For each ended grid, the grid into which most of its households came; the nearest where it had none.
    private func successors(
        of ended: [String], _ planned: [GridPlan.PlannedGrid], before: [Building], after: [Building]
    ) -> [String: String] {
        let shared = Self.shared(before, after)
        return ended.reduce(into: [:]) { moves, code in
            let best = shared[code]?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            moves[code] = best ?? planned.map(\.code).min()
        }
    }

    /// Households (and one for each building) that went from one grid to another.
    private static func shared(_ before: [Building], _ after: [Building]) -> [String: [String: Int]] {
        var shared: [String: [String: Int]] = [:]
        for (old, new) in zip(before, after) {
            guard let from = old.grid, let to = new.grid else { continue }
            shared[from, default: [:]][to, default: 0] += old.households + 1
        }
        return shared
    }

    /// An open matter goes where the building goes at which it lies; else where its grid goes.
    private func moveMatters(
        of community: String, _ moves: [String: String], before: [Building], after: [Building], _ plan: GridPlan,
        at now: Instant, _ transaction: any Transaction
    ) throws {
        let gridAfter = Dictionary(after.compactMap { building in building.grid.map { (building.id, $0) } }) {
            first, _ in first
        }
        var last: CaseID?
        while true {
            let matters = try Cases.openMatters(inCommunity: community, after: last, limit: 500, in: transaction)
            for matter in matters where matter.area.level == .grid {
                var target = moves[matter.area.code]
                if let location = matter.location {
                    let place = Position(longitude: location.longitude, latitude: location.latitude)
                    let near = Self.nearest(to: place, among: before) { $0.grid == matter.area.code }
                    if let near, near.metres <= Self.nearby { target = gridAfter[near.building.id] ?? target }
                }
                guard let target, let area = AreaPrefix(target), area != matter.area else { continue }
                try Cases.move(
                    matter.id, to: area, because: plan.id.text, entry: grids.house.identifiers.next(at: now), at: now,
                    in: transaction)
            }
            guard matters.count == 500, let next = matters.last?.id else { return }
            last = next
        }
    }

    /// Workers of an ended grid go to the new grid into which most of its households came and that nobody has yet; else
    /// where its households went.
    private func movePosts(
        _ moves: [String: String], _ planned: [GridPlan.PlannedGrid], before: [Building], after: [Building],
        _ plan: GridPlan, at now: Instant, _ transaction: any Transaction
    ) throws {
        let shared = Self.shared(before, after)
        var vacant = Set(planned.filter(\.isNew).map(\.code))
        let pairs = moves.keys.flatMap { old in (shared[old] ?? [:]).map { (old: old, new: $0.key, weight: $0.value) } }
            .sorted { ($1.weight, $0.old, $0.new) < ($0.weight, $1.old, $1.new) }
        var target = moves
        var settled: Set<String> = []
        for pair in pairs where vacant.contains(pair.new) && !settled.contains(pair.old) {
            target[pair.old] = pair.new
            vacant.remove(pair.new)
            settled.insert(pair.old)
        }
        for (old, new) in target.sorted(by: { $0.key < $1.key }) {
            guard let old = AreaPrefix(old), let new = AreaPrefix(new) else { continue }
            _ = try Identity.movePosts(
                from: old, to: new, because: plan.id.text, entry: { grids.house.identifiers.next(at: now) }, at: now,
                in: transaction)
        }
    }

    private static func nearest(
        to place: Position, among buildings: [Building], where isMeant: (Building) -> Bool
    ) -> (building: Building, metres: Double)? {
        let plane = LocalPlane(around: place)
        var found: (Building, Double)?
        for building in buildings where isMeant(building) {
            let offset = plane.metres(building.place)
            let metres = (offset.x * offset.x + offset.y * offset.y).squareRoot()
            if found.map({ metres < $0.1 }) ?? true { found = (building, metres) }
        }
        return found
    }
}

extension BuildingStore {
    /// Sets the grid of buildings, those of one grid at a time.
    static func set(_ buildings: [Building], _ transaction: any Transaction) throws {
        for (grid, own) in Dictionary(grouping: buildings, by: { $0.grid ?? "" }).sorted(by: { $0.key < $1.key })
        where !grid.isEmpty {
            let ids = own.map(\.id)
            for start in stride(from: 0, to: ids.count, by: 500) {
                let some = ids[start..<min(start + 500, ids.count)]
                try transaction.execute("UPDATE buildings SET grid = \(grid) WHERE id IN (\(list: some))")
            }
        }
        try transaction.execute(GridSchema.noteChange)
    }
}
