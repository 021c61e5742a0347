import Cipher
import Desk
import Ground
import Messages
import Sheets

/// Understands the rows of one table by one layout.
struct RowReading {
    let layout: ImportLayout
    let rules: CaseRules
    let county: AreaPrefix
    let vault: Vault
    let now: Instant
    private var areas: AreaNames
    /// Tables say the same few words over and over: what they mean is looked up once.
    private var knownCategories: [String: String?] = [:]
    private var knownPlaces: [String: AreaNames.Found] = [:]
    private let reader: SheetReader
    /// The columns of a field, in the order of the table.
    private let columns: [ImportField: [Int]]

    static let longestResult = 20_000
    static let longestNumber = 100
    private static let mostRemembered = 10_000

    enum Outcome {
        case matter(ImportedMatter)
        case problem(RowProblem)
    }

    init(_ reader: SheetReader, layout: ImportLayout, cases: Cases, at now: Instant) {
        self.reader = reader
        self.layout = layout
        rules = cases.rules
        county = cases.house.settings.area
        vault = cases.house.keys.vault
        self.now = now
        areas = AreaNames(cases.areas, county: cases.house.settings.area)
        var columns: [ImportField: [Int]] = [:]
        for (index, heading) in reader.header.enumerated() {
            if let field = layout.columns[heading] { columns[field, default: []].append(index) }
        }
        self.columns = columns
    }

    mutating func read(_ row: SheetRow) -> Outcome {
        if let issue = row.issues.first(where: \.isProblem) { return .problem(RowProblem(issue, in: row, of: reader)) }
        do throws(Fault) {
            return .matter(try matter(row))
        } catch {
            return .problem(
                RowProblem(
                    row: row.number, column: error.field.map { heading($0) } ?? "",
                    value: String(error.value.prefix(200)),
                    code: error.code, message: error.message))
        }
    }

    private func heading(_ field: ImportField) -> String {
        columns[field]?.first.map { reader.name(of: $0) } ?? ""
    }

    private struct Fault: Error {
        var field: ImportField?
        var value: String
        var code: String
        var message: LocalizedText

        init(_ field: ImportField?, _ value: String, _ code: String, _ chinese: String, _ english: String) {
            self.field = field
            self.value = value
            self.code = "cases.import." + code
            message = LocalizedText(chinese, english)
        }
    }

    // MARK: Cells

    /// The text of a field: its columns joined line by line, or what is fixed.
    private func text(_ field: ImportField, _ row: SheetRow) -> String {
        let texts = (columns[field] ?? []).map { row[$0].trimmed }.filter { !$0.isEmpty }
        return texts.isEmpty ? layout.fixed[field] ?? "" : texts.joined(separator: "\n")
    }

    /// The word as the layout translates it.
    /// - Returns: nil when there is nothing to say; an unknown word is a fault.
    private func word(_ field: ImportField, _ row: SheetRow) throws(Fault) -> String? {
        let text = text(field, row)
        guard !text.isEmpty else { return nil }
        guard let words = layout.values[field] else { return text }
        if let value = words[text] ?? words["*"] { return value.isEmpty ? nil : value }
        // What is fixed is meant as it stands.
        if text == layout.fixed[field] { return text }
        throw Fault(
            field, text, "unknown-word", "没有为“\(text)”规定对应值，请在映射文件的 values.\(field.rawValue) 中补充",
            "The layout does not say what “\(text)” means; add it under values.\(field.rawValue)")
    }

    private func instant(_ field: ImportField, _ row: SheetRow) throws(Fault) -> Instant? {
        let text = text(field, row)
        guard !text.isEmpty else { return nil }
        guard let instant = layout.dates.lazy.compactMap({ $0.instant(text) }).first else {
            throw Fault(
                field, text, "date", "“\(text.prefix(40))”不是可识别的时间，应如 2026-03-02 09:30",
                "“\(text.prefix(40))” is no time that can be read; write such as 2026-03-02 09:30")
        }
        guard instant <= now + .days(1) else {
            throw Fault(field, text, "in-the-future", "时间“\(text)”晚于现在", "The time “\(text)” lies in the future")
        }
        return instant
    }

    // MARK: A row

    private mutating func matter(_ row: SheetRow) throws(Fault) -> ImportedMatter {
        let state = try state(row)
        let isEnd = rules.workflow[state]?.isEnd == true
        let (title, detail) = try words(row)
        let place = try place(row)
        let category = try category(row)
        let reportedAt = try instant(.reportedAt, row)
        let endedAt = isEnd ? try instant(.endedAt, row) : nil
        if let reportedAt, let endedAt, endedAt < reportedAt {
            throw Fault(
                .endedAt, text(.endedAt, row), "ends-before-report", "办结时间早于来件时间", "It ended before it was reported")
        }
        let result = text(.result, row)
        if result.utf8.count > Self.longestResult, result.count > Self.longestResult {
            throw Fault(
                .result, result, "result-too-long", "办理结果超过 \(Self.longestResult) 字",
                "The result has more than \(Self.longestResult) characters")
        }
        let address = ([text(.address, row)] + place.unknown).filter { !$0.isEmpty }.joined(separator: " ")
        var matter = ImportedMatter(
            row: row.number, number: "", title: title, detail: detail, category: category,
            area: place.area, isUnplaced: place.area.level < .street, address: address.isEmpty ? nil : address,
            state: state, isEnd: isEnd, reportedAt: reportedAt, endedAt: endedAt, result: result.isEmpty ? nil : result,
            isSolved: try flag(.solved, row), satisfaction: try satisfaction(row),
            reporter: reporter(row), note: note(row), original: row.cells)
        // Nobody has said yet of what kind it is or where: then nobody has accepted it either.
        if !isEnd, rules.categories[matter.category ?? ""]?.isLeaf != true || matter.isUnplaced {
            matter.state = rules.workflow.first
        }
        matter.number = try number(row, of: matter)
        return matter
    }

    private func number(_ row: SheetRow, of matter: ImportedMatter) throws(Fault) -> String {
        if layout.isNumberedByContent { return layout.numberPrefix + matter.textFingerprint }
        let number = text(.number, row)
        guard !number.isEmpty else { throw Fault(.number, "", "no-number", "缺少编号", "The number is missing") }
        guard number.count + layout.numberPrefix.count <= Self.longestNumber else {
            throw Fault(
                .number, number, "number-too-long", "编号超过 \(Self.longestNumber) 字",
                "The number has more than \(Self.longestNumber) characters")
        }
        return layout.numberPrefix + number
    }

    private func state(_ row: SheetRow) throws(Fault) -> StateName {
        guard let word = try word(.state, row) ?? layout.fixed[.state] else {
            throw Fault(.state, "", "no-state", "缺少状态", "The state is missing")
        }
        let state = StateName(rawValue: word)
        guard rules.workflow.takesImports(state) else {
            throw Fault(
                .state, word, "unknown-state", "没有可导入的状态“\(word)”", "“\(word)” is no state that can be imported")
        }
        return state
    }

    private func words(_ row: SheetRow) throws(Fault) -> (title: String, detail: String) {
        let given = text(.title, row)
        var detail = text(.detail, row)
        if detail.isEmpty { detail = given }
        // Only the beginning can become the heading.
        var title = Report(title: given, detail: String(detail.prefix(120)), channel: .imported).effectiveTitle
        if title.isEmpty {
            throw Fault(.detail, "", "nothing-said", "标题和内容都为空", "There is neither a title nor a text")
        }
        // What is too long for a heading stays in the text.
        if title.count > Report.longestTitle {
            title = given.prefix(Report.longestTitle - 1) + "…"
            if detail != given { detail = given + "\n" + detail }
        }
        if detail.utf8.count > Report.longestDetail, detail.count > Report.longestDetail {
            throw Fault(
                .detail, detail, "detail-too-long", "内容超过 \(Report.longestDetail) 字",
                "The text has more than \(Report.longestDetail) characters")
        }
        return (title, detail)
    }

    private mutating func category(_ row: SheetRow) throws(Fault) -> String? {
        let named = try word(.category, row)
        let coarse = try word(.coarseClass, row)
        guard named != nil || coarse != nil else { return nil }
        let words = (named ?? "") + "\u{1}" + (coarse ?? "")
        if let known = knownCategories[words] { return known }
        let tree = rules.categories
        let code =
            named.flatMap { tree.leaf(named: $0)?.code ?? tree.branch(named: $0)?.code }
            ?? coarse.flatMap { tree.branch(named: $0)?.code ?? tree.branch(ofClass: $0) }
        if knownCategories.count < Self.mostRemembered { knownCategories[words] = .some(code) }
        return code
    }

    private mutating func place(_ row: SheetRow) throws(Fault) -> (area: AreaPrefix, unknown: [String]) {
        let code = text(.area, row)
        if !code.isEmpty {
            guard let area = AreaPrefix(code), county.contains(area) else {
                throw Fault(
                    .area, code, "elsewhere", "“\(code)”不是本县的区划或网格代码",
                    "“\(code)” is no code of a division or grid of this county")
            }
            return (area, [])
        }
        let (name, street, community) = (text(.county, row), text(.street, row), text(.community, row))
        let words = [name, street, community].joined(separator: "\u{1}")
        let found = knownPlaces[words] ?? areas.find(county: name, street: street, community: community)
        if knownPlaces.count < Self.mostRemembered { knownPlaces[words] = found }
        if found.isElsewhere {
            throw Fault(
                .county, name, "elsewhere", "“\(name)”不在本平台服务的区域内", "“\(name)” is not in the area this platform serves")
        }
        return (found.area, found.unknown)
    }

    private func satisfaction(_ row: SheetRow) throws(Fault) -> Int? {
        guard let word = try word(.satisfaction, row) else { return nil }
        guard let number = Int(word), (1...5).contains(number) else {
            throw Fault(
                .satisfaction, word, "satisfaction", "满意度须为 1–5 或映射到 1–5",
                "Satisfaction must be 1 to 5, or mapped to it")
        }
        return number
    }

    private func flag(_ field: ImportField, _ row: SheetRow) throws(Fault) -> Bool? {
        switch try word(field, row) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let other?:
            throw Fault(
                field, other, "flag", "须为 true 或 false，或映射到它们", "It must be true or false, or mapped to one of them")
        }
    }

    /// The number is found by its blind index; an account that is no number is sealed with the name.
    private func reporter(_ row: SheetRow) -> Reporter {
        let name = text(.name, row)
        let account = text(.phone, row)
        var reporter = Reporter()
        var sealed = name
        if let phone = PhoneNumber(account) {
            reporter.phoneIndex = phone.index(vault)
            reporter.phoneMasked = phone.masked
            reporter.phoneSealed = phone.sealedForTexts(vault)
        } else if !account.isEmpty {
            sealed = name.isEmpty ? account : "\(name)（\(account)）"
        }
        if !sealed.isEmpty {
            reporter.nameMasked = String(sealed.prefix(1)) + "*"
            reporter.nameSealed = vault.seal(String(sealed.prefix(120)), for: Cases.namePurpose)
        }
        return reporter
    }

    private func note(_ row: SheetRow) -> String? {
        let lines = (columns[.note] ?? []).compactMap { column -> String? in
            let value = row[column].trimmed
            return value.isEmpty ? nil : "\(reader.name(of: column))：\(value.prefix(300))"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "；")
    }
}

extension CategoryTree {
    /// A branch that bears the last of the names, or its code; nil when none does clearly.
    func branch(named text: String) -> Category? {
        if let branch = self[text] { return branch }
        let last = text.split(whereSeparator: { "->›/".contains($0) }).last.map { $0.filter { !$0.isWhitespace } } ?? ""
        let found = all.filter { $0.title.chinese == last || $0.title.english == last }
        return found.count == 1 ? found[0] : nil
    }

    /// The narrowest branch around all leaves of a coarse class.
    func branch(ofClass coarse: String) -> String? {
        let codes = leaves.filter { $0.coarseClass == coarse }.map(\.code)
        guard let first = codes.first else { return nil }
        for length in [6, 4, 2] where codes.allSatisfy({ $0.prefix(length) == first.prefix(length) }) {
            return String(first.prefix(length))
        }
        return nil
    }
}
