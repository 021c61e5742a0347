import Cipher
import Desk
import Ground
import HTTPTypes
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// Registers in and everything out, for programs.
struct ExchangeAPI: Sendable {
    let registry: Registry
    private static let tag = "registry"

    private static let upload = Schema.named(
        "ResidentUpload",
        .object([
            .init("id", .identifier), .init("fileName", .text),
            .init("state", .string(values: Upload.State.allCases.map(\.rawValue))),
            .init("rowsRead", .integer(minimum: 0)), .init("bytesRead", .integer(minimum: 0)),
            .init("byteCount", .integer(minimum: 0)), .init("hasErrors", .boolean),
            .init(
                "outcome",
                .nullable(
                    .object(
                        [
                            "rows", "created", "changed", "unchanged", "rejected", "partly", "lookAlikes", "dwellings",
                            "households",
                        ].map { .init($0, .integer(minimum: 0)) }
                            + [
                                .init("unusedColumns", .array(.text)), .init("code", .nullable(.text)),
                                .init("detail", .nullable(.text), "why nothing was taken"),
                            ]))),
        ]))

    func add(to routes: Routes) {
        uploads(routes)
        routes.api(
            APIOperation(
                .post, "/registry/files", id: "exportRegistry", tag: Self.tag,
                summary: LocalizedText(
                    "导出全部：CSV、逐行 JSON、GeoJSON（原文，用途记入台账）",
                    "Everything known in open formats, in clear; the purpose goes on the ledger"),
                request: .object([
                    .init("file", .string(values: RegistryFile.allCases.map(\.rawValue))),
                    .init("purpose", .string(values: registry.dictionary.purposes.map(\.key))),
                ]), responseType: "application/octet-stream"), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable {
                var file: String
                var purpose: String
            }
            let asked = try submission.decode(Asked.self)
            var response = try await registry.file(
                asked.file, purpose: asked.purpose, by: staff.scope, at: staff.visit.now)
            response.headers[.contentType] = "application/octet-stream"
            return response
        }
    }

    private func uploads(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/registry/uploads", id: "uploadResidents", tag: Self.tag,
                summary: LocalizedText("上传居民名册，随后自动导入", "Send a register of residents, which is then taken over"),
                request: .object([
                    .init("file", .string(minimum: 1), "CSV (UTF-8, GB 18030, also gzip), XLSX or GeoJSON, in base 64"),
                    .init("name", .nullable(.string(maximum: 200)), required: false),
                ]), status: 201, response: Self.upload), right: .registryManage
        ) { staff, submission in
            struct Asked: Decodable {
                var file: String
                var name: String?
            }
            let asked = try submission.decode(Asked.self)
            guard let bytes = [UInt8](base64URL: asked.file) else {
                throw Refusal(
                    .malformed, "registry.upload.encoding",
                    LocalizedText("名册内容不是 Base64", "The register is no base 64"), field: "file")
            }
            let (registry, scope, now, visit) = (registry, staff.scope, staff.visit.now, staff.visit)
            return try await visit.write(submission) { transaction in
                let upload = try registry.takeUpload(
                    bytes, named: asked.name ?? "", language: visit.language, by: scope, at: now, in: transaction)
                return .json(
                    try Self.json(upload, visit), status: 201, location: "/api/v1/registry/uploads/\(upload.id)")
            }
        }
        routes.api(
            APIOperation(
                .get, "/registry/uploads/{id}", id: "readUpload", tag: Self.tag,
                summary: LocalizedText("一次名册导入的进度与结果", "How far a register was taken over, and what came of it"),
                response: Self.upload), right: .registryManage
        ) { staff, _ in
            let (registry, scope): (Registry, Scope) = (registry, staff.scope)
            let id: Upload.ID = try staff.visit.identifier()
            let upload = try await registry.house.database.read { try registry.upload(id, by: scope, in: $0) }
            return Answer.json(try Self.json(upload, staff.visit)).response
        }
        routes.api(
            APIOperation(
                .post, "/registry/uploads/{id}/cancel", id: "cancelUpload", tag: Self.tag,
                summary: LocalizedText("取消名册导入，已写入的保留", "Cancel the import of a register; what was written stays"),
                status: 204), right: .registryManage
        ) { staff, submission in
            let id: Upload.ID = try staff.visit.identifier()
            let (registry, scope, now) = (registry, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try registry.cancelUpload(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
        routes.api(
            APIOperation(
                .get, "/registry/uploads/{id}/errors", id: "readUploadErrors", tag: Self.tag,
                summary: LocalizedText("一次名册导入的错误清单（CSV）", "What was wrong with a register, cell by cell, as CSV"),
                responseType: "text/csv"), right: .registryManage
        ) { staff, _ in
            let id: Upload.ID = try staff.visit.identifier()
            let bytes = try await registry.errors(of: id, by: staff.scope, at: staff.visit.now)
            return .download(bytes, name: "errors-\(id).csv", contentType: "text/csv; charset=utf-8")
        }
    }

    private static func json(_ upload: Upload, _ visit: Visit) throws -> [UInt8] {
        let (failure, report) = (upload.failure, try upload.report(as: ResidentReport.self))
        return JSONWriter.object { writer in
            writer.member("id", upload.id)
            writer.member("fileName", upload.fileName)
            writer.member("state", upload.state.rawValue)
            writer.member("rowsRead", upload.progress.rows)
            writer.member("bytesRead", upload.progress.done)
            writer.member("byteCount", upload.progress.total ?? 0)
            writer.member("hasErrors", upload.hasErrors)
            writer.key("outcome")
            guard failure != nil || report != nil else { return writer.null() }
            let report = report ?? ResidentReport()
            writer.object { writer in
                writer.member("rows", report.rows)
                writer.member("created", report.created)
                writer.member("changed", report.changed)
                writer.member("unchanged", report.unchanged)
                writer.member("rejected", report.rejected)
                writer.member("partly", report.partly)
                writer.member("lookAlikes", report.lookAlikes)
                writer.member("dwellings", report.dwellings)
                writer.member("households", report.households)
                writer.key("unusedColumns")
                writer.array(report.unusedColumns) { $0.value($1) }
                writer.member("code", failure?.code)
                writer.member("detail", failure.map { visit($0.text) })
            }
        }
    }
}
