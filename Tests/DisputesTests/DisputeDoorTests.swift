import Cases
import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Disputes

struct DisputeDoorTests {
    @Test(
        "Every page opens for who may, masks the parties, and shows nothing to anybody else",
        arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            _ = try await world.mediator("合适")
            let id = try await world.entered()
            let open = try await world.entered()
            try await world.agree(id, by: "mediator")
            let mediating = try await world.call(.get, "/disputes/\(open)", as: "mediator")
            #expect(mediating.text.contains("合适") && !mediating.text.contains("HTML(bytes"))
            for path in [
                "/disputes", "/disputes?outcome=agreed", "/disputes/new", "/disputes/\(id)", "/disputes/\(id)/paper",
                "/disputes/figures", "/disputes/export", "/mediators", "/mediators/export", "/mediators/new",
            ] {
                let page = try await world.call(.get, path, as: "street")
                #expect(page.status == 200, "\(path)")
                // A piece of a page that was taken for text would be shown as such.
                #expect(!page.text.contains("HTML(bytes") && !page.text.contains("&lt;"), "\(path)")
                #expect(try await world.call(.get, path).status == 303, "\(path)")
                #expect(try await world.call(.get, path, as: "auditor").status == 403, "\(path)")
            }
            let page = try await world.call(.get, "/disputes/\(id)", as: "street")
            #expect(page.text.contains("甲*") && page.text.contains("139****0001"))
            #expect(!page.text.contains("13900000001"))
            #expect(try await world.call(.get, "/disputes/\(id)", as: "other").status == 404)
            let list = try await world.call(.get, "/api/v1/disputes", as: "other")
            #expect(list.text.contains("\"items\":[]"))
        }
    }

    @Test("The parties are shown in full for a purpose, which the ledger keeps first", arguments: EngineCase.available)
    func reveal(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            let path = "/api/v1/disputes/\(id)/reveal"
            let without = try await world.call(.post, path, "{\"purpose\":\" \"}", as: "mediator")
            #expect(without.status == 422)
            let shown = try await world.call(.post, path, "{\"purpose\":\"约定调解时间\"}", as: "mediator")
            #expect(shown.text.contains("甲某某") && shown.text.contains("13900000001"))
            let entries = try await world.house.database.query(
                "SELECT purpose FROM ledger_entries WHERE act = 'disputes.reveal'")
            #expect(try entries.map { try $0.text(0) } == ["约定调解时间"])
        }
    }

    @Test("A program enters a dispute, twice with one key, and it is one", arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let json = """
                {"kind":"housing","title":"物业费","detail":"对物业费标准有争议","area":"\(DisputeWorld.community)","parties":[{"side":"first","name":"甲某某"},{"side":"second","name":"某物业"}]}
                """
            for _ in 0..<2 {
                let answer = try await world.call(
                    .post, "/api/v1/disputes", json, as: "clerk", headers: ["Idempotency-Key": "one"])
                #expect(answer.status == 201, "\(answer.text)")
            }
            let list = try await world.call(.get, "/api/v1/disputes", as: "clerk")
            #expect(list.text.components(separatedBy: "\"number\"").count == 2)
            for bad in [
                json.replacingOccurrences(of: "housing", with: "nothing"),
                json.replacingOccurrences(of: DisputeWorld.community, with: "12"),
                json.replacingOccurrences(of: "\"second\"", with: "\"first\""), "{}", "[]",
            ] {
                let answer = try await world.call(.post, "/api/v1/disputes", bad, as: "clerk")
                #expect([400, 403, 422].contains(answer.status), "\(answer.status) \(bad)")
            }
        }
    }

    @Test("No list of disputes walks through all of them")
    func plans() async throws {
        try await DisputeWorld.with(.sqlite) { world in
            for name in ["county", "street", "mediator"] {
                let scope = try world.scope(name)
                let query = DisputeStore.pageQuery(DisputeFilter(), for: scope, limit: 51)
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(!plan.contains { $0.hasPrefix("SCAN disputes") && !$0.contains("USING") }, "\(plan)")
                #expect(plan.contains { $0.contains("INDEX disputes_") }, "\(plan)")
            }
        }
    }

    @Test("A ladder that is not the workflow's, or a kind without a way on, is refused with its line")
    func wrongRules() throws {
        let text = try String(contentsOfFile: DisputeWorld.rulesFolder + "/disputes.yaml", encoding: .utf8)
        for (old, new) in [
            ("up: to-street-mediation", "up: to-county-mediation"), ("ways: [court, legal-aid] }", "ways: [] }"),
            ("state: dispute-county", "state: dispute-agreed"),
        ] {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try text.replacingOccurrences(of: old, with: new).write(
                to: folder.appendingPathComponent("disputes.yaml"), atomically: true, encoding: .utf8)
            let refusal = #expect(throws: Refusal.self) {
                _ = try DisputeRules.load(
                    from: RuleFiles(shipped: DisputeWorld.rulesFolder, own: folder.path), for: DisputeWorld.workflow())
            }
            #expect(refusal?.message.english.contains("disputes.yaml:") == true)
        }
    }
}
