import Desk
import Foundation
import Ground
public import Storage
import Synchronization

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
    let pace = UploadPace()
    let noteInTransaction: @Sendable (Upload.Progress, any Transaction) throws -> Bool

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

/// Between those who do the work and the task that tells how far it is.
final class UploadPace: Sendable {
    private let state = Mutex((progress: Upload.Progress(), isStopped: false))

    var progress: Upload.Progress { state.withLock { $0.progress } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// - Returns: whether it is not to go on.
    func note(_ progress: Upload.Progress) -> Bool {
        state.withLock { state in
            state.progress = progress
            return state.isStopped
        }
    }
}

extension Upload {
    static func text(of value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
