import Desk
import Ground

/// What changed from one revision of the lists to another.
struct ListDifference: Sendable, Hashable {
    struct Change: Sendable, Hashable {
        var before: MandateItem
        var after: MandateItem

        /// The elements that differ.
        var elements: [Element] { Element.allCases.filter { $0.value(before) != $0.value(after) } }
    }

    enum Element: String, Sendable, Hashable, CaseIterable {
        case list, title, branch, basis, lead, assists, part, standard, under, tasks, money, validity

        var title: LocalizedText {
            switch self {
            case .list: LocalizedText("所属清单", "List")
            case .title: LocalizedText("名称", "Name")
            case .branch: LocalizedText("类别", "Branch")
            case .basis: LocalizedText("依据", "Ground")
            case .lead: LocalizedText("牵头单位", "Lead")
            case .assists: LocalizedText("配合单位", "Helpers")
            case .part: LocalizedText("基层职责", "Part of the grassroots")
            case .standard: LocalizedText("履职标准", "Standard")
            case .under: LocalizedText("上级事项", "Stands under")
            case .tasks: LocalizedText("任务与工时", "Tasks and hours")
            case .money: LocalizedText("经费", "Money")
            case .validity: LocalizedText("有效期", "Validity")
            }
        }

        /// As text, for comparing and for showing.
        func value(_ item: MandateItem) -> String {
            switch self {
            case .list: item.list.title.chinese
            case .title: item.zh
            case .branch: item.branch
            case .basis: item.basis.joined(separator: "；")
            case .lead: item.lead
            case .assists: item.assists.joined(separator: "、")
            case .part: item.part.chinese
            case .standard: item.standard.chinese
            case .under: item.under ?? ""
            case .tasks:
                item.tasks.map { task in
                    let each = task.households.map { "/\($0) 户" } ?? ""
                    return
                        "\(task.zh) \(task.minutes ?? 0)′×\(task.times ?? 0)\(each) \(task.at.rawValue) \(task.roles.joined(separator: ","))"
                }.joined(separator: "；")
            case .money: item.money.map { "\($0.yuan) 元/\($0.each.rawValue)·\($0.line)" } ?? ""
            case .validity: "\(item.from?.description ?? "")–\(item.until?.description ?? "")"
            }
        }
    }

    var added: [MandateItem] = []
    var removed: [MandateItem] = []
    var changed: [Change] = []

    var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

    /// - Parameters:
    ///   - before: what stood; codes are unique.
    ///   - after: what is to stand.
    init(from before: [MandateItem], to after: [MandateItem]) {
        let old = Dictionary(before.map { ($0.code, $0) }) { first, _ in first }
        let new = Dictionary(after.map { ($0.code, $0) }) { first, _ in first }
        added = after.filter { old[$0.code] == nil }
        removed = before.filter { new[$0.code] == nil }
        changed = after.compactMap { item in
            old[item.code].flatMap { $0 == item ? nil : Change(before: $0, after: item) }
        }
    }
}
