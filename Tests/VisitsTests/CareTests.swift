import Cases
import Desk
import Forms
import Foundation
import Ground
import HTTPTypes
import Identity
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

/// Whom somebody looks in on: by which law, how often, and who may know.
struct CareTests {
    private func enter(
        _ person: StoredSubject, in group: String, of name: String = "worker", by head: String = "clerk",
        in world: VisitsWorld
    ) async throws -> CareMember {
        let (visits, scope, now) = (world.visits, try world.scope(head), world.clock.now())
        let post = try world.scope(name).post
        return try await world.house.database.write {
            try visits.enter(person.id, in: group, post: post, by: scope, at: now, in: $0)
        }
    }

    private func look(
        _ id: CareMember.ID, _ outcome: CareOutcome = .well, by name: String = "worker", in world: VisitsWorld
    ) async throws -> CareMember {
        let (visits, scope, now) = (world.visits, try world.scope(name), world.clock.now())
        return try await world.house.database.write {
            try visits.look(
                in: id, outcome: outcome, note: "在家", seenAt: now, by: scope, at: now, in: $0)
        }
    }

    private func watch(_ world: VisitsWorld) async throws -> Int {
        let (visits, now) = (world.visits, world.clock.now())
        return try await world.house.database.write { try visits.watchCare(at: now, in: $0) }
    }

    private func tasks(_ world: VisitsWorld) async throws -> [String] {
        try await world.house.database.query("SELECT state FROM cases WHERE kind = 'care' ORDER BY id")
            .map { try $0.text(0) }
    }

    @Test(
        "A missed visit becomes one task, which says nothing of whom, and the visit ends it",
        arguments: EngineCase.available)
    func missed(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let member = try await enter(old, in: "old-alone", in: world)
            #expect(member.dueOn == world.today + 7 && member.missedOn == world.today + 10)
            world.clock.advance(.days(9))
            #expect(try await watch(world) == 0)
            world.clock.advance(.days(1))
            #expect(try await watch(world) == 1)
            #expect(try await watch(world) == 0)
            #expect(try await tasks(world) == ["care-missed"])
            let words = try await world.house.database.query("SELECT title FROM cases WHERE kind = 'care'")
            let titles = try words.map { try $0.text(0) }
            #expect(titles.count == 1 && titles.allSatisfy { !$0.contains("独居") && !$0.contains("王") })
            // Not met is no visit.
            _ = try await look(member.id, .absent, in: world)
            #expect(try await tasks(world) == ["care-missed"])
            let after = try await look(member.id, in: world)
            #expect(after.task == nil && after.dueOn == world.today + 7)
            #expect(try await tasks(world) == ["care-made"])
            #expect(try await watch(world) == 0)
            world.clock.advance(.days(10))
            #expect(try await watch(world) == 1)
        }
    }

    @Test(
        "A sensitive group without a legal basis is off, and on when the law is named", arguments: EngineCase.available)
    func basis(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let refusal = await #expect(throws: Refusal.self) { try await enter(old, in: "petitioners", in: world) }
            #expect(refusal?.code == "visits.care-no-basis" && refusal?.kind == .forbidden)
            #expect(try await watch(world) == 0)
            _ = try await enter(old, in: "disabled", in: world)
            // Once.
            let again = await #expect(throws: Refusal.self) { try await enter(old, in: "disabled", in: world) }
            #expect(again?.kind == .conflict)
        }
        let text = try String(contentsOfFile: VisitsWorld.shippedRules + "/care-groups.yaml", encoding: .utf8)
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: own) }
        func load(_ text: String) async throws -> CareGroups {
            try text.write(toFile: own.path + "/care-groups.yaml", atomically: true, encoding: .utf8)
            let rules = RuleFiles(shipped: VisitsWorld.shippedRules, own: own.path)
            let roles = try await VisitsWorld.roles()
            return try CareGroups.load(from: rules, dictionary: try DataDictionary.load(from: rules), roles: roles)
        }
        let named = text.replacingOccurrences(
            of: "en: People who petition", with: "en: People who petition\n    basis: { zh: 某法, en: Some law }")
        #expect(try await load(named)["petitioners"]?.isOff == false)
        for (old, new) in [
            ("purpose: safety", "purpose: gossip"), ("sees: [community_clerk]", "sees: [neighbour]"),
            ("everyDays: 7", "everyDays: 0"), ("key: oldest", "key: old-alone"),
        ] {
            let refusal = await #expect(throws: Refusal.self) {
                try await load(text.replacingOccurrences(of: old, with: new))
            }
            #expect(refusal?.message.english.contains("care-groups.yaml:") == true, "\(new)")
        }
    }

    @Test(
        "Who may not know sees a mask; a sensitive label needs its purpose, which the ledger keeps",
        arguments: EngineCase.available)
    func masks(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let plain = try await enter(old, in: "old-alone", in: world)
            let member = try await enter(old, in: "mental-health", of: "clerk", in: world)
            func list(_ name: String, _ purpose: String? = nil) async throws -> String {
                let answer =
                    if let purpose {
                        try await world.call(
                            .post, "/api/v1/visits/care/members/look-up", "{\"purpose\":\"\(purpose)\"}", as: name)
                    } else { try await world.call(.get, "/api/v1/visits/care/members", as: name) }
                return answer.text
            }
            // A worker knows of the first, not of the second; neither does the head of the street.
            let worker = try await list("worker", "health")
            #expect(worker.contains("\"group\":\"old-alone\"") && !worker.contains("mental-health"))
            #expect(worker.contains("\"subject\":null"))
            #expect(try await !list("head", "health").contains("mental-health"))
            // Whose own it is sees the label for the purpose only.
            #expect(try await list("clerk").contains("\"group\":null"))
            #expect(try await !list("clerk", "safety").contains("mental-health"))
            let clear = try await list("clerk", "health")
            #expect(clear.contains("\"group\":\"mental-health\"") && clear.contains("王秀英"))
            let looks = try await world.house.database.query(
                "SELECT purpose FROM ledger_entries WHERE act = 'visits.care-shown' ORDER BY id")
            #expect(try looks.map { try $0.text(0) } == ["health", "health", "safety", "health"])
            #expect(try await list("clerk", "gossip").contains("registry.no-purpose"))
            #expect(try await list("westclerk") == "{\"items\":[],\"next\":null}")
            // Nor does a worker note visits there, or read what was noted.
            await #expect(throws: Refusal.self) { try await look(member.id, by: "worker", in: world) }
            _ = try await look(plain.id, in: world)
            for (path, name, shows) in [
                ("/visits/care/members/\(plain.id)", "worker", true),
                ("/visits/care/members/\(plain.id)", "clerk", true),
                ("/visits/care/members/\(member.id)", "worker", false),
            ] {
                let page = try await world.call(.get, path, as: name)
                #expect(
                    page.status == 200 && !page.text.contains("精神") && !page.text.contains("王秀英"), "\(path) \(name)")
                #expect(page.text.contains("在家") == shows, "\(path) \(name)")
            }
            #expect(try await world.call(.get, "/visits/care/members/\(plain.id)", as: "westclerk").status == 404)
            // The entries of the ledger do not name the group either.
            let entries = try await world.house.database.query(
                "SELECT facts FROM ledger_entries WHERE act LIKE 'visits.care%'")
            #expect(try entries.allSatisfy { !String(decoding: try $0.blob(0), as: UTF8.self).contains("mental") })
        }
    }

    @Test("Pages of care: proposed by a form, entered, visited, handed over, ended", arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let old = try await world.resident(
                "王秀英", born: "1940-05-05", sex: "2", in: home, ["lives-alone": "1"])
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let blank = try await world.call(.get, "/visits/care/new?group=old-alone", as: "clerk")
            #expect(blank.status == 200 && blank.text.contains("value=\"\(old.id)\"") && blank.text.contains("信访人员"))
            let post = try world.scope("worker").post
            let made = try await world.call(
                .post, "/visits/care/new", "group=old-alone&subject=\(old.id)&post=\(post)", as: "clerk", headers: form)
            #expect(made.status == 303, "\(made.text.prefix(400))")
            let proposed = try await world.call(.get, "/visits/care/new?group=old-alone", as: "clerk")
            #expect(!proposed.text.contains("value=\"\(old.id)\""))
            let wrong = try await world.call(
                .post, "/visits/care/new", "group=old-alone&subject=\(old.id)&post=", as: "clerk", headers: form)
            #expect(wrong.status == 400)
            let card = try await world.call(.get, "/registry/subjects/\(old.id)", as: "clerk")
            #expect(card.text.contains("独居老年人") && card.text.contains("列入关怀群体"))
            #expect(try await world.call(.get, "/registry/subjects/\(home.id)", as: "clerk").text.contains("独居老年人"))
            let list = try await world.call(.get, "/visits/care", as: "worker")
            #expect(list.status == 200 && list.text.contains("独居老年人") && list.text.contains("王**"))
            let id = try #require(
                try await world.house.database.query("SELECT id FROM care_members").first?.text(0))
            let path = "/visits/care/members/\(id)"
            #expect(
                try await world.call(.post, path, "act=look&outcome=&note=x", as: "worker", headers: form).status == 400
            )
            #expect(
                try await world.call(.post, path, "act=look&outcome=well&note=x", as: "worker", headers: form).status
                    == 303)
            let second = try world.scope("second").post
            #expect(
                try await world.call(.post, path, "act=hand&post=\(second)", as: "worker", headers: form).status == 403)
            #expect(
                try await world.call(.post, path, "act=hand&post=\(second)", as: "clerk", headers: form).status == 303)
            let west = try world.scope("third").post
            #expect(
                try await world.call(.post, path, "act=hand&post=\(west)", as: "clerk", headers: form).status == 422)
            let clear = try await world.call(.post, "/visits/care", "purpose=civil-affairs", as: "clerk", headers: form)
            #expect(clear.status == 200 && clear.text.contains("王秀英"))
            #expect(try await world.call(.post, path, "act=end", as: "clerk", headers: form).status == 303)
            #expect(try await world.call(.get, path, as: "clerk").status == 404)
            #expect(
                try await world.call(.get, "/api/v1/visits/care/groups", as: "worker").text.contains("\"isOff\":true"))
        }
    }

    @Test("No list of care walks through all who are looked after")
    func plans() async throws {
        try await VisitsWorld.with(.sqlite, forms: VisitsWorld.fewForms) { world in
            let area = try #require(AreaPrefix(VisitsWorld.east))
            for query in [
                CareStore.pageQuery(in: area, after: nil, limit: 61),
                CareStore.missedQuery(on: world.today, limit: 200),
            ] {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains("SEARCH care_members USING INDEX") }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
