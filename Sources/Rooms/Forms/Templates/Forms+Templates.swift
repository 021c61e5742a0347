import Desk
import Foundation
import Ground
import Identity
import Ledger
import Registry
import Sheets
import Storage

/// 部门版式: departments' own Excel layouts, filled from the facts.
extension Forms {
    /// Templates of one owner, and bytes of one template.
    static let mostTemplates = 200
    static let largestTemplate = 4 << 20

    /// A folder that is gone when the work in it is done.
    static func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-template-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    /// Reads a template and says what is wrong with it, cell by cell; nothing is kept.
    func read(_ bytes: [UInt8], named name: String, in folder: String, for scope: Scope) throws -> (
        WorkbookTemplate, TemplateReading
    ) {
        guard !bytes.isEmpty else {
            throw Refusal(
                .malformed, "forms.template-none", LocalizedText("请选择模板文件（.xlsx）", "Choose a template (.xlsx)"),
                field: "template")
        }
        guard bytes.count <= Self.largestTemplate else {
            throw Refusal(
                .tooLarge, "forms.template-large",
                LocalizedText(
                    "模板不超过 \(Self.largestTemplate >> 20) MB", "A template has at most \(Self.largestTemplate >> 20) MB"),
                wayOn: LocalizedText("请去掉图片和多余的空行空列", "Leave out pictures and empty rows and columns"),
                field: "template")
        }
        // Only the name that people know, and never a way out of the folder.
        let path = folder + "/template.xlsx"
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw Refusal(
                .unavailable, "forms.template-no-space",
                LocalizedText("无法暂存模板（磁盘已满？）", "The template cannot be kept (disk full?)"))
        }
        do {
            let template = try WorkbookTemplate(path: path)
            return (
                template,
                TemplateReading(template, registry.dictionary, numberFormats, forms: forms(for: scope))
            )
        } catch var refusal as Refusal {
            refusal.message = LocalizedText(
                refusal.message.chinese.replacingOccurrences(of: "template.xlsx", with: name),
                refusal.message.english.replacingOccurrences(of: "template.xlsx", with: name))
            refusal.field = "template"
            throw refusal
        }
    }

    /// Keeps a template that was found without fault.
    func keep(
        _ bytes: [UInt8], name: String, fileName: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> FormTemplate {
        guard !name.isBlank, name.utf16.count <= 60 else {
            throw Refusal(
                .ruleBroken, "forms.template-name",
                LocalizedText("请填写名称（不超过 60 字）", "Give it a name of at most 60 characters"), field: "name")
        }
        let held = try TemplateStore.all(for: scope, limit: Self.mostTemplates, in: transaction)
        guard held.count < Self.mostTemplates else {
            throw Refusal(
                .ruleBroken, "forms.template-many",
                LocalizedText("模板已达 \(Self.mostTemplates) 个", "There are \(Self.mostTemplates) templates"),
                wayOn: LocalizedText("请先删去不用的", "Delete those that are not used"), field: "template")
        }
        let template = FormTemplate(
            id: house.identifiers.next(at: now), name: name, fileName: String(fileName.suffix(100)), line: scope.line,
            area: scope.area, staffName: scope.staffName, uploadedAt: now, size: bytes.count)
        try TemplateStore.insert(template, bytes, in: transaction)
        try note("forms.template-kept", template, by: scope, at: now, in: transaction)
        return template
    }

    func drop(_ id: FormTemplate.ID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        guard let template = try TemplateStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        try TemplateStore.delete(id, in: transaction)
        try note("forms.template-dropped", template, by: scope, at: now, in: transaction)
    }

    private func note(
        _ act: String, _ template: FormTemplate, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "form-template", template.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: scope.area.code), in: transaction)
    }

    /// What a template that was good does not find any more: a form that is gone, an element that is off.
    struct TemplateFaults: Error {
        var problems: [TemplateProblem]
    }

    /// The workbook, filled for an area and a day.
    /// - Throws: `TemplateFaults` when its marks mean nothing any more.
    func fill(_ template: FormTemplate, _ question: FormQuestion, inClear: Bool, for staff: StaffVisit) async throws
        -> [UInt8]
    {
        if inClear { try staff.scope.require(.registryReveal) }
        let bytes = try await house.database.read { try TemplateStore.content(template.id, in: $0) }
        return try await Self.withFolder { folder in
            let (workbook, reading) = try read(bytes, named: template.fileName, in: folder, for: staff.scope)
            guard reading.problems.isEmpty else { throw TemplateFaults(problems: reading.problems) }
            let path = folder + "/filled.xlsx"
            try await TemplateFill(
                forms: self, reading: reading, workbook: workbook, question: question, inClear: inClear, staff: staff
            ).run(to: path)
            guard let filled = FileManager.default.contents(atPath: path) else {
                throw Refusal(
                    .fault, "export.unreadable", LocalizedText("导出文件无法读取", "The exported file cannot be read"),
                    wayOn: LocalizedText("请重试", "Try again"))
            }
            return Array(filled)
        }
    }
}
