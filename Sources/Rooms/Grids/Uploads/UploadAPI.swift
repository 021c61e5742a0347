import Desk
import Foundation
import Geo
import Ground
import HTTPTypes
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// `/api/v1/grid-uploads`: files of buildings or barriers of any kind that pages take, taken over while nobody waits.
struct UploadAPI: Sendable {
    let grids: Grids

    private static let tag = "grids"

    private static let upload = Schema.named(
        "GridUpload",
        .object([
            .init("id", .identifier), .init("subject", .string(values: FeatureUpload.Subject.allCases.map(\.rawValue))),
            .init("fileName", .text), .init("state", .string(values: Upload.State.allCases.map(\.rawValue))),
            .init("rowsRead", .integer(minimum: 0)),
            .init("written", .nullable(.integer(minimum: 0)), "of those read, how many are dealt with"),
            .init("hasErrors", .boolean),
            .init("report", .nullable(.object([])), "what came of it, as putBuildings or putGridBarriers answers it"),
            .init("code", .nullable(.text)), .init("detail", .nullable(.text), "why nothing was taken"),
        ]))

    private struct Asked: Decodable {
        var subject: FeatureUpload.Subject
        var file: String
        var name: String
        var datum: Datum?
        var partial: Bool?
        var replace: BarrierImport.Place?
    }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/grid-uploads", id: "uploadGridFile", tag: Self.tag,
                summary: LocalizedText(
                    "上传楼栋或障碍文件，随后自动导入", "Send a file of buildings or barriers, which is then taken over"),
                request: .object([
                    .init("subject", .string(values: FeatureUpload.Subject.allCases.map(\.rawValue))),
                    .init("file", .string(minimum: 1), "GeoJSON, GeoPackage, CSV or XLSX, also gzip, in base 64"),
                    .init("name", .string(minimum: 1, maximum: 200), "its end says what it is: roads.gpkg"),
                    .init("datum", .nullable(.string(values: Datum.allCases.map(\.rawValue))), required: false),
                    .init("partial", .nullable(.boolean), required: false, "as of putBuildings"),
                    .init(
                        "replace", .nullable(.string(values: BarrierImport.Place.allCases.map(\.rawValue))),
                        required: false, "as of putGridBarriers, but same without it"),
                ]), status: 201, response: Self.upload), right: .gridsBuildings
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            guard let bytes = Data(base64Encoded: asked.file).map({ [UInt8]($0) }) else {
                throw Refusal(
                    .malformed, "grids.upload.encoding", LocalizedText("文件内容不是 Base64", "The file is no base 64"),
                    field: "file")
            }
            let (grids, scope, visit) = (grids, staff.scope, staff.visit)
            let options = GridUpload.Options(
                datum: asked.datum, isPartial: asked.partial ?? false, place: asked.replace ?? .same)
            return try await visit.write(submission) { transaction in
                let upload = try grids.takeUpload(
                    bytes, named: asked.name, of: asked.subject, options, language: visit.language, by: scope,
                    at: visit.now, in: transaction)
                return .json(
                    try Self.json(upload, visit), status: 201, location: "/api/v1/grid-uploads/\(upload.id)")
            }
        }
        routes.api(
            APIOperation(
                .get, "/grid-uploads/{id}", id: "readGridUpload", tag: Self.tag,
                summary: LocalizedText("一次导入的进度与结果", "How far a file was taken over, and what came of it"),
                response: Self.upload), right: .gridsBuildings
        ) { staff, _ in
            let (id, grids, scope): (Upload.ID, Grids, Scope) = (try staff.visit.identifier(), grids, staff.scope)
            let upload = try await grids.house.database.read { try grids.upload(id, for: scope, in: $0) }
            return .json(try Self.json(upload, staff.visit))
        }
        routes.api(
            APIOperation(
                .post, "/grid-uploads/{id}/cancel", id: "cancelGridUpload", tag: Self.tag,
                summary: LocalizedText("取消导入，已写入的楼栋保留", "Cancel it; buildings that were written stay"), status: 204),
            right: .gridsBuildings
        ) { staff, submission in
            let id: Upload.ID = try staff.visit.identifier()
            let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try grids.cancelUpload(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
        routes.api(
            APIOperation(
                .get, "/grid-uploads/{id}/errors", id: "readGridUploadErrors", tag: Self.tag,
                summary: LocalizedText("一次导入的未采用清单（CSV）", "What was left out of a file, as CSV"),
                responseType: "text/csv"), right: .gridsBuildings
        ) { staff, _ in
            let id: Upload.ID = try staff.visit.identifier()
            let bytes = try await grids.errors(of: id, for: staff.scope)
            return .download(bytes, name: "left-out-\(id).csv", contentType: "text/csv; charset=utf-8")
        }
    }

    private static func json(_ upload: Upload, _ visit: Visit) throws -> [UInt8] {
        let (failure, report) = (upload.failure, try upload.report(as: GridUpload.Report.self))
        return JSONWriter.object { writer in
            writer.member("id", upload.id)
            writer.member("subject", upload.subject)
            writer.member("fileName", upload.fileName)
            writer.member("state", upload.state.rawValue)
            writer.member("rowsRead", upload.progress.rows)
            writer.key("written")
            if upload.progress.total != nil { writer.value(upload.progress.done) } else { writer.null() }
            writer.member("hasErrors", upload.hasErrors)
            writer.key("report")
            if let report = report?.buildings {
                writer.object { report.write(to: &$0, in: visit.language) }
            } else if let report = report?.barriers {
                writer.object { report.write(to: &$0, in: visit.language) }
            } else {
                writer.null()
            }
            writer.member("code", failure?.code)
            writer.member("detail", failure.map { visit($0.text) })
        }
    }
}
