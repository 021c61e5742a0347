import Synchronization

/// Between those who do the work and the task that tells how far it is.
final class UploadPace: Sendable {
    private let state: Mutex<(progress: Upload.Progress, isStopped: Bool)>

    init(total: Int64?) { state = Mutex((progress: Upload.Progress(total: total), isStopped: false)) }

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
