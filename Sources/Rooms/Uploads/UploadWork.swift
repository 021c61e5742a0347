public import Storage

/// What a room is given of a file that it takes over, and how it says how far it is.
public struct UploadWork: Sendable {
    /// It was cancelled, another has it, or the server goes down.
    public struct Stopped: Error {
        public init() {}
    }

    /// What came of it.
    public struct Outcome: Sendable {
        let report: String
        let rows: Int
        let hasErrors: Bool

        /// - Parameters:
        ///   - report: what `Upload.report` reads later.
        ///   - hasErrors: whether the list of what was left out was written and is to be kept.
        public init(_ report: some Encodable & Sendable, rows: Int, hasErrors: Bool) throws {
            self.report = try Upload.text(of: report)
            self.rows = rows
            self.hasErrors = hasErrors
        }
    }

    public let upload: Upload
    public let file: UploadedFile
    let pace: UploadPace
    let noteInTransaction: @Sendable (Upload.Progress, any Transaction) throws -> Bool

    init(
        upload: Upload, file: UploadedFile,
        noteInTransaction: @escaping @Sendable (Upload.Progress, any Transaction) throws -> Bool
    ) {
        self.upload = upload
        self.file = file
        self.noteInTransaction = noteInTransaction
        pace = UploadPace(total: upload.progress.total)
    }

    /// Outside a transaction, from any thread and as often as one likes: the database hears of it once a second.
    /// - Throws: `Stopped` when it is not to go on.
    public func note(_ progress: Upload.Progress) throws {
        if pace.note(progress) { throw Stopped() }
    }

    /// In the transaction that writes: how far it is, and whether it is to go on, are one with what is written.
    /// - Throws: `Stopped` when it is not to go on; the transaction is undone by it.
    public func note(_ progress: Upload.Progress, in transaction: any Transaction) throws {
        _ = pace.note(progress)
        guard try noteInTransaction(progress, transaction) else { throw Stopped() }
    }
}
