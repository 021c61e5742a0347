import Desk
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

struct FormDoorTests {
    @Test("A fact goes in by the interface, once, and comes out in the form, masked", arguments: EngineCase.available)
    func interface(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let made = try await world.call(
                .post, "/api/v1/registry/subjects",
                """
                {"kind":"person","facts":[{"element":"name","value":"欧阳小明"},{"element":"citizen-number","value":"11010519491231002X"},
                 {"element":"household","value":"\(home.id)","since":"2022-01-01"}]}
                """, as: "clerk", headers: ["Idempotency-Key": "k1"])
            #expect(made.status == 201)
            #expect(made.text.contains("欧阳**") && !made.text.contains("欧阳小明") && !made.text.contains("19491231002X"))
            #expect(try await world.counts("population-pyramid")[2] == 1)
            let again = try await world.call(
                .post, "/api/v1/registry/subjects",
                "{\"kind\":\"person\",\"facts\":[{\"element\":\"name\",\"value\":\"另一人\"},{\"element\":\"citizen-number\",\"value\":\"11010519491231002x\"}]}",
                as: "clerk")
            #expect(
                again.status == 409 && again.text.contains("registry.number-taken"),
                "\(again.status) \(again.text.prefix(300))")
            let wrong = try await world.call(
                .post, "/api/v1/registry/subjects",
                "{\"kind\":\"person\",\"facts\":[{\"element\":\"name\",\"value\":\"某人\"},{\"element\":\"religion\",\"value\":\"x\"}]}",
                as: "clerk")
            #expect(wrong.status == 403 && wrong.text.contains("registry.no-basis"))
            let found = try await world.call(
                .post, "/api/v1/registry/search", "{\"text\":\"oyxm\"}", as: "clerk")
            #expect(found.text.contains("欧阳**"))
            let elsewhere = try await world.call(
                .post, "/api/v1/registry/search", "{\"text\":\"11010519491231002X\"}", as: "westclerk")
            #expect(elsewhere.status == 200 && !elsewhere.text.contains("欧阳"))
        }
    }

    @Test(
        "What is personal is shown for the form's purpose only, to its line only, and noted",
        arguments: EngineCase.available)
    func purpose(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            try await world.resident("王小明", born: "1940-05-05", in: home, ["phone": "13800138000"])
            try await world.forms.compute()
            let masked = try await world.call(.get, "/api/v1/forms/oldest-people/rows", as: "welfare")
            #expect(masked.status == 200 && masked.text.contains("王**") && !masked.text.contains("13800138000"))
            let clear = try await world.call(
                .post, "/api/v1/forms/oldest-people/rows", "{\"purpose\":\"civil-affairs\"}", as: "welfare")
            #expect(clear.text.contains("王小明") && clear.text.contains("13800138000") && clear.text.contains("文三路"))
            let other = try await world.call(
                .post, "/api/v1/forms/oldest-people/rows", "{\"purpose\":\"safety\"}", as: "welfare")
            #expect(other.status == 403 && other.text.contains("forms.other-purpose"))
            let foreign = try await world.call(.get, "/api/v1/forms/oldest-people/rows", as: "doctor")
            #expect(foreign.status == 403 && foreign.text.contains("forms.not-entitled"))
            let looks = try await world.house.database.query(
                "SELECT purpose FROM ledger_entries WHERE act = 'forms.list-shown'")
            #expect(try looks.map { try $0.text(0) } == ["civil-affairs"])
            // Nobody asks the grassroots: a department has no right to write what others are to fill in.
            let write = try await world.call(
                .post, "/api/v1/registry/subjects", "{\"kind\":\"person\",\"facts\":[]}", as: "welfare")
            #expect(write.status == 403)
        }
    }

    @Test("Every page opens, on any day, and shows nothing of another area", arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let person = try await world.resident("王小明", born: "1940-05-05", in: home, ["lives-alone": "是"])
            let early = try await world.call(.get, "/forms/oldest-people", as: "clerk")
            #expect(early.status == 200 && early.text.contains("首次计算"))
            try await world.forms.compute()
            for path in [
                "/registry", "/registry?kind=person", "/registry?kind=dwelling&area=\(FormsWorld.grids[0])",
                "/registry/subjects/\(home.id)", "/registry/subjects/\(person.id)", "/registry/new?kind=dwelling",
                "/registry/new?kind=household", "/dictionary", "/dictionary/export", "/forms", "/forms/oldest-people",
                "/forms/population-pyramid?day=2024-01-01&area=\(FormsWorld.east)", "/forms/oldest-people/export",
                "/forms/population-pyramid/export", "/api/v1/dictionary", "/api/v1/forms",
                "/api/v1/forms/oldest-people/figures?day=2025-01-01&known=2026-11-02",
                "/api/v1/registry/subjects?kind=person",
                "/api/v1/registry/subjects/\(person.id)/entries",
            ] {
                let answer = try await world.call(.get, path, as: "clerk")
                #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
                #expect(!answer.text.contains("王小明"), "\(path)")
            }
            for (path, status) in [
                ("/forms/nothing", 404), ("/forms/oldest-people?area=330107", 404),
                ("/forms/oldest-people?area=abc", 400),
                ("/forms/oldest-people?day=2019-01-01", 422), ("/forms/oldest-people?day=nonsense", 400),
                ("/forms/oldest-people?after=1-2", 400), ("/registry?after=x", 400),
                ("/api/v1/forms/oldest-people/figures?known=2030-01-01", 422),
                ("/api/v1/registry/subjects?kind=dog", 422),
            ] {
                #expect(try await world.call(.get, path, as: "clerk").status == status, "\(path)")
            }
            #expect(try await world.call(.get, "/registry/subjects/\(person.id)", as: "westclerk").status == 404)
            let west = try await world.call(.get, "/forms/oldest-people", as: "westclerk")
            #expect(west.status == 200 && !west.text.contains("王**"))
        }
    }

    @Test(
        "A fact is written on the page; what is wrong is told at its field, and nothing typed is lost",
        arguments: EngineCase.available)
    func writingOnThePage(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let person = try await world.resident("王小明", born: "1940-05-05", in: home)
            func post(_ path: String, _ body: String) async throws -> (status: Int, text: String) {
                let answer = try await world.call(
                    .post, path, body, as: "worker",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"])
                return (answer.status, answer.text)
            }
            let path = "/registry/subjects/\(person.id)"
            #expect(try await post(path + "/entries", "lives-alone=1&_source=visit").status == 303)
            #expect(try await world.counts("oldest-people")[1] == 1)
            let wrong = try await post(path + "/entries", "phone=123&skills=Wood+carving&_source=visit")
            #expect(wrong.status == 400 && wrong.text.contains("Wood carving"))
            let nothing = try await post(path + "/entries", "_source=visit")
            #expect(nothing.status == 422)
            let clear = try await post(path + "/reveal", "purpose=civil-affairs")
            #expect(clear.status == 200 && clear.text.contains("王小明"))
            #expect(try await post(path + "/reveal", "purpose=gossip").status == 422)
            let made = try await post(
                "/registry/new",
                "kind=person&name=%E6%9D%8E%E7%A7%80%E8%8B%B1&household=\(home.id)&birth-day=1941-01-01&_source=visit")
            #expect(made.status == 303)
            #expect(try await world.counts("oldest-people")[0] == 2)
        }
    }
}
