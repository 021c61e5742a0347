public import Desk
public import Ground
public import Hummingbird
import Identity
import Registry
import Sheets
import Storage

/// One column of another system's import file.
public struct ImportColumn: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// An element that the form lists, or `age` or `area`; identity numbers in a way of `Rules/number-formats.yaml`.
        case element(String, format: String?)
        case constant(String)
        case rowNumber
    }

    /// As the other system wants it.
    public var title: String
    public var content: Content

    public init(_ title: String, _ content: Content) {
        self.title = title
        self.content = content
    }
}

/// 导入文件: a list in the layout that another system imports, so that nobody types it there.
extension Forms {
    /// What is wrong with a layout; nil when it can be made.
    public func fault(in layout: [ImportColumn], of key: String) -> LocalizedText? {
        guard let form = engine.library[key], form.definition.isList else {
            return LocalizedText("没有名单“\(key)”", "there is no list “\(key)”")
        }
        for column in layout {
            guard case .element(let element, let format) = column.content else { continue }
            guard form.definition.columns.contains(element) else {
                return LocalizedText("名单“\(key)”没有“\(element)”", "the list “\(key)” has no “\(element)”")
            }
            if let format, numberFormats[format].map({ $0.cells > 1 }) ?? true {
                return LocalizedText(
                    "号码写法“\(format)”不能用于导入文件", "“\(format)” is no way to write numbers in an import file")
            }
        }
        return nil
    }

    /// The file for one's own area, today; noted as taken, and in clear for each person whom it shows.
    public func importFile(
        of key: String, _ layout: [ImportColumn], system: String, named name: String, inClear: Bool,
        for staff: StaffVisit
    ) async throws -> Response {
        if inClear { try staff.scope.require(.registryReveal) }
        let (visit, scope, now) = (staff.visit, staff.scope, staff.visit.now)
        let form = try form(key, for: scope)
        let question = try FormQuestion(visit.query, within: scope, today: now.local().day, origin: engine.origin)
        let forms = self
        let reading = try await taking(by: scope, at: now) { transaction in
            guard let state = try forms.engine.states(in: transaction)[form.instance], state.horizon != nil else {
                throw Forms.beingComputed
            }
            let rows =
                try FormReadingStore.figures(
                    form, state, in: question.area, by: nil, at: question.day, for: scope, in: transaction
                ).counts[question.area.code]?.first ?? 0
            try forms.notePull(form, question, rows: rows, system: system, at: now, in: transaction)
            return try forms.note(
                "forms.import-file-taken", form, question, rows: rows, inClear: inClear, by: scope, at: now,
                in: transaction)
        }
        let values = columns(form, at: question.day, purpose: inClear ? form.definition.purpose : nil)
        let formats = numberFormats
        let sheet = layout.map { column in
            Column<NumberedSubject>(
                column.title, column.title, cell: { Self.cell(column, of: $0, $1, form, values, formats) })
        }
        var number = 0
        return try await SheetExport.workbook(
            named: name, columns: sheet, for: staff, filter: "\(areaName(question.area.code)) · \(question.day)"
        ) { after in
            var next = question
            next.after = try after.map { text throws(Refusal) in try FormQuestion.mark(text) }
            let page = try await forms.taken(form, next, noting: reading, for: scope)
            let first = number
            number += page.items.count
            return (page.items.enumerated().map { NumberedSubject(number: first + $0 + 1, listed: $1) }, page.next)
        }
    }

    private static func cell(
        _ column: ImportColumn, of item: NumberedSubject, _ visit: Visit, _ form: CompiledForm,
        _ values: [Column<ListedSubject>], _ formats: NumberFormats
    ) -> Cell {
        switch column.content {
        case .constant(let text): return .text(text)
        case .rowNumber: return .number(Double(item.number))
        case .element(let element, let wanted):
            guard let index = form.definition.columns.firstIndex(of: element) else { return .empty }
            let cell = values[index].cell(item.listed, visit)
            guard let format = wanted.flatMap({ formats[$0] }), case .text(let text) = cell,
                case .text(let written) = format.value(of: text)
            else { return cell }
            return .text(written)
        }
    }

    private struct NumberedSubject: Sendable {
        var number: Int
        var listed: ListedSubject
    }
}
