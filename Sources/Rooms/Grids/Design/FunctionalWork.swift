import Cases
import Desk
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage

/// Functional grids are laid, take matters, and end by themselves.
struct FunctionalWork: Sendable {
    let grids: Grids

    /// As somebody in charge of an area asks for one.
    struct Request: Decodable, Sendable {
        var name: String
        /// A street, a community or grids; a street or community stands for all of its base grids.
        var areas: [String]
        var categories: [String]
        var validFrom: String
        /// The last day, included.
        var lastDay: String
        var post: String
    }

    func lay(_ request: Request, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> FunctionalGrid
    {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "grids.functional-\(field)", LocalizedText(chinese, english), field: field)
        }
        guard (1...60).contains(request.name.count) else {
            throw wrong("name", "请写名称（60 字以内）", "Name it, in at most 60 characters")
        }
        let today = now.local().day
        guard let from = Day(request.validFrom), let last = Day(request.lastDay), from <= last, last >= today,
            last <= from + 1_100
        else {
            throw wrong("lastDay", "起止日期有误，或已过去，或超过三年", "The days are wrong, over, or more than three years apart")
        }
        let tree = grids.cases.rules.categories
        guard (1...50).contains(request.categories.count), request.categories.allSatisfy({ tree[$0] != nil }) else {
            throw wrong("categories", "请选择类别", "Choose categories")
        }
        var members: Set<String> = []
        for code in request.areas.prefix(200) {
            guard let area = AreaPrefix(code), area.level >= .street, scope.line == nil, scope.area.contains(area)
            else {
                throw wrong("areas", "请选择本辖区内的街道、社区或网格", "Choose streets, communities or grids of your area")
            }
            for community in grids.communities(of: AreaPrefix(area.code.prefix(12)) ?? area) {
                for grid in try Places.baseGrids(of: community.code, at: today, in: transaction)
                where area.contains(code: grid.code) { members.insert(grid.code) }
            }
        }
        guard !members.isEmpty, members.count <= 2_000 else {
            throw wrong("areas", "所选范围没有基础网格，或超过 2000 个", "There are no base grids in it, or more than 2,000")
        }
        guard let id = PostID(parsing: request.post), let post = try grids.identity.directory.post(id, in: transaction),
            post.isCurrent(at: now), scope.area.contains(post.area)
        else { throw wrong("post", "请选择负责的岗位", "Choose the post that is in charge") }
        let common = members.reduce(members.first ?? "") { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
        let area =
            [12, 9, 6].compactMap { common.count >= $0 ? AreaPrefix(common.prefix($0)) : nil }.first ?? scope.area
        let grid = FunctionalGrid(
            id: grids.house.identifiers.next(at: now), area: scope.area.contains(area) ? area : scope.area,
            name: request.name, categories: request.categories.sorted(), members: members.sorted(), validFrom: from,
            validTo: last + 1, post: id)
        try FunctionalStore.insert(grid, in: transaction)
        try record("grids.functional-laid", grid, by: scope, at: now, in: transaction)
        return grid
    }

    /// Ends it before its day; what it took stays with whoever has it.
    func end(_ id: Identifier<FunctionalGrid>, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
    {
        var grid = try FunctionalStore.find(id, for: scope, in: transaction)
        let today = now.local().day
        guard grid.validTo > today else {
            throw Refusal(.conflict, "grids.functional-over", LocalizedText("已经到期", "It is over already"))
        }
        grid.validTo = today
        grid.version += 1
        try FunctionalStore.update(grid, in: transaction)
        try record("grids.functional-ended", grid, by: scope, at: now, in: transaction)
    }

    /// Open matters of its categories in its grids are taken: kept as its own, and whoever is in charge is told. Their base
    /// grid, holder and deadlines stay. A grid whose days are over takes nothing more.
    func takeMatters(at now: Instant) async throws {
        let today = now.local().day
        let holding = try await grids.house.database.read { try FunctionalStore.holding(on: today, in: $0) }
        for grid in holding {
            try await grids.house.database.write { transaction in
                for matter in try open(of: grid, in: transaction) {
                    if try FunctionalStore.taken(by: grid.id, in: transaction).contains(matter.id) { continue }
                    try FunctionalStore.take(matter.id, by: grid.id, at: now, in: transaction)
                    try Messages.notify(
                        Notice(
                            to: .post(grid.post), kind: "grids.functional-took", subjectKind: "case",
                            subjectID: matter.id.text,
                            text: LocalizedText(
                                "“\(grid.name)”有新诉求：\(matter.title)", "“\(grid.name)” has a new matter: \(matter.title)"
                            ),
                            address: "/cases/\(matter.id)", at: now), in: transaction)
                }
            }
        }
    }

    /// Open matters that are its own by place and category.
    func open(of grid: FunctionalGrid, in transaction: any Transaction) throws -> [Cases.OpenMatter] {
        var found: [Cases.OpenMatter] = []
        for community in Set(grid.members.map { String($0.prefix(12)) }).sorted() {
            var last: CaseID?
            while found.count < 2_000 {
                let some = try Cases.openMatters(inCommunity: community, after: last, limit: 500, in: transaction)
                found += some.filter(grid.takes)
                guard some.count == 500, let next = some.last?.id else { break }
                last = next
            }
        }
        return found
    }

    private func record(
        _ act: String, _ grid: FunctionalGrid, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "functional-grid", grid.id, by: Actor(scope), at: now,
                id: grids.house.identifiers.next(at: now), area: grid.area.code
            ) { writer in
                writer.member("name", grid.name)
                writer.member("validFrom", grid.validFrom.description)
                writer.member("validTo", grid.validTo.description)
            }, in: transaction)
    }
}
