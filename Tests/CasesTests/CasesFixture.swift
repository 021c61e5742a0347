import Desk
import Foundation
import Ground
import Storage
import WorkCalendar

@testable import Cases

/// What the tests of this room stand on: the shipped workflow with a small category tree.
enum CasesFixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let ruleFiles = RuleFiles(shipped: root + "/Rules")
    static let workflowFile = root + "/Rules/workflows/matter.yaml"

    static let every: [Right: [String]] = Dictionary(uniqueKeysWithValues: Cases.rights.map { ($0, ["somebody"]) })

    static func workflowText() throws -> String { try String(contentsOfFile: workflowFile, encoding: .utf8) }

    static func rules() throws -> CaseRules {
        let calendar = try String(contentsOfFile: root + "/Rules/calendars/cn.yaml", encoding: .utf8)
        let hours = try String(contentsOfFile: root + "/Rules/calendars/hours.yaml", encoding: .utf8)
        let reason = CaseRules.Reason(code: "other", title: LocalizedText("其他", "Other"))
        let matter = try WorkflowReading.read(text: try workflowText(), name: "matter.yaml")
        let others = try ["part", "whistle", "report-in", "invitation", "dispute"].map {
            try WorkflowReading.read("workflows/\($0).yaml", from: ruleFiles)
        }
        return CaseRules(
            workflow: matter, workflows: [matter] + others,
            categories: CategoryTree([
                Category(
                    code: "01", title: LocalizedText("城乡建设", "Building"), limit: nil, line: nil, urgency: nil,
                    keywords: [], coarseClass: nil, share: 0),
                Category(
                    code: "0101", title: LocalizedText("道路", "Roads"), limit: nil, line: nil, urgency: nil,
                    keywords: [], coarseClass: nil, share: 0),
                Category(
                    code: "010101", title: LocalizedText("路面破损", "Broken surface"), limit: .workingDays(5),
                    line: "construction",
                    urgency: .ordinary, keywords: ["坑"], coarseClass: "城乡建设", share: 1),
            ]),
            reasons: [
                "return": [reason], "invitation": [reason], "extension": [reason], "hang": [reason],
                "decline": [reason], "exclusion": [reason],
            ], opinions: [:],
            time: WorkingTime(
                calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar, file: "cn.yaml")),
                hours: try WorkingHours(yaml: hours, file: "hours.yaml")),
            rates: try RateRules.load(from: ruleFiles), grounds: try CategoryGrounds.load(from: ruleFiles),
            ladder: try EscalationLadder.load(from: ruleFiles),
            defaultLimit: .workingDays(5))
    }

    static let county = AreaPrefix("330106") ?? .everywhere
    static let street = AreaPrefix("330106001") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let identifiers = IdentifierSource(seed: 7)
    /// A Monday morning of 2026.
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))

    static let streetBody = BodyID(identifiers.nextText(at: start))
    static let departmentBody = BodyID(identifiers.nextText(at: start))

    static func scope(
        _ name: String, _ area: AreaPrefix = street, body: BodyID = streetBody, line: String? = nil,
        rights: Set<Right> = Set(Cases.rights)
    ) -> Scope {
        Scope(
            staff: StaffID(identifier(name)), staffName: name, post: PostID(identifier(name + "-post")),
            postName: LocalizedText(name, name), role: "test", rights: rights, area: area, body: body, bodyName: "test",
            line: line)
    }

    /// The same name gives the same identifier.
    private static func identifier(_ name: String) -> String {
        let seed = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return IdentifierSource(seed: seed).nextText(at: start)
    }

    static func record(_ rules: CaseRules, state: StateName = "reported", at now: Instant = start) -> CaseRecord {
        var record = CaseRecord(
            id: CaseID(identifiers.nextText(at: now)), number: "2603020000000001", title: "路面有坑",
            detail: "门口路面有坑，已有三天。",
            area: community, channel: .resident, state: state, reportedAt: now, receivedAt: now, stateSince: now,
            answerable: StaffID(identifier("dispatcher")), answerablePost: PostID(identifier("dispatcher-post")))
        if let first = rules.workflow[state] { record.due = rules.due(in: first, of: record, at: now) }
        return record
    }
}
