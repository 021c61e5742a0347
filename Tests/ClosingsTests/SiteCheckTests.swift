import Cases
import Cipher
import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Closings

@Suite("Looking at closed matters on site", .serialized)
struct SiteCheckTests {
    @Test(
        "A period is drawn once, by a seed that the ledger gives, and can be drawn again",
        arguments: EngineCase.available)
    func draw(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            for number in 0..<25 { _ = try await office.closed("第 \(number) 处路面有坑") }
            #expect(try await office.checks.drawDue(at: office.now) == 0)
            let drawn = try await office.drawAfterPeriod()
            // One stratum of 25: five per cent, rounded up.
            #expect(drawn == 2)
            #expect(try await office.checks.drawDue(at: office.now) == 0)
            let (draw, again, checks) = try await office.house.database.read { transaction in
                let draw = try #require(try CheckStore.draws(after: nil, limit: 5, in: transaction).first)
                return (
                    draw, try office.checks.drawnAgain(draw, in: transaction),
                    try CheckStore.checks(of: draw.id, in: transaction)
                )
            }
            #expect(draw.population == 25)
            #expect(again == Set(checks.map(\.closing.text)))
            let entry = try #require(
                try await office.rows("SELECT facts FROM ledger_entries WHERE act = 'closings.draw'").first)
            let facts = String(decoding: try entry.blob(0), as: UTF8.self)
            #expect(facts.contains(draw.seed) && facts.contains(SiteSample.fingerprint(checks.map(\.closing.text))))
            let blocks = try await office.rows("SELECT root FROM ledger_blocks WHERE number = \(draw.block)")
            #expect(try blocks.first?.blob(0).hexadecimal == draw.seed)
            // Whoever swaps a drawn matter for another is found by drawing again.
            let others = try await office.rows(
                "SELECT id FROM closings WHERE id NOT IN (\(list: checks.map(\.closing))) LIMIT 1")
            let other = try #require(others.first).text(0)
            _ = try await office.house.database.write {
                try $0.execute("UPDATE site_checks SET closing = \(other) WHERE id = \(checks[0].id)")
            }
            let changed = try await office.house.database.read { try CheckStore.checks(of: draw.id, in: $0) }
            #expect(again != Set(changed.map(\.closing.text)))
        }
    }

    @Test("No block was sealed after the period: nothing is drawn yet", arguments: EngineCase.available)
    func waitsForTheLedger(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            _ = try await office.closed()
            try await office.seal()
            office.clock.advance(.days(10))
            #expect(try await office.checks.drawDue(at: office.now) == 0)
            #expect(try await office.rows("SELECT id FROM site_draws").isEmpty)
        }
    }

    @Test(
        "What is not true goes back by the workflow; what is true stays, with what was said",
        arguments: EngineCase.available)
    func outcomes(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            for number in 0..<45 { _ = try await office.closed("第 \(number) 处") }
            try await office.drawAfterPeriod()
            let open = try await office.openChecks(office.verifier)
            #expect(open.count == 3)
            let wordless = await #expect(throws: Refusal.self) {
                try await office.end(open[0], .untrue, "　", by: office.verifier)
            }
            #expect(wordless?.field == "words")
            _ = try await office.end(open[0], .untrue, "坑还在", by: office.verifier)
            let back = try await office.matter(open[0].caseID)
            #expect(back.state == "accepted")
            #expect(back.endedAt == nil)
            _ = try await office.end(open[1], .isTrue, "", by: office.verifier)
            _ = try await office.end(open[2], .unclear, "现场被围挡", by: office.verifier)
            #expect(try await office.matter(open[1].caseID).state == "rating")
            #expect(try await office.openChecks(office.verifier).isEmpty)
            let twice = await #expect(throws: Refusal.self) {
                try await office.end(open[1], .untrue, "再看一次", by: office.verifier)
            }
            #expect(twice?.code == "closings.done-already")
            let acts = try await office.rows(
                "SELECT act FROM ledger_entries WHERE subject_id = \(open[0].caseID) ORDER BY id DESC LIMIT 1")
            #expect(try acts.first?.text(0) == "cases.found-untrue")
        }
    }

    @Test("Nobody looks at what their own body handled, nor outside their area", arguments: EngineCase.available)
    func ownWork(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let record = try await office.closed(bySelf: true)
            try await office.drawAfterPeriod()
            #expect(try await office.openChecks(office.verifier).isEmpty)
            #expect(try await office.openChecks(office.elsewhere).isEmpty)
            let check = try #require(try await office.openChecks(office.coordinator).first)
            #expect(check.caseID == record.id)
            let own = await #expect(throws: Refusal.self) {
                try await office.end(check, .isTrue, "", by: office.verifier)
            }
            #expect(own?.code == "closings.own-work")
            let stranger = await #expect(throws: Refusal.self) {
                try await office.end(check, .isTrue, "", by: office.elsewhere)
            }
            #expect(stranger?.kind == .notFound)
            _ = try await office.end(check, .isTrue, "", by: office.coordinator)
        }
    }

    @Test("The acts of a check are nobody's to choose on a matter's page", arguments: EngineCase.available)
    func onlyWhenDrawn(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let record = try await office.closed()
            for act: ActName in ["site-check", "found-untrue", "call-answered", "call-unsolved"] {
                let refusal = await #expect(throws: Refusal.self) {
                    try await office.act(
                        record.id, Command(act, opinion: "x", isSolved: false, satisfaction: 1),
                        by: .staff(office.verifier))
                }
                #expect(refusal?.code == "cases.not-yours", "\(act.rawValue)")
            }
        }
    }

    @Test("A matter that is taken up again before anybody looks is not looked at", arguments: EngineCase.available)
    func overtaken(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let record = try await office.closed()
            try await office.drawAfterPeriod()
            #expect(try await office.openChecks(office.verifier).count == 1)
            _ = try await office.act(
                record.id, Command("dispute", opinion: "没修好", isSolved: false, satisfaction: 1), by: .reporter)
            #expect(try await office.openChecks(office.verifier).isEmpty)
            let outcome = try await office.rows("SELECT outcome FROM site_checks").first?.text(0)
            #expect(outcome == "overtaken")
        }
    }

    @Test("Lists and draws are served by indexes")
    func plans() async throws {
        try await ClosingsOffice.with(.sqlite) { office in
            let queries: [SQL] = [
                CheckStore.pageQuery(isOpen: true, for: office.verifier, after: nil, limit: 50),
                CheckStore.pageQuery(isOpen: true, for: office.coordinator, after: "330106001001-x", limit: 50),
                CheckStore.pageQuery(isOpen: false, for: office.verifier, after: nil, limit: 50),
                CheckStore.closedQuery(from: office.now, until: office.now + .days(7)),
                ClosingStore.waitingQuery(for: office.verifier, at: office.now, limit: 20),
                ClosingStore.waitingQuery(for: office.caller, at: office.now, limit: 20),
                ClosingStore.listQuery(of: office.caller.post, at: office.now, limit: 20),
            ]
            for query in queries {
                let plan = try await office.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") || $0.contains("USING INDEX") }, "\(plan)")
                #expect(plan.allSatisfy { !$0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
