import Desk
import Geo
import GridDesign
public import Ground
import Ledger
public import Places
import Storage

/// Plans are made, accepted and dropped.
struct PlanWork: Sendable {
    let grids: Grids

    /// A plan for more is made street by street.
    static let mostBuildings = 30_000
    static let mostCommunities = 60

    struct Made: Sendable {
        var plan: GridPlan
        var choices: [(GridPlan.Choice, [GridPlan.PlannedGrid])]
    }

    /// Designs all communities of an area. Nothing is stored yet.
    func make(_ area: AreaPrefix, title: String, by scope: Scope, at now: Instant) async throws -> Made {
        guard scope.line == nil, scope.area.contains(area),
            (AreaLevel.street...AreaLevel.community).contains(area.level)
        else {
            throw Refusal(
                .ruleBroken, "grids.plan-area",
                LocalizedText("请选择本辖区内的街道或社区", "Choose a street or a community of your area"), field: "area")
        }
        guard (1...60).contains(title.count) else {
            throw Refusal(
                .ruleBroken, "grids.plan-title",
                LocalizedText("请写方案名称（60 字以内）", "Name the plan, in at most 60 characters"),
                field: "title")
        }
        let communities = grids.communities(of: area)
        guard !communities.isEmpty, communities.count <= Self.mostCommunities else {
            throw Refusal(
                .ruleBroken, "grids.plan-too-large",
                LocalizedText("该范围没有社区，或社区过多", "There is no community there, or too many"),
                wayOn: LocalizedText("请选择较小的范围", "Choose a smaller area"), field: "area")
        }
        var lines: [GridPlan.Line] = []
        var parts: [[Redesign.Choice.Kind: CommunityDesign.Choice]] = []
        var planned: [(community: String, name: String, buildings: [Building], today: [String: String])] = []
        var count = 0
        for (community, name) in communities {
            guard let prefix = AreaPrefix(community) else { continue }
            let read = try await read(prefix, at: now)
            count += read.buildings.count
            guard count <= Self.mostBuildings else {
                throw Refusal(
                    .ruleBroken, "grids.plan-too-large",
                    LocalizedText(
                        "楼栋超过 \(Self.mostBuildings) 栋", "There are more than \(Self.mostBuildings) buildings"),
                    wayOn: LocalizedText("请按街道或社区分别划分", "Plan street by street, or by community"), field: "area")
            }
            let (verdict, drawn) = grids.verdict(
                on: read.buildings, standing: read.standing, named: name, used: read.used)
            var design = drawn
            design.heed(read.barriers, grids.norms)
            lines.append(
                GridPlan.Line(
                    community: community, kind: verdict.kind.rawValue,
                    chinese: verdict.reasons.map(\.chinese).joined(separator: "；"),
                    english: verdict.reasons.map(\.english).joined(separator: "; ")))
            let choices: [CommunityDesign.Choice]
            switch verdict.kind {
            case .nobody, .none, .groups: continue
            case .one, .exclusive: choices = [design.whole()]
            case .grids: choices = try await design.choices()
            }
            parts.append(Dictionary(uniqueKeysWithValues: choices.map { ($0.kind, $0) }))
            planned.append((community, name, read.buildings, read.today))
        }
        guard !planned.isEmpty else {
            throw Refusal(
                .ruleBroken, "grids.plan-nothing",
                LocalizedText("该范围没有需要划分网格的社区", "No community there needs grids"),
                wayOn: LocalizedText("请看各社区的研判与楼栋数据", "See the verdicts and the buildings of the communities"),
                field: "area")
        }
        let kinds = Redesign.Choice.Kind.allCases.filter { kind in parts.contains { $0[kind] != nil } }
        let choices = kinds.map { kind in
            let chosen = parts.map { $0[kind] ?? $0[.designedAnew] }
            return summed(kind, Array(zip(planned, chosen)))
        }
        let plan = GridPlan(
            id: grids.house.identifiers.next(at: now), area: area, title: title, madeBy: scope.staff, madeAt: now,
            verdicts: lines)
        return Made(plan: plan, choices: choices)
    }

    private struct Read: Sendable {
        var buildings: [Building]
        var standing: CommunityStanding
        var used: Set<Int>
        var barriers: [GroundBarrier]
        /// Names of today's grids by code.
        var today: [String: String]
    }

    private func read(_ community: AreaPrefix, at now: Instant) async throws -> Read {
        let day = now.local().day
        return try await grids.house.database.read { transaction in
            let buildings = try BuildingStore.page(
                in: community, after: nil, limit: Self.mostBuildings + 1, transaction: transaction)
            return Read(
                buildings: buildings,
                standing: try CommunityStanding.find(community.code, in: transaction),
                used: try Places.sequencesEver(of: community.code, in: transaction),
                barriers: try Box(buildings.map(\.place)).map { try BarrierStore.touching($0, in: transaction) } ?? [],
                today: try Places.baseGrids(of: community.code, at: day, in: transaction).reduce(into: [:]) {
                    $0[$1.code] = $1.name
                })
        }
    }

    private typealias Planned = (community: String, name: String, buildings: [Building], today: [String: String])

    private func summed(
        _ kind: Redesign.Choice.Kind, _ parts: [(Planned, CommunityDesign.Choice?)]
    ) -> (GridPlan.Choice, [GridPlan.PlannedGrid]) {
        var choice = GridPlan.Choice(
            kind: kind, grids: 0, inNorm: 0, householdsMoved: 0, unevenness: 0, walk: 0, cut: 0, compoundCuts: 0)
        var planned: [GridPlan.PlannedGrid] = []
        var households = 0.0
        for (place, part) in parts {
            guard let part else { continue }
            let own = Double(place.buildings.reduce(0) { $0 + $1.households })
            choice.grids += part.figures.grids
            choice.inNorm += part.figures.inNorm
            choice.householdsMoved += part.householdsMoved
            choice.unevenness += part.figures.unevenness * Double(part.figures.grids)
            choice.walk += part.figures.walk * own
            choice.cut += part.figures.cutAffinity
            choice.compoundCuts += part.figures.needlessCompoundCuts
            households += own
            for grid in part.grids {
                guard let code = GridCode.code(community: place.community, sequence: grid.sequence) else { continue }
                planned.append(
                    GridPlan.PlannedGrid(
                        code: code, name: place.today[code] ?? "\(place.name)第 \(grid.sequence) 网格", isNew: grid.isNew,
                        households: grid.households, workload: grid.workload, centre: grid.middle,
                        reason: grid.reason, outline: grid.outline, members: grid.members.map { place.buildings[$0].id }
                    ))
            }
        }
        choice.unevenness /= Double(max(1, choice.grids))
        choice.walk /= max(1, households)
        return (choice, planned)
    }

    // MARK: Deciding

    func store(_ made: Made, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        try PlanStore.insert(made.plan, made.choices, in: transaction)
        try record("grids.plan-made", made.plan, by: Actor(scope), at: now, in: transaction)
    }

    /// One way is chosen for a day; today takes effect with the next run of the job.
    func accept(
        _ id: GridPlanID, _ kind: Redesign.Choice.Kind, on day: Day, seen version: Int64?, by scope: Scope,
        at now: Instant, in transaction: any Transaction
    ) throws -> GridPlan {
        var plan = try PlanStore.find(id, for: scope, in: transaction)
        if let version, version != plan.version { throw Refusal.planChanged }
        guard plan.state == .draft else { throw Refusal.planDecided }
        guard try PlanStore.choices(of: id, in: transaction).contains(where: { $0.kind == kind }) else {
            throw Refusal(
                .ruleBroken, "grids.plan-choice", LocalizedText("方案中没有这个选择", "The plan has no such choice"),
                field: "choice")
        }
        guard day >= now.local().day, day <= now.local().day + 730 else {
            throw Refusal(
                .ruleBroken, "grids.plan-day",
                LocalizedText("生效日期应在今天至两年内", "It takes effect between today and two years from now"),
                field: "effectiveOn")
        }
        if let other = try PlanStore.waiting(around: plan.area, in: transaction).first {
            throw Refusal(
                .conflict, "grids.plan-waiting",
                LocalizedText("“\(other.title)”已采纳、尚未生效，范围重叠", "“\(other.title)” is accepted for the same ground"),
                wayOn: LocalizedText("请先作废该方案，或待其生效后重新划分", "Drop it first, or plan again when it is in force"))
        }
        plan.state = .accepted
        plan.chosen = kind
        plan.effectiveOn = day
        plan.version += 1
        try PlanStore.update(plan, in: transaction)
        try record("grids.plan-accepted", plan, by: Actor(scope), at: now, in: transaction)
        return plan
    }

    /// Not to be carried out; possible until it is in force.
    func drop(
        _ id: GridPlanID, seen version: Int64?, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> GridPlan {
        var plan = try PlanStore.find(id, for: scope, in: transaction)
        if let version, version != plan.version { throw Refusal.planChanged }
        guard plan.state == .draft || plan.state == .accepted else { throw Refusal.planDecided }
        plan.state = .dropped
        plan.version += 1
        try PlanStore.update(plan, in: transaction)
        try record("grids.plan-dropped", plan, by: Actor(scope), at: now, in: transaction)
        return plan
    }

    func record(
        _ act: String, _ plan: GridPlan, by actor: Actor, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "grid-plan", plan.id, by: actor, at: now, id: grids.house.identifiers.next(at: now),
                area: plan.area.code
            ) { writer in
                writer.member("choice", plan.chosen?.rawValue)
                writer.member("effectiveOn", plan.effectiveOn?.description)
            }, in: transaction)
    }
}

extension Refusal {
    static let planChanged = Refusal(
        .changedMeanwhile, "grids.plan-changed",
        LocalizedText("方案刚被他人处理", "Somebody else has just decided on the plan"),
        wayOn: LocalizedText("请查看最新状态", "Look at it as it stands now"))
    static let planDecided = Refusal(
        .conflict, "grids.plan-decided", LocalizedText("方案已有决定", "The plan has been decided already"))
}

extension Grids {
    /// The communities of a street, or the community itself, with their names. No query.
    func communities(of area: AreaPrefix) -> [(code: String, name: String)] {
        if area.level == .community { return [(area.code, places.name(of: area.code) ?? area.code)] }
        return places.children(of: area.code).filter { $0.code.utf8.count == 12 }.map { ($0.code, $0.name) }
    }

    /// Whether a community should have grids, and the design that would make them.
    func verdict(
        on buildings: [Building], standing: CommunityStanding, named name: String, used: Set<Int> = []
    ) -> (CommunityVerdict, CommunityDesign) {
        let type = norms.type(standing.type) ?? norms.usualType(named: name)
        var design = CommunityDesign(
            buildings: buildings, norm: GridNorm(low: type.low, high: type.high, target: type.target))
        design.usedSequences = used
        let facts = CommunityFacts(
            households: buildings.reduce(0) { $0 + $1.households },
            squareKilometres: buildings.isEmpty ? nil : design.squareKilometres, isVillage: type.isVillage,
            selfGovernance: standing.selfGovernance, oneOwnerShare: standing.oneOwnerShare)
        return (CommunityVerdict.of(facts, type, norms.verdict), design)
    }

    /// Base grids of one community designed from its buildings, for generators: codes and names by rule, with their ground.
    ///
    /// - Parameters:
    ///   - low: the least households of a grid; `high` the most, `target` the usual number, which decides how many there are.
    /// - Returns: the grids, and the buildings with the grid each is in.
    public static func design(
        _ buildings: [Building], community: String, named name: String, low: Double, high: Double, target: Double,
        validFrom: Day
    ) async throws -> (grids: [Grid], outlines: [GridOutline], buildings: [Building]) {
        let design = CommunityDesign(
            buildings: buildings, norm: GridNorm(low: low, high: high, target: target))
        guard let choice = try await design.choices().last else { return ([], [], buildings) }
        var buildings = buildings
        var grids: [Grid] = []
        var outlines: [GridOutline] = []
        for grid in choice.grids {
            guard let code = GridCode.code(community: community, sequence: grid.sequence) else { continue }
            for member in grid.members { buildings[member].grid = code }
            grids.append(
                Grid(
                    code: code, community: community, name: "\(name)第 \(grid.sequence) 网格", kind: .base,
                    households: Int64(grid.households),
                    centre: .init(longitude: grid.middle.longitude, latitude: grid.middle.latitude),
                    validFrom: validFrom))
            if let outline = grid.outline {
                outlines.append(
                    GridOutline(
                        grid: code, shape: outline, squareMetres: grid.squareMetres, households: grid.households,
                        buildings: grid.members.count))
            }
        }
        return (grids, outlines, buildings)
    }
}
