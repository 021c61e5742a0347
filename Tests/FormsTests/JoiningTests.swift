import Desk
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

struct JoiningTests {
    @Test(
        "Two records of one person become one without loss, and two again when it was a mistake",
        arguments: EngineCase.available)
    func joinAndPart(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let first = try await world.resident("王小明", born: "1940-05-05", in: home, ["lives-alone": "是"])
            let second = try await world.resident("王小明", born: "1940-05-05", in: home, ["phone": "13800138000"])
            try await world.write(.person, second.id, ["citizen-number": "110105194005050017"])
            #expect(try await world.counts("oldest-people")[0] == 2)
            let alike = try await world.call(
                .get, "/api/v1/registry/subjects/\(first.id)/look-alikes", as: "clerk")
            #expect(alike.text.contains(second.id.text))
            let joined = try await world.call(
                .post, "/api/v1/registry/subjects/\(first.id)/join", "{\"duplicate\":\"\(second.id)\"}", as: "clerk")
            #expect(
                joined.status == 200 && joined.text.contains("citizen-number") && joined.text.contains("lives-alone"))
            #expect(try await world.counts("oldest-people")[..<2] == [1, 1])
            let old = try await world.call(.get, "/registry/subjects/\(second.id)", as: "clerk")
            #expect(old.status == 303)
            let page = try await world.call(.get, "/registry/subjects/\(first.id)", as: "clerk")
            #expect(page.text.contains("已并入的档案"))
            let parted = try await world.call(
                .post, "/api/v1/registry/subjects/\(second.id)/part", "{}", as: "clerk")
            #expect(parted.status == 200)
            #expect(try await world.counts("oldest-people")[0] == 2)
            // The number went back to whom it was written for.
            let found = try await world.call(
                .post, "/api/v1/registry/search", "{\"text\":\"110105194005050017\"}", as: "clerk")
            #expect(found.text.contains(second.id.text) && !found.text.contains(first.id.text))
        }
    }

    @Test("Whoever has another identity number is another person", arguments: EngineCase.available)
    func otherNumber(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let first = try await world.resident("王小明", born: "1949-12-31", sex: "2", in: home)
            let second = try await world.resident("王小明", born: "1980-01-01", in: home)
            try await world.write(.person, first.id, ["citizen-number": "11010519491231002X"])
            try await world.write(.person, second.id, ["citizen-number": "34052419800101001X"])
            let answer = try await world.call(
                .post, "/api/v1/registry/subjects/\(first.id)/join", "{\"duplicate\":\"\(second.id)\"}", as: "clerk")
            #expect(answer.status == 409 && answer.text.contains("registry.two-numbers"))
        }
    }

    @Test(
        "An entry is taken back by who wrote it, and what was believed before holds again",
        arguments: EngineCase.available)
    func takeBack(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let person = try await world.resident("王小明", born: "1940-05-05", in: home, ["lives-alone": "是"])
            world.clock.advance(.minutes(1))
            try await world.write(.person, person.id, ["lives-alone": "否"])
            #expect(try await world.counts("oldest-people")[1] == 0)
            let (registry, scope) = (world.registry, try world.scope("head"))
            let entries = try await world.house.database.read {
                try registry.entries(of: person.id, for: scope, in: $0)
            }
            let last = try #require(entries.last)
            let foreign = try await world.call(
                .post, "/api/v1/registry/subjects/\(person.id)/entries/\(last.id)/void", "{}", as: "worker")
            #expect(foreign.status == 403)
            let answer = try await world.call(
                .post, "/api/v1/registry/subjects/\(person.id)/entries/\(last.id)/void", "{}", as: "head")
            #expect(answer.status == 200)
            #expect(try await world.counts("oldest-people")[1] == 1)
        }
    }
}
