import Desk
import Foundation
import Ground
import Testing

@testable import Appraisals
@testable import Cases

@Suite("Periods, weights and scores")
struct RuleTests {
    @Test(
        "A period is a month, a quarter or a year with its first and last day",
        arguments: [
            ("2026-07", "2026-07-01", "2026-07-31"), ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-12", "2026-12-01", "2026-12-31"), ("2026-Q1", "2026-01-01", "2026-03-31"),
            ("2026-Q4", "2026-10-01", "2026-12-31"), ("2026", "2026-01-01", "2026-12-31"),
        ])
    func periods(text: String, first: String, last: String) throws {
        let period = try #require(AppraisalPeriod(text))
        #expect(period.days.lowerBound.description == first && period.days.upperBound.description == last)
        #expect(period.text == text)
        #expect(period.moved(by: 1).days.lowerBound == period.days.upperBound + 1)
        #expect(period.moved(by: -1).moved(by: 1) == period)
        #expect(AppraisalPeriod(period.kind, of: period.days.lowerBound) == period)
        #expect(AppraisalPeriod(period.kind, of: period.days.upperBound) == period)
    }

    @Test(
        "What is no period is none",
        arguments: [
            "", "2026-", "2026-00", "2026-13", "2026-Q0", "2026-Q5", "2026-q1", "26-07", "2026-7", "1999", "2100",
            "2026-07-01", "+026-07", "2026-+7", "-2026", "２０２６-07",
        ])
    func noPeriods(text: String) { #expect(AppraisalPeriod(text) == nil) }

    private func load(_ text: String) throws -> AppraisalRules {
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: own) }
        try text.write(to: own.appendingPathComponent("appraisals.yaml"), atomically: true, encoding: .utf8)
        return try AppraisalRules.load(from: RuleFiles(shipped: AppraisalCounty.shipped, own: own.path))
    }

    @Test("The shipped rules are sound, and what does not add up is refused with the file's name")
    func rules() throws {
        let shipped = try String(contentsOfFile: AppraisalCounty.shipped + "/appraisals.yaml", encoding: .utf8)
        #expect(try load(shipped).measures.count == 6)
        for (old, new) in [
            ("weight: 30", "weight: 31"), ("weight: 30", "weight: 0"), ("measure: rating", "measure: solution"),
            ("measure: rating", "measure: likes"), ("period: quarter", "period: week"), ("fewest: 5", "fewest: 0"),
        ] {
            let refusal = #expect(throws: Refusal.self) { try load(shipped.replacing(old, with: new)) }
            #expect(refusal?.message.english.contains("appraisals.yaml") == true, "\(new)")
        }
    }

    @Test("A figure over too few does not count, and leaves its weight to the others")
    func weights() throws {
        let rules = try AppraisalRules.load(from: RuleFiles(shipped: AppraisalCounty.shipped))
        var record = DepartmentRecord(body: BodyID("b"))
        #expect(Score(record, rules).hundredths == nil)
        record.matters.due = 10
        record.matters.closedOnTime = 8
        record.matters.followedUp = 4
        record.matters.solved = 4
        // On time 80 % with 20, not bounced 100 % with 5; four answers say too little.
        #expect(Score(record, rules).text == "84.00")
        record.matters.followedUp = 5
        record.matters.solved = 4
        record.matters.satisfiedHalves = 7
        // 30 × 80 + 20 × 70 + 20 × 80 + 5 × 100, of 75.
        #expect(Score(record, rules).text == "78.67")
        record.excluded.due = 10
        // With what was left out: on time 40 %.
        #expect(Score(record, rules, withExcluded: true).text == "68.00")
        #expect(Score(record, rules).text == "78.67")
    }
}
