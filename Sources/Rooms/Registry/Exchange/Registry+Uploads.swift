import Desk
import Ground
import Identity
import Ledger
import Storage
import Uploads

/// 导入: registers of residents that came by the network.
extension Registry {
    private static let line = UploadQueue.Line(
        "residents", contentPurpose: "registry.upload", errorsPurpose: "registry.upload.errors",
        subject: "residents-upload", sent: "registry.uploaded", cancelled: "registry.upload-cancelled")
    /// One kind of file stands in this line.
    private static let subject = "residents"
    private struct NoOptions: Encodable {}

    var uploads: UploadQueue { UploadQueue(Self.line, of: house) { try await takeOver($0) } }

    /// Whole registers go in and out by those only who are responsible for all of them.
    func requireWhole(_ scope: Scope) throws(Refusal) {
        try scope.require(.registryManage)
        guard scope.area.contains(house.settings.area) else {
            throw Refusal(
                .forbidden, "registry.exchange.whole",
                LocalizedText("整册导入导出由负责全部区域的岗位办理", "Whole registers are for posts that answer for the whole area"),
                wayOn: LocalizedText("个别人员请直接登记", "Register single people on their pages"))
        }
    }

    func takeUpload(
        _ content: [UInt8], named name: String, language: Language, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Upload {
        try requireWhole(scope)
        guard !content.isEmpty else {
            throw Refusal(
                .malformed, "registry.upload.no-file", LocalizedText("请选择名册文件", "Choose a register"), field: "file")
        }
        return try uploads.take(
            content, named: UploadedFile.plainName(of: name) ?? "residents", of: Self.subject, NoOptions(),
            total: Int64(content.count), language: language, by: scope, at: now, in: transaction)
    }

    func upload(_ id: Upload.ID, by scope: Scope, in transaction: any Transaction) throws -> Upload {
        try requireWhole(scope)
        guard let upload = try uploads.find(id, in: transaction) else { throw Refusal.nothingHere }
        return upload
    }

    func latestUploads(by scope: Scope, limit: Int, in transaction: any Transaction) throws -> [Upload] {
        try requireWhole(scope)
        return try uploads.page(of: Self.subject, in: .everywhere, limit: limit, transaction: transaction)
    }

    func cancelUpload(_ id: Upload.ID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        try uploads.cancel(try upload(id, by: scope, in: transaction), by: scope, at: now, in: transaction)
    }

    /// What was wrong with an upload; that somebody took it is on the ledger.
    func errors(of id: Upload.ID, by scope: Scope, at now: Instant) async throws -> [UInt8] {
        let registry = self
        return try await house.database.write { transaction in
            let upload = try registry.upload(id, by: scope, in: transaction)
            guard let bytes = try registry.uploads.errors(of: upload, in: transaction) else {
                throw Refusal.nothingHere
            }
            try Ledger.record(
                LedgerEntry(
                    "registry.upload-errors-taken", on: "residents-upload", id, by: Actor(scope), at: now,
                    id: registry.house.identifiers.next(at: now), area: scope.area.code), in: transaction)
            return bytes
        }
    }

    private func takeOver(_ work: UploadWork) async throws -> UploadWork.Outcome {
        let result = try await importResidents(
            file: work.file.path, errors: work.file.errors, language: work.upload.language, by: work.upload.actor,
            written: { progress, transaction in
                try work.note(
                    Upload.Progress(rows: progress.rows, done: progress.bytesRead, total: progress.byteCount),
                    in: transaction)
            })
        return try UploadWork.Outcome(
            ResidentReport(result), rows: result.rows,
            hasErrors: result.rejected + result.partly + result.lookAlikes > 0)
    }
}
