import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/mandates/table`: the lists as a table out, and in again as the next revision.
struct TablePages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/mandates/table", right: .readMandates) { try await export($0) }
        routes.page("/mandates/import", right: .publishMandates) { form($0) }
        routes.form("/mandates/import", right: .publishMandates) { try await take($0, $1) }
        publish(routes)
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let items = try await mandates.house.database.read { transaction in
            try ListStore.items(at: try ListStore.current(in: transaction), in: transaction)
        }
        let rows = ListTable.rows(items)
        return try await SheetExport.workbook(
            named: staff(MandateTexts.lists), columns: ListTable.columns, for: staff
        ) { _ in (rows, nil) }
    }

    private func form(
        _ staff: StaffVisit, note: String? = nil, refusal: Refusal? = nil, faults: [ListTable.Fault] = []
    ) -> Response {
        let visit = staff.visit
        let title = visit("导入清单", "Import lists")
        let wrong: HTML =
            faults.isEmpty
            ? HTML()
            : """
            <section class="panel"><h2>\(visit("有误的行（一行也没有采纳）", "Rows with mistakes (none was taken)"))</h2><ul>\(faults.html {
                "<li>\(visit("第 \($0.row) 行", "Row \($0.row)")): \(visit($0.reason))</li>"
            })</ul></section>
            """
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.lists), "/mandates"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("先导出清单表，在 Excel 中修改后导入，成为下一版。文件中出现的清单整张替换，其余不变；有一处错误就都不采纳。", "Export the table, change it in Excel, and import it as the next revision. Lists that stand in the file are replaced whole, the others stay; with one mistake nothing is taken."))</p>\
                <div class="bar"><a class="btn" href="/mandates/table" download>\(symbol("download"))<span>\(visit("导出清单表", "Export the table"))</span></a></div>\(wrong)\
                <form class="panel narrow" method="post" action="/mandates/import" enctype="multipart/form-data">\(visit.formFields)\
                \(Field.file("table", visit("清单表", "Table"), accept: ".csv,.xlsx", required: true, error: refusal?.field == "table" ? refusal.map { visit($0.message) } : nil))\
                \(Field.text("note", visit("调整缘由", "Why"), value: note, required: true, maximum: 200, error: refusal?.field == "note" ? refusal.map { visit($0.message) } : nil))\
                <p>\(Field.submit(visit("导入并发布", "Import and publish")))</p></form>
                """), status: refusal?.kind.status ?? (faults.isEmpty ? .ok : .unprocessableContent))
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let note = submission.fields["note"] ?? ""
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        do {
            let read = try ListTable.read(submission.files.first { $0.field == "table" }?.bytes ?? [])
            guard read.faults.isEmpty else { return form(staff, note: note, faults: read.faults) }
            let items = read.items
            return try await staff.visit.write(submission) { transaction in
                let revision = try mandates.publish(
                    items, replacing: Set(items.map(\.list)), note: note, validFrom: now.local().day, by: scope,
                    at: now,
                    in: transaction)
                return .seeOther("/mandates/differences?to=\(revision.number)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return form(staff, note: note, refusal: refusal)
        }
    }

    // MARK: For programs

    private struct Published: Decodable {
        var note: String
        var validFrom: Day?
        var items: [MandateItem]
    }

    private func publish(_ routes: Routes) {
        let task = Schema.object([
            .init("key", .text), .init("zh", .text), .init("en", .text),
            .init("within", .nullable(.text), required: false),
            .init("at", .string(values: ["county", "street", "community", "grid"])), .init("roles", .array(.text)),
            .init("minutes", .nullable(.integer(minimum: 0)), required: false),
            .init("times", .nullable(.integer(minimum: 0)), required: false),
            .init("households", .nullable(.integer(minimum: 1)), required: false),
            .init("months", .nullable(.array(.integer(minimum: 0))), required: false),
        ])
        let item = Schema.named(
            "NewMandateItem",
            .object([
                .init("code", .string(minimum: 2, maximum: 12)),
                .init("list", .string(values: MandateList.allCases.map(\.rawValue))),
                .init("zh", .string(minimum: 1, maximum: 80)), .init("en", .text), .init("basis", .array(.text)),
                .init("lead", .text), .init("assists", .array(.text), required: false),
                .init("under", .nullable(.text), required: false), .init("tasks", .array(task), required: false),
            ]))
        routes.api(
            APIOperation(
                .post, "/mandates/revisions", id: "publishMandates", tag: "mandates",
                summary: LocalizedText(
                    "发布清单新版本；出现的清单整张替换", "Publish a revision: lists that stand in it are replaced whole"),
                request: .object([
                    .init("note", .string(minimum: 1, maximum: 200)),
                    .init("validFrom", .nullable(.string(format: "date")), required: false),
                    .init("items", .array(item)),
                ]), status: 201,
                response: .object([
                    .init("revision", .integer(minimum: 1)), .init("added", .integer(minimum: 0)),
                    .init("changed", .integer(minimum: 0)), .init("removed", .integer(minimum: 0)),
                ])), right: .publishMandates
        ) { staff, submission in
            let asked = try submission.decode(Published.self)
            let (mandates, scope, visit) = (mandates, staff.scope, staff.visit)
            return try await visit.write(submission) { transaction in
                let revision = try mandates.publish(
                    asked.items, replacing: Set(asked.items.map(\.list)), note: asked.note,
                    validFrom: asked.validFrom ?? visit.now.local().day, by: scope, at: visit.now, in: transaction)
                return .json(
                    JSONWriter.object { writer in
                        writer.member("revision", revision.number)
                        writer.member("added", revision.added)
                        writer.member("changed", revision.changed)
                        writer.member("removed", revision.removed)
                    }, status: 201)
            }
        }
    }
}
