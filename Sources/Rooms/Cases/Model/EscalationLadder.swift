import Desk
import Ground
public import WorkCalendar

/// Who is told when, before and after a limit: read from `Rules/escalation.yaml`, which a county may replace.
public struct EscalationLadder: Sendable {
    public enum Moment: Sendable, Hashable {
        /// So many per cent of the time between the beginning and the limit.
        case share(Int)
        /// So long after the limit.
        case after(TimeLimit)
    }

    /// Whom a rung tells.
    public enum Told: String, Sendable, Hashable, CaseIterable, Decodable {
        /// Whoever must act.
        case owner
        /// Who answers to the resident.
        case answerable
        /// Those who may supervise in the area.
        case supervisors
        /// The county's coordination body.
        case county
    }

    public struct Rung: Sendable, Hashable {
        public var moment: Moment
        public var tells: [Told]
        /// It counts as supervised (督办) from then on.
        public var supervises: Bool

        /// Whether the limit has passed by then.
        public var isPastLimit: Bool {
            switch moment {
            case .share(let share): share >= 100
            case .after: true
            }
        }
    }

    /// In the order of time.
    public var rungs: [Rung]

    private struct Entry: Decodable {
        var at: String?
        var after: TimeLimit?
        var tell: [Told]
        var supervise: Bool?
    }

    static let file = "escalation.yaml"

    static func load(from files: RuleFiles) throws(Refusal) -> EscalationLadder {
        let entries = try files.decode([String: [Entry]].self, from: file)["rungs"] ?? []
        var rungs: [Rung] = []
        for entry in entries {
            let moment: Moment
            if let after = entry.after, entry.at == nil {
                moment = .after(after)
            } else if entry.after == nil, let share = entry.at?.percent, (1...100).contains(share) {
                moment = .share(share)
            } else {
                throw RuleFiles.refusal(
                    "a rung has either `at: 80%` (1 to 100) or `after: 1 working day`",
                    "每一级须写 `at: 80%`（1 至 100）或 `after: 1 working day` 之一", in: try files.file(file), line: nil)
            }
            rungs.append(Rung(moment: moment, tells: entry.tell, supervises: entry.supervise ?? false))
        }
        let shares = rungs.map { rung in if case .share(let share) = rung.moment { share } else { Int.max } }
        guard shares == shares.sorted(), rungs.contains(where: \.isPastLimit) else {
            throw RuleFiles.refusal(
                "the rungs stand in the order of time, and one is at the limit or after it",
                "各级须按时间先后排列，且至少一级在到期时或到期后", in: try files.file(file), line: nil)
        }
        return EscalationLadder(rungs: rungs)
    }
}

extension EscalationLadder {
    /// When a rung is reached, for a limit that began and ends at these instants.
    func instant(of rung: Rung, from start: Instant, due: Instant, _ time: WorkingTime) -> Instant {
        switch rung.moment {
        case .share(let share):
            start + Span(milliseconds: max(0, (due - start).milliseconds) * Int64(share) / 100)
        case .after(let limit): time.due(from: due, limit: limit).instant
        }
    }
}

extension CaseRules {
    /// When the next rung is reached: sets ``CaseRecord/tellAt``.
    func setNextRung(_ record: inout CaseRecord) {
        guard let due = record.due else {
            record.tellAt = nil
            return
        }
        guard record.rungsTold < ladder.rungs.count else {
            record.tellAt = nil
            return
        }
        let next = ladder.instant(
            of: ladder.rungs[record.rungsTold], from: record.stateSince, due: due.at, time)
        // What the platform does itself at the limit is not waited for.
        if case .act? = state(record.state)?.onLimit {
            record.tellAt = min(next, due.at)
        } else {
            record.tellAt = next
        }
    }
}

extension String {
    /// `80%` as 80.
    fileprivate var percent: Int? { hasSuffix("%") ? Int(dropLast()) : nil }
}
