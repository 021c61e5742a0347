import Desk
public import Ground
public import WorkCalendar

/// All that decides how matters run in this county: read once at start, from data files.
public struct CaseRules: Sendable {
    public var workflow: Workflow
    public var categories: CategoryTree
    public var reasons: [String: [Reason]]
    public var opinions: [ActName: [LocalizedText]]
    public var time: WorkingTime
    public var rates: RateRules
    /// For matters without a category.
    public var defaultLimit: TimeLimit

    /// A reason with a code, as reports count them.
    public struct Reason: Sendable, Hashable {
        public var code: String
        public var title: LocalizedText
    }

    public func reason(_ code: String, in list: String) -> Reason? { reasons[list]?.first { $0.code == code } }

    public func limit(ofCategory code: String?) -> TimeLimit {
        code.flatMap { categories[$0]?.limit } ?? defaultLimit
    }

    /// By when the owner of a state must act when the matter enters it now.
    func due(in state: Workflow.State, of record: CaseRecord, at now: Instant) -> Deadline? {
        switch state.limit {
        case nil: return nil
        case .ofCategory:
            if let final = record.finalDue { return final }
            return deadline(from: now, limit(ofCategory: record.category))
        case .length(let limit): return deadline(from: now, limit)
        }
    }

    func deadline(from start: Instant, _ limit: TimeLimit) -> Deadline {
        let due = time.due(from: start, limit: limit)
        return Deadline(at: due.instant, isProvisional: due.isProvisional)
    }
}
