import Desk
import Foundation
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

struct SharingTests {
    private struct Changes: Decodable {
        struct Item: Decodable {
            var id: String
            var isListed: Bool
            var values: [String]
        }
        var items: [Item]
        var next: String
        var isAll: Bool
    }

    private func changes(_ since: String, in world: FormsWorld, as name: String = "welfare") async throws -> Changes {
        let answer = try await world.call(.get, "/api/v1/forms/oldest-people/changes?since=\(since)", as: name)
        #expect(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(Changes.self, from: Data(answer.bytes))
    }

    private func subscribe(_ world: FormsWorld) async throws -> String {
        struct Begun: Decodable { var since: String }
        let answer = try await world.call(.post, "/api/v1/forms/oldest-people/subscription", as: "welfare")
        return try JSONDecoder().decode(Begun.self, from: Data(answer.bytes)).since
    }

    @Test(
        "A subscriber is told of whoever came, changed, moved or left, and of nobody else",
        arguments: EngineCase.available)
    func feed(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let wang = try await world.resident("王小明", born: "1940-05-05", in: home, ["phone": "13800138000"])
            try await world.resident("小李", born: "1990-05-05", in: home)
            try await world.forms.compute()
            let start = try await subscribe(world)
            #expect(try await changes(start, in: world).items.isEmpty)
            // Shown, though no figure depends on it.
            try await world.write(.person, wang.id, ["phone": "13900139000"])
            var told = try await changes(start, in: world)
            #expect(told.items.map(\.id) == [wang.id.text] && told.items[0].isListed && told.isAll)
            let second = told.next
            #expect(try await changes(second, in: world).items.isEmpty)
            // Where they live is shown, too.
            let dwelling = try #require(
                home.record.value(CoreElement.dwelling, at: world.today).flatMap { SubjectID(parsing: $0) })
            try await world.write(.dwelling, dwelling, ["address": "文三路 9 号"])
            told = try await changes(second, in: world)
            #expect(told.items.map(\.id) == [wang.id.text])
            #expect(!told.items[0].values.joined().contains("13900139000"))
            // Another comes, the first dies.
            let zhang = try await world.resident("张三", born: "1930-05-05", in: home)
            try await world.write(.person, wang.id, ["death-day": world.today.description])
            told = try await changes(told.next, in: world)
            #expect(Set(told.items.filter(\.isListed).map(\.id)).contains(zhang.id.text))
            // Who is told of knows nothing of what is in no list.
            #expect(told.items.allSatisfy { [wang.id.text, zhang.id.text].contains($0.id) })
        }
    }

    @Test("Whoever turns eighty is told of on the day, without anybody writing", arguments: EngineCase.available)
    func birthday(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let wang = try await world.resident("王小明", born: "1946-11-05", in: home)
            try await world.forms.compute()
            let start = try await subscribe(world)
            world.clock.advance(.days(2))
            let early = try await changes(start, in: world)
            #expect(early.items.isEmpty)
            world.clock.advance(.days(2))
            let told = try await changes(early.next, in: world)
            #expect(told.items.map(\.id) == [wang.id.text])
            #expect(try await changes(told.next, in: world).items.isEmpty)
        }
    }

    @Test(
        "A mark that is none, too old or of a list that nobody subscribed to is refused",
        arguments: EngineCase.available)
    func marks(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            func status(_ path: String) async throws -> Int { try await world.call(.get, path, as: "welfare").status }
            #expect(try await status("/api/v1/forms/oldest-people/changes?since=5-2026-11-01-end") == 409)
            let start = try await subscribe(world)
            #expect(try await status("/api/v1/forms/oldest-people/changes?since=\(start)") == 200)
            #expect(try await status("/api/v1/forms/oldest-people/changes?since=5-2026-11-01-end") == 409)
            for mark in ["", "x", "-1-2026-11-01-end", "1-2026-13-01-end", "1-2026-11-01-x"] {
                #expect(try await status("/api/v1/forms/oldest-people/changes?since=\(mark)") == 400, "\(mark)")
            }
            let figures = try await world.call(.post, "/api/v1/forms/old-people-figures/subscription", as: "welfare")
            #expect(figures.status == 422 && figures.text.contains("forms.feed-no-list"))
            #expect(try await world.call(.post, "/api/v1/forms/oldest-people/subscription", as: "doctor").status == 403)
            let other = try await world.call(
                .post, "/api/v1/forms/oldest-people/changes?since=\(start)", "{\"purpose\":\"safety\"}", as: "welfare")
            #expect(other.status == 403)
        }
    }

    @Test("A person is shown who read their data and why: by list, by change, by card", arguments: EngineCase.available)
    func readers(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let wang = try await world.resident("王小明", born: "1940-05-05", in: home)
            let young = try await world.resident("小李", born: "1990-05-05", in: home)
            try await world.forms.compute()
            let empty = try await world.call(.get, "/forms/readers/\(wang.id)", as: "clerk")
            #expect(empty.status == 200 && empty.text.contains("还没有人看过原文"))
            _ = try await world.call(.get, "/api/v1/forms/oldest-people/rows", as: "welfare")
            _ = try await world.call(
                .post, "/api/v1/forms/oldest-people/rows", "{\"purpose\":\"civil-affairs\"}", as: "welfare")
            let (registry, scope, now) = (world.registry, try world.scope("clerk"), world.clock.now())
            try await world.house.database.write { transaction in
                let card = try registry.subject(wang.id, for: scope, in: transaction)
                try registry.noteLook(at: card, purpose: "emergency", by: scope, at: now, in: transaction)
            }
            let told = try await world.call(.get, "/api/v1/forms/readers/\(wang.id)", as: "clerk").text
            #expect(told.contains("\"purpose\":\"civil-affairs\"") && told.contains("80 周岁以上"))
            #expect(told.contains("\"purpose\":\"emergency\"") && told.contains("个人档案"))
            #expect(told.components(separatedBy: "\"at\"").count == 3)
            let page = try await world.call(.get, "/forms/readers/\(wang.id)", as: "clerk").text
            #expect(page.contains("民政救助与养老") && !page.contains("王小明"))
            #expect(
                !(try await world.call(.get, "/api/v1/forms/readers/\(young.id)", as: "clerk").text.contains(
                    "civil-affairs")))
            #expect(try await world.call(.get, "/forms/readers/\(wang.id)", as: "westclerk").status == 404)
        }
    }

    @Test(
        "A department sees no figure of few people, on no page, sheet or answer; whoever holds them does",
        arguments: EngineCase.available)
    func leastGroup(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            for (grid, people) in [(FormsWorld.grids[0], 9), (FormsWorld.grids[1], 3), (FormsWorld.grids[2], 8)] {
                let home = try await world.household(in: grid)
                for index in 0..<people {
                    try await world.resident(
                        "王\(["一", "二", "三", "四", "五", "六", "七", "八", "九"][index])", born: "1950-05-05", in: home)
                }
            }
            try await world.forms.compute()
            func figures(_ area: String, _ name: String) async throws -> String {
                try await world.call(.get, "/api/v1/forms/old-people-figures/figures?area=\(area)", as: name).text
            }
            let own = try await figures(FormsWorld.east, "head")
            #expect(own.contains("{\"area\":\"\(FormsWorld.grids[1])\",\"counts\":[3,"))
            let east = try await figures(FormsWorld.east, "welfare")
            #expect(east.contains("{\"area\":\"\(FormsWorld.grids[1])\",\"counts\":[null,"))
            // The other grid would tell it by subtraction.
            #expect(east.contains("{\"area\":\"\(FormsWorld.grids[0])\",\"counts\":[null,"))
            #expect(east.contains("\"counts\":[12,"))
            #expect(try await figures(FormsWorld.grids[0], "welfare").contains("\"counts\":[null,"))
            let page = try await world.call(.get, "/forms/old-people-figures?area=\(FormsWorld.east)", as: "welfare")
            #expect(page.text.contains("＊") && page.text.contains("不足 5 人"))
            #expect(
                !(try await world.call(.get, "/forms/old-people-figures?area=\(FormsWorld.east)", as: "head").text
                    .contains("＊")))
        }
    }
}
