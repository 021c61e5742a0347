import Desk
public import Ground

/// What is wrong with an item of a list. A list with any fault is not published; all faults are told at once.
public struct ListFault: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case code, title, basis, lead, minutes, times, months, circle, within, level, role, under, period, money
    }

    public var code: String
    public var kind: Kind
    public var reason: LocalizedText

    init(_ code: String, _ kind: Kind, _ chinese: String, _ english: String) {
        self.code = code
        self.kind = kind
        reason = LocalizedText(chinese, english)
    }
}

/// Checks lists before they are published. Pure.
public struct ListCheck: Sendable {
    /// Lines of departments that may lead.
    public var lines: Set<String>
    /// Roles that may do a task.
    public var roles: Set<String>

    /// Who may lead besides departments.
    static let ownBodies: Set<String> = ["street", "community", "grid"]
    /// More of anything than this is a misprint: minutes of one time, times a year.
    static let mostMinutes: Int64 = 100_000
    static let mostTimes: Int64 = 10_000

    public init(lines: Set<String>, roles: Set<String>) {
        self.lines = lines
        self.roles = roles
    }

    public func faults(_ items: [MandateItem]) -> [ListFault] {
        var faults: [ListFault] = []
        var seen: [String: MandateItem] = [:]
        for item in items {
            if seen.updateValue(item, forKey: item.code) != nil {
                faults.append(ListFault(item.code, .code, "编码重复", "the code stands twice"))
            }
        }
        for item in items {
            faults += self.faults(item)
            guard let under = item.under else { continue }
            if seen[under].map({ $0.list.isOfGrids || !$0.list.isDoneBelow }) ?? true {
                faults.append(
                    ListFault(
                        item.code, .under, "所属乡镇（街道）事项 \(under) 不存在", "the township’s item \(under) is not on a list"))
            }
        }
        return faults
    }

    private func faults(_ item: MandateItem) -> [ListFault] {
        var faults: [ListFault] = []
        func fault(_ kind: ListFault.Kind, _ chinese: String, _ english: String) {
            faults.append(ListFault(item.code, kind, chinese, english))
        }
        let isCode =
            (2...12).contains(item.code.utf8.count)
            && item.code.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-")
            }
        if !isCode { fault(.code, "编码须为 2–12 位大写字母、数字或“-”", "a code has 2 to 12 capital letters, digits or “-”") }
        if item.zh.isBlank || item.zh.utf16.count > 80 { fault(.title, "名称须为 1–80 字", "a name has 1 to 80 characters") }
        if item.basis.allSatisfy(\.isBlank) {
            fault(.basis, "没有法律法规或文件依据", "it has no ground in a law or rule")
        }
        if !lines.contains(item.lead), !Self.ownBodies.contains(item.lead) {
            fault(.lead, "牵头单位“\(item.lead)”不在条线名录", "“\(item.lead)” is no line that could lead")
        }
        for assistant in item.assists where !lines.contains(assistant) && !Self.ownBodies.contains(assistant) {
            fault(.lead, "配合单位“\(assistant)”不在条线名录", "“\(assistant)” is no line that could help")
        }
        if item.list == .reclaimed {
            if !lines.contains(item.lead) {
                fault(.lead, "收回事项须写明承接部门", "what was taken back names the department that does it now")
            }
            if !item.tasks.isEmpty { fault(.level, "收回事项不得再给基层排任务", "what was taken back has no tasks below") }
        }
        if let from = item.from, let until = item.until, until < from {
            fault(.period, "有效期起止颠倒", "it ends before it begins")
        }
        if let money = item.money, money.yuan < 0 { fault(.money, "经费为负", "the money is below zero") }
        return faults + self.faults(tasksOf: item)
    }

    private func faults(tasksOf item: MandateItem) -> [ListFault] {
        var faults: [ListFault] = []
        var byKey: [String: DutyTask] = [:]
        for task in item.tasks where byKey.updateValue(task, forKey: task.key) != nil {
            faults.append(ListFault(item.code, .code, "任务“\(task.key)”重复", "the task “\(task.key)” stands twice"))
        }
        let parents = Set(item.tasks.compactMap(\.within))
        for task in item.tasks {
            func fault(_ kind: ListFault.Kind, _ chinese: String, _ english: String) {
                faults.append(
                    ListFault(item.code, kind, "任务“\(task.zh)”：\(chinese)", "task “\(task.en)”: \(english)"))
            }
            let isBrokenDown = parents.contains(task.key)
            if let minutes = task.minutes, !(0...Self.mostMinutes).contains(minutes) {
                fault(.minutes, "标准工时 \(minutes) 分钟不在 0–\(Self.mostMinutes)", "\(minutes) minutes is not a time")
            }
            if let times = task.times, !(0...Self.mostTimes).contains(times) {
                fault(.times, "次数 \(times) 不在 0–\(Self.mostTimes)", "\(times) is not a number of times")
            }
            if isBrokenDown, task.minutes != nil {
                fault(.minutes, "已细分的任务不再单独计时，否则重复计算", "it is broken down, so its own time would count twice")
            }
            if !isBrokenDown, task.minutes == nil || task.times == nil {
                fault(.minutes, "缺标准工时或次数", "its minutes or its times are missing")
            }
            if let households = task.households, households <= 0 {
                fault(.times, "户数基数须大于 0", "it is for so many households, from 1")
            }
            if let months = task.months, months.count != 12 || months.contains(where: { $0 < 0 }) || months.max() == 0 {
                fault(.months, "月度分布须为 12 个不小于 0 的数，且不全为 0", "its months are 12 numbers from 0, not all 0")
            }
            if ![AreaLevel.county, .street, .community, .grid].contains(task.at) {
                fault(.level, "层级只能是县、街道、社区、网格", "it is done at county, street, community or grid")
            }
            if !isBrokenDown, task.roles.isEmpty { fault(.role, "没有承担岗位", "nobody does it") }
            for role in task.roles where !roles.contains(role) {
                fault(.role, "岗位“\(role)”不在角色表", "there is no role “\(role)”")
            }
            if let within = task.within, byKey[within] == nil {
                fault(.within, "上级任务“\(within)”不存在", "there is no task “\(within)” that it could be part of")
            }
            if let circle = Self.circle(from: task.key, byKey) {
                fault(.circle, "任务分解成环：\(circle)", "it is a part of itself: \(circle)")
            }
        }
        return faults
    }

    /// `a → b → a`, when following `within` comes back to the task.
    private static func circle(from start: String, _ tasks: [String: DutyTask]) -> String? {
        var path = [start]
        var seen: Set<String> = [start]
        while let next = path.last.flatMap({ tasks[$0]?.within }) {
            path.append(next)
            if next == start { return path.joined(separator: " → ") }
            guard seen.insert(next).inserted else { return nil }
        }
        return nil
    }
}
