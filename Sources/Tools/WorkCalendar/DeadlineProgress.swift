public import Ground

/// A time during which a limit does not run; one without an end is still going on.
public struct Pause: Sendable, Hashable {
    public var from: Instant
    public var to: Instant?

    public init(from: Instant, to: Instant?) {
        self.from = from
        self.to = to
    }
}

/// The colour of a running deadline.
public enum DeadlineStage: String, Sendable, Hashable, CaseIterable, Codable {
    case early
    /// Half the time is used.
    case half
    /// Four fifths of the time are used.
    case pressing
    case overdue
}

/// How far a running limit has run. All times are those that count for the limit: on the clock, or within shifts.
public struct DeadlineProgress: Sendable, Hashable {
    public var total: Span
    public var used: Span
    /// The due instant has passed.
    public var isOverdue: Bool

    /// Below zero when more than the limit is used.
    public var remaining: Span { Span(milliseconds: total.milliseconds - used.milliseconds) }

    /// Used ÷ total: 0 at the start, 1 when due, more after.
    public var share: Double {
        total.milliseconds > 0 ? Double(used.milliseconds) / Double(total.milliseconds) : isOverdue ? 1 : 0
    }

    public var stage: DeadlineStage {
        if isOverdue { return .overdue }
        let share = share
        return share >= 0.8 ? .pressing : share >= 0.5 ? .half : .early
    }
}

extension WorkingTime {
    /// How far a limit has run at an instant.
    /// - Parameters:
    ///   - due: the due as it stands, ended pauses already counted in by `extend`.
    ///   - pauses: those of this limit, apart from each other; the last may still be going on.
    public func progress(
        from start: Instant, due: Instant, limit: TimeLimit, at instant: Instant, pauses: [Pause] = []
    ) -> DeadlineProgress {
        // While paused, the limit stands where it stood when the pause began.
        let effective = pauses.first { $0.to == nil && $0.from < instant }.map(\.from) ?? instant
        var total = elapsed(from: start, to: due, limit: limit).milliseconds
        var used = elapsed(from: start, to: max(start, effective), limit: limit).milliseconds
        for pause in pauses {
            guard let end = pause.to else { continue }
            // A pause that began after the due did not move it, so it counts as used.
            guard pause.from < due else { continue }
            total -= elapsed(from: max(start, pause.from), to: max(start, end), limit: limit).milliseconds
            let usedEnd = min(end, effective)
            if pause.from < usedEnd {
                used -= elapsed(from: max(start, pause.from), to: max(start, usedEnd), limit: limit).milliseconds
            }
        }
        return DeadlineProgress(
            total: Span(milliseconds: total), used: Span(milliseconds: used), isOverdue: effective > due)
    }
}
