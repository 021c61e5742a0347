public import Ground

/// How a deadline stands, judged by when the work was done, or while it is not done, by now.
public enum DeadlineStanding: String, Sendable, Hashable, CaseIterable, Codable {
    case running
    case overdue
    case doneOnTime
    case doneLate

    /// - Parameter now: counts only while nothing is done.
    public init(due: Instant, doneAt: Instant?, now: Instant) {
        guard let doneAt else {
            self = now <= due ? .running : .overdue
            return
        }
        self = isOnTime(due: due, doneAt: doneAt) ? .doneOnTime : .doneLate
    }
}

/// Whether work was done in time. Takes no present: what was in time stays so, however late one looks
/// (the fault of siteserver/cms #1348, where closed cases turned red). The due instant itself is in time.
public func isOnTime(due: Instant, doneAt: Instant) -> Bool { doneAt <= due }
