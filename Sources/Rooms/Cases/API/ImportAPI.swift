import Cipher
import Desk
import Ground
import Hummingbird
import Sheets
import Storage
import Web

/// The body of `POST /cases/imports`.
private struct ImportRequest: Decodable {
    /// The table in base 64: CSV or XLSX.
    var orders: String
    /// The mapping file, as text; without it the layout is recognised by the header.
    var mapping: String?
}

extension Cases {
    func addImportAPI(to routes: Routes) {
        routes.api(Self.importOperation, right: .caseImport) { staff, submission in
            let request = try submission.decode(ImportRequest.self)
            guard let orders = [UInt8](base64URL: request.orders) else {
                throw Refusal(
                    .malformed, "cases.import.encoding",
                    LocalizedText("工单文件内容不是 Base64", "The table is no base 64"), field: "orders")
            }
            // An import is many transactions, so the answer of its first sending is asked for before it begins.
            if let earlier = try await house.database.read({ try submission.once.earlier(in: $0) }) {
                return earlier.response
            }
            let upload = try ImportUpload(orders: orders, mapping: request.mapping.map { Array($0.utf8) })
            defer { upload.remove() }
            let result = try await upload.naming {
                try await importCases(
                    file: upload.orders, mapping: upload.mapping, language: staff.visit.language,
                    by: .staff(staff.scope))
            }
            let language = staff.visit.language
            let answer = Answer.json(
                JSONWriter.object { writer in
                    result.write(to: &writer)
                    writer.key("problems")
                    writer.array(result.firstProblems) { writer, problem in
                        writer.object { writer in
                            writer.member("row", problem.row)
                            writer.member("column", problem.column)
                            writer.member("value", problem.value)
                            writer.member("detail", problem.message(language))
                        }
                    }
                })
            return try await staff.visit.write(submission) { _ in answer }
        }
    }

    private static let importOperation = APIOperation(
        .post, "/cases/imports", id: "importCases", tag: "cases",
        summary: LocalizedText("导入其他系统的工单", "Take over work orders of another system"),
        request: .object([
            .init("orders", .string(minimum: 1), "CSV (UTF-8, GB 18030, also gzip) or XLSX, in base 64"),
            .init("mapping", .nullable(.text), required: false, "a mapping file (YAML) for a layout that is not known"),
        ]),
        response: .object(
            [.init("layout", .text)]
                + [
                    "rows", "created", "open", "updated", "unchanged", "repeated", "rejected", "conflicts", "unplaced",
                ].map { .init($0, .integer(minimum: 0)) }
                + [
                    .init("seconds", .number),
                    .init(
                        "problems",
                        .array(
                            .object([
                                .init("row", .integer()), .init("column", .text), .init("value", .text),
                                .init("detail", .text),
                            ]))),
                ]))
}
