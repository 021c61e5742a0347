import Desk
public import Ground
public import WorkCalendar

/// All that decides how matters run in this county: read once at start, from data files.
public struct CaseRules: Sendable {
    /// How what residents report runs.
    public var workflow: Workflow
    /// All kinds, that of residents' matters among them.
    public var workflows: [Workflow]
    public var categories: CategoryTree
    public var reasons: [String: [Reason]]
    public var opinions: [ActName: [LocalizedText]]
    public var time: WorkingTime
    public var rates: RateRules
    /// What carries a matter of a category, and whose it is.
    public var grounds: CategoryGrounds
    /// Who is told when, before and after a limit.
    public var ladder: EscalationLadder
    /// For matters without a category.
    public var defaultLimit: TimeLimit

    /// The workflow of a kind; that of residents' matters for a kind that no file describes any more.
    public func workflow(of record: CaseRecord) -> Workflow { workflow(named: record.kind) ?? workflow }

    public func workflow(named kind: String) -> Workflow? { workflows.first { $0.name == kind } }

    /// A state belongs to one kind only.
    public func workflow(with state: StateName) -> Workflow? { workflows.first { $0[state] != nil } }

    public func state(_ name: StateName) -> Workflow.State? {
        workflow[name] ?? workflows.lazy.compactMap { $0[name] }.first
    }

    /// The acts of all kinds, each name once.
    public var acts: [Workflow.Act] {
        var seen: Set<ActName> = []
        return workflows.flatMap(\.acts).filter { seen.insert($0.name).inserted }
    }

    /// Acts of one name have one title, whatever the kind.
    public func act(_ name: ActName) -> Workflow.Act? {
        workflow[name] ?? workflows.lazy.compactMap { $0[name] }.first
    }

    /// A reason with a code, as reports count them.
    public struct Reason: Sendable, Hashable {
        public var code: String
        public var title: LocalizedText
    }

    public func reason(_ code: String, in list: String) -> Reason? { reasons[list]?.first { $0.code == code } }

    public func limit(ofCategory code: String?) -> TimeLimit {
        code.flatMap { categories[$0]?.limit } ?? defaultLimit
    }

    /// Sets the deadline of a matter that begins now in its first state.
    func begin(_ record: inout CaseRecord, at now: Instant) {
        if let state = state(record.state) { record.due = due(in: state, of: record, at: now) }
        setNextRung(&record)
    }

    /// By when the owner of a state must act when the matter enters it now.
    func due(in state: Workflow.State, of record: CaseRecord, at now: Instant) -> Deadline? {
        switch state.limit {
        case nil: return nil
        case .ofCategory:
            if let final = record.finalDue { return final }
            return deadline(from: now, limit(ofCategory: record.category))
        case .length(let limit): return deadline(from: now, limit)
        case .ofVariant(let limits):
            return record.variant.flatMap { limits[$0] }.map { deadline(from: now, $0) }
                ?? deadline(from: now, defaultLimit)
        // Set when the part was opened, from the time that the whole had left.
        case .ofWhole: return record.finalDue ?? deadline(from: now, limit(ofCategory: record.category))
        }
    }

    func deadline(from start: Instant, _ limit: TimeLimit) -> Deadline {
        let due = time.due(from: start, limit: limit)
        return Deadline(at: due.instant, isProvisional: due.isProvisional)
    }
}
