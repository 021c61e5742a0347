import Ground
import Registry
import Sheets

/// What the marks of a department's layout mean. Pure.
struct TemplateReading: Sendable {
    /// What stands in place of a mark.
    enum Meaning: Sendable, Hashable {
        case area, areaCode, day, year, month, dayOfMonth, madeBy, madeOn
        /// A figure of a form for the whole area.
        case figure(form: String, cell: Int)
        /// How many rows stand above, and this one.
        case rowNumber
        /// A column of the form that is listed.
        case column(Int, NumberFormat?)
        /// A figure of the part of the area that this row is about.
        case partFigure(Int)
        case partName
        case partCode
    }

    /// What a row is repeated for.
    struct Rows: Sendable, Hashable {
        var form: String
        /// Each part of the area instead of each subject.
        var isByPart: Bool
    }

    struct Sheet: Sendable {
        var rows: Rows?
        var single: [TemplateMark: Meaning] = [:]
        var repeated: [TemplateMark: Meaning] = [:]
    }

    let dictionary: DataDictionary
    let formats: NumberFormats
    /// Those that the owner of the template may open.
    let forms: [CompiledForm]

    private(set) var sheets: [Sheet] = []
    private(set) var problems: [TemplateProblem] = []

    init(_ template: WorkbookTemplate, _ dictionary: DataDictionary, _ formats: NumberFormats, forms: [CompiledForm]) {
        self.dictionary = dictionary
        self.formats = formats
        self.forms = forms
        problems = template.problems
        sheets = template.sheetNames.map { _ in Sheet() }
        for place in template.places where place.mark.isRepeat {
            do throws(Fault) { sheets[place.sheet].rows = try rows(place.mark.name) } catch {
                add(error, place, template)
            }
        }
        for place in template.places where !place.mark.isRepeat {
            do throws(Fault) { try take(place, template) } catch { add(error, place, template) }
        }
    }

    /// The forms that are read when it is filled.
    var formKeys: Set<String> {
        var keys: Set<String> = []
        for sheet in sheets {
            if let rows = sheet.rows { keys.insert(rows.form) }
            for meaning in sheet.single.values {
                if case .figure(let form, _) = meaning { keys.insert(form) }
            }
        }
        return keys
    }

    private struct Fault: Error {
        var text: LocalizedText

        init(_ chinese: String, _ english: String) { text = LocalizedText(chinese, english) }
    }

    private mutating func add(_ fault: Fault, _ place: WorkbookTemplate.Place, _ template: WorkbookTemplate) {
        guard problems.count < 200 else { return }
        problems.append(
            TemplateProblem(
                sheet: template.sheetNames[place.sheet],
                cell: CellReference.columnName(place.cell.column) + String(place.cell.row), text: fault.text))
    }

    private mutating func take(_ place: WorkbookTemplate.Place, _ template: WorkbookTemplate) throws(Fault) {
        let mark = place.mark
        let meaning: Meaning
        if place.isInRepeatedRow, let rows = sheets[place.sheet].rows, let form = form(rows.form) {
            meaning = try repeated(mark, rows, form)
            if case .column(_, let format?) = meaning, !template.hasRoom(place, cells: format.cells) {
                throw Fault(
                    "“逐格”写法要占右侧连续 \(format.cells) 个空单元格",
                    "written in squares it needs \(format.cells) empty cells in a row")
            }
            sheets[place.sheet].repeated[mark] = meaning
        } else {
            // What a wrong row mark leaves without meaning is not told twice.
            if place.isInRepeatedRow, sheets[place.sheet].rows == nil { return }
            meaning = try single(mark, sheets[place.sheet].rows)
            sheets[place.sheet].single[mark] = meaning
        }
    }

    // MARK: Marks

    private func form(_ name: String) -> CompiledForm? {
        let folded = Self.folded(name)
        return forms.first { form in
            [form.definition.key, form.definition.name.chinese, form.definition.name.english].contains {
                Self.folded($0) == folded
            }
        }
    }

    private static let partWords = ["area ", "part ", "下级区域 ", "下级 ", "区域 "]

    private func rows(_ text: String) throws(Fault) -> Rows {
        var name = text
        var isByPart = false
        for word in Self.partWords where text.lowercased().hasPrefix(word) {
            name = String(text.dropFirst(word.count))
            isByPart = true
            break
        }
        guard let form = form(name) else { throw unknownForm(name) }
        guard isByPart || form.definition.isList else {
            throw Fault(
                "“\(form.definition.name.chinese)”没有名单，只能按下级区域重复：{{每行 下级 \(form.definition.name.chinese)}}",
                "“\(form.definition.key)” lists nobody; repeat it by part: {{each part \(form.definition.key)}}")
        }
        return Rows(form: form.definition.key, isByPart: isByPart)
    }

    private func unknownForm(_ name: String) -> Fault {
        Fault("没有名为“\(name)”的表，或该表不属于您所在条线", "There is no form “\(name)”, or it is not your line's")
    }

    private func single(_ mark: TemplateMark, _ rows: Rows?) throws(Fault) -> Meaning {
        if let format = mark.format { throw Fault("此处不能写格式“\(format)”", "no format “\(format)” can stand here") }
        switch Self.folded(mark.name) {
        case "区域", "地区", "单位", "area": return .area
        case "区划代码", "areacode", "area-code": return .areaCode
        case "日期", "截止日期", "day", "date": return .day
        case "年", "年份", "year": return .year
        case "月", "月份", "month": return .month
        case "日", "dayofmonth", "day-of-month": return .dayOfMonth
        case "填表人", "制表人", "madeby", "made-by": return .madeBy
        case "填表日期", "制表日期", "madeon", "made-on": return .madeOn
        default: break
        }
        let parts = mark.name.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 2 {
            guard let form = form(parts[0]) else { throw unknownForm(parts[0]) }
            return .figure(form: form.definition.key, cell: try cell(parts[1], form))
        }
        if let rows, let form = form(rows.form), let cell = try? cell(mark.name, form) {
            return .figure(form: form.definition.key, cell: cell)
        }
        if element(mark.name) != nil {
            throw Fault(
                "“\(mark.name)”是名单的栏目，请写在有 {{每行 表名}} 的一行里",
                "“\(mark.name)” is a column of a list; write it in a row that has {{each form}}")
        }
        throw unknown(mark.name)
    }

    private func cell(_ name: String, _ form: CompiledForm) throws(Fault) -> Int {
        let folded = Self.folded(name)
        if ["合计", "总数", "人数", "户数", "total", "count"].contains(folded) { return 0 }
        let index = form.cellTitles.firstIndex {
            Self.folded($0.chinese) == folded || Self.folded($0.english) == folded
        }
        guard let index else {
            throw Fault(
                "表“\(form.definition.name.chinese)”没有统计项“\(name)”",
                "the form “\(form.definition.key)” has no figure “\(name)”")
        }
        return index + 1
    }

    private func repeated(_ mark: TemplateMark, _ rows: Rows, _ form: CompiledForm) throws(Fault) -> Meaning {
        let folded = Self.folded(mark.name)
        if ["序号", "number", "no"].contains(folded) { return .rowNumber }
        if rows.isByPart {
            if ["区域", "地区", "area"].contains(folded) { return .partName }
            if ["区划代码", "areacode", "area-code"].contains(folded) { return .partCode }
            return .partFigure(try cell(mark.name, form))
        }
        guard let key = element(mark.name) else { throw unknown(mark.name) }
        guard let column = form.definition.columns.firstIndex(of: key) else {
            throw Fault(
                "“\(mark.name)”不在表“\(form.definition.name.chinese)”的栏目中，请先向数据局提出数据需求",
                "“\(mark.name)” is no column of the form “\(form.definition.key)”; ask the data bureau for it first")
        }
        guard let wanted = mark.format else { return .column(column, nil) }
        guard case .citizenNumber? = dictionary[key]?.type else {
            throw Fault("只有身份号码可以指定写法“\(wanted)”", "only an identity number can be written “\(wanted)”")
        }
        guard let format = formats[wanted] else {
            let known = formats.all.map(\.zh).joined(separator: "、")
            throw Fault(
                "没有“\(wanted)”这种写法，可用：\(known)",
                "there is no way “\(wanted)”; there are: \(formats.all.map(\.key).joined(separator: ", "))")
        }
        return .column(column, format)
    }

    /// The key of the element, or `age` or `area`.
    private func element(_ name: String) -> String? {
        let folded = Self.folded(name)
        if ["年龄", "周岁", "age"].contains(folded) { return "age" }
        if ["区域", "所属网格", "网格", "area"].contains(folded) { return "area" }
        return dictionary.elements.first { element in
            ([element.key, element.name.chinese, element.name.english] + element.synonyms).contains {
                Self.folded($0) == folded
            }
        }?.key
    }

    private func unknown(_ name: String) -> Fault {
        Fault(
            "没有“\(name)”这个数据项、统计项或常用项", "“\(name)” is no element of the dictionary, no figure and no other mark")
    }

    private static func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
}
