import Cases
import Desk
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Disputes

struct AftercareTests {
    @Test("Both may apply for confirmation until the thirtieth day after the agreement, the day itself not counted")
    func days() throws {
        let rules = try DisputeRules.load(
            from: RuleFiles(shipped: DisputeWorld.rulesFolder), for: DisputeWorld.workflow())
        let day = try #require(Day("2026-03-01"))
        #expect(Agreement.lastDayOfConfirmation(effectiveOn: day, rules) == Day("2026-03-31"))
    }

    @Test(
        "Confirmation needs both sides and the time for it; then the court's word is kept",
        arguments: EngineCase.available)
    func confirmation(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            try await world.agree(id, by: "mediator")
            let scope = try world.scope("mediator")
            let path = "/api/v1/disputes/\(id)/confirmation"
            let today = world.clock.now().local().day
            let alone = try await world.call(
                .post, path, "{\"step\":\"apply\",\"day\":\"\(today)\",\"byBoth\":false}", as: "mediator")
            #expect(alone.status == 422 && alone.text.contains("disputes.both-apply"))
            world.clock.advance(.days(30))
            let last = world.clock.now().local().day
            let now = world.clock.now()
            try await world.write { try $0.apply(on: last, byBoth: true, for: id, by: scope, at: now, $1) }
            #expect(try await world.view(id).agreement?.confirmation == .applied)
            try await world.write { try $0.decide(isValid: true, on: last, for: id, by: scope, at: now, $1) }
            #expect(try await world.view(id).agreement?.confirmation == .valid)
        }
    }

    @Test(
        "On the thirty-first day confirmation is refused, with the way that stays open", arguments: EngineCase.available
    )
    func tooLate(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            try await world.agree(id, by: "mediator")
            world.clock.advance(.days(31))
            let today = world.clock.now().local().day
            let late = try await world.call(
                .post, "/api/v1/disputes/\(id)/confirmation",
                "{\"step\":\"apply\",\"day\":\"\(today)\",\"byBoth\":true}", as: "mediator")
            #expect(late.status == 422 && late.text.contains("disputes.confirmation-late"))
            #expect(late.text.contains("wayOn"))
        }
    }

    @Test(
        "A revisit that nobody made becomes a task of the street, which ends with the revisit and not before",
        arguments: EngineCase.available)
    func missed(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            try await world.agree(id, by: "mediator")
            world.clock.advance(.days(15))
            try await world.watch()
            #expect(try await world.view(id).revisits.map(\.task) == [nil, nil])
            world.clock.advance(.days(1))
            try await world.watch()
            let task = try #require(try await world.view(id).revisits.first?.task)
            #expect(try await world.disputes.watchRevisits() == 0)
            let ended = try await world.call(
                .post, "/api/v1/cases/\(task)/acts", "{\"act\":\"record-revisit\"}", as: "northduty")
            #expect(ended.status == 409 && ended.text.contains("disputes.revisit-not-made"))
            try await world.revisit(1, .kept, id, by: "street")
            let record = try await world.house.database.query("SELECT state FROM cases WHERE id = \(task)")
            #expect(try record[0].text(0) == "revisit-made")
        }
    }

    @Test(
        "Figures count what should have ended and been kept, and agree with a recount",
        arguments: EngineCase.available)
    func figures(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            var ids: [CaseID] = []
            for _ in 0..<5 { ids.append(try await world.entered()) }
            try await world.agree(ids[0], by: "mediator")
            try await world.agree(ids[1], by: "mediator")
            try await world.hold(.failed, ids[2], by: "mediator")
            try await world.agree(ids[2], by: "street")
            try await world.hold(.declined, ids[3], by: "mediator")
            let before = try await world.figures()
            // What has ended counts from that day; the one that is open should not have ended yet.
            #expect(before.due == 4 && before.agreedShare == 75 && before.open == 0)
            try await world.revisit(1, .kept, ids[0], by: "street")
            try await world.revisit(2, .kept, ids[0], by: "street")
            try await world.revisit(1, .broken, ids[1], by: "street")
            world.clock.advance(.days(61))
            let figures = try await world.figures()
            #expect(figures.due == 5 && figures.agreedTotal == 3 && figures.declined == 1 && figures.open == 1)
            #expect(figures.agreed == ["community": 2, "street": 1])
            #expect(figures.agreedShare == 60)
            #expect(figures.agreementsDue == 3 && figures.kept == 1 && figures.broken == 1)
            let recount = try await world.house.database.query(
                "SELECT outcome, COUNT(*) FROM disputes GROUP BY outcome ORDER BY outcome")
            #expect(try recount.map { try $0.int(1) } == [3, 1, 1])
            // A later kept revisit of an agreement that was broken says that it is kept now.
            try await world.revisit(2, .kept, ids[1], by: "street")
            let later = try await world.figures()
            #expect(later.kept == 2 && later.broken == 0 && later.agreementsDue == 3)
        }
    }

    @Test(
        "An agreement that did not hold can be mediated anew, and the two know each other",
        arguments: EngineCase.available)
    func again(engine: EngineCase) async throws {
        try await DisputeWorld.with(engine) { world in
            let id = try await world.entered()
            try await world.agree(id, by: "mediator")
            try await world.revisit(1, .broken, id, by: "street")
            let next = try await world.entered(follows: id)
            #expect(try await world.view(next).dispute.follows == id)
            #expect(try await world.view(id).following == [next])
        }
    }
}

extension DisputeWorld {
    func revisit(_ number: Int64, _ outcome: Revisit.Outcome, _ id: CaseID, by name: String) async throws {
        let (scope, now) = (try scope(name), clock.now())
        try await write { try $0.revisit(number, outcome: outcome, note: "电话与双方核实。", in: id, by: scope, at: now, $1) }
    }

    func figures() async throws -> DisputeFigures {
        let today = clock.now().local().day
        let county = try #require(AreaPrefix(Self.county))
        return try await house.database.read {
            try FigureStore.figures(in: county, from: today - 90, to: today, kind: nil, $0)
        }
    }
}
