import Desk
import Foundation
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Synchronization
import Web

/// 导入: files of buildings and barriers that came by the network are taken over one after another, by whichever server is
/// free.
extension Grids {
    /// A server that says nothing for so long is taken to be gone; another begins anew, and what was written stays.
    private static let leftAfter = Span.minutes(5)
    /// Files of errors are kept so long.
    private static let errorsKept = Span.days(30)
    /// On a page a file up to so many bytes is taken over while its sender waits.
    static let atOnce = 512 << 10

    func takeUpload(
        _ content: [UInt8], named name: String, of subject: FeatureUpload.Subject, _ options: GridUpload.Options,
        language: Language, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> GridUpload {
        try scope.require(.gridsBuildings)
        if subject == .barriers { try requireBarriers(scope) }
        let fileName = try FeatureUpload.checked(name, content, of: subject).name
        let upload = GridUpload(
            id: house.identifiers.next(at: now), subject: subject, fileName: fileName, options: options,
            area: scope.area, actor: Actor(scope), language: language, state: .waiting, uploadedAt: now)
        try GridUploadStore.insert(upload, content, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "grids.uploaded", on: "grid-upload", upload.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: scope.area.code
            ) { $0.member("file", fileName) }, in: transaction)
        return upload
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

    /// What was written stays; the same file again goes on from there.
    func cancelUpload(
        _ id: GridUpload.ID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let upload = try GridUploadStore.find(id, for: scope, in: transaction)
        guard try GridUploadStore.cancel(id, at: now, in: transaction) else {
            throw Refusal(
                .conflict, "grids.upload.over",
                LocalizedText("导入已经结束", "It is over already"),
                wayOn: LocalizedText("请看结果", "See what came of it"))
        }
        try Ledger.record(
            LedgerEntry(
                "grids.upload-cancelled", on: "grid-upload", id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: scope.area.code
            ) { $0.member("file", upload.fileName) }, in: transaction)
    }

    /// Takes over what waits, to its end.
    /// - Returns: how many files there were.
    @discardableResult
    func takeOverUploads() async throws -> Int {
        var count = 0
        while true {
            let now = house.clock.now()
            let next = try await house.database.write {
                try GridUploadStore.claim(at: now, leftSince: now - Self.leftAfter, in: $0)
            }
            guard let next else { return count }
            try await takeOver(next.upload, next.content)
            count += 1
        }
    }

    private func takeOver(_ upload: GridUpload, _ content: [UInt8]) async throws {
        let file = try FeatureUpload(content, named: upload.fileName, of: upload.subject)
        defer { file.remove() }
        let pace = UploadPace()
        var outcome = GridUpload.Outcome()
        var state = GridUpload.State.done
        do {
            outcome = try await followed(upload, pace) { try await taken(upload, file, pace) }
        } catch is UploadPace.Stopped {
            // Whoever cancelled it said so in the database already.
            return
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            state = .failed
            outcome.code = refusal.code
            outcome.chinese = refusal.message.chinese + (refusal.wayOn.map { "。" + $0.chinese } ?? "")
            outcome.english = refusal.message.english + (refusal.wayOn.map { ". " + $0.english } ?? "")
        }
        let rejected = outcome.buildings?.rejected ?? outcome.barriers?.rejected ?? 0
        let errors = rejected > 0 ? FileManager.default.contents(atPath: file.errors).map { Array($0) } : nil
        let (told, reached, now) = (outcome, state, house.clock.now())
        try await house.database.write {
            try GridUploadStore.finish(
                upload.id, reached, told, rows: told.buildings?.rows ?? told.barriers?.rows, errors: errors, at: now,
                in: $0)
        }
    }

    private func taken(
        _ upload: GridUpload, _ file: FeatureUpload, _ pace: UploadPace
    ) async throws -> GridUpload.Outcome {
        let (id, clock) = (upload.id, house.clock)
        switch upload.subject {
        case .buildings:
            let report = try await BuildingImport(grids: self).run(
                BuildingImport.Order(
                    path: file.path, name: upload.fileName, datum: upload.options.datum,
                    isPartial: upload.options.isPartial, errors: file.errors, language: upload.language,
                    isUpload: true),
                within: upload.area, by: upload.actor,
                progress: { stage, done, _ in if stage == .reading { try pace.note(done) } },
                written: { done, total, transaction in
                    guard
                        try GridUploadStore.noteWriting(
                            id, done, of: total, at: clock.now(), in: transaction)
                    else { throw UploadPace.Stopped() }
                })
            return GridUpload.Outcome(buildings: report)
        case .barriers:
            let report = try await BarrierImport(grids: self).run(
                BarrierImport.Order(
                    path: file.path, name: upload.fileName, datum: upload.options.datum, place: upload.options.place,
                    errors: file.errors, language: upload.language), by: upload.actor,
                progress: { try pace.note($0) },
                written: { total, transaction in
                    guard try GridUploadStore.noteWriting(id, total, of: total, at: clock.now(), in: transaction)
                    else { throw UploadPace.Stopped() }
                })
            return GridUpload.Outcome(barriers: report)
        }
    }

    /// Tells the database once a second how far it is, for whoever waits for it, and hears whether it is to go on.
    private func followed(
        _ upload: GridUpload, _ pace: UploadPace,
        _ work: @escaping @Sendable () async throws -> GridUpload.Outcome
    ) async throws -> GridUpload.Outcome {
        let house = house
        return try await withThrowingTaskGroup(of: GridUpload.Outcome?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(1))
                    let (now, rows) = (house.clock.now(), pace.rows)
                    let goesOn = try await house.database.write {
                        try GridUploadStore.noteReading(upload.id, rows, at: now, in: $0)
                    }
                    if !goesOn { pace.stop() }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    func forgetErrorsOfUploads() async throws {
        let before = house.clock.now() - Self.errorsKept
        try await house.database.write { try GridUploadStore.forgetErrors(before: before, in: $0) }
    }
}

/// Between the thread that reads a file and the task that tells how far it is.
final class UploadPace: Sendable {
    /// It was cancelled.
    struct Stopped: Error {}

    private let state = Mutex((rows: 0, isStopped: false))

    var rows: Int { state.withLock { $0.rows } }

    func stop() { state.withLock { $0.isStopped = true } }

    func note(_ rows: Int) throws {
        let isStopped = state.withLock { state in
            state.rows = rows
            return state.isStopped
        }
        if isStopped { throw Stopped() }
    }
}
