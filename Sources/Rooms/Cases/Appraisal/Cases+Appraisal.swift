public import Desk
public import Ground
public import Storage

/// What the records say of one department in a period: what came to it from below and what became of it.
public struct DepartmentRecord: Sendable, Hashable {
    /// Residents' matters whose final deadline lies in the period.
    public var matters = OutcomeFigures()
    /// Those left out for a reason that a second person granted; not in ``matters``.
    public var excluded = OutcomeFigures()
    /// Calls of streets in the period.
    public var reportIns: ReportInFigures
    /// Matters and whistles that it gave back in the period.
    public var givenBack: Int64 = 0
    /// Of these: a ruling said that they were its own after all.
    public var ruledItsOwn: Int64 = 0

    public init(body: BodyID) { reportIns = ReportInFigures(body: body) }

    /// Nothing came to it.
    public var isEmpty: Bool {
        matters.isNothing && excluded.isNothing && reportIns.called == 0 && givenBack == 0
    }
}

/// Which of a department's matters a figure counts.
public enum MatterFigure: String, Sendable, Hashable, CaseIterable {
    case due, closed, closedOnTime, contactedInTime, followedUp, solved, satisfied
    /// Left out of all the others.
    case excluded
}

/// One matter, with what it adds to the figures of its department.
public struct AppraisedMatter: Sendable {
    public var record: CaseRecord
    public var figures: OutcomeFigures
}

/// A matter or a whistle that a department gave back.
public struct GivenBack: Sendable, Hashable {
    public var matter: CaseID
    public var number: String
    public var body: BodyID
    public var at: Instant
    /// A ruling after it said that it was the department's own.
    public var isRuledItsOwn: Bool
    /// Whether the scope may still open it: it may be another body's by now.
    public var mayOpen: Bool
    /// Its place in the list.
    public var key: String
}

/// The face for appraising departments: bodies, never persons. Nothing is kept here: each figure is read from what the
/// acts left, so a changed outcome changes it once and by itself.
extension Cases {
    /// The records of all departments that the scope may see: its own, or with the whole county in view all.
    public func departmentRecords(
        _ days: ClosedRange<Day>, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> [BodyID: DepartmentRecord] {
        try scope.require(.caseRead)
        var found: [BodyID: DepartmentRecord] = [:]
        func at(_ body: BodyID, _ change: (inout DepartmentRecord) -> Void) {
            guard scope.mayAppraise(body) else { return }
            change(&found[body, default: DepartmentRecord(body: body)])
        }
        for line in try OutcomeStore.byBody(days, for: scope, in: transaction) {
            guard let body = BodyID(parsing: line.place) else { continue }
            at(body) { record in
                record.matters = line.counted
                record.excluded = line.excluded
            }
        }
        if let workflow = rules.workflow(named: AppraisalStore.reportIn) {
            for figures in try WhistleStore.byBody(days, workflow, for: scope, at: now, in: transaction) {
                at(figures.body) { $0.reportIns = figures }
            }
        }
        for one in try AppraisalStore.givenBack(days, nil, for: scope, in: transaction) {
            at(one.body) { record in
                record.givenBack += 1
                if one.isRuledItsOwn { record.ruledItsOwn += 1 }
            }
        }
        return found
    }

    /// The matters that a figure counts, in the order of their final deadlines.
    public func appraisedMatters(
        _ figure: MatterFigure, of body: BodyID, _ days: ClosedRange<Day>, for scope: Scope,
        after: (due: Instant, id: CaseID)? = nil, limit: Int, in transaction: any Transaction
    ) throws -> [AppraisedMatter] {
        guard scope.may(.caseRead), scope.mayAppraise(body) else { throw Refusal.nothingHere }
        return try transaction.query(
            AppraisalStore.matters(
                figure, of: body, days, rules.rates, for: scope, after: after, limit: limit)
        ).compactMap { row in
            let record = try CaseStore.record(row)
            return Outcome(record, rules.rates).map { AppraisedMatter(record: record, figures: $0.figures) }
        }
    }

    /// The calls of a department, the oldest first.
    public func reportIns(
        of body: BodyID, _ days: ClosedRange<Day>, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> [ReportIn] {
        guard scope.may(.caseRead), scope.mayAppraise(body) else { throw Refusal.nothingHere }
        guard let workflow = rules.workflow(named: AppraisalStore.reportIn) else { return [] }
        return try WhistleStore.reportIns(days, of: body, workflow, for: scope, at: now, in: transaction)
    }

    /// What a department gave back, the oldest first.
    public func givenBack(
        by body: BodyID, _ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction
    ) throws -> [GivenBack] {
        guard scope.may(.caseRead), scope.mayAppraise(body) else { throw Refusal.nothingHere }
        return try AppraisalStore.givenBack(days, body, for: scope, in: transaction)
    }
}

extension Scope {
    /// A department sees its own record; whoever sees the whole county sees all.
    public func mayAppraise(_ body: BodyID) -> Bool {
        body == self.body || (line == nil && area.level <= .county)
    }
}
