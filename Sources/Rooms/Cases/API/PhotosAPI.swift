import Desk
import Ground
import Hummingbird
import Storage
import Web

extension Cases {
    func addPhotosAPI(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/cases/{id}/photos", id: "listCasePhotos", tag: "cases",
                summary: LocalizedText("一件诉求的照片", "The photos of a matter"),
                response: .object([.init("photos", .array(CaseJSON.photo))])), right: .caseRead
        ) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let scope = staff.scope
            let files = try await house.database.read { transaction in
                try CaseStore.find(id, for: scope, in: transaction).map { _ in
                    try CaseStore.files(of: id, in: transaction)
                }
            }
            guard let files else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    writer.key("photos")
                    writer.array(files) { CaseJSON.write($1, to: &$0) }
                })
        }
        routes.api(
            APIOperation(
                .get, "/cases/{id}/photos/{photo}", id: "readCasePhoto", tag: "cases",
                summary: LocalizedText("一张照片（JPEG 或 PNG）", "One photo, JPEG or PNG"),
                response: .string(format: "binary"), responseType: "image/*"), right: .caseRead
        ) { staff, _ in
            try await PhotoFiles(cases: self).photo(staff.visit, part: "photo")
        }
    }
}

extension CaseJSON {
    static func write(_ file: CaseFile, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", file.id)
            writer.member("version", file.version)
            writer.member("name", file.name)
            writer.member("contentType", file.contentType)
            writer.member("at", file.at)
        }
    }

    static let photo = Schema.named(
        "CasePhoto",
        .object([
            .init("id", .identifier), .init("version", .integer(minimum: 1), "of the step that brought it"),
            .init("name", .text), .init("contentType", .string(values: ["image/jpeg", "image/png"])),
            .init("at", .instant),
        ]))
}
