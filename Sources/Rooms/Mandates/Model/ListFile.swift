import Desk
import Ground

/// One file of `Rules/lists`: the example lists that ship, or a county's own in its folder of rules. They are no law until
/// the coordination body adopts them as a revision.
struct ListFile: Decodable {
    var list: MandateList
    var items: [MandateItem]

    /// The items of all list files.
    /// - Throws: a refusal with file and reason for the first item that could not be published.
    static func all(_ files: RuleFiles, check: ListCheck) throws(Refusal) -> [MandateItem] {
        var items: [MandateItem] = []
        var fileOf: [String: String] = [:]
        for name in files.names(in: "lists") {
            let file = try files.decode(ListFile.self, from: name)
            for var item in file.items {
                item.list = file.list
                items.append(item)
                fileOf[item.code] = name
            }
        }
        if let fault = check.faults(items).first {
            let file = try files.file(fileOf[fault.code] ?? "lists/basic.yaml")
            let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                $0.contains("code: \(fault.code)")
            }
            throw RuleFiles.refusal(
                "item \(fault.code): \(fault.reason.english)", "事项 \(fault.code)：\(fault.reason.chinese)", in: file,
                line: line.map { $0 + 1 })
        }
        return items
    }
}

/// `Rules/lines.yaml`: the departments that may lead an item.
struct LineNames: Sendable, Decodable {
    struct Line: Sendable, Decodable {
        var code: String
        var zh: String
        var en: String
        var short: String?

        var title: LocalizedText { LocalizedText(short ?? zh, en) }
    }

    var lines: [Line]

    /// What a list calls who leads or helps.
    func title(_ code: String) -> LocalizedText {
        if let line = lines.first(where: { $0.code == code }) { return line.title }
        return switch code {
        case "street": LocalizedText("乡镇（街道）", "Township or street")
        case "community": LocalizedText("村（社区）", "Community")
        case "grid": LocalizedText("网格", "Grid")
        default: LocalizedText(code, code)
        }
    }
}
