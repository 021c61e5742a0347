import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Sheets
import Storage
import Web

/// `/api/v1/forms/templates`: layouts for programs; workbooks go in and come out in base 64.
struct TemplatesAPI: Sendable {
    let forms: Forms
    private static let tag = "forms"

    private static let template: Schema = .named(
        "FormTemplate",
        .object([
            .init("id", .identifier), .init("name", .text), .init("fileName", .text), .init("uploadedAt", .instant),
        ]))
    private static let problems: Schema = .array(
        .object([.init("sheet", .text), .init("cell", .text), .init("detail", .text)]))

    func add(to routes: Routes) {
        list(routes)
        upload(routes)
        fill(routes)
        delete(routes)
    }

    private static func write(_ one: FormTemplate, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("name", one.name)
        writer.member("fileName", one.fileName)
        writer.member("uploadedAt", one.uploadedAt)
    }

    private static func write(_ problems: [TemplateProblem], _ language: Language, to writer: inout JSONWriter) {
        writer.key("problems")
        writer.array(problems) { writer, problem in
            writer.object { writer in
                writer.member("sheet", problem.sheet)
                writer.member("cell", problem.cell)
                writer.member("detail", problem.text(language))
            }
        }
    }

    private func list(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/forms/templates", id: "listTemplates", tag: Self.tag,
                summary: LocalizedText("本部门的版式", "The layouts of one's own department"),
                response: .object([.init("items", .array(Self.template))])), right: .formsRead
        ) { staff, _ in
            let scope = staff.scope
            let all = try await forms.house.database.read {
                try TemplateStore.all(for: scope, limit: Forms.mostTemplates, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(all) { writer, one in writer.object { Self.write(one, to: &$0) } }
                }
            ).response
        }
    }

    private func upload(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/forms/templates", id: "keepTemplate", tag: Self.tag,
                summary: LocalizedText(
                    "检查并保存一个版式；有误时逐格指出，不保存",
                    "Check and keep a layout; what is wrong is told by its cell, and nothing is kept"),
                request: .named(
                    "NewTemplate",
                    .object([
                        .init("name", .string(minimum: 1, maximum: 60)),
                        .init("workbook", .string(minimum: 1), "XLSX in base 64"),
                    ])),
                response: .object([.init("id", .nullable(.identifier)), .init("problems", Self.problems)])),
            right: .formsRead
        ) { staff, submission in
            struct Asked: Decodable {
                var name: String
                var workbook: String
            }
            let asked = try submission.decode(Asked.self)
            guard let bytes = [UInt8](base64URL: asked.workbook) else {
                throw Refusal(
                    .malformed, "forms.template-encoding", LocalizedText("模板内容不是 Base64", "The template is no base 64"),
                    field: "workbook")
            }
            let (forms, scope, now, language) = (forms, staff.scope, staff.visit.now, staff.visit.language)
            let problems = try await Forms.withFolder { folder in
                try forms.read(bytes, named: "workbook", in: folder, for: scope).1.problems
            }
            return try await staff.visit.write(submission) { transaction in
                var id: FormTemplate.ID?
                if problems.isEmpty {
                    id = try forms.keep(
                        bytes, name: asked.name, fileName: asked.name + ".xlsx", by: scope, at: now, in: transaction
                    ).id
                }
                let kept = id
                return .json(
                    JSONWriter.object { writer in
                        writer.member("id", kept)
                        Self.write(problems, language, to: &writer)
                    })
            }
        }
    }

    private func fill(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/forms/templates/{id}/filled", id: "fillTemplate", tag: Self.tag,
                summary: LocalizedText("按版式取填好的工作簿", "A layout filled for an area and a day"),
                query: [
                    .init("area", .string(maximum: 15), required: false, "one's own when not said"),
                    .init("day", .string(format: "date"), required: false, "today when not said"),
                ],
                request: .object([
                    .init("inClear", .boolean, "in clear for the purposes of its forms; noted for each person")
                ]),
                response: .object([
                    .init("fileName", .text), .init("workbook", .nullable(.text), "XLSX in base 64"),
                    .init("problems", Self.problems),
                ]), refusals: [404]), right: .formsRead
        ) { staff, submission in
            struct Asked: Decodable { var inClear: Bool }
            let asked = try submission.decode(Asked.self)
            let id: FormTemplate.ID = try staff.visit.identifier()
            let (forms, scope) = (forms, staff.scope)
            guard let one = try await forms.house.database.read({ try TemplateStore.find(id, for: scope, in: $0) })
            else { throw Refusal.nothingHere }
            let question = try FormQuestion(
                staff.visit.query, within: scope, today: staff.visit.now.local().day, origin: forms.engine.origin)
            var filled: [UInt8]?
            var problems: [TemplateProblem] = []
            do { filled = try await forms.fill(one, question, inClear: asked.inClear, for: staff) } catch let faults
                as Forms.TemplateFaults
            { problems = faults.problems }
            let (workbook, found) = (filled, problems)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("fileName", "\(one.name)-\(question.area.code)-\(question.day).xlsx")
                    writer.member("workbook", workbook.map { $0.base64URL })
                    Self.write(found, staff.visit.language, to: &writer)
                }
            ).response
        }
    }

    private func delete(_ routes: Routes) {
        routes.api(
            APIOperation(
                .delete, "/forms/templates/{id}", id: "deleteTemplate", tag: Self.tag,
                summary: LocalizedText("删除一个版式", "Delete a layout"), status: 204, refusals: [404]), right: .formsRead
        ) { staff, submission in
            let id: FormTemplate.ID = try staff.visit.identifier()
            let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try forms.drop(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }
}
