import Desk
import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("What may be the same matter is shown to whoever takes it in")
struct SimilarCasesTests {
    private func similar(_ world: CasesHouse, _ record: CaseRecord, for scope: Scope) async throws -> [SimilarMatter] {
        let now = world.clock.now()
        return try await world.house.database.read {
            try world.cases.similar(to: record, for: scope, at: now, in: $0)
        }
    }

    @Test(
        "A text told again is found, an unrelated one is not, and nobody sees another street's",
        arguments: EngineCase.available)
    func found(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let first = try await world.report("东门菜场门口的井盖松动，汽车经过时发出很大的响声，夜里吵得睡不着。")
            _ = try await world.report("三号楼的电梯停运三天，老人上下楼困难，请尽快维修。")
            try await world.cases.similar.refresh()
            let again = try await world.report("东门菜场门口的井盖松动了，汽车经过时会发出很大响声，夜里吵得睡不着。")
            let before = try await similar(world, again, for: world.dispatcher)
            #expect(before.map(\.record.id) == [first.id])
            #expect((before.first?.similarity ?? 0) > 0.6)
            // Read twice, known once.
            try await world.cases.similar.refresh()
            try await world.cases.similar.refresh()
            #expect(try await similar(world, first, for: world.dispatcher).map(\.record.id) == [again.id])
            let neighbour = CasesFixture.scope("neighbour", AreaPrefix("330106010") ?? .everywhere)
            #expect(try await similar(world, again, for: neighbour).isEmpty)
        }
    }

    @Test(
        "What is open in the same community and of the same category is shown too, without a claim about the text",
        arguments: EngineCase.available)
    func nearby(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var accepted: [CaseRecord] = []
            for text in ["路面塌陷一米见方", "盲道被电瓶车占用"] {
                let record = try await world.report(text)
                accepted.append(
                    try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher))
            }
            let found = try await similar(world, accepted[0], for: world.dispatcher)
            #expect(found.map(\.record.id) == [accepted[1].id])
            #expect(found.allSatisfy { $0.similarity == nil && $0.isNearby && $0.isSameCategory })
        }
    }
}
