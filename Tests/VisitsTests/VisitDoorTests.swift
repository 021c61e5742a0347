import Desk
import Forms
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

struct VisitDoorTests {
    @Test("A visit goes by the interface, once, and the list has it no more", arguments: EngineCase.available)
    func interface(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let list = try await world.call(.get, "/api/v1/visits", as: "worker")
            #expect(
                list.status == 200
                    && list.text.contains("\"home\":\"\(home.id)\",\"of\":\"household\",\"questions\":5"),
                "\(list.text)")
            let one = try await world.call(.get, "/api/v1/visits/homes/\(home.id)", as: "worker")
            #expect(one.status == 200 && one.text.contains("\"element\":\"lives-alone\"") && !one.text.contains("王秀英"))
            let body = """
                {"seenAt":"2026-11-02T08:30:00+08:00","knownAt":"2026-11-02T08:00:00+08:00","answers":[
                 {"subject":"\(old.id)","element":"lives-alone","act":"now","value":"1"},
                 {"subject":"\(old.id)","element":"phone","act":"now","value":"1"}]}
                """
            let path = "/api/v1/visits/homes/\(home.id)/answers"
            let sent = try await world.call(.post, path, body, as: "worker", headers: ["Idempotency-Key": "v1"])
            #expect(
                sent.status == 200 && sent.text.contains("\"written\":1")
                    && sent.text.contains("\"element\":\"phone\""), "\(sent.text)")
            let again = try await world.call(.post, path, body, as: "worker", headers: ["Idempotency-Key": "v1"])
            #expect(again.text == sent.text)
            let waiting = try await world.call(.get, "/api/v1/visits/answers", as: "clerk")
            #expect(
                waiting.text.contains("\"kind\":\"kept\"")
                    && waiting.text.ranges(of: "\"kind\"").count == 1)
            let id = try #require(try await world.queue().first).queued.id
            let decided = try await world.call(
                .post, "/api/v1/visits/answers/\(id)", "{\"decision\":\"discard\"}", as: "clerk")
            #expect(decided.status == 200)
            for (path, body, status) in [
                (path, "{\"answers\":[{\"subject\":\"x\",\"element\":\"phone\",\"act\":\"now\"}]}", 400),
                (path, "{\"seenAt\":\"yesterday\"}", 400), (path, "{\"outcome\":\"away\"}", 400),
                (path, "{\"seenAt\":\"2030-01-01T00:00:00Z\"}", 422),
                (
                    path,
                    "{\"answers\":[{\"subject\":\"\(old.id)\",\"element\":\"phone\",\"act\":\"now\",\"since\":\"x\"}]}",
                    400
                ),
                ("/api/v1/visits/homes/\(old.id)/answers", "{}", 404),
                ("/api/v1/visits/answers/\(home.id)", "{\"decision\":\"later\"}", 404),
                ("/api/v1/visits/answers/\(id)", "{\"decision\":\"perhaps\"}", 400),
            ] {
                let answer = try await world.call(.post, path, body, as: "worker")
                #expect(answer.status == status, "\(path) \(body): \(answer.status) \(answer.text)")
            }
            for (path, status) in [
                ("/api/v1/visits?area=330106", 422), ("/api/v1/visits?area=x", 400),
                ("/api/v1/visits?area=330106001002001", 404), ("/api/v1/visits/answers?after=x", 400),
                ("/api/v1/visits/homes/\(old.id)", 404),
            ] {
                let answer = try await world.call(.get, path, as: path.contains("330106001002001") ? "clerk" : "data")
                #expect(answer.status == status, "\(path): \(answer.status) \(answer.text)")
            }
            #expect(try await world.call(.get, "/api/v1/visits", as: "welfare").status == 403)
        }
    }

    @Test(
        "The page asks what the list says, works without scripts, and shows no name in clear",
        arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home, ["phone": "13800138000"])
            world.clock.advance(.days(800))
            let page = try await world.call(.get, "/visits", as: "worker")
            #expect(page.status == 200 && page.text.contains("data-home=\"\(home.id)\""))
            #expect(page.text.contains("王**") && !page.text.contains("王秀英") && !page.text.contains("13800138000"))
            #expect(page.text.contains("138"), "the masked number can be said to be still so")
            let body =
                "knownAt=2029-01-10T00%3A00%3A00Z&h.\(old.id).phone=%3Dstill&a.\(old.id).lives-alone=1&a.\(old.id).care-ability=%3Ddeclined"
            let sent = try await world.call(
                .post, "/visits/homes/\(home.id)/answers", body, as: "worker",
                headers: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(sent.status == 303, "\(sent.text.prefix(400))")
            #expect(try await world.asked(home.id) == ["fuel", "lift"])
            for (path, name) in [
                ("/visits", "clerk"), ("/visits", "head"), ("/visits?area=\(VisitsWorld.grids[0])", "clerk"),
                ("/visits/export?area=\(VisitsWorld.grids[0])", "clerk"), ("/visits/answers", "clerk"),
                ("/visits/answers", "worker"), ("/visits/worker.js", "worker"),
                ("/visits?area=\(VisitsWorld.grids[1])", "clerk"),
            ] where path != "/visits/worker.js" {
                let answer = try await world.call(.get, path, as: name)
                #expect(answer.status == 200, "\(path) \(name): \(answer.text.prefix(300))")
            }
            #expect(try await world.call(.get, "/visits?area=\(VisitsWorld.grids[0])", as: "third").status == 404)
            #expect(try await world.call(.get, "/visits", as: "welfare").status == 403)
        }
    }

    @Test(
        "A conflict and a kept answer are decided on the page; what is wrong is told and kept",
        arguments: EngineCase.available)
    func queue(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let loaded = world.clock.now()
            world.clock.advance(.hours(1))
            try await world.report(
                home.id, [.init(subject: old.id, element: "lives-alone", act: .now, value: "1")], knownAt: loaded)
            world.clock.advance(.hours(1))
            try await world.report(
                home.id,
                [
                    .init(subject: old.id, element: "lives-alone", act: .now, value: "0"),
                    .init(subject: old.id, element: "phone", act: .now, value: "44"),
                ], knownAt: loaded, by: "second")
            let page = try await world.call(.get, "/visits/answers", as: "clerk")
            #expect(page.text.contains("先见") && page.text.contains("second") && !page.text.contains("value=\"44\""))
            let own = try await world.call(.get, "/visits/answers", as: "second")
            #expect(own.text.contains("value=\"44\"") && own.text.contains("由社区核定"))
            func post(_ id: QueuedAnswer.ID, _ body: String, _ name: String) async throws -> (Int, String) {
                let answer = try await world.call(
                    .post, "/visits/answers/\(id)", body, as: name,
                    headers: ["Content-Type": "application/x-www-form-urlencoded"])
                return (answer.status, answer.text)
            }
            let waiting = try await world.queue()
            let conflict = try #require(waiting.first { $0.queued.kind == .conflict }).queued.id
            let kept = try #require(waiting.first { $0.queued.kind == .kept }).queued.id
            #expect(try await post(conflict, "decision=earlier", "second").0 == 403)
            #expect(try await post(conflict, "decision=earlier", "clerk").0 == 303)
            let wrong = try await post(kept, "decision=write&value=55", "second")
            #expect(wrong.0 >= 400 && wrong.1.contains("value=\"55\""))
            #expect(try await post(kept, "decision=write&value=13800138000", "second").0 == 303)
            #expect(try await world.value(old.id, "phone") == "13800138000")
            #expect(try await world.value(old.id, "lives-alone") == "1")
        }
    }

    @Test("No list of this room walks through a whole table")
    func plans() async throws {
        try await VisitsWorld.with(.sqlite, forms: VisitsWorld.fewForms) { world in
            let area = try #require(AreaPrefix(VisitsWorld.grids[0]))
            for (query, table) in [
                (QueueStore.pageQuery(in: area, after: nil, limit: 21), "visit_queue"),
                (VisitStore.callsQuery(in: area), "visit_calls"),
                (VisitStore.declinedQuery(in: area, after: world.today), "visit_declined"),
            ] {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains("SEARCH \(table) USING INDEX") }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
