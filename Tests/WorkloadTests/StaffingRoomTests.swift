import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Workload

@Suite("Staffing proposals in a county")
struct StaffingRoomTests {
    @Test(
        "Nobody is proposed to move who has not agreed; who agrees counts until they take it back or it ends",
        arguments: EngineCase.available)
    func consent(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let before = try await world.propose()
            #expect(before.over > 0, "the crowded street is over, or the test says nothing")
            #expect(before.moves.isEmpty)
            for name in ["south1", "south2", "south3"] { try await world.agree(name, [StaffingWorld.north]) }
            let after = try await world.propose()
            #expect(after.moves.reduce(0) { $0 + $1.count } <= 3)
            #expect(after.moves.allSatisfy { $0.from == StaffingWorld.south && $0.to == StaffingWorld.north })
            #expect((after.missing, after.yuan) < (before.missing, before.yuan))
            #expect(!after.moves.isEmpty)
            // All agree: it can only get better.
            let all = try await world.propose(assumesConsent: true)
            #expect((all.missing, all.yuan) <= (after.missing, after.yuan))
            let (workload, scope, now) = (world.workload, try world.scope("south1"), world.clock.now())
            try await world.house.database.write { try workload.withdrawConsent(by: scope, at: now, in: $0) }
            #expect(try await world.propose().moves.reduce(0) { $0 + $1.count } <= 2)
            world.clock.advance(.days(101))
            #expect(try await world.propose().moves.isEmpty)
            let post = scope.post.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "staffing-post", post, in: $0).map(\.act)
            }
            #expect(acts == ["staffing.agreed", "staffing.withdrew"])
        }
    }

    @Test(
        "A contract of a temporary person has an end, and nobody is hired beyond the places and the money",
        arguments: EngineCase.available)
    func hires(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let one = try await world.propose()
            let last = LoadMonth(of: one.first) + 11
            for contract in one.contracts {
                #expect(one.first <= contract.from && contract.from < contract.until && contract.until <= last.last)
            }
            #expect(one.contracts.reduce(0) { $0 + $1.yuan } <= world.workload.staffing.hireBudget)
            #expect(one.yuanBound <= one.yuan && one.missingBound <= one.missing)
            #expect(one.gap <= Int64(world.workload.staffing.gapPerMille))
        }
    }

    @Test(
        "Grade and qualifications that a street enters hold; what nobody may enter is refused",
        arguments: EngineCase.available)
    func details(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let post = try world.scope("clerk").post
            let good = try await world.call(
                .put, "/api/v1/staffing/posts/\(post)", #"{"grade":3,"qualifications":["mediation"]}"#, as: "northhead")
            #expect(good.status == 200, "\(good.text)")
            for (body, status) in [
                (#"{"grade":9}"#, 422), (#"{"grade":2,"qualifications":["flying"]}"#, 422), (#"{"grade":"x"}"#, 400),
            ] {
                let bad = try await world.call(.put, "/api/v1/staffing/posts/\(post)", body, as: "northhead")
                #expect(bad.status == status, "\(bad.text)")
            }
            // Another street's post is not there for this one, and a clerk enters nothing.
            let other = try world.scope("south1").post
            #expect(
                try await world.call(.put, "/api/v1/staffing/posts/\(other)", #"{"grade":2}"#, as: "northhead").status
                    == 404)
            #expect(
                try await world.call(.put, "/api/v1/staffing/posts/\(post)", #"{"grade":2}"#, as: "clerk").status == 403
            )
            // The street sees its own posts with what was entered, and nothing of another street.
            let list = try await world.call(.get, "/staffing/posts", as: "northhead")
            #expect(list.status == 200 && list.text.contains("人民调解员"), "\(list.text.prefix(300))")
            #expect(list.text.contains("/staffing/posts/\(post)") && !list.text.contains("/staffing/posts/\(other)"))
            let form = try await world.call(.get, "/staffing/posts/\(post)", as: "northhead")
            #expect(form.text.contains("value=\"mediation\" checked") && form.text.contains("value=\"3\" selected"))
            #expect(try await world.call(.get, "/staffing/posts/\(other)", as: "northhead").status == 404)
            #expect(try await world.call(.get, "/staffing/posts?area=330106002", as: "northhead").status == 404)
            #expect(try await world.call(.get, "/staffing/posts", as: "clerk").status == 403)
            #expect(try await world.call(.get, "/staffing/posts/export", as: "northhead").status == 200)
            #expect(
                try await world.house.database.query("SELECT id FROM ledger_entries WHERE act = 'staffing.exported'")
                    .count == 1)
        }
    }

    @Test(
        "Where no plan was found in time, page and interface say so and tell of no gap", arguments: EngineCase.available
    )
    func notFound(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            var one = try await world.propose()
            (one.moves, one.contracts, one.reliefs, one.isProved, one.gap) = ([], [], [], false, 0)
            #expect(one.over > 0 && !one.isPlan && one.gapOfPlan == nil)
            let (workload, scope, now, none) = (world.workload, try world.scope("coordination"), world.clock.now(), one)
            let kept = try await world.house.database.write {
                try workload.keep(none, by: scope, at: now, in: $0)
            }
            let list = try await world.call(.get, "/api/v1/staffing/proposals", as: "coordination")
            #expect(list.text.contains(#""gap":null"#), "\(list.text.prefix(400))")
            for path in ["/staffing", "/staffing/\(kept.id)"] {
                let page = try await world.call(.get, path, as: "coordination")
                #expect(page.status == 200 && page.text.contains("没有算出方案"), "\(path)")
            }
            // Proved that nothing helps, or nothing to do: that is an answer.
            one.isProved = true
            #expect(one.isPlan && one.gapOfPlan == 0)
        }
    }

    @Test(
        "A proposal is kept as it was, on the ledger, and read by those of the county only",
        arguments: EngineCase.available)
    func kept(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            #expect(try await world.call(.post, "/api/v1/staffing/proposals", "{}", as: "northhead").status == 403)
            let made = try await world.call(.post, "/api/v1/staffing/proposals", "{}", as: "coordination")
            #expect(made.status == 200, "\(made.text)")
            let list = try await world.call(.get, "/api/v1/staffing/proposals", as: "northhead")
            #expect(list.text.contains("\"yuanBound\""))
            let scope = try world.scope("northhead")
            let (one, entries) = try await world.house.database.read { transaction in
                let page = try StaffingStore.page(for: scope, after: nil, limit: 5, in: transaction)
                let id = try #require(page.first).id.text
                return (page, try Ledger.timeline(of: "staffing-proposal", id, in: transaction).map(\.act))
            }
            #expect(one.count == 1 && entries == ["staffing.proposed"])
            var away = scope
            away.area = try #require(AreaPrefix("330102001"))
            let stranger = away
            let none = try await world.house.database.read {
                try StaffingStore.page(for: stranger, after: nil, limit: 5, in: $0)
            }
            #expect(none.isEmpty)
        }
    }

    @Test(
        "Consent is a person's own: not a machine's, not for another county, not for ever",
        arguments: EngineCase.available)
    func own(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            for places: Set<String> in [[], ["330102001"], ["330106999"], ["x"]] {
                let refusal = await #expect(throws: Refusal.self) { try await world.agree("south1", places) }
                #expect(refusal?.code == "staffing.places")
            }
            let today = world.clock.now().local().day
            for until in [today - 1, today + 400] {
                let refusal = await #expect(throws: Refusal.self) { try await world.agree("south1", until: until) }
                #expect(refusal?.code == "staffing.until")
            }
            let refusal = await #expect(throws: Refusal.self) { try await world.agree("northhead") }
            #expect(refusal?.code == "staffing.kind")
            var machine = try world.scope("south1")
            machine.isMachine = true
            let (workload, scope, now) = (world.workload, machine, world.clock.now())
            let consent = KeptConsent(places: [StaffingWorld.county], isForOtherKinds: false, until: today + 5)
            let told = await #expect(throws: Refusal.self) {
                try await world.house.database.write { try workload.agree(consent, by: scope, at: now, in: $0) }
            }
            #expect(told?.code == "staffing.oneself")
        }
    }
}
