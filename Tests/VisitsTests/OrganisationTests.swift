import Desk
import Forms
import Ground
import HTTPTypes
import NationalCodes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

/// 一标三实: buildings and organisations beside people, households and dwellings.
struct OrganisationTests {
    private func register(_ facts: String, kind: String, in world: VisitsWorld) async throws -> (
        status: Int, text: String
    ) {
        let answer = try await world.call(
            .post, "/api/v1/registry/subjects", "{\"kind\":\"\(kind)\",\"facts\":[\(facts)]}", as: "clerk")
        return (answer.status, answer.text)
    }

    private func fact(_ element: String, _ value: String) -> String {
        "{\"element\":\"\(element)\",\"value\":\"\(value)\"}"
    }

    @Test(
        "An organisation has a checked credit code, once, and is found by it and by its name",
        arguments: EngineCase.available)
    func organisations(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let code = try CreditCode(completing: "91330106MA27ABCD").text
            let wrong = String(code.dropLast()) + (code.last == "1" ? "2" : "1")
            let name = [fact("organisation-name", "宝石街道便民面馆"), fact("organisation-grid", VisitsWorld.grids[0])]
            let refused = try await register(
                (name + [fact("credit-code", wrong)]).joined(separator: ","), kind: "organisation", in: world)
            #expect(refused.status == 400 && refused.text.contains("codes.credit-code.check-digit"), "\(refused.text)")
            let made = try await register(
                (name + [fact("credit-code", code.lowercased())]).joined(separator: ","), kind: "organisation",
                in: world)
            #expect(made.status == 201, "\(made.text)")
            let twice = try await register(
                (name + [fact("credit-code", code)]).joined(separator: ","), kind: "organisation", in: world)
            #expect(twice.status == 409 && twice.text.contains("registry.credit-code-taken"))
            #expect(try await register(fact("organisation-name", "无网格"), kind: "organisation", in: world).status == 422)
            let elsewhere = [fact("organisation-name", "别处"), fact("organisation-grid", VisitsWorld.grids[2])]
            #expect(try await register(elsewhere.joined(separator: ","), kind: "organisation", in: world).status == 422)
            for text in [code, "宝石街道便民面馆"] {
                let found = try await world.call(
                    .post, "/api/v1/registry/search", "{\"text\":\"\(text)\"}", as: "clerk")
                #expect(found.text.contains("\"kind\":\"organisation\""), "\(text): \(found.text)")
                let west = try await world.call(
                    .post, "/api/v1/registry/search", "{\"text\":\"\(text)\"}", as: "westclerk")
                #expect(!west.text.contains("organisation"))
            }
            let id = try #require(
                try await world.house.database.query("SELECT id FROM registry_subjects WHERE kind = 'organisation'")
                    .first?.text(0))
            let home = try await world.household()
            let worker = try await world.resident("王小明", born: "1990-01-01", in: home, ["employer": id])
            let page = try await world.call(.get, "/registry/subjects/\(id)", as: "clerk")
            #expect(
                page.status == 200 && page.text.contains("/registry/subjects/\(worker.id)") && page.text.contains("王**")
            )
            // A person is no employer, and a wrong reference is told.
            await #expect(throws: Refusal.self) {
                try await world.write(.person, worker.id, ["employer": worker.id.text])
            }
            for path in ["/registry?kind=organisation", "/registry?kind=building", "/registry/new?kind=organisation"] {
                #expect(try await world.call(.get, path, as: "clerk").status == 200, "\(path)")
            }
        }
    }

    @Test("A building shows its dwellings, and a dwelling its building", arguments: EngineCase.available)
    func buildings(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let building = try await world.write(
                .building,
                [
                    "building-name": "文三路 1 幢", "building-grid": VisitsWorld.grids[0], "building-storeys": "6",
                    "building-place": "120.130001,30.28",
                ])
            #expect(building.record.value("building-place", at: world.today) == "120.13000,30.28000")
            #expect(building.area.code == VisitsWorld.grids[0])
            let dwelling = try await world.write(
                .dwelling, ["grid": VisitsWorld.grids[0], "address": "文三路 1 幢 201 室", "building": building.id.text])
            let page = try await world.call(.get, "/registry/subjects/\(building.id)", as: "clerk")
            #expect(page.status == 200 && page.text.contains("/registry/subjects/\(dwelling.id)"))
            #expect(try await world.call(.get, "/registry/subjects/\(dwelling.id)", as: "clerk").status == 200)
            await #expect(throws: Refusal.self) {
                try await world.write(
                    .building, ["building-name": "x", "building-grid": VisitsWorld.grids[0], "building-place": "3,4"])
            }
        }
    }
}
