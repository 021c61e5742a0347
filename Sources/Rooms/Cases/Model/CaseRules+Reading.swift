public import Desk
public import Ground
import WorkCalendar

extension CaseRules {
    static let workflowFile = "workflows/matter.yaml"

    /// Reads everything from the rule files of the installation.
    public init(reading files: RuleFiles) throws(Refusal) {
        workflow = try WorkflowReading.read(Self.workflowFile, from: files)
        workflows = try Self.workflows(files)
        ladder = try EscalationLadder.load(from: files)
        categories = CategoryTree(try files.decode(CategoryFile.self, from: "categories.yaml").flattened)
        grounds = try CategoryGrounds.load(from: files)
        let named = try files.decode([String: [ReasonEntry]].self, from: "reasons.yaml")
        reasons = named.mapValues { $0.map { Reason(code: $0.code, title: LocalizedText($0.zh, $0.en)) } }
        let spoken = try files.decode([String: [LocalizedText]].self, from: "opinions.yaml")
        opinions = Dictionary(uniqueKeysWithValues: spoken.map { (ActName(rawValue: $0.key), $0.value) })
        time = try Self.workingTime(files)
        rates = try RateRules.load(from: files)
        defaultLimit = .workingDays(5)
        for workflow in workflows {
            for act in workflow.acts {
                guard let list = act.reasons, reasons[list]?.isEmpty != false else { continue }
                let file = try files.file(Self.folder + "/" + workflow.name + ".yaml")
                throw RuleFiles.refusal(
                    "act \(act.name.rawValue) names the list of reasons “\(list)”, which reasons.yaml does not have",
                    "动作 \(act.name.rawValue) 引用的原因清单“\(list)”在 reasons.yaml 中不存在", in: file, line: act.line)
            }
        }
    }

    static let folder = "workflows"

    /// Every kind, that of residents' matters first. A file is named after its kind.
    private static func workflows(_ files: RuleFiles) throws(Refusal) -> [Workflow] {
        var found: [Workflow] = []
        for name in files.names(in: folder) {
            let workflow = try WorkflowReading.read(name, from: files)
            guard name == folder + "/" + workflow.name + ".yaml" else {
                throw RuleFiles.refusal(
                    "the file of the workflow “\(workflow.name)” is called \(workflow.name).yaml",
                    "流程“\(workflow.name)”的文件名应为 \(workflow.name).yaml", in: try files.file(name), line: 1)
            }
            found.append(workflow)
        }
        return found.filter { $0.name == Workflow.matter } + found.filter { $0.name != Workflow.matter }
    }

    private static func workingTime(_ files: RuleFiles) throws(Refusal) -> WorkingTime {
        let calendar = try files.file("calendars/cn.yaml")
        let hours = try files.file("calendars/hours.yaml")
        do {
            return WorkingTime(
                calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar.text, file: calendar.name)),
                hours: try WorkingHours(yaml: hours.text, file: hours.name))
        } catch {
            throw Refusal(.fault, "rules.wrong", LocalizedText(error.text(.chinese), error.text(.english)))
        }
    }

    private struct ReasonEntry: Decodable {
        var code: String
        var zh: String
        var en: String
    }
}

/// `categories.yaml`: branches within branches.
struct CategoryFile: Decodable {
    var categories: [Node]

    struct Node: Decodable {
        var code: String
        var zh: String
        var en: String
        var limit: TimeLimit?
        var line: String?
        var urgency: Urgency?
        var keywords: [String]?
        var `class`: String?
        var share: Double?
        var children: [Node]?
    }

    var flattened: [Category] {
        func flatten(_ node: Node) -> [Category] {
            [
                Category(
                    code: node.code, title: LocalizedText(node.zh, node.en), limit: node.limit, line: node.line,
                    urgency: node.urgency, keywords: node.keywords ?? [], coarseClass: node.class,
                    share: node.share ?? 0)
            ] + (node.children ?? []).flatMap(flatten)
        }
        return categories.flatMap(flatten)
    }
}
