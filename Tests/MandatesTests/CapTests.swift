import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Caps on what is sent")
struct CapTests {
    private static let lines: Set = ["fire", "health", "market"]

    private func caps(_ base: String = "[2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2]", together: String = "") throws
        -> BurdenCaps
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try """
        baseYear: 2023
        reboundPerMille: 200
        caps:
          - { kind: inspection, \(together)cut: 500, rule: 减少一半, base: { fire: \(base) } }
          - { kind: meeting, yearly: 12, mostMinutes: 240, rule: 不超过半天 }
          - { kind: paper, yearly: 20, mostCharacters: 4000, rule: 不超过 4000 字 }
        """.write(to: folder.appendingPathComponent("caps.yaml"), atomically: true, encoding: .utf8)
        return try BurdenCaps.load(
            from: RuleFiles(shipped: DutyWorld.root + "/Rules", own: folder.path), lines: Self.lines)
    }

    private func content(_ kind: DemandKind, minutes: Int64 = 60, characters: Int64? = nil) -> DemandContent {
        var content = DutyWorld.content(minutes: minutes)
        content.kind = kind
        content.characters = characters
        return content
    }

    @Test("Of a base year with 20 inspections at most 10 may be sent: the tenth is, the eleventh is not")
    func half() throws {
        let caps = try caps()
        #expect(caps.allowance(.inspection, line: "fire") == .init(most: 10, base: 20, holes: 0))
        #expect(caps.finding(content(.inspection), line: "fire", sent: 9).weight == .fine)
        let eleventh = caps.finding(content(.inspection), line: "fire", sent: 10)
        #expect(eleventh.weight == .bar && eleventh.rule == "减少一半")
        #expect(eleventh.text.chinese.contains("第 11 次不得下达"))
    }

    @Test("A visit and an assessment count as inspections: another name makes the cap no larger")
    func otherNames() throws {
        let caps = try caps(together: "together: [visit, assessment], ")
        #expect(caps.together(.visit) == [.inspection, .visit, .assessment])
        #expect(
            caps.counted(.assessment) == .inspection && caps.counted(.paper) == .paper && caps.counted(.app) == .app)
        #expect(caps.allowance(.visit, line: "fire") == caps.allowance(.inspection, line: "fire"))
        #expect(caps.finding(content(.visit), line: "fire", sent: 10).weight == .bar)
        let refusal = #expect(throws: Refusal.self) { _ = try self.caps(together: "together: [paper], ") }
        #expect(refusal?.message.english.contains("named twice") == true)
    }

    @Test("A base year with holes is marked, and a hole never makes the cap larger")
    func holes() throws {
        let caps = try caps("[2, null, 2, 2, null, 2, 2, 1, 2, 2, 1, 2]")
        let allowance = caps.allowance(.inspection, line: "fire")
        #expect(allowance == .init(most: 9, base: 18, holes: 2))
        let finding = caps.finding(content(.inspection), line: "fire", sent: 0)
        #expect(finding.weight == .note && finding.text.chinese.contains("缺 2 个月"))
        let unknown = caps.finding(content(.inspection), line: "health", sent: 0)
        #expect(unknown.weight == .note && unknown.text.chinese.contains("统筹办核定"))
    }

    @Test("A base year of the wrong length, below zero or of nobody is refused with the file")
    func wrong() throws {
        for base in ["[1, 2]", "[-1, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2]"] {
            let refusal = #expect(throws: Refusal.self) { _ = try caps(base) }
            #expect(refusal?.message.english.contains("caps.yaml") == true)
        }
    }

    @Test("A meeting longer than half a day and a paper of 4,001 characters are refused with the rule")
    func lengths() throws {
        let caps = try caps()
        #expect(caps.finding(content(.meeting, minutes: 240), line: "fire", sent: 0).weight == .fine)
        #expect(caps.finding(content(.meeting, minutes: 241), line: "fire", sent: 0).weight == .bar)
        #expect(caps.finding(content(.paper, characters: 4_000), line: "fire", sent: 0).weight == .fine)
        let long = caps.finding(content(.paper, characters: 4_001), line: "fire", sent: 0)
        #expect(long.weight == .bar && long.rule == "不超过 4000 字")
    }

    @Test("A series that was cut and rises again alarms before it reaches the old level; one busy month does not")
    func rebound() {
        // Three months of 100, then 50, then 70, each.
        let risen = [100, 100, 100, 50, 50, 50, 70, 70, 70].map { Int64($0) }
        #expect(Rebound.alarm(risen, perMille: 200) == Rebound.Alarm(lowest: 150, now: 210))
        #expect(Rebound.alarm(Array(risen.prefix(6)), perMille: 200) == nil)
        #expect(Rebound.alarm([100, 100, 100, 100], perMille: 200) == nil)
        #expect(Rebound.alarm([10, 10, 10, 10, 10, 11], perMille: 200) == nil)
        #expect(Rebound.alarm([0, 0, 0, 1], perMille: 200) == Rebound.Alarm(lowest: 0, now: 1))
        #expect(Rebound.alarm([5, 5], perMille: 200) == nil)
        // Found before the old level is reached again, for any way up.
        var random = SeededRandom(seed: 2)
        for _ in 0..<200 {
            let high = Int64.random(in: 20...100, using: &random)
            var series = [high, high, high, high / 2, high / 2, high / 2]
            var isFound = false
            while let last = series.last, last < high {
                series.append(min(high, last + Int64.random(in: 1...5, using: &random)))
                if Rebound.alarm(series, perMille: 200) != nil { isFound = true }
                if series.suffix(3).reduce(0, +) >= 3 * high { break }
            }
            #expect(isFound)
        }
    }

    @Test(
        "What is over the cap is refused when it is filed; the year's page counts what was sent",
        arguments: EngineCase.available)
    func year(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            // The shipped cap: one app a year for each department.
            func app(_ title: String) async throws -> Demand {
                var content = DutyWorld.content(title, yuan: 400)
                content.kind = .app
                return try await world.file(content)
            }
            let first = try await app("消防培训小程序")
            #expect(first.stage == .hearing)
            let second = try await app("企业隐患上报平台")
            #expect(second.stage == .refused)
            #expect(second.answer.findings.contains { $0.question == .cap && $0.weight == .bar })
            let page = try await world.call(.get, "/demands/year", as: "northhead")
            #expect(page.status == 200)
            let answer = try await world.call(.get, "/api/v1/demand-years?year=2026", as: "coordination")
            #expect(
                answer.text.contains("\"line\":\"fire\",\"kind\":\"app\",\"sent\":1,\"otherNames\":0,\"refused\":1"))
            #expect(try await world.call(.get, "/api/v1/demand-years?year=1", as: "coordination").status == 422)
            #expect(try await world.call(.get, "/demands/year/export", as: "coordination").status == 200)
            // What is withdrawn counts no more.
            try await world.act(.withdraw, on: first, by: "fire")
            #expect(try await app("微信服务号推广").stage == .hearing)
        }
    }

    @Test(
        "A visit that a department sends is counted with its inspections, and the year's page says so",
        arguments: EngineCase.available)
    func visits(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            func sent(_ kind: DemandKind, _ title: String, _ level: AreaLevel = .street) async throws -> Demand {
                var content = DutyWorld.content(title, yuan: 400)
                content.kind = kind
                content.level = level
                return try await world.file(content)
            }
            // No level below the street is inspected, by no name.
            #expect(try await sent(.visit, "走进网格调研", .grid).stage == .refused)
            _ = try await sent(.inspection, "仓库消防检查")
            let visit = try await sent(.visit, "走进社区座谈调研")
            #expect(visit.answer.findings.contains { $0.question == .cap && $0.text.chinese.contains("本年第 2 次") })
            let answer = try await world.call(.get, "/api/v1/demand-years", as: "coordination")
            #expect(answer.text.contains("\"kind\":\"inspection\",\"sent\":2,\"otherNames\":1,\"refused\":1"))
            #expect(!answer.text.contains("\"kind\":\"visit\""))
        }
    }

    @Test(
        "A cap that is lowered under what was sent already is marked on the year's page, and nothing is lost",
        arguments: EngineCase.available)
    func lowered(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            var content = DutyWorld.content("消防隐患月报", yuan: 400)
            content.kind = .form
            _ = try await world.file(content)
            let allowance = BurdenCaps.Allowance(most: 0, base: 0, holes: 0)
            let line = YearPage.Line(
                line: "fire", kind: .form, months: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], otherNames: 0,
                refused: 0, minutes: 600,
                allowance: allowance)
            #expect(line.isOver && line.sent == 1)
            let answer = try await world.call(.get, "/api/v1/demand-years", as: "coordination")
            #expect(answer.text.contains("\"kind\":\"form\",\"sent\":1"))
        }
    }
}
