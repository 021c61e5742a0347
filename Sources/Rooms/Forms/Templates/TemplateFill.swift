import Desk
import Foundation
import Ground
import Places
import Registry
import Sheets
import Storage

/// One filling of a template: reads the figures first, then lists page by page while the sheets are written.
struct TemplateFill: Sendable {
    let forms: Forms
    let reading: TemplateReading
    let workbook: WorkbookTemplate
    let question: FormQuestion
    let inClear: Bool
    let staff: StaffVisit

    private struct Prepared: Sendable {
        var figures: [String: ShownFigures] = [:]
        /// The readings to which the pages of each list are noted.
        var readings: [String: FormReading.ID] = [:]
    }

    func run(to path: String) async throws {
        let prepared = try await prepare()
        let filling = TemplateFilling(workbook, to: path)
        for (index, sheet) in reading.sheets.enumerated() {
            try filling.begin(sheet: index) { mark in
                sheet.single[mark].map { single($0, prepared) } ?? .empty
            }
            guard let rows = sheet.rows, let form = forms.engine.library[rows.form] else { continue }
            if rows.isByPart {
                try parts(sheet, form, prepared, filling)
            } else {
                try await list(sheet, form, prepared, filling)
            }
        }
        try filling.close()
    }

    private func prepare() async throws -> Prepared {
        let (forms, question, scope, inClear) = (forms, question, staff.scope, inClear)
        let (keys, now) = (reading.formKeys.sorted(), staff.visit.now)
        let listed = Set(reading.sheets.compactMap { $0.rows.flatMap { $0.isByPart ? nil : $0.form } })
        return try await forms.taking(by: scope, at: now) { transaction in
            let states = try forms.engine.states(in: transaction)
            var prepared = Prepared()
            for key in keys {
                let form = try forms.form(key, for: scope)
                guard let state = states[form.instance], state.horizon != nil else { throw Forms.beingComputed }
                let figures = try forms.figures(form, state, question, for: scope, in: transaction)
                prepared.figures[key] = figures
                if listed.contains(key) {
                    try forms.notePull(
                        form, question, rows: figures.whole[0] ?? 0, system: nil, at: now, in: transaction)
                }
                prepared.readings[key] = try forms.note(
                    "forms.template-filled", form, question, rows: listed.contains(key) ? figures.whole[0] ?? 0 : 0,
                    inClear: inClear && listed.contains(key), by: scope, at: now, in: transaction)
            }
            return prepared
        }
    }

    private func figure(_ counts: [Int?]?, _ cell: Int) -> TemplateValue {
        guard let counts else { return .integer(0) }
        return counts[cell].map { .integer($0) } ?? .text(Forms.withheldMark)
    }

    private func single(_ meaning: TemplateReading.Meaning, _ prepared: Prepared) -> TemplateValue {
        let parts = question.day.parts
        switch meaning {
        case .area: return .text(forms.areaName(question.area.code))
        case .areaCode: return .text(question.area.code)
        case .day: return .text(question.day.description)
        case .year: return .integer(parts.year)
        case .month: return .integer(parts.month)
        case .dayOfMonth: return .integer(parts.day)
        case .madeBy: return .text(staff.scope.staffName)
        case .madeOn: return .text(staff.visit.now.local().day.description)
        case .figure(let form, let cell): return figure(prepared.figures[form]?.whole, cell)
        case .rowNumber, .column, .partFigure, .partName, .partCode: return .empty
        }
    }

    private func parts(
        _ sheet: TemplateReading.Sheet, _ form: CompiledForm, _ prepared: Prepared, _ filling: TemplateFilling
    ) throws {
        let figures = prepared.figures[form.definition.key]?.parts ?? [:]
        let known = forms.places.children(of: question.area.code)
        let others = Set(figures.keys).subtracting(known.map(\.code)).sorted()
        let all = known.map { ($0.code, $0.name) } + others.map { ($0, forms.places.name(of: $0) ?? $0) }
        for (index, part) in all.enumerated() {
            try filling.addRow { mark in
                switch sheet.repeated[mark] {
                case .rowNumber: .integer(index + 1)
                case .partName: .text(part.0 == question.area.code ? staff(FormTexts.unassigned) : part.1)
                case .partCode: .text(part.0)
                case .partFigure(let cell): figure(figures[part.0], cell)
                case .some(let meaning): single(meaning, prepared)
                case nil: .empty
                }
            }
        }
    }

    private func list(
        _ sheet: TemplateReading.Sheet, _ form: CompiledForm, _ prepared: Prepared, _ filling: TemplateFilling
    ) async throws {
        let columns = forms.columns(
            form, at: question.day, purpose: inClear ? form.definition.purpose : nil)
        var next = question
        var number = 0
        repeat {
            let page = try await forms.taken(
                form, next, noting: prepared.readings[form.definition.key], for: staff.scope)
            for item in page.items {
                number += 1
                try filling.addRow { mark in
                    switch sheet.repeated[mark] {
                    case .rowNumber: .integer(number)
                    case .column(let index, let format): value(columns[index].cell(item, staff.visit), format)
                    case .some(let meaning): single(meaning, prepared)
                    case nil: .empty
                    }
                }
            }
            next.after = try page.next.map { try FormQuestion.mark($0) }
        } while next.after != nil && number < SheetExport.rowLimit
    }

    private func value(_ cell: Cell, _ format: NumberFormat?) -> TemplateValue {
        switch cell {
        case .text(let text): format.map { $0.value(of: text) } ?? .text(text)
        case .number(let number): number == number.rounded() ? .integer(Int(number)) : .text(String(number))
        case .instant(let instant): .text(instant.iso8601)
        case .empty: .empty
        }
    }
}
