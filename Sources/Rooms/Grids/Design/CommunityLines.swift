import Desk
import Ground
import Ledger
import Places
import Storage

/// One community with the verdict on it.
struct CommunityLine: Sendable {
    var community: String
    var name: String
    var type: GridNorms.CommunityType
    var households: Int
    var gridsToday: Int
    var verdict: CommunityVerdict
    var standing: CommunityStanding
}

/// The communities of an area with their verdicts, a page at a time.
struct CommunityLines: Sendable {
    let grids: Grids
    private static let pageLength = 20

    func page(_ scope: Scope, after: String) async throws -> (items: [CommunityLine], next: String?) {
        guard scope.line == nil else { return ([], nil) }
        let all = grids.communities(below: scope.area).filter { $0.code > after }
        var lines: [CommunityLine] = []
        for (code, name) in all.prefix(Self.pageLength) {
            guard let area = AreaPrefix(code) else { continue }
            let today = grids.house.clock.now().local().day
            let (buildings, standing, count) = try await grids.house.database.read { transaction in
                (
                    try BuildingStore.page(
                        in: area, after: nil, limit: PlanWork.mostBuildings, transaction: transaction),
                    try CommunityStanding.find(code, in: transaction),
                    try Places.baseGrids(of: code, at: today, in: transaction).count
                )
            }
            let verdict = grids.verdict(on: buildings, standing: standing, named: name).0
            lines.append(
                CommunityLine(
                    community: code, name: name,
                    type: grids.norms.type(standing.type) ?? grids.norms.usualType(named: name),
                    households: buildings.reduce(0) { $0 + $1.households }, gridsToday: count, verdict: verdict,
                    standing: standing))
        }
        return (lines, all.count > Self.pageLength ? lines.last?.community : nil)
    }
}

extension Grids {
    /// All communities below an area, in the order of their codes. No query.
    func communities(below area: AreaPrefix) -> [(code: String, name: String)] {
        if area.level >= .community {
            let code = String(area.code.prefix(12))
            return [(code, places.name(of: code) ?? code)]
        }
        var found: [(code: String, name: String)] = []
        var queue = [area.code]
        while let code = queue.popLast(), found.count < 20_000 {
            for child in places.children(of: code) {
                if child.code.utf8.count == 12 {
                    found.append(child)
                } else if child.code.utf8.count < 12 {
                    queue.append(child.code)
                }
            }
        }
        return found.sorted { $0.code < $1.code }
    }
}

/// What somebody states of a community.
struct StandingRequest: Decodable, Sendable {
    var type: String?
    var selfGovernance: Int?
    /// From 0 to 1.
    var oneOwnerShare: Double

    func store(
        _ community: String, _ grids: Grids, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CommunityStanding {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "grids.standing-\(field)", LocalizedText(chinese, english), field: field)
        }
        guard let area = AreaPrefix(community), area.level == .community, scope.line == nil, scope.area.contains(area),
            grids.places.name(of: community) != nil
        else { throw wrong("community", "请选择本辖区内的社区", "Choose a community of your area") }
        if let type, grids.norms.type(type) == nil { throw wrong("type", "没有这个类型", "There is no such type") }
        if let level = selfGovernance, !(0...4).contains(level) {
            throw wrong("selfGovernance", "自治水平为 0–4", "Self-governance is 0 to 4")
        }
        guard oneOwnerShare >= 0, oneOwnerShare <= 1 else {
            throw wrong("oneOwnerShare", "占比为 0–100%", "The share lies between 0 and 100 %")
        }
        let before = try CommunityStanding.find(community, in: transaction)
        let standing = CommunityStanding(
            community: community, type: type, selfGovernance: selfGovernance, oneOwnerShare: oneOwnerShare,
            version: before.version + 1)
        try standing.store(in: transaction)
        try Ledger.record(
            LedgerEntry(
                id: grids.house.identifiers.next(at: now), act: "grids.standing", subjectKind: "community",
                subjectID: community, actor: Actor(scope), happenedAt: now, receivedAt: now, area: community,
                facts: JSONWriter.object { writer in
                    writer.member("type", type)
                    if let selfGovernance { writer.member("selfGovernance", selfGovernance) }
                    writer.member("oneOwnerShare", oneOwnerShare)
                }), in: transaction)
        return standing
    }
}
