import Cases
import Desk
import Ground
import HTTPTypes
import Identity
import Ledger
import Storage
import StorageTesting
import Testing
import WorkCalendar

@testable import Disputes

struct LadderTests {
    @Test(
        "A dispute that fails climbs from the community to the street and the county, and then ends with the ways on",
        arguments: EngineCase.available)
    func climbs(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            #expect(try await world.view(id).dispute.level == "community")
            try await world.hold(.failed, id, by: "mediator")
            #expect(try await world.view(id).dispute.level == "street")
            // Who mediates in the community does not at the street's level.
            await #expect(throws: Refusal.self) { try await world.hold(.failed, id, by: "mediator") }
            try await world.hold(.failed, id, by: "street")
            try await world.hold(.failed, id, by: "county")
            let view = try await world.view(id)
            #expect(view.dispute.outcome == .unsettled)
            #expect(view.dispute.endedAt == world.clock.now())
            #expect(!world.disputes.rules.ways(of: "neighbours").isEmpty)
        }
    }

    @Test(
        "Whatever nobody does, every dispute climbs by itself when its time is over, and ends",
        arguments: EngineCase.available)
    func endsByItself(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            var ids: [CaseID] = []
            for variant in world.disputes.workflow.variants { ids.append(try await world.entered(variant.code)) }
            // Some are worked on a little, at any level.
            try await world.hold(.goesOn, ids[0], by: "mediator")
            try await world.hold(.failed, ids[1], by: "mediator")
            var days = 0
            while days < 60 {
                world.clock.advance(.days(1))
                try await world.watch()
                days += 1
            }
            for id in ids {
                let dispute = try await world.view(id).dispute
                #expect(dispute.outcome == .unsettled, "\(dispute.kind)")
            }
        }
    }

    @Test("A party may leave at any level, and the ways on stay on the page", arguments: EngineCase.available)
    func declined(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered("labour")
            let page = try await world.call(.get, "/disputes/\(id)", as: "mediator")
            #expect(page.status == 200)
            #expect(page.text.contains("劳动争议仲裁"))
            try await world.hold(.declined, id, by: "mediator")
            #expect(try await world.view(id).dispute.outcome == .declined)
            let after = try await world.call(.get, "/disputes/\(id)", as: "mediator")
            #expect(after.text.contains("劳动争议仲裁"))
        }
    }

    @Test(
        "A matter becomes a dispute with one act, and hears of its outcome; its time stops meanwhile",
        arguments: EngineCase.available)
    func fromMatter(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let matter = try await world.handledMatter()
            let (hand, now) = (try world.scope("northhand"), world.clock.now())
            var command = Command("mediate", opinion: "双方对费用有争议")
            command.variant = "neighbours"
            let ready = command
            let cases = world.cases
            let mediating = try await world.house.database.write {
                try cases.act(matter.id, ready, by: .staff(hand), actor: Actor(hand), at: now, in: $0)
            }
            #expect(mediating.state == "mediating")
            let street = try world.scope("street")
            let disputes = world.disputes
            let found = try await world.house.database.read {
                try DisputeStore.page(DisputeFilter(), for: street, limit: 10, in: $0)
            }
            let id = try #require(found.first?.dispute.id)
            #expect(found.first?.dispute.origin == matter.id)
            #expect(try await world.view(id).words.detail == "双方对费用有争议")
            // In the table of matters stands nothing that somebody said.
            let kept = try await world.house.database.query("SELECT title, detail FROM cases WHERE id = \(id)")
            #expect(try kept[0].text(0) == "邻里纠纷" && kept[0].text(1).isEmpty)
            world.clock.advance(.days(1))
            try await world.agree(id, by: "mediator")
            let whole = try #require(
                try await world.house.database.read { try disputes.cases.matter(matter.id, for: hand, in: $0) })
            #expect(whole.state == "handling" && whole.openParts == 0)
            let steps = try await world.house.database.query(
                "SELECT opinion FROM case_steps WHERE case_id = \(matter.id) AND act = 'part-ended'")
            #expect(try steps[0].text(0) == "社区：已达成协议")
            let (final, before) = (try #require(whole.finalDue), try #require(matter.finalDue))
            #expect(final.at > before.at)
        }
    }

    @Test("An agreement that nobody wrote down ends nothing, whichever door is tried", arguments: EngineCase.available)
    func noAgreement(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            let answer = try await world.call(
                .post, "/api/v1/cases/\(id)/acts", "{\"act\":\"agree-mediation\"}", as: "clerk")
            #expect(answer.status == 409)
            #expect(answer.text.contains("disputes.no-agreement"))
            #expect(try await world.view(id).dispute.outcome == .open)
        }
    }

    @Test("The ledger keeps every act, and holds nothing that was said", arguments: EngineCase.available)
    func ledger(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            try await world.hold(.goesOn, id, by: "mediator")
            try await world.agree(id, by: "mediator")
            let json = """
                {"kind":"housing","title":"楼上漏水","detail":"漏水","area":"\(DisputeWorld.community)","parties":[{"side":"first","name":"甲某某","phone":"13900000001"},{"side":"second","name":"乙某某"}]}
                """
            let sent = try await world.call(
                .post, "/api/v1/disputes", json, as: "clerk", headers: ["Idempotency-Key": "kept"])
            #expect(sent.status == 201)
            let rows = try await world.house.database.query("SELECT act, facts FROM ledger_entries ORDER BY id")
            let acts = try rows.map { try $0.text(0) }
            for act in ["disputes.entered", "disputes.party", "disputes.session", "disputes.agreement"] {
                #expect(acts.contains(act), "\(act)")
            }
            #expect(acts.contains("cases.agree-mediation"))
            let words = Disputes.ledgerWords
            let known = Set(words.acts.map(\.code))
            #expect(acts.filter { $0.hasPrefix("disputes.") }.allSatisfy(known.contains))
            let tables: [StaticString] = [
                "disputes", "dispute_parties", "dispute_sessions", "dispute_agreements", "cases", "ledger_entries",
                "answers", "notices",
            ]
            for table in tables {
                let all = try await world.house.database.query("SELECT * FROM \(trusted: table)")
                for row in all {
                    for value in row.values {
                        let text =
                            switch value {
                            case .text(let text): text
                            case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
                            case .null, .int, .double, .bool: ""
                            }
                        #expect(!text.contains("漏水") && !text.contains("13900000001") && !text.contains("甲某某"))
                    }
                }
            }
        }
    }
}
