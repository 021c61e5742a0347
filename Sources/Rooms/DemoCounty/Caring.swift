import Desk
import Ground
import Identity
import Places
import Registry
import Storage
import Visits

/// Looking in on people: the communities of the first street enter some of those whom the facts point out, visit half of
/// them, and miss some, as it happens.
struct Caring: Sendable {
    let stage: Stage
    let roles: Roles
    let registry: Registry
    let visits: Visits

    private static let communities = 2
    private static let inEachGrid = 5

    /// Days before the present on which people are entered and on which half of them are visited.
    static let enteredBefore = 12
    static let visitedBefore = 4

    private struct Choice: Sendable {
        var subject: SubjectID
        var group: String
    }

    private func clerks() -> [(clerk: Scope, grids: [AreaPrefix])] {
        (stage.streets.first?.communities.prefix(Self.communities) ?? []).compactMap { community in
            guard let clerk = scope(role: "community_clerk", in: community.area) else { return nil }
            return (clerk, community.grids.prefix(2).compactMap { AreaPrefix($0.code) })
        }
    }

    private func scope(role: String, in area: AreaPrefix) -> Scope? {
        guard let post = stage.posts.first(where: { $0.role == role && $0.area == area }), let known = roles[role],
            let staff = stage.staff.first(where: { $0.id == post.staff })
        else { return nil }
        return Scope(
            staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
            rights: known.rights, area: area, body: post.body, bodyName: "")
    }

    /// - Returns: what was begun, for the visits that follow.
    func enter(at now: Instant) async throws -> [(member: String, by: Scope)] {
        var begun: [(String, Scope)] = []
        for (clerk, grids) in clerks() {
            for grid in grids {
                let choices = try await choices(in: grid, for: clerk, on: now.local().day)
                let post = scope(role: "grid_worker", in: grid)?.post ?? clerk.post
                let visits = visits
                begun += try await registry.database.write { transaction in
                    try choices.map { choice in
                        (
                            try visits.beginCare(
                                of: choice.subject, in: choice.group, answeredBy: post, by: clerk, at: now,
                                in: transaction), clerk
                        )
                    }
                }
            }
        }
        return begun
    }

    /// Who lives alone and is old, has the minimum allowance, or a disability: by the facts, a few of each.
    private func choices(in grid: AreaPrefix, for scope: Scope, on day: Day) async throws -> [Choice] {
        let registry = registry
        let people = try await registry.database.read {
            try registry.page(of: .person, in: grid, for: scope, limit: 1_000, in: $0)
        }
        func those(_ group: String, _ isMeant: (SubjectRecord) -> Bool) -> [Choice] {
            people.filter { isMeant($0.record) }.prefix(Self.inEachGrid).map { Choice(subject: $0.id, group: group) }
        }
        return those("old-alone") { record in
            record.value("lives-alone", at: day) == DataDictionary.yes
                && record.value(CoreElement.birthDay, at: day).flatMap { Day($0) }.map { day - $0 >= 70 * 365 } ?? false
        } + those("allowance") { $0.value("low-income", at: day) == DataDictionary.yes }
            + those("disabled") { $0.value("disability", at: day) != nil }
    }

    /// Every other one is met.
    func look(in begun: [(member: String, by: Scope)], at now: Instant) async throws {
        let visits = visits
        let met = begun.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        try await registry.database.write { transaction in
            for one in met { try visits.noteCareVisit(one.member, by: one.by, at: now, in: transaction) }
        }
    }

    /// What was missed is a task by now.
    func settle(at now: Instant) async throws {
        let visits = visits
        try await registry.database.write { try visits.makeTasksOfMissedVisits(at: now, in: $0) }
    }
}
