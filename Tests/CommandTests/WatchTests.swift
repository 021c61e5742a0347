import Cases
import Desk
import Emergencies
import Ground
import Storage
import StorageTesting
import Testing
import Web

@testable import Command

@Suite("The watcher of the walls")
struct WatchTests {
    private func audience(_ world: CommandWorld, _ name: String, isWall: Bool = true) throws -> WallWatch.Audience {
        .init(view: .init(try world.scope(name), area: nil), form: .page(.chinese, isWall: isWall))
    }

    private func counts(_ state: WallState) -> String {
        String(decoding: state.parts.first { $0.id == "wall-counts" }?.content ?? [], as: UTF8.self)
    }

    @Test(
        "What somebody does is on every open wall of the area without being asked for", arguments: EngineCase.available)
    func tellsChanges(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let watch = WallWatch(world.command)
            var walls = try (0..<20).map { _ in
                try watch.listen(try audience(world, "northduty")).makeAsyncIterator()
            }
            for index in walls.indices {
                let first = try #require(await walls[index].next())
                #expect(counts(first).contains("今日到期</span><strong>0"))
            }
            _ = try await world.reported()
            for index in walls.indices {
                var state = try #require(await walls[index].next())
                // A sign of life may come in between.
                while state.version == 1 { state = try #require(await walls[index].next()) }
                #expect(counts(state).contains("今日到期</span><strong>1"))
            }
        }
    }

    @Test("A change that another server writes is seen, too", arguments: EngineCase.available)
    func seesOtherServers(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            // The watcher of a server that writes nothing itself.
            let watch = WallWatch(world.command)
            var wall = try watch.listen(try audience(world, "cityhand")).makeAsyncIterator()
            var state = try #require(await wall.next())
            #expect(!counts(state).contains("<strong>1"))
            let matter = try await world.reported()
            let category = try #require(world.cases.rules.categories.leaves.first).code
            try await world.act(
                matter.id, Command("accept", category: category, area: CommandWorld.community), by: "northduty")
            try await world.act(matter.id, Command("dispatch", body: try world.body("city")), by: "northduty")
            while state.version == 1 { state = try #require(await wall.next()) }
            #expect(counts(state).contains("<strong>1"))
        }
    }

    @Test(
        "Figures change with time alone: what was due becomes overdue on the open wall", arguments: EngineCase.available
    )
    func timeGoesBy(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let matter = try await world.reported()
            let watch = WallWatch(world.command)
            var wall = try watch.listen(try audience(world, "northduty")).makeAsyncIterator()
            var state = try #require(await wall.next())
            #expect(counts(state).contains("已逾期</span><strong>0"))
            let due = try #require(matter.due?.at)
            world.clock.advance(Span(milliseconds: (due - world.now).milliseconds + 60_000))
            while state.version == 1 { state = try #require(await wall.next()) }
            #expect(counts(state).contains("已逾期</span><strong>1"))
        }
    }

    @Test("Nothing of a person stands on a wall", arguments: EngineCase.available)
    func holdsNobody(engine: EngineCase) async throws {
        try await CommandWorld.with(engine) { world in
            let (cases, now, emergencies) = (world.cases, world.now, world.emergencies)
            let head = try world.scope("northhead")
            _ = try await world.house.database.write { transaction in
                var report = Report(detail: "住户赵铁柱反映水位。", area: CommandWorld.community, channel: .sensor)
                report.reporterName = "赵铁柱"
                return try cases.report(
                    report, by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now,
                    in: transaction)
            }
            _ = try await world.house.database.write {
                try emergencies.plan(
                    PlannedShift(
                        area: CommandWorld.north, kind: "duty", person: "northduty", from: now, until: now + .hours(8)),
                    by: head, at: now, in: $0)
            }
            for isWall in [true, false] {
                let watch = WallWatch(world.command)
                var wall = try watch.listen(try audience(world, "coordinator", isWall: isWall)).makeAsyncIterator()
                let state = try #require(await wall.next())
                let text = state.parts.map { String(decoding: $0.content, as: UTF8.self) }.joined()
                #expect(text.contains("感知"))
                #expect(text.contains("街道指挥中心调度"))
                #expect(!text.contains("赵铁柱"))
                #expect(!text.contains("northduty"))
            }
        }
    }
}

@Suite("The state of a wall")
struct WallStateTests {
    private let start = CommandWorld.start

    private func state() -> WallState {
        WallState(series: "s", at: start, parts: [("a", [1]), ("b", [2])])
    }

    @Test("Only the part that changed is new")
    func tellsWhatChanged() {
        let first = state()
        let second = first.followed(by: [("a", [1]), ("b", [3])], at: start)
        #expect(second.version == 2)
        #expect(second.parts(newTo: .init(series: "s", version: 1)).map(\.id) == ["b"])
        #expect(first.followed(by: [("a", [1]), ("b", [2])], at: start + .seconds(1)).version == 1)
    }

    @Test("Who comes from another server, or for the first time, gets everything")
    func tellsNewcomersAll() {
        let second = state().followed(by: [("a", [1]), ("b", [3])], at: start)
        for id in [nil, "", "other-2", "s", "s-x", "s--1", "s-1-1"] as [String?] {
            #expect(second.parts(newTo: .init(eventID: id)).map(\.id) == ["a", "b"], "\(id ?? "none")")
        }
        #expect(second.parts(newTo: .init(eventID: "s-1")).map(\.id) == ["b"])
        #expect(second.parts(newTo: .init(eventID: "s-2")).isEmpty)
    }

    @Test("A slow wall that missed some versions gets what differs from what it has")
    func catchesUp() {
        let third = state().followed(by: [("a", [1]), ("b", [3])], at: start)
            .followed(by: [("a", [9]), ("b", [3])], at: start)
        #expect(third.parts(newTo: .init(series: "s", version: 1)).map(\.id) == ["a", "b"])
        #expect(third.parts(newTo: .init(series: "s", version: 2)).map(\.id) == ["a"])
    }
}
