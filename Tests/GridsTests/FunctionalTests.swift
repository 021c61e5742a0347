import Cases
import Desk
import Ground
import Identity
import Places
import Storage
import StorageTesting
import Testing

@testable import Grids

@Suite("Functional grids and coverage")
struct FunctionalTests {
    func request(_ office: GridsOffice, categories: [String], days: Int = 30) -> FunctionalWork.Request {
        FunctionalWork.Request(
            name: "汛期网格", areas: [GridsOffice.community.code], categories: categories,
            validFrom: office.today.description, lastDay: (office.today + days).description,
            post: office.leader.post.text)
    }

    func lay(_ office: GridsOffice, _ request: FunctionalWork.Request) async throws -> FunctionalGrid {
        let (now, leader) = (office.now, office.leader)
        return try await office.house.database.write {
            try FunctionalWork(grids: office.grids).lay(request, by: leader, at: now, in: $0)
        }
    }

    @Test(
        "It takes matters of its categories in its grids, tells who is in charge, leaves the base grid alone, and ends",
        arguments: EngineCase.available)
    func takes(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let code = GridsOffice.community.code + "001"
            try await office.oldGrids([code])
            let grid = try #require(AreaPrefix(code))
            let leaves = office.cases.rules.categories.leaves
            let meant = try #require(leaves.first)
            let other = try #require(leaves.first { $0.code.prefix(2) != meant.code.prefix(2) })
            let functional = try await lay(office, request(office, categories: [String(meant.code.prefix(2))]))
            #expect(functional.members == [code])
            let inside = try await office.matter(in: grid, category: meant.code)
            _ = try await office.matter(in: grid, category: other.code)
            _ = try await office.matter(in: GridsOffice.community, category: meant.code)
            let work = FunctionalWork(grids: office.grids)
            try await work.takeMatters(at: office.now)
            try await work.takeMatters(at: office.now)
            let taken = try await office.house.database.read { try FunctionalStore.taken(by: functional.id, in: $0) }
            #expect(taken == [inside.id])
            let told = try await office.rows(
                "SELECT COUNT(*) FROM notices WHERE kind = 'grids.functional-took'")
            #expect(try told[0].int(0) == 1)
            #expect(try await office.rows("SELECT area FROM cases WHERE id = \(inside.id)")[0].text(0) == code)
            // Its last day is included; the day after it takes nothing more.
            office.clock.advance(.days(31))
            _ = try await office.matter(in: grid, category: meant.code)
            try await work.takeMatters(at: office.now)
            let later = try await office.house.database.read { try FunctionalStore.taken(by: functional.id, in: $0) }
            #expect(later.count == 1)
        }
    }

    @Test("What cannot be is refused with what is wrong: days, categories, areas, posts")
    func refused() async throws {
        try await GridsOffice.with(.sqlite) { office in
            try await office.oldGrids([GridsOffice.community.code + "001"])
            let category = String(try #require(office.cases.rules.categories.leaves.first).code.prefix(2))
            var wrong: [(String, FunctionalWork.Request)] = []
            var one = request(office, categories: [category])
            one.lastDay = (office.today - 1).description
            wrong.append(("lastDay", one))
            wrong.append(("categories", request(office, categories: ["zz"])))
            one = request(office, categories: [category])
            one.areas = [GridsOffice.other.code]
            wrong.append(("areas", one))
            one = request(office, categories: [category])
            one.post = office.stranger.post.text
            wrong.append(("post", one))
            for (field, request) in wrong {
                let refusal = await #expect(throws: Refusal.self) { _ = try await lay(office, request) }
                #expect(refusal?.field == field)
            }
        }
    }

    @Test("Coverage counts grids without a worker and those with several", arguments: EngineCase.available)
    func coverage(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let codes = (1...3).map { GridsOffice.community.code + "00\($0)" }
            try await office.oldGrids(codes)
            for (login, code) in [("a", codes[0]), ("b", codes[1]), ("c", codes[1])] {
                _ = try await office.person(login, "grid_worker", try #require(AreaPrefix(code)), office.worker.body)
            }
            let coverage = try await office.house.database.read {
                try Coverage.of(GridsOffice.street, office.grids, in: $0)
            }
            #expect(coverage.lines.map(\.workers) == [1, 2, 0])
            #expect(coverage.without == 1)
            #expect(coverage.several == 1)
        }
    }

    @Test(
        "What a community office states changes the verdict, and nobody else may state it",
        arguments: EngineCase.available)
    func standing(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let village = try #require(AreaPrefix("330106001002"))
            _ = try await office.build(6, households: { _ in 30 }, community: village)
            let lines = CommunityLines(grids: office.grids)
            var page = try await lines.page(office.leader, after: "")
            #expect(page.items.map(\.community) == [GridsOffice.community.code, village.code])
            #expect(page.items[1].verdict.kind == .one)
            let request = StandingRequest(type: nil, selfGovernance: 4, oneOwnerShare: 0)
            let (now, leader, stranger) = (office.now, office.leader, office.stranger)
            _ = try await office.house.database.write {
                try request.store(village.code, office.grids, by: leader, at: now, in: $0)
            }
            page = try await lines.page(office.leader, after: "")
            #expect(page.items[1].verdict.kind == .none)
            await #expect(throws: Refusal.self) {
                _ = try await office.house.database.write {
                    try request.store(village.code, office.grids, by: stranger, at: now, in: $0)
                }
            }
        }
    }
}
