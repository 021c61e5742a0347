import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Limits on the powers above, vetoes, and what is the residents' own") struct BoundaryTests {
    private let limits: PowerLimits
    private let boundaries: Boundaries

    init() throws {
        let files = RuleFiles(shipped: DutyWorld.root + "/Rules")
        limits = try PowerLimits.load(from: files)
        boundaries = try Boundaries.load(from: files, lines: ["emergency", "environment", "justice", "planning"])
    }

    private static func content(
        _ kind: DemandKind = .task, _ title: String = "夜间巡查", _ level: AreaLevel = .street, veto: String? = nil
    ) -> DemandContent {
        var content = DutyWorld.content(title)
        content.kind = kind
        content.level = level
        content.veto = veto
        return content
    }

    private func file(_ name: String, _ text: String) throws -> RuleFiles {
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try text.write(to: own.appendingPathComponent(name), atomically: true, encoding: .utf8)
        return RuleFiles(shipped: DutyWorld.root + "/Rules", own: own.path)
    }

    private func world(_ body: @escaping @Sendable (DutyWorld) async throws -> Void) async throws {
        try await DutyWorld.with(.sqlite) { world in
            try await world.adopted()
            try await body(world)
        }
    }

    private static func finding(
        _ question: GateAnswer.Question, _ content: DemandContent, by name: String = "fire", _ world: DutyWorld
    ) async throws -> GateAnswer.Finding {
        let answer = try await world.mandates.answer(to: content, by: try world.scope(name), at: world.clock.now())
        return try #require(answer.findings.first { $0.question == question })
    }

    @Test("What the file does not name nobody may do, and every cell has a rule")
    func matrix() {
        for act in PowerLimits.Act.allCases {
            for sender in PowerLimits.Sender.allCases {
                for level in PowerLimits.levels {
                    #expect(!limits.limit(act, from: sender, to: level).rule.isEmpty)
                }
            }
        }
        #expect(limits.limit(.setTargets, from: .department, to: .street).allow == .no)
        #expect(PowerLimits(limits: [], targetWords: []).limit(.assign, from: .department, to: .street).allow == .no)
    }

    @Test("A department may inspect a street, never a community or a grid, and sets nobody targets")
    func limited() async throws {
        try await world { world in
            #expect(try await Self.finding(.limit, Self.content(.inspection, "消防检查", .street), world).weight == .fine)
            for level in [AreaLevel.community, .grid] {
                let barred = try await Self.finding(.limit, Self.content(.inspection, "消防检查", level), world)
                #expect(barred.weight == .bar && barred.rule.contains("不得层层延伸"))
            }
            let data = try await Self.finding(.limit, Self.content(.form, "底数", .street), world)
            #expect(data.weight == .note && data.text.chinese.contains("数据局"))
            let target = try await Self.finding(.limit, Self.content(.task, "排查完成率提升", .street), world)
            #expect(target.weight == .bar && target.text.chinese.contains("下指标"))
        }
    }

    @Test("A veto that is not registered, is over or belongs to another is refused; a registered one is looked at")
    func vetoes() async throws {
        try await world { world in
            let unlisted = try await Self.finding(.boundary, Self.content(.task, "夜间巡查", .street, veto: "文明创建"), world)
            #expect(unlisted.weight == .bar && unlisted.text.chinese.contains("没有登记"))
            let foreign = try await Self.finding(
                .boundary, Self.content(.task, "夜间巡查", .street, veto: "work-safety"), world)
            #expect(foreign.weight == .bar)
            let none = try await Self.finding(.boundary, Self.content(.task, "夜间巡查", .street), world)
            #expect(none.weight == .fine)
            let refused = try await world.call(
                .post, "/api/v1/demands",
                """
                {"kind":"task","title":"夜间巡查","purpose":"防火","basis":"《消防法》第五条","area":"330106","level":"street",
                 "minutes":30,"times":1,"from":"2026-04-01","until":"2026-06-01","veto":"文明创建"}
                """, as: "fire")
            #expect(refused.text.contains("\"stage\":\"refused\"") && refused.text.contains("没有登记"), "\(refused.text)")
        }
        let over = Gate(
            rules: try GateRules.load(from: try DutyWorld.rules()) { _ in true },
            lines: try DutyWorld.rules().decode(LineNames.self, from: "lines.yaml"), calendar: try DutyWorld.calendar,
            caps: try BurdenCaps.load(from: try DutyWorld.rules(), lines: try DutyWorld.lines), limits: limits,
            boundaries: boundaries)
        let ended = over.boundary(
            Self.content(veto: "work-safety"), line: "emergency", today: Day("2030-01-01") ?? DutyWorld.today)
        #expect(ended.weight == .bar && ended.text.chinese.contains("到期"))
        let own = over.boundary(Self.content(veto: "安全生产"), line: "emergency", today: DutyWorld.today)
        #expect(own.weight == .note)
    }

    @Test("No order goes into what residents govern themselves, and the refusal cites the law")
    func selfGoverned() async throws {
        try await world { world in
            let own = try await Self.finding(.boundary, Self.content(.task, "限期完成业委会换届", .street), world)
            #expect(own.weight == .bar && own.rule.contains("民法典"))
        }
    }

    @Test("A department’s duty does not become the street’s by a word; what the lists have the street lead is its own")
    func shifted() async throws {
        try await world { world in
            let items = try await world.house.database.read {
                try ListStore.items(at: try ListStore.current(in: $0), in: $0)
            }
            let own = try #require(items.first { $0.isLedBelow }).code
            let theirs = try #require(items.first { $0.list.isDoneBelow && !$0.isLedBelow }).code
            func weight(_ title: String, _ item: String?) async throws -> GateAnswer.Weight {
                var content = Self.content(.task, title, .street)
                content.item = item
                return try await Self.finding(.boundary, content, world).weight
            }
            for word in try #require(boundaries.shifting).words {
                #expect(try await weight("\(word)，开展夜间巡查", nil) == .bar, "\(word)")
                #expect(try await weight("\(word)，开展夜间巡查", theirs) == .bar, "\(word)")
                #expect(try await weight("\(word)，开展夜间巡查", own) == .fine, "\(word)")
            }
            #expect(try await weight("在属地社区开展夜间巡查", nil) == .fine)
            let told = try await Self.finding(.boundary, Self.content(.task, "与街道签订消防责任状", .street), world)
            #expect(told.text.chinese.contains("责任状") && told.rule.contains("转嫁"))
            let page = try await world.call(.get, "/boundaries", as: "northhead")
            #expect(page.text.contains("属地兜底"))
        }
        let wrong = "matters: []\nvetoes: []\nshifting: { basis: '', words: [属地] }\n"
        #expect(throws: Refusal.self) {
            _ = try Boundaries.load(from: try file("boundaries.yaml", wrong), lines: [])
        }
    }

    @Test("A veto without a central ground cannot be registered; nor a limit twice, or one that goes through nobody")
    func files() throws {
        let veto = """
            matters: []
            vetoes:
              - { key: city, zh: 文明创建, en: Civilised city, basis: 县委文件, central: false, until: 2027-01-01, line: culture }
            """
        #expect(throws: Refusal.self) {
            _ = try Boundaries.load(from: try file("boundaries.yaml", veto), lines: ["culture"])
        }
        for wrong in [
            "{ act: assign, from: department, to: street, allow: \"yes\", rule: 甲 }, { act: assign, from: department, to: street, allow: \"no\", rule: 甲 }",
            "{ act: assign, from: department, to: street, allow: through, rule: 甲 }",
            "{ act: assign, from: department, to: county, allow: \"yes\", rule: 甲 }",
        ] {
            let text = "limits: [\(wrong)]\ntargetWords: []\n"
            #expect(throws: Refusal.self) { _ = try PowerLimits.load(from: try file("limits.yaml", text)) }
        }
    }

    @Test("The page, the table and the interface tell the same limits")
    func doors() async throws {
        try await world { world in
            let page = try await world.call(.get, "/boundaries", as: "fire")
            #expect(page.status == 200 && page.text.contains("一票否决事项登记") && page.text.contains("下指标"))
            #expect(try await world.call(.get, "/boundaries/export", as: "fire").status == 200)
            let listed = try await world.call(.get, "/api/v1/boundaries", as: "worker")
            #expect(listed.status == 200 && listed.text.contains(#""key":"work-safety""#))
        }
    }
}
