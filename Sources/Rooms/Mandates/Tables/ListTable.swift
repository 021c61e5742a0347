import Desk
import Foundation
import Ground
import Sheets
import Storage
import Web

/// Lists as a table for Excel: one row for each task, the item's own columns in the first row of each code. What is
/// written out is read in again as the same lists.
enum ListTable {
    /// One row.
    struct Row: Sendable, Hashable {
        var item: MandateItem
        var task: DutyTask?
        var isFirst: Bool
    }

    /// What is wrong with a row of a file.
    struct Fault: Sendable, Hashable {
        var row: Int
        var reason: LocalizedText
    }

    enum Heading: String, Sendable, CaseIterable {
        case code, list, zh, en, branch, basis, lead, assists, partChinese, partEnglish, standardChinese
        case standardEnglish, under, moneyYuan, moneyEach, moneyLine, from, until, task, taskChinese, taskEnglish,
            within
        case at, roles, minutes, times, households, months

        var title: LocalizedText {
            switch self {
            case .code: LocalizedText("编码", "code")
            case .list: LocalizedText("清单", "list")
            case .zh: LocalizedText("事项", "zh")
            case .en: LocalizedText("事项（英文）", "en")
            case .branch: LocalizedText("类别", "branch")
            case .basis: LocalizedText("依据", "basis")
            case .lead: LocalizedText("牵头", "lead")
            case .assists: LocalizedText("配合", "assists")
            case .partChinese: LocalizedText("基层职责", "part zh")
            case .partEnglish: LocalizedText("基层职责（英文）", "part en")
            case .standardChinese: LocalizedText("履职标准", "standard zh")
            case .standardEnglish: LocalizedText("履职标准（英文）", "standard en")
            case .under: LocalizedText("所属事项", "under")
            case .moneyYuan: LocalizedText("经费（元/年）", "yuan")
            case .moneyEach: LocalizedText("经费层级", "yuan each")
            case .moneyLine: LocalizedText("经费来源", "yuan line")
            case .from: LocalizedText("自", "from")
            case .until: LocalizedText("至", "until")
            case .task: LocalizedText("任务编码", "task")
            case .taskChinese: LocalizedText("任务", "task zh")
            case .taskEnglish: LocalizedText("任务（英文）", "task en")
            case .within: LocalizedText("上级任务", "within")
            case .at: LocalizedText("层级", "at")
            case .roles: LocalizedText("岗位", "roles")
            case .minutes: LocalizedText("每次分钟", "minutes")
            case .times: LocalizedText("每年次数", "times")
            case .households: LocalizedText("每多少户", "households")
            case .months: LocalizedText("月度分布", "months")
            }
        }

        var isNeeded: Bool { [.code, .list, .zh, .basis, .lead].contains(self) }
    }

    static func rows(_ items: [MandateItem]) -> [Row] {
        items.flatMap { item in
            item.tasks.isEmpty
                ? [Row(item: item, task: nil, isFirst: true)]
                : item.tasks.enumerated().map { Row(item: item, task: $1, isFirst: $0 == 0) }
        }
    }

    static func text(_ row: Row, _ heading: Heading) -> String {
        let item = row.item
        if heading == .code { return item.code }
        let ofItem: String? =
            switch heading {
            case .list: item.list.rawValue
            case .zh: item.zh
            case .en: item.en
            case .branch: item.branch
            case .basis: item.basis.joined(separator: "；")
            case .lead: item.lead
            case .assists: item.assists.joined(separator: "、")
            case .partChinese: item.part.chinese
            case .partEnglish: item.part.english
            case .standardChinese: item.standard.chinese
            case .standardEnglish: item.standard.english
            case .under: item.under ?? ""
            case .moneyYuan: item.money.map { "\($0.yuan)" } ?? ""
            case .moneyEach: item.money?.each.rawValue ?? ""
            case .moneyLine: item.money?.line ?? ""
            case .from: item.from?.description ?? ""
            case .until: item.until?.description ?? ""
            default: nil
            }
        if let ofItem { return row.isFirst ? ofItem : "" }
        guard let task = row.task else { return "" }
        return switch heading {
        case .task: task.key
        case .taskChinese: task.zh
        case .taskEnglish: task.en
        case .within: task.within ?? ""
        case .at: task.at.rawValue
        case .roles: task.roles.joined(separator: "、")
        case .minutes: task.minutes.map { "\($0)" } ?? ""
        case .times: task.times.map { "\($0)" } ?? ""
        case .households: task.households.map { "\($0)" } ?? ""
        case .months: (task.months ?? []).map { "\($0)" }.joined(separator: " ")
        default: ""
        }
    }

    static var columns: [Column<Row>] {
        Heading.allCases.map { heading in
            Column(
                heading.title.chinese, heading.title.english, .longText, cell: { row, _ in .text(text(row, heading)) })
        }
    }

    // MARK: Reading

    private static let mostRows = 20_000

    /// - Returns: the items, or what is wrong row by row; never both.
    static func read(_ bytes: [UInt8]) throws -> (items: [MandateItem], faults: [Fault]) {
        guard !bytes.isEmpty else { throw unreadable(LocalizedText("请选择清单文件", "Choose a file of lists")) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-lists-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("lists").path
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw Refusal(
                .unavailable, "mandates.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
        let reader: SheetReader
        do { reader = try SheetReader.open(path: path) } catch {
            throw unreadable(LocalizedText("文件不是可读的 CSV 或 XLSX 表格", "The file is no readable CSV or XLSX table"))
        }
        var columns: [Heading: Int] = [:]
        for heading in Heading.allCases {
            let names = [heading.title.chinese, heading.title.english, heading.rawValue]
            columns[heading] = names.lazy.compactMap { reader.column(named: $0) }.first
            if columns[heading] == nil, heading.isNeeded {
                throw unreadable(
                    LocalizedText(
                        "表格缺少“\(heading.title.chinese)”列", "The table has no column “\(heading.title.english)”"))
            }
        }
        var reading = Reading()
        var count = 0
        try reader.forEachRow { row in
            count += 1
            guard count <= mostRows else { return }
            var cells: [Heading: String] = [:]
            for (heading, column) in columns where row.cells.indices.contains(column) {
                cells[heading] = row.cells[column].trimmingSpaces()
            }
            reading.take(cells, row: row.number)
        }
        if count > mostRows {
            reading.faults.append(
                Fault(row: mostRows, reason: LocalizedText("超过 \(mostRows) 行", "More than \(mostRows) rows")))
        }
        if reading.items.isEmpty, reading.faults.isEmpty {
            throw unreadable(LocalizedText("表格里没有事项", "The table holds no item"))
        }
        return reading.faults.isEmpty ? (reading.items, []) : ([], reading.faults)
    }

    private static func unreadable(_ text: LocalizedText) -> Refusal {
        Refusal(
            .ruleBroken, "mandates.table", text,
            wayOn: LocalizedText("请用本页导出的清单表作模板", "Use the table exported from this page as a pattern"),
            field: "table")
    }

    /// Rows become items.
    private struct Reading {
        var items: [MandateItem] = []
        var faults: [Fault] = []

        mutating func take(_ cells: [Heading: String], row: Int) {
            func text(_ heading: Heading) -> String { cells[heading] ?? "" }
            let code = text(.code)
            guard !code.isEmpty else {
                if cells.values.contains(where: { !$0.isEmpty }) { fault(row, "缺编码", "Its code is missing") }
                return
            }
            if items.last?.code != code {
                guard let item = item(code, text, row) else { return }
                items.append(item)
            }
            guard let last = items.indices.last, !text(.task).isEmpty || !text(.taskChinese).isEmpty else { return }
            if let task = task(text, row, number: items[last].tasks.count + 1) { items[last].tasks.append(task) }
        }

        private mutating func fault(_ row: Int, _ chinese: String, _ english: String) {
            if faults.count < 100 { faults.append(Fault(row: row, reason: LocalizedText(chinese, english))) }
        }

        private mutating func item(_ code: String, _ text: (Heading) -> String, _ row: Int) -> MandateItem? {
            let name = text(.list)
            guard
                let list = MandateList.allCases.first(where: {
                    [$0.rawValue, $0.title.chinese, $0.title.english].contains(name)
                })
            else {
                fault(row, "没有清单“\(name)”", "There is no list “\(name)”")
                return nil
            }
            var money: DutyMoney?
            if !text(.moneyYuan).isEmpty {
                guard let yuan = Int64(text(.moneyYuan)), let each = AreaLevel(rawValue: text(.moneyEach)) else {
                    fault(row, "经费或经费层级有误", "The money or its level cannot be read")
                    return nil
                }
                money = DutyMoney(yuan: yuan, each: each, line: text(.moneyLine))
            }
            for heading in [Heading.from, .until] where !text(heading).isEmpty && Day(text(heading)) == nil {
                fault(row, "日期须如 2026-01-01", "A date is written 2026-01-01")
                return nil
            }
            return MandateItem(
                code: code, list: list, zh: text(.zh), en: text(.en).isEmpty ? text(.zh) : text(.en),
                branch: text(.branch), basis: parts(text(.basis), "；;"), lead: text(.lead),
                assists: parts(text(.assists), "、,，"), part: LocalizedText(text(.partChinese), text(.partEnglish)),
                standard: LocalizedText(text(.standardChinese), text(.standardEnglish)),
                under: text(.under).isEmpty ? nil : text(.under), tasks: [], money: money, from: Day(text(.from)),
                until: Day(text(.until)))
        }

        private mutating func task(_ text: (Heading) -> String, _ row: Int, number: Int) -> DutyTask? {
            var wrong: Heading?
            func whole(_ heading: Heading) -> Int64? {
                guard !text(heading).isEmpty else { return nil }
                // A spreadsheet may write 30 as 30.0.
                if let value = Int64(text(heading)) { return value }
                if let value = Double(text(heading)), value == value.rounded(), abs(value) < 1e12 {
                    return Int64(value)
                }
                wrong = heading
                return nil
            }
            let level = text(.at).isEmpty ? AreaLevel.grid : AreaLevel(rawValue: text(.at))
            let monthTexts = parts(text(.months), " ,，、")
            let months = monthTexts.compactMap { Int64($0) }
            if level == nil { wrong = .at }
            if months.count != monthTexts.count { wrong = .months }
            let (minutes, times, households) = (whole(.minutes), whole(.times), whole(.households))
            if let wrong {
                fault(row, "“\(wrong.title.chinese)”填写有误", "“\(wrong.title.english)” cannot be read")
                return nil
            }
            return DutyTask(
                key: text(.task).isEmpty ? "t\(number)" : text(.task), zh: text(.taskChinese),
                en: text(.taskEnglish).isEmpty ? text(.taskChinese) : text(.taskEnglish),
                within: text(.within).isEmpty ? nil : text(.within), at: level ?? .grid,
                roles: parts(text(.roles), "、,，"), minutes: minutes, times: times, households: households,
                months: months.isEmpty ? nil : months)
        }

        private func parts(_ text: String, _ separators: String) -> [String] {
            text.split { separators.contains($0) }.map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
        }
    }
}
