import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Three kinds of burden")
struct BurdenKindTests {
    private func rules() throws -> BurdenKindRules {
        try BurdenKindRules.load(from: RuleFiles(shipped: DutyWorld.root + "/Rules"))
    }

    private func answer(_ findings: [(GateAnswer.Question, GateAnswer.Weight)] = []) -> GateAnswer {
        GateAnswer(
            findings: findings.map {
                GateAnswer.Finding(question: $0.0, weight: $0.1, text: LocalizedText("", ""), rule: "")
            }, verdict: .admitted, priceYuan: 0, missingYuan: 0, load: nil, proposal: DutyWorld.content())
    }

    private func content(_ kind: DemandKind, times: Int64 = 3, evidence: Int64 = 0) -> DemandContent {
        var content = DutyWorld.content(times: times)
        content.kind = kind
        content.evidence = evidence
        return content
    }

    @Test("Each source is of one kind, told by the first rule that fits")
    func kinds() throws {
        let rules = try rules()
        func kind(_ content: DemandContent, _ answer: GateAnswer) -> BurdenKind? { rules.rule(content, answer)?.kind }
        for source in DemandKind.allCases {
            // Of everything there is an answer, whatever the gate found.
            #expect(rules.rule(content(source), answer()) != nil)
            let isWork = source == .task
            #expect(kind(content(source), answer([(.list, .fine)])) == (isWork ? .ordinary : .necessaryForm))
            #expect(kind(content(source), answer([(.list, .price)])) == (isWork ? .ordinary : .formalism))
            #expect(kind(content(source, evidence: 2), answer()) == .formalism)
        }
        #expect(kind(content(.task), answer([(.load, .note)])) == .tooMuch)
        #expect(kind(content(.task), answer([(.load, .fine)])) == .ordinary)
        // Ninety-one days: twelve times are four a month, thirteen are more.
        #expect(kind(content(.form, times: 12), answer()) == .necessaryForm)
        #expect(kind(content(.form, times: 13), answer()) == .formalism)
        #expect(kind(content(.task, times: 13), answer()) == .ordinary)
    }

    @Test("A file that would cut what is necessary, or leaves a source without a kind, is refused with its name")
    func wrong() throws {
        let shipped = try String(contentsOfFile: DutyWorld.root + "/Rules/burden-kinds.yaml", encoding: .utf8)
        let wrong = [
            shipped.replacing("measures: [redesign, merge]", with: "measures: [redesign, cut]"),
            shipped.replacing("[cut, merge, redesign, reduce]", with: "[withdrawn]"),
            shipped + "  - { kind: formalism, sources: [app], zh: 应用, en: App }\n",
        ]
        for text in wrong {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try text.write(
                to: folder.appendingPathComponent("burden-kinds.yaml"), atomically: true, encoding: .utf8)
            let refusal = #expect(throws: Refusal.self) {
                _ = try BurdenKindRules.load(
                    from: RuleFiles(shipped: DutyWorld.root + "/Rules", own: folder.path))
            }
            #expect(refusal?.message.english.contains("burden-kinds.yaml") == true)
        }
    }

    @Test("Whatever days a period is cut into, its hours add up; a measure takes them from its day on")
    func hours() {
        let from = DutyWorld.today
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let length = Int.random(in: 1...400, using: &random)
            let whole = Int64.random(in: 0...1_000_000, using: &random)
            let hours = BurdenHours(from: from, until: from + (length - 1), minutes: whole, steps: [])
            let middle = from + Int.random(in: 0..<length, using: &random)
            #expect(hours.minutes(from - 10, middle - 1) + hours.minutes(middle, from + 500) == whole)
            var less = hours
            less.steps = [BurdenHours.Step(day: middle, minutes: whole / 2)]
            #expect(less.minutes(from, middle - 1) == hours.minutes(from, middle - 1))
            #expect(less.minutes(middle, from + 500) <= hours.minutes(middle, from + 500))
            less.steps = [BurdenHours.Step(day: middle, minutes: 0)]
            #expect(less.minutes(middle, from + 500) == 0)
        }
        let year = BurdenHours(from: from, until: from + 364, minutes: 36_500, steps: [])
        let parts = year.months(of: 2026).reduce(0, +) + year.months(of: 2027).reduce(0, +)
        #expect(parts == 36_500 && year.months(of: 2026)[0] == 0 && year.months(of: 2026)[3] == 3_000)
        #expect(BurdenHours(from: from, until: from - 1, minutes: 60, steps: []).minutes(from, from) == 0)
    }

    /// A form within its item's standard, admitted.
    private func admitted(
        _ title: String, in world: DutyWorld, minutes: Int64 = 20, times: Int64 = 2
    ) async throws -> Demand {
        var content = DutyWorld.content(title, item: "C0101", basis: nil, minutes: minutes, times: times)
        content.kind = .form
        var demand = try await world.file(content)
        for name in ["northhead", "southhead"] {
            demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
        }
        demand = try await world.act(.admit(words: "属清单内"), on: demand, by: "coordination")
        #expect(demand.stage == .admitted)
        return demand
    }

    private func take(_ json: String, _ demand: Demand, in world: DutyWorld, as name: String = "coordination")
        async throws -> (status: Int, text: String)
    {
        try await world.call(.post, "/api/v1/demands/\(demand.id)/measures", json, as: name)
    }

    @Test(
        "What is necessary is made anew and not cut; once an officer says it is formalism, with a reason, it may be",
        arguments: EngineCase.available)
    func remedies(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await admitted("消防隐患排查情况月报", in: world)
            let cut = #"{"measure": "cut", "words": "内容已有"}"#
            let refused = try await take(cut, demand, in: world)
            #expect(refused.status == 422 && refused.text.contains("burden.measure"))
            // Only coordination, only less, only with a reason.
            #expect(try await take(cut, demand, in: world, as: "fire").status == 403)
            let more = #"{"measure": "redesign", "minutes": 30, "times": 2, "words": "更细"}"#
            #expect(try await take(more, demand, in: world).status == 422)
            let same = #"{"measure": "redesign", "words": "不变"}"#
            #expect(try await take(same, demand, in: world).status == 422)
            let silent = #"{"measure": "redesign", "minutes": 5, "words": " "}"#
            #expect(try await take(silent, demand, in: world).status == 422)
            let anew = #"{"measure": "redesign", "minutes": 5, "words": "其余从已有数据带出"}"#
            let done = try await take(anew, demand, in: world)
            #expect(done.status == 200 && done.text.contains("\"stage\":\"admitted\",\"kind\":\"necessary_form\""))
            let classify = "/api/v1/demands/\(demand.id)/burden-kind"
            let words = #"{"kind": "formalism", "words": "平台已有同样数据"}"#
            #expect(try await world.call(.post, classify, words, as: "northhead").status == 403)
            #expect(try await world.call(.post, classify, words, as: "coordination").status == 200)
            let ended = try await take(cut, demand, in: world)
            #expect(ended.status == 200 && ended.text.contains("\"stage\":\"cut\""))
            // Nothing more can be done about it, and no work may be sent on it.
            #expect(try await take(cut, demand, in: world).status == 409)
            let (number, north) = (demand.number, try #require(AreaPrefix(DutyWorld.north)))
            try await world.house.database.read { transaction in
                _ = #expect(throws: Refusal.self) {
                    try Mandates.requireGround(
                        .admission(number), area: north, on: DutyWorld.today + 40, in: transaction)
                }
            }
            let id = demand.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "demand", id, in: $0).map(\.act)
            }
            #expect(
                acts.filter { ["demands.classified", "demands.measure", "demands.cut"].contains($0) }.count == 4)
            let page = try await world.call(.get, "/demands/\(demand.id)", as: "coordination")
            #expect(page.status == 200 && page.text.contains("平台已有同样数据"))
        }
    }

    @Test(
        "Hours by kind add up to those that were admitted, and a measure lowers them from its day on",
        arguments: EngineCase.available)
    func shares(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let monthly = try await admitted("消防隐患排查情况月报", in: world)
            let other = try await admitted("微型消防站物资登记", in: world)
            let scope = try world.scope("coordination")
            let year = BurdenPages.days(of: 2026)
            func minutes() async throws -> [String: Int64] {
                let mandates = world.mandates
                let sources = try await world.house.database.read {
                    try mandates.burdenSources(year, for: scope, in: $0)
                }
                return Dictionary(uniqueKeysWithValues: sources.map { ($0.number, $0.minutes(year)) })
            }
            // As the forecast of the test says: 600 minutes each, all in this year.
            #expect(try await minutes() == [monthly.number: 600, other.number: 600])
            let answer = try await world.call(.get, "/api/v1/demand-burdens?year=2026", as: "coordination")
            #expect(
                answer.text.contains(
                    #"{"kind":"necessary_form","count":2,"minutes":1200,"perMille":1000}"#))
            _ = try await take(#"{"measure": "redesign", "minutes": 10, "words": "缩短"}"#, monthly, in: world)
            #expect(try await minutes() == [monthly.number: 300, other.number: 600])
            // Merged in the middle of its period: what lies behind stays counted.
            world.clock.advance(.days(75))
            let merge = #"{"measure": "merge", "other": "\#(monthly.number)", "words": "合并填报"}"#
            #expect(try await take(merge, other, in: world).status == 200)
            let after = try await minutes()
            #expect(after[other.number].map { (250...350).contains($0) } == true)
            #expect(after[monthly.number] == 300)
            let streets = try await world.call(.get, "/api/v1/demand-burdens?year=2026", as: "northhead")
            #expect(streets.text.contains("\"measure\":\"merge\""))
            // Another department's demands are none of its business.
            let health = try await world.call(.get, "/api/v1/demand-burdens?year=2026", as: "health")
            #expect(health.text.contains("\"items\":[]"))
            #expect(
                try await world.call(.get, "/api/v1/demand-burdens?year=1", as: "coordination").status == 422)
            #expect(
                try await world.call(.get, "/api/v1/demand-burdens?kind=x", as: "coordination").status == 422)
            #expect(try await world.call(.get, "/demands/burden", as: "coordination").status == 200)
            #expect(try await world.call(.get, "/demands/burden/export", as: "coordination").status == 200)
        }
    }

    @Test("Meetings, papers, forms and inspections are merged by an act with a reason", arguments: EngineCase.available)
    func merged(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            for (kind, titles) in [
                (DemandKind.meeting, ["冬春火灾防控例会", "微型消防站视频点名"]), (.paper, ["值守通知阅办", "高层建筑整治方案"]),
                (.form, ["充电点位表", "器材清点登记"]), (.inspection, ["应急预案抽查", "避灾点物资督查"]),
            ] {
                var pair: [Demand] = []
                for title in titles {
                    var content = DutyWorld.content(title, item: "B0601", basis: nil, minutes: 20, times: 2)
                    (content.kind, content.level) = (kind, .street)
                    var demand = try await world.file(content)
                    for name in ["northhead", "southhead"] {
                        demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
                    }
                    pair.append(try await world.act(.admit(words: "属清单内"), on: demand, by: "coordination"))
                }
                let join = #""measure": "merge", "other": "\#(pair[1].number)""#
                #expect(try await take("{\(join), \"words\": \" \"}", pair[0], in: world).status == 422, "\(kind)")
                let done = try await take("{\(join), \"words\": \"两件并为一件\"}", pair[0], in: world)
                #expect(done.status == 200 && done.text.contains("\"stage\":\"cut\""), "\(kind) \(done.text)")
                // Joined to the other, it is no ground for more of it.
                let back = #"{"measure": "merge", "other": "\#(pair[0].number)", "words": "并回"}"#
                #expect(try await take(back, pair[1], in: world).status == 422, "\(kind)")
            }
        }
    }

    @Test("What its sender takes back counts to that day", arguments: EngineCase.available)
    func withdrawn(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await admitted("消防隐患排查情况月报", in: world)
            let early = try await admitted("微型消防站物资登记", in: world)
            try await world.act(.withdraw, on: early, by: "fire")
            world.clock.advance(.days(75))
            try await world.act(.withdraw, on: demand, by: "fire")
            let (mandates, scope) = (world.mandates, try world.scope("coordination"))
            let sources = try await world.house.database.read {
                try mandates.burdenSources(BurdenPages.days(of: 2026), for: scope, in: $0)
            }
            let minutes = Dictionary(
                uniqueKeysWithValues: sources.map { ($0.number, $0.minutes(BurdenPages.days(of: 2026))) })
            #expect(minutes[early.number] == 0)
            #expect(minutes[demand.number].map { (250...350).contains($0) } == true)
        }
    }
}
