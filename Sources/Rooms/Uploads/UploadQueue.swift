import Cipher
public import Desk
public import Ground
import Ledger
public import Storage

/// 导入: files that came by the network are taken over one after another, by whichever server is free. Who may send and see
/// them is for the room whose line it is.
public struct UploadQueue: Sendable {
    /// How a line of files is called and kept.
    public struct Line: Sendable {
        /// Of all its files in the database.
        var name: String
        /// What the sealed files and lists of errors are kept for.
        var contentPurpose: StaticString
        var errorsPurpose: StaticString
        /// On the ledger: what an upload is, that it was sent, that it was cancelled.
        var subject: String
        var sent: String
        var cancelled: String

        public init(
            _ name: String, contentPurpose: StaticString, errorsPurpose: StaticString, subject: String, sent: String,
            cancelled: String
        ) {
            self.name = name
            self.contentPurpose = contentPurpose
            self.errorsPurpose = errorsPurpose
            self.subject = subject
            self.sent = sent
            self.cancelled = cancelled
        }
    }

    /// A server that says nothing for so long is taken to be gone; another begins anew, and what was written stays.
    private static let leftAfter = Span.minutes(5)
    /// What was begun so often and never came to an end is given up: it ends servers, or meets a fault of ours each time.
    private static let mostAttempts = 3
    /// Files of errors are kept so long.
    private static let errorsKept = Span.days(30)

    private let house: House
    private let line: Line
    private let store: UploadStore
    private let work: @Sendable (UploadWork) async throws -> UploadWork.Outcome

    /// - Parameter work: takes one file over. A refusal of it is told to the sender; anything else it throws is tried again.
    ///   What was written may be there already when it begins: it may be begun again at any point.
    public init(
        _ line: Line, of house: House, work: @escaping @Sendable (UploadWork) async throws -> UploadWork.Outcome
    ) {
        self.house = house
        self.line = line
        self.work = work
        store = UploadStore(
            line: line.name, vault: house.keys.vault, contentPurpose: line.contentPurpose,
            errorsPurpose: line.errorsPurpose)
    }

    public static let migrations = [UploadStore.migration]

    public var jobs: [Job] {
        [
            Job("import-\(line.name)", every: .seconds(2)) { try await takeOver() },
            Job("forget-import-errors-\(line.name)", every: .hours(6)) { try await forgetErrors() },
        ]
    }

    // MARK: Sending and asking

    /// - Parameters:
    ///   - name: a plain one, see `UploadedFile.plainName`.
    ///   - total: how much there is to be done, where that is known before it begins; see `Upload.Progress`.
    public func take(
        _ content: [UInt8], named name: String, of subject: String, _ options: some Encodable,
        total: Int64? = nil, language: Language, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Upload {
        let upload = Upload(
            id: house.identifiers.next(at: now), subject: subject, fileName: name,
            options: try Upload.text(of: options), area: scope.area, actor: Actor(scope), language: language,
            state: .waiting, uploadedAt: now, progress: Upload.Progress(total: total))
        try store.insert(upload, content, in: transaction)
        try record(line.sent, upload, by: scope, at: now, in: transaction)
        return upload
    }

    /// What was written stays; the same file again goes on from there.
    /// - Throws: a refusal when it is over already.
    public func cancel(
        _ upload: Upload, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        guard try store.cancel(upload.id, at: now, in: transaction) else {
            throw Refusal(
                .conflict, "uploads.over", LocalizedText("导入已经结束", "It is over already"),
                wayOn: LocalizedText("请看结果", "See what came of it"))
        }
        try record(line.cancelled, upload, by: scope, at: now, in: transaction)
    }

    public func find(_ id: Upload.ID, in transaction: any Transaction) throws -> Upload? {
        try store.find(id, in: transaction)
    }

    /// The latest first, of those whose sender's area lies in this one.
    public func page(
        of subject: String, in area: AreaPrefix, limit: Int, transaction: any Transaction
    ) throws -> [Upload] {
        try store.page(of: subject, in: area, limit: limit, transaction: transaction)
    }

    /// The list of what was left out, while it is kept.
    public func errors(of upload: Upload, in transaction: any Transaction) throws -> [UInt8]? {
        try store.errors(upload.id, in: transaction)
    }

    private func record(
        _ act: String, _ upload: Upload, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: line.subject, upload.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: scope.area.code), in: transaction)
    }

    // MARK: Taking over

    /// Takes over what waits, to its end.
    /// - Returns: how many files there were.
    @discardableResult
    public func takeOver() async throws -> Int {
        var count = 0
        while !Task.isCancelled, let claimed = try await claim() {
            try await takeOver(claimed)
            count += 1
        }
        return count
    }

    private static let givenUp = Upload.Failure(
        code: "uploads.given-up",
        LocalizedText(
            "导入 \(mostAttempts) 次都中断了，已写入的保留。请分成几个小文件再上传",
            "It was begun \(mostAttempts) times and broke off each time; what was written stays. Send it again as several smaller files"
        ))

    func claim() async throws -> UploadStore.Claimed? {
        let (store, now) = (store, house.clock.now())
        let (holder, givenUp) = (house.identifiers.nextText(at: now), try Upload.text(of: Self.givenUp))
        return try await house.database.write { transaction in
            try store.release(
                leftSince: now - Self.leftAfter, most: Self.mostAttempts, givenUp: givenUp, at: now, in: transaction)
            return try store.claim(as: holder, at: now, in: transaction)
        }
    }

    private func takeOver(_ claimed: UploadStore.Claimed) async throws {
        let (upload, holder, store, house) = (claimed.upload, claimed.holder, store, house)
        var file: UploadedFile?
        defer { file?.remove() }
        var (state, outcome, rows, errors): (Upload.State, String, Int?, [UInt8]?) = (.done, "", nil, nil)
        do {
            let kept = try UploadedFile(try store.content(of: claimed), named: upload.fileName)
            file = kept
            let done = try await followed(
                UploadWork(upload: upload, file: kept) { progress, transaction in
                    try store.note(progress, of: upload.id, heldAs: holder, at: house.clock.now(), in: transaction)
                })
            (outcome, rows, errors) = (done.report, done.rows, done.hasErrors ? kept.leftOut() : nil)
        } catch let error where error is UploadWork.Stopped || Task.isCancelled {
            // Whoever cancelled it said so in the database already; when the server goes down, another begins at once.
            return try await Self.evenCancelled {
                try await house.database.write { try store.putBack(upload.id, heldAs: holder, in: $0) }
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
            // Only the name that people know, not where it lay meanwhile.
            let failure = Upload.Failure(refusal, calling: file?.path, upload.fileName)
            (state, outcome) = (.failed, try Upload.text(of: failure))
        } catch let error where Self.isOfThePlace(error) {
            // A full disk or a database that is away is no fault of the file: it is begun again after a while, uncounted.
            try await house.database.write { try store.forgiveAttempt(upload.id, heldAs: holder, in: $0) }
            throw error
        }
        let (told, reached, read, left, now) = (outcome, state, rows, errors, house.clock.now())
        // What came to its end is told so, even when the server goes down meanwhile.
        try await Self.evenCancelled {
            try await house.database.write {
                try store.finish(
                    upload.id, reached, told, rows: read, errors: left, heldAs: holder, at: now, in: $0)
            }
        }
    }

    /// Whether it is the place that fails, and not the file: what the database refuses of its content would be refused for ever.
    private static func isOfThePlace(_ error: any Error) -> Bool {
        if let refusal = error as? Refusal { return refusal.kind == .unavailable }
        switch (error as? DatabaseError)?.code {
        case .busy, .serialization, .cancelled, .timeout, .connection, .full, .readOnly, .overloaded: return true
        case .unique, .foreignKey, .check, .notNull, .corrupt, .wrongType, .other, nil: return false
        }
    }

    /// In a task of its own, which the end of this one does not reach.
    private static func evenCancelled(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await Task { try await work() }.value
    }

    /// Tells the database once a second how far it is, for whoever waits for it, and hears whether it is to go on.
    private func followed(_ work: UploadWork) async throws -> UploadWork.Outcome {
        let (house, run, pace) = (house, self.work, work.pace)
        return try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: UploadWork.Outcome?.self) { group in
                group.addTask { try await run(work) }
                group.addTask {
                    while true {
                        do { try await Task.sleep(for: .seconds(1)) } catch { return nil }
                        // A busy database is asked again in a second.
                        let goesOn = try? await house.database.write {
                            try work.noteInTransaction(pace.progress, $0)
                        }
                        if goesOn == false { pace.stop() }
                    }
                }
                defer {
                    pace.stop()
                    group.cancelAll()
                }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw UploadWork.Stopped()
            }
        } onCancel: {
            pace.stop()
        }
    }

    func forgetErrors() async throws {
        let (store, before) = (store, house.clock.now() - Self.errorsKept)
        try await house.database.write { try store.forgetErrors(before: before, in: $0) }
    }
}
