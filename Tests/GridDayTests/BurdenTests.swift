import Cases
import Desk
import Foundation
import Ground
import Testing

@testable import GridDay

@Suite("The self-audit: no new burden")
struct BurdenTests {
    private let rules: BurdenRules

    init() throws { rules = try BurdenRules.load(from: RuleFiles(shipped: GridOffice.root + "/Rules")) }

    private func program() -> BurdenAudit.Program {
        var program = BurdenAudit.Program()
        program.routes = ["POST /complaint", "GET /cases/:id"]
        program.needs = Workflow.Need.allCases.map(\.rawValue)
        return program
    }

    @Test("The words of the whole program hold none of what is forbidden, but for what is explained")
    func sources() {
        var program = program()
        program.texts = ProgramTexts.read(folder: GridOffice.root + "/Sources", named: "Sources")
        program.texts += ProgramTexts.read(folder: GridOffice.root + "/Web/assets", named: "Web/assets")
        program.texts += ProgramTexts.read(folder: GridOffice.root + "/Rules", named: "Rules").filter {
            !$0.file.hasSuffix(BurdenRules.file)
        }
        let result = BurdenAudit.run(rules, over: program)
        #expect(result.texts > 5_000)
        #expect(result.findings.isEmpty, "\(result.findings.map { "\($0.place) \($0.word)" })")
        #expect(!result.excused.isEmpty)
    }

    @Test("Whatever is forbidden is found wherever it is put")
    func planted() {
        let cases: [(String, (inout BurdenAudit.Program) -> Void)] = [
            ("check-in", { $0.routes.append("POST /day/check-in") }),
            ("check-in", { $0.columns.append("staff.last_check_in") }),
            ("check-in", { $0.texts.append(.init(file: "A.swift", line: 1, text: "请先打卡")) }),
            ("points", { $0.columns.append("staff.points") }),
            ("points", { $0.texts.append(.init(file: "A.swift", line: 1, text: "本月积分")) }),
            ("ranking", { $0.routes.append("GET /staff/ranking") }),
            (
                "ranking",
                { $0.texts.append(.init(file: "A.swift", line: 1, text: "SELECT x FROM y GROUP BY staff, day")) }
            ),
            ("online-time", { $0.columns.append("sessions.onlineSeconds") }),
            ("popularity", { $0.texts.append(.init(file: "A.swift", line: 1, text: "点赞数")) }),
            ("tracks", { $0.columns.append("staff_positions.track") }),
            (
                "tracks",
                { $0.texts.append(.init(file: "a.js", line: 1, text: "navigator.geolocation.watchPosition(x)")) }
            ),
            ("forced-photos", { $0.needs.append("photo") }),
            ("required", { $0.routes.removeAll { $0 == "POST /complaint" } }),
        ]
        #expect(BurdenAudit.run(rules, over: program()).isClean)
        for (rule, plant) in cases {
            var planted = program()
            plant(&planted)
            let findings = BurdenAudit.run(rules, over: planted).findings
            #expect(Set(findings.map(\.rule)) == [rule])
            #expect(findings.allSatisfy { !$0.source.isEmpty && !$0.title.chinese.isEmpty })
        }
    }

    @Test("Only whole parts of names count")
    func names() {
        #expect(BurdenAudit.names("patrol_checks.id", contain: "check_in") == false)
        #expect(BurdenAudit.names("POST /last/check-in", contain: "check-in"))
        #expect(BurdenAudit.names("sessions.lastCheckIn", contain: "check_in"))
        #expect(BurdenAudit.names("checkpoints", contain: "points") == false)
    }

    @Test("An exception holds only for its place and its words")
    func exceptions() {
        var program = program()
        program.columns = ["cases.trail", "staff.trail"]
        program.texts = [
            .init(file: "Sources/Rooms/Cases/Pages/ComplaintPage.swift", line: 3, text: "强制打卡"),
            .init(file: "Sources/Rooms/Cases/Pages/ComplaintPage.swift", line: 4, text: "本月积分"),
            .init(file: "Sources/Rooms/Cases/Pages/HomePage.swift", line: 4, text: "打卡"),
        ]
        let result = BurdenAudit.run(rules, over: program)
        #expect(
            Set(result.findings.map(\.place)) == [
                "staff.trail", "Sources/Rooms/Cases/Pages/ComplaintPage.swift:4",
                "Sources/Rooms/Cases/Pages/HomePage.swift:4",
            ])
        #expect(result.excused.count == 2)
    }

    @Test("Comments are no texts; words in quotes and long texts are")
    func literals() {
        let found = ProgramTexts.literals(
            of: """
                // "打卡" only in a comment
                let a = "甲"
                let b = \"\"\"
                    乙
                    \"\"\"
                """, file: "A.swift")
        #expect(found.map(\.line) == [2, 3, 4, 5])
    }
}
