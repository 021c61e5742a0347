import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Storage
import Synchronization

/// 导入: registers of residents that came by the network are taken over one after another, by whichever server is free.
extension Registry {
    /// A server that says nothing for so long is taken to be gone; another goes on, and what was taken stays.
    private static let leftAfter = Span.minutes(5)
    /// Files of errors are kept so long.
    private static let errorsKept = Span.days(30)

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
    ) throws -> ResidentUpload {
        try requireWhole(scope)
        guard !content.isEmpty else {
            throw Refusal(
                .malformed, "registry.upload.no-file", LocalizedText("请选择名册文件", "Choose a register"), field: "file")
        }
        let upload = ResidentUpload(
            id: house.identifiers.next(at: now), fileName: String(Self.lastPart(of: name).suffix(80)),
            actor: Actor(scope), language: language, state: .waiting, uploadedAt: now,
            byteCount: Int64(content.count))
        try ResidentUploadStore.insert(upload, content, vault: house.keys.vault, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "registry.uploaded", on: "residents-upload", upload.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: scope.area.code), in: transaction)
        return upload
    }

    /// The end of a name, no longer than file systems take.
    private static func short(_ name: String) -> String {
        var name = name[...]
        while name.utf8.count > 200 { name.removeFirst() }
        return String(name)
    }

    private static func lastPart(of name: String) -> String {
        let last = name.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? ""
        let plain = last.filter { character in
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
        return plain.isEmpty || plain.hasPrefix(".") ? "residents" : plain
    }

    /// Takes over what waits, to its end.
    /// - Returns: how many files there were.
    @discardableResult
    func takeOverUploads() async throws -> Int {
        let vault = house.keys.vault
        var count = 0
        while true {
            let now = house.clock.now()
            let next = try await house.database.write {
                try ResidentUploadStore.claim(at: now, leftSince: now - Self.leftAfter, vault: vault, in: $0)
            }
            guard let next else { return count }
            try await takeOver(next.upload, next.content)
            count += 1
        }
    }

    private func takeOver(_ upload: ResidentUpload, _ content: [UInt8]) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "gewu-residents-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        // Called as people call it, since what cannot be read is told by its name; the kind is found from the content.
        let own = folder.appendingPathComponent("register")
        try FileManager.default.createDirectory(
            at: own, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let (path, errorsPath) = (own.path + "/" + Self.short(upload.fileName), folder.path + "/errors.csv")
        guard FileManager.default.createFile(atPath: path, contents: Data(content)) else {
            throw Refusal(
                .unavailable, "registry.upload.no-space",
                LocalizedText("无法暂存名册（磁盘已满？）", "The register cannot be kept (disk full?)"))
        }
        var outcome = ResidentUpload.Outcome()
        var errors: [UInt8]?
        var state = ResidentUpload.State.done
        do {
            let result = try await followed(upload) { progress in
                try await importResidents(
                    file: path, errors: errorsPath, language: upload.language, by: upload.actor, progress: progress)
            }
            outcome = ResidentUpload.Outcome(result)
            if result.rejected + result.partly + result.lookAlikes > 0 {
                errors = FileManager.default.contents(atPath: errorsPath).map { Array($0) }
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            state = .failed
            outcome.code = refusal.code
            // Only the name that people know, not where it lay meanwhile.
            outcome.chinese = refusal.message.chinese.replacingOccurrences(of: path, with: upload.fileName)
            outcome.english = refusal.message.english.replacingOccurrences(of: path, with: upload.fileName)
        }
        let (told, kept, reached, vault, now) = (outcome, errors, state, house.keys.vault, house.clock.now())
        try await house.database.write {
            try ResidentUploadStore.finish(upload.id, reached, told, errors: kept, vault: vault, at: now, in: $0)
        }
    }

    /// Tells the database once a second how far it is, for whoever waits for it.
    private func followed(
        _ upload: ResidentUpload,
        _ work:
            @escaping @Sendable (@escaping @Sendable (ResidentImportProgress) -> Void) async throws
            -> ResidentImportResult
    ) async throws -> ResidentImportResult {
        let last = LastProgress()
        let house = house
        return try await withThrowingTaskGroup(of: ResidentImportResult?.self) { group in
            group.addTask { try await work { last.note($0) } }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(1))
                    guard let progress = last.take() else { continue }
                    let now = house.clock.now()
                    try await house.database.write {
                        try ResidentUploadStore.noteProgress(upload.id, progress, at: now, in: $0)
                    }
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

    private final class LastProgress: Sendable {
        private let last = Mutex<ResidentImportProgress?>(nil)

        func note(_ progress: ResidentImportProgress) { last.withLock { $0 = progress } }

        func take() -> ResidentImportProgress? {
            last.withLock { value in
                defer { value = nil }
                return value
            }
        }
    }

    func forgetErrorsOfUploads() async throws {
        let before = house.clock.now() - Self.errorsKept
        try await house.database.write { try ResidentUploadStore.forgetErrors(before: before, in: $0) }
    }
}

extension ResidentUpload.Outcome {
    fileprivate init(_ result: ResidentImportResult) {
        self.init(
            rows: result.rows, created: result.created, changed: result.changed, unchanged: result.unchanged,
            rejected: result.rejected, partly: result.partly, lookAlikes: result.lookAlikes,
            dwellings: result.dwellings, households: result.households, unusedColumns: result.unusedColumns)
    }
}
