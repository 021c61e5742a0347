import Desk
import Foundation
import Ground
import Ledger
import Storage
import StorageTesting
import Testing
import Web
import WorkCalendar

@testable import Cases

@Suite("Rates of closing, response, solution and satisfaction")
struct RatesTests {
    /// rules.md §2.2: Tianmen, December 2016. Over what should have been closed, not over what was filed (996).
    @Test("The published closing rates come out to two decimals")
    func tianmen() {
        var figures = OutcomeFigures()
        figures.due = 972
        figures.closed = 911
        figures.closedOnTime = 737
        #expect(Rates(figures).closing.percent == "93.72")
        #expect(Rates(figures).onTimeClosing.percent == "75.82")
    }

    @Test(
        "Shares are rounded half up and told with two decimals; a share of nothing is none",
        arguments: [
            (1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (1, 16, "6.25"), (1, 32, "3.13"), (0, 7, "0.00"),
            (7, 7, "100.00"), (1, 2000, "0.05"), (1, 20_000, "0.01"), (1, 20_001, "0.00"),
        ] as [(Int64, Int64, String)])
    func rounding(part: Int64, whole: Int64, expected: String) {
        #expect(Share(part, of: whole).percent == expected)
        #expect(Share(part, of: 0).percent == nil)
    }

    @Test("On time is judged by when it was reported done, never by when it was closed or by the clock now")
    func onTime() throws {
        let rules = try CasesFixture.rules().rates
        var record = CasesFixture.record(try CasesFixture.rules())
        let due = CasesFixture.start + .days(5)
        record.finalDue = Deadline(at: due, isProvisional: false)
        #expect(Outcome(record, rules)?.figures.due == 1)
        #expect(Outcome(record, rules)?.figures.closed == 0)
        record.endedAt = due + .days(40)
        record.finishedAt = due
        #expect(Outcome(record, rules)?.figures.closedOnTime == 1)
        record.finishedAt = due + .seconds(1)
        #expect(Outcome(record, rules)?.figures.closedOnTime == 0)
        #expect(Outcome(record, rules)?.figures.closed == 1)
        #expect(Outcome(record, rules)?.day == due.local().day)
    }

    @Test("A golden set of matters gives the three rates, with and without what was left out")
    func threeRates() throws {
        let rules = try CasesFixture.rules()
        // Solved, satisfaction, reached in time, left out.
        let set: [(Bool?, Int?, Bool?, Bool)] = [
            (true, 5, true, false), (true, 4, true, false), (true, 3, false, false), (false, 2, true, false),
            (nil, nil, true, false), (false, 1, nil, true), (true, 3, true, false),
        ]
        var counted = OutcomeFigures()
        var all = OutcomeFigures()
        for (isSolved, satisfaction, contacted, isExcluded) in set {
            var record = CasesFixture.record(rules)
            record.finalDue = Deadline(at: CasesFixture.start, isProvisional: false)
            record.isSolved = isSolved
            record.satisfaction = satisfaction
            record.isContactedInTime = contacted
            record.isExcluded = isExcluded
            let outcome = try #require(Outcome(record, rules.rates))
            all = all + outcome.figures
            if !outcome.isExcluded { counted = counted + outcome.figures }
        }
        // 5 of 6 reached; 4 of 5 solved; 2 + 2 halves of 5 satisfied.
        #expect(Rates(counted).response.percent == "83.33")
        #expect(Rates(counted).solution.percent == "80.00")
        #expect(Rates(counted).satisfaction.percent == "60.00")
        #expect(Rates(all).response.percent == "71.43")
        #expect(Rates(all).solution.percent == "66.67")
        #expect(Rates(all).satisfaction.percent == "50.00")
    }

    @Test("Reaching the resident counts in time or late, once; leaving out needs a reason and somebody else")
    func contactAndExclusion() throws {
        let rules = try CasesFixture.rules()
        let dispatcher = CasesFixture.scope("dispatcher")
        let officer = CasesFixture.scope("officer", CasesFixture.county)
        var record = CasesFixture.record(rules)
        func act(_ command: Command, _ scope: Scope, after hours: Int64) throws {
            record = try rules.decide(
                record, command, by: .staff(scope), at: CasesFixture.start + .hours(hours)
            ).after
        }
        try act(Command("accept", category: "010101", area: CasesFixture.community), dispatcher, after: 1)
        try act(Command("contact", opinion: "已电话联系"), dispatcher, after: 2)
        #expect(record.isContactedInTime == true)
        try act(Command("contact", opinion: "再次联系"), dispatcher, after: 60)
        #expect(record.isContactedInTime == true)
        #expect(record.contactedAt == CasesFixture.start + .hours(2))
        try act(Command("settle-directly", result: "已答复"), dispatcher, after: 61)
        #expect(throws: Refusal.self) {
            try act(Command("ask-exclusion", opinion: "理由"), dispatcher, after: 62)
        }
        #expect(throws: Refusal.self) { try act(Command("grant-exclusion"), officer, after: 62) }
        try act(Command("ask-exclusion", opinion: "理由", reason: "other"), officer, after: 62)
        #expect(!record.isExcluded)
        let own = try #require(throws: Refusal.self) { try act(Command("grant-exclusion"), officer, after: 63) }
        #expect(own.code == "cases.own-work")
        try act(Command("grant-exclusion"), CasesFixture.scope("second", CasesFixture.county), after: 63)
        #expect(record.isExcluded)
        #expect(record.exclusionAsked == "other")

        var late = CasesFixture.record(rules)
        late = try rules.decide(
            late, Command("contact", opinion: "联系"), by: .staff(dispatcher), at: CasesFixture.start + .hours(25)
        ).after
        #expect(late.isContactedInTime == false)
    }

    @Test("Satisfaction counts in halves, yet its sample is how many answered")
    func sample() {
        var figures = OutcomeFigures()
        figures.due = 30
        figures.followedUp = 12
        figures.satisfiedHalves = 20
        #expect(Rates(figures).satisfaction.sample == 12)
        #expect(Rates(figures).satisfaction.percent == "83.33")
        #expect(Rates(figures).closing.sample == 30)
    }

    @Test("A department is offered the rates of its own body only, and by= names what there is")
    func departmentRates() throws {
        let department = CasesFixture.scope("department", CasesFixture.county, line: "construction")
        let whole = CasesFixture.scope("officer", CasesFixture.county)
        func question(_ text: String, _ scope: Scope) throws -> RateQuestion {
            try RateQuestion(QueryParameters(parsing: text), for: scope, at: CasesFixture.start)
        }
        #expect(try question("", department).grouping == .body)
        #expect(try question("", whole).grouping == .area)
        for (text, scope) in [("by=area", department), ("by=nonsense", whole)] {
            let refusal = try #require(throws: Refusal.self) { try question(text, scope) }
            #expect(refusal.kind == .ruleBroken && refusal.field == "by")
        }
    }

    @Test(
        "The sums that are kept with every act are those of a recount, after any acts", arguments: EngineCase.available)
    func kept(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var random = SeededRandom(seed: 11)
            let officer = CasesFixture.scope("officer", CasesFixture.county)
            let second = CasesFixture.scope("second", CasesFixture.county)
            let rules = world.cases.rules
            var done: Set<ActName> = []
            for number in 0..<30 {
                let record = try await world.report("第 \(number) 件")
                for _ in 0..<60 {
                    let id = record.id
                    let state = try await world.house.database.read {
                        try CaseStore.find(id, in: $0)?.state ?? rules.workflow.first
                    }
                    guard let act = rules.workflow.acts(from: state).randomElement(using: &random),
                        let scope = [world.dispatcher, world.handler, world.verifier, officer, second]
                            .randomElement(using: &random)
                    else { continue }
                    world.clock.advance(.hours(Int64.random(in: 0...9, using: &random)))
                    let command = Command(
                        act.name, opinion: "意见", reason: world.reason(act), body: world.department,
                        category: world.leaf, result: "结果", workdays: 2, isSolved: .random(using: &random),
                        satisfaction: .random(in: 1...5, using: &random))
                    if act.party == .reporter {
                        let now = world.clock.now()
                        _ = try? await world.house.database.write {
                            try world.cases.act(id, command, by: .reporter, actor: .system, at: now, in: $0)
                        }
                    } else if (try? await world.act(record.id, command, by: scope)) != nil {
                        done.insert(act.name)
                    }
                }
            }
            #expect(done.isSuperset(of: ["contact", "pass", "finish"]))
            let days = Day(number: 0)...Day(number: 40_000)
            let (byArea, byBody, records) = try await world.house.database.read { transaction in
                (
                    try OutcomeStore.byArea(
                        days, within: CasesFixture.county, digits: 9, for: officer, in: transaction),
                    try OutcomeStore.byBody(days, for: officer, in: transaction),
                    try transaction.query("SELECT id FROM cases").compactMap {
                        try CaseStore.find($0.identifier(0), in: transaction)
                    }
                )
            }
            let outcomes = records.compactMap { Outcome($0, rules.rates) }
            #expect(outcomes.contains { $0.figures.followedUp > 0 })
            for isExcluded in [false, true] {
                let recount = outcomes.filter { $0.isExcluded == isExcluded }.reduce(OutcomeFigures()) {
                    $0 + $1.figures
                }
                let ofBodies = outcomes.filter { $0.isExcluded == isExcluded && $0.body != nil }
                    .reduce(OutcomeFigures()) { $0 + $1.figures }
                #expect(
                    byArea.map { isExcluded ? $0.excluded : $0.counted }.reduce(OutcomeFigures(), +) == recount)
                #expect(
                    byBody.map { isExcluded ? $0.excluded : $0.counted }.reduce(OutcomeFigures(), +) == ofBodies)
            }
            let neighbour = CasesFixture.scope("neighbour", AreaPrefix("330106010") ?? .everywhere)
            let (elsewhere, own) = try await world.house.database.read { transaction in
                (
                    try OutcomeStore.byArea(
                        days, within: CasesFixture.county, digits: 9, for: neighbour, in: transaction),
                    try OutcomeStore.byBody(days, for: world.handler, in: transaction)
                )
            }
            #expect(elsewhere.isEmpty)
            let department = CasesFixture.scope("department", CasesFixture.county, line: "construction")
            let seen = try await world.house.database.read {
                try OutcomeStore.byArea(
                    days, within: CasesFixture.county, digits: 9, for: department, in: $0)
            }
            #expect(seen.isEmpty, "the sums of areas hold other bodies' matters")
            #expect(own.allSatisfy { $0.place == world.department.text })
        }
    }
}
