import Ground
import Sheets

/// One row of a register, understood: what it says of a person, the household and the dwelling, or of a dwelling alone.
struct ResidentRow: Sendable {
    var number: Int
    var original: [String]
    /// By kind, element and value as it is stored.
    var facts: [SubjectKind: [String: String]]
    /// Cells that could not be understood; the rest of the row is taken all the same.
    var problems: [RowProblem]

    func value(_ key: String, of kind: SubjectKind = .person) -> String? { facts[kind]?[key] }

    /// Those who live together: the address and, where the register has one, the number of the household.
    var homeKey: String? {
        value(CoreElement.address, of: .dwelling).map {
            Self.homeKey($0, value("household-register-number", of: .household))
        }
    }

    static func homeKey(_ address: String, _ household: String?) -> String {
        SearchKeys.folded(address) + "\u{1F}" + (household ?? "")
    }
}

/// What the first reading of a table finds out: what only shows when all of it has been read.
struct ResidentOverview: Sendable {
    /// People at each home.
    var homes: [String: Int] = [:]
    /// Cells that a merged range covers and that are empty therefore: row and column, from 1 and 0.
    var merged: Set<CellPlace> = []

    struct CellPlace: Sendable, Hashable {
        var row: Int
        var column: Int
    }
}

/// Understands rows. The same row, dictionary and day give the same result.
struct ResidentReading: Sendable {
    let layout: ResidentLayout
    let dictionary: DataDictionary
    let today: Day
    var overview = ResidentOverview()

    enum Outcome: Sendable {
        case resident(ResidentRow)
        /// Without name or home nobody can be registered: the row is not taken, for each of these reasons.
        case refused([RowProblem])
        case blank
    }

    /// Cells without which a row means nobody, or somebody else.
    private static let deciding: Set<String> = [
        CoreElement.name, CoreElement.citizenNumber, CoreElement.address, CoreElement.grid,
    ]

    func read(_ row: SheetRow, of reader: SheetReader) -> Outcome {
        if row.cells.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return .blank }
        var problems: [RowProblem] = []
        var isRefused = false
        var broken: Set<Int> = []
        for issue in row.issues where issue.isProblem {
            problems.append(RowProblem(issue, in: row, of: reader))
            if let column = issue.column, layout.elements.indices.contains(column),
                let element = layout.elements[column]
            {
                broken.insert(column)
                isRefused = isRefused || Self.deciding.contains(element.key)
            } else if issue.column == nil {
                isRefused = true
            }
        }
        var facts: [SubjectKind: [String: String]] = [:]
        for (column, element) in layout.elements.enumerated() {
            guard let element, !broken.contains(column) else { continue }
            let text = row[column].trimmed
            guard !text.isEmpty else {
                if overview.merged.contains(.init(row: row.number, column: column)) {
                    problems.append(problem(Self.merged, row, column))
                    isRefused = isRefused || Self.deciding.contains(element.key)
                }
                continue
            }
            do throws(Refusal) {
                guard !element.isOff else { throw Self.withoutBasis(element) }
                facts[element.kind, default: [:]][element.key] = try dictionary.stored(
                    text, of: element, today: today)
            } catch {
                problems.append(problem(error, row, column))
                isRefused = isRefused || Self.deciding.contains(element.key)
            }
        }
        let resident = ResidentRow(number: row.number, original: row.cells, facts: facts, problems: problems)
        if !isRefused, let missing = missing(resident) {
            problems.append(problem(missing, row, layout.position(missing.field ?? "")))
            isRefused = true
        }
        if let key = resident.homeKey, overview.homes[key] ?? 0 > layout.mostInHousehold {
            problems.append(problem(tooMany(overview.homes[key] ?? 0), row, layout.position(CoreElement.address)))
            isRefused = true
        }
        return isRefused ? .refused(problems) : .resident(resident)
    }

    /// As `ResidentRow.homeKey`, of a row of which nothing else matters yet.
    func homeKey(of row: SheetRow) -> String? {
        func text(_ key: String) -> String? {
            layout.position(key).map { row[$0].trimmed }.flatMap { $0.isEmpty ? nil : $0 }
        }
        return text(CoreElement.address).map { ResidentRow.homeKey($0, text("household-register-number")) }
    }

    private func missing(_ row: ResidentRow) -> Refusal? {
        let hasAddress = row.value(CoreElement.address, of: .dwelling) != nil
        if layout.isOfDwellings {
            if !hasAddress { return Self.missing(CoreElement.address, "缺少地址", "The address is missing") }
        } else if row.value(CoreElement.name) == nil {
            return Self.missing(CoreElement.name, "缺少姓名", "The name is missing")
        }
        let hasGrid = row.value(CoreElement.grid, of: .dwelling) != nil
        // Who has no home here may still be registered, with nothing but the person.
        if hasAddress, !hasGrid {
            return Self.missing(CoreElement.grid, "有住址而没有网格代码", "There is an address, but no grid")
        }
        return nil
    }

    private static func missing(_ key: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "registry.import.missing", LocalizedText(chinese, english), field: key)
    }

    private static let merged = Refusal(
        .ruleBroken, "registry.import.merged-cell",
        LocalizedText(
            "此格被合并，不知道它的值是否也是合并区域左上角的值",
            "The cell is part of a merged range: whether the range's value is meant here is not known"),
        wayOn: LocalizedText("请取消合并并逐格填写", "Unmerge it and fill in each cell"))

    private static func withoutBasis(_ element: Element) -> Refusal {
        Refusal(
            .forbidden, "registry.no-basis",
            LocalizedText(
                "“\(element.name.chinese)”属敏感个人信息，未录入法律依据前不得采集",
                "“\(element.name.english)” is sensitive and has no legal basis: it may not be collected"),
            field: element.key)
    }

    private func tooMany(_ count: Int) -> Refusal {
        Refusal(
            .ruleBroken, "registry.import.household-too-large",
            LocalizedText(
                "这一户有 \(count) 人，超过 \(layout.mostInHousehold) 人；宿舍、集体户请按房间或户号分户",
                "\(count) people in this household, more than \(layout.mostInHousehold): write a dormitory room by room, or with a number for each household"
            ))
    }

    private func problem(_ refusal: Refusal, _ row: SheetRow, _ column: Int?) -> RowProblem {
        let wayOn = refusal.wayOn.map { LocalizedText("；" + $0.chinese, ". " + $0.english) }
        return RowProblem(
            row: row.number, column: column.map { layout.header[$0] } ?? "", value: column.map { row[$0] } ?? "",
            code: refusal.code,
            message: LocalizedText(
                refusal.message.chinese + (wayOn?.chinese ?? ""), refusal.message.english + (wayOn?.english ?? "")))
    }
}
