import Desk
import Ground
import Testing

@testable import Cases

@Suite("What may be done only so often a day, or so long after")
struct UrgeTests {
    @Test("A resident urges so often a day and matter, then is told so; the next day it is possible again")
    func daily() throws {
        let rules = try CasesFixture.rules()
        let most = try #require(rules.workflow[ActName(rawValue: "urge")]?.perDay)
        var record = CasesFixture.record(rules)
        let now = CasesFixture.start
        for _ in 0..<most {
            record = try rules.decide(record, Command("urge"), by: .reporter, at: now).after
        }
        let refusal = #expect(throws: Refusal.self) {
            try rules.decide(record, Command("urge"), by: .reporter, at: now + .hours(1))
        }
        #expect(refusal?.code == "cases.enough-today")
        #expect(refusal?.wayOn != nil)
        // Staff have a count of their own, and what is stored is read again as it was.
        record = try rules.decide(record, Command("urge"), by: .staff(CasesFixture.scope("dispatcher")), at: now).after
        record.trail = CaseRecord.Trail(stored: record.trail.stored)
        #expect(record.trail.spentToday("urge", by: .reporter, at: now) == most)
        let tomorrow = Instant(LocalTime(day: now.local().day + 1))
        record = try rules.decide(record, Command("urge"), by: .reporter, at: tomorrow).after
        #expect(record.trail.spentToday("urge", by: .reporter, at: tomorrow) == 1)
        // Counts of days that have passed are not kept for ever.
        #expect(record.trail.spent.keys.filter { $0.rawValue.hasPrefix("urge@reporter") }.count == 1)
    }

    @Test("Whether it can still be reopened is judged by the stored end, to the second")
    func reopening() throws {
        let rules = try CasesFixture.rules()
        let act = try #require(rules.workflow[ActName(rawValue: "reopen")])
        var record = CasesFixture.record(rules, state: "archived")
        record.endedAt = CasesFixture.start
        let limit = CasesFixture.start + .days(30)
        #expect(rules.refusal(of: act, on: record, by: .reporter, at: limit) == nil)
        #expect(
            rules.refusal(of: act, on: record, by: .reporter, at: limit + .seconds(1))?.code
                == "cases.too-late-to-reopen")
        // What happened to it since, such as an exclusion, does not move the window.
        record.isExcluded = true
        record.stateSince = limit
        #expect(rules.refusal(of: act, on: record, by: .reporter, at: limit + .seconds(1)) != nil)
    }
}
