import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// 导入: files of buildings and barriers that take their time.
extension Grids {
    private static let line = UploadQueue.Line(
        "grid-files", contentPurpose: "grids.upload", errorsPurpose: "grids.upload.errors", subject: "grid-upload",
        sent: "grids.uploaded", cancelled: "grids.upload-cancelled")
    /// On a page a file up to so many bytes is taken over while its sender waits.
    static let atOnce = 512 << 10

    var uploads: UploadQueue { UploadQueue(Self.line, of: house) { try await takeOver($0) } }

    func takeUpload(
        _ content: [UInt8], named name: String, of subject: FeatureUpload.Subject, _ options: GridUpload.Options,
        language: Language, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Upload {
        try scope.require(.gridsBuildings)
        if subject == .barriers { try requireBarriers(scope) }
        return try uploads.take(
            content, named: try FeatureUpload.checked(name, content, of: subject), of: subject.rawValue, options,
            language: language, by: scope, at: now, in: transaction)
    }

    /// Keeps a file that takes its time, and leads to where its progress is seen.
    func keepForLater(
        _ file: Multipart.File, of subject: FeatureUpload.Subject, _ options: GridUpload.Options, _ staff: StaffVisit,
        _ submission: Submission
    ) async throws -> Response {
        let (grids, visit, scope) = (self, staff.visit, staff.scope)
        return try await visit.write(submission) { transaction in
            let upload = try grids.takeUpload(
                file.bytes, named: file.name, of: subject, options, language: visit.language, by: scope,
                at: visit.now, in: transaction)
            return .seeOther("\(UploadPages.path)/\(upload.id)")
        }
    }

    /// Whose sender's area the scope holds: a street sees its own.
    func upload(_ id: Upload.ID, for scope: Scope, in transaction: any Transaction) throws -> Upload {
        guard scope.may(.gridsBuildings), let upload = try uploads.find(id, in: transaction),
            scope.area.contains(upload.area)
        else { throw Refusal.nothingHere }
        return upload
    }

    func latestUploads(
        of subject: FeatureUpload.Subject, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [Upload] {
        guard scope.may(.gridsBuildings) else { return [] }
        return try uploads.page(of: subject.rawValue, in: scope.area, limit: limit, transaction: transaction)
    }

    func cancelUpload(_ id: Upload.ID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        try uploads.cancel(try upload(id, for: scope, in: transaction), by: scope, at: now, in: transaction)
    }

    func errors(of id: Upload.ID, for scope: Scope) async throws -> [UInt8] {
        let grids = self
        let bytes = try await house.database.read { transaction in
            try grids.uploads.errors(of: try grids.upload(id, for: scope, in: transaction), in: transaction)
        }
        guard let bytes else { throw Refusal.nothingHere }
        return bytes
    }

    private func takeOver(_ work: UploadWork) async throws -> UploadWork.Outcome {
        let (upload, file) = (work.upload, work.file)
        let options = try upload.options(as: GridUpload.Options.self)
        var report = GridUpload.Report()
        switch FeatureUpload.Subject(rawValue: upload.subject) {
        case .barriers:
            report.barriers = try await BarrierImport(grids: self).run(
                BarrierImport.Order(
                    path: file.path, name: upload.fileName, datum: options.datum, place: options.place,
                    errors: file.errors, language: upload.language), by: upload.actor,
                progress: { try work.note(Upload.Progress(rows: $0)) },
                written: { rows, transaction in
                    try work.note(
                        Upload.Progress(rows: rows, done: Int64(rows), total: Int64(rows)), in: transaction)
                })
        case .buildings, nil:
            report.buildings = try await BuildingImport(grids: self).run(
                BuildingImport.Order(
                    path: file.path, name: upload.fileName, datum: options.datum, isPartial: options.isPartial,
                    errors: file.errors, language: upload.language, isUpload: true),
                within: upload.area, by: upload.actor,
                progress: { stage, done, _ in if stage == .reading { try work.note(Upload.Progress(rows: done)) } },
                written: { done, total, transaction in
                    try work.note(
                        Upload.Progress(rows: total, done: Int64(done), total: Int64(total)), in: transaction)
                })
        }
        return try UploadWork.Outcome(report, rows: report.rows, hasErrors: report.rejected > 0)
    }
}
