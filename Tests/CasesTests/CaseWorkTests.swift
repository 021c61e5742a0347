import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("What waits for a post")
struct CaseWorkTests {
    @Test("A department owns only what its body was given; a street never what waits for the county")
    func ownedStates() throws {
        let rules = try CasesFixture.rules()
        let department = CasesFixture.scope(
            "handler", CasesFixture.county, body: CasesFixture.departmentBody, line: "construction")
        let owned = rules.ownedStates(department)
        #expect(
            owned.map(\.state.name) == [
                "dispatched", "handling", "hanging", "mediating", "part-called", "part-handling", "called",
                "reported-in",
                "invited",
            ])
        #expect(!owned.contains { !$0.isOfBody })
        let street = rules.ownedStates(CasesFixture.scope("dispatcher")).map(\.state.name)
        #expect(street.contains("reported"))
        #expect(!street.contains("coordinating"))
        let verifier = rules.ownedStates(CasesFixture.scope("verifier", rights: [.caseRead, Right("case.verify")]))
        #expect(verifier.map(\.state.name) == ["verifying"])
    }

    @Test("What waits for a post comes most pressing first, and goes with the act", arguments: EngineCase.available)
    func waiting(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let first = try await world.report("先到")
            try await world.act(first.id, Command("accept", category: world.leaf), by: world.dispatcher)
            try await world.act(first.id, Command("dispatch", body: world.department), by: world.dispatcher)
            _ = try await world.report("后到")
            let scope = world.dispatcher
            let owned = world.cases.rules.ownedStates(scope)
            let found = try await world.house.database.read { transaction in
                try CaseStore.waiting(owned, for: scope, limit: 10, in: transaction)
            }
            #expect(found.map(\.title) == ["后到"])
            let handler = world.handler
            let theirs = world.cases.rules.ownedStates(handler)
            let given = try await world.house.database.read { transaction in
                try CaseStore.waiting(theirs, for: handler, limit: 10, in: transaction)
            }
            #expect(given.map(\.title) == ["先到"])
            let body = world.department
            let (ofBody, soon, finished) = try await world.house.database.read { transaction in
                var filter = CaseFilter()
                filter.now = CasesFixture.start
                filter.isDueSoon = true
                let soon = try CaseStore.count(filter, for: scope, most: 10, in: transaction)
                filter.isDueSoon = false
                filter.finishedSince = CasesFixture.start
                return (
                    try CaseStore.counts(for: scope, area: CasesFixture.street, body: body, in: transaction), soon,
                    try CaseStore.count(filter, for: scope, most: 10, in: transaction)
                )
            }
            #expect(ofBody["dispatched"] == 1)
            #expect(ofBody["reported"] == nil)
            #expect(soon == 2)
            #expect(finished == 0)
        }
    }

    @Test("A view kept under the same name is replaced, and is nobody else's", arguments: EngineCase.available)
    func views(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let now = CasesFixture.start
            let (mine, other) = (world.dispatcher.staff, world.verifier.staff)
            try await world.house.database.write { transaction in
                for query in ["state=reported", "state=handling&order=due"] {
                    let view = SavedView(id: world.house.identifiers.next(at: now), name: "急件", query: query)
                    try SavedViewStore.save(view, of: mine, at: now, in: transaction)
                }
            }
            let (kept, theirs) = try await world.house.database.read { transaction in
                (
                    try SavedViewStore.list(of: mine, in: transaction).map(\.query),
                    try SavedViewStore.list(of: other, in: transaction).count
                )
            }
            #expect(kept == ["state=handling&order=due"])
            #expect(theirs == 0)
        }
    }
}
