import Cases
import Desk
import Ground
import Identity
import Storage

/// What stands on the page of a day: what waits, what is to be looked at, whom a task off the list may come from.
struct DayModel: Sendable {
    struct Matter: Sendable {
        var record: CaseRecord
        var acts: [Cases.SimpleAct]
        var isOverdue: Bool
    }

    var matters: [Matter]
    var checks: [PatrolStore.DueCheck]
    var senders: [BodyFacts]
    var kept: Int
    var waiting: Int

    /// As many as a thumb scrolls through; the rest is in the list.
    private static let mostMatters = 40
    private static let mostChecks = 60
    private static let mostSenders = 40

    static func read(_ day: GridDay, _ scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> DayModel
    {
        let records = try day.cases.waiting(for: scope, limit: mostMatters, in: transaction)
        let beyond = try day.cases.beyondShare(records, for: scope, at: now, in: transaction)
        let matters = records.map { record in
            Matter(
                record: record,
                acts: day.cases.simpleActs(
                    on: record, for: scope, at: now, beyondShare: beyond.contains(record.id)),
                isOverdue: record.due.map { $0.at < now } ?? false)
        }
        let bodies = try day.bodies.bodies(in: day.house.settings.area, limit: 500, in: transaction)
        return DayModel(
            matters: matters,
            checks: scope.line == nil ? try PatrolStore.open(for: scope, limit: mostChecks, in: transaction) : [],
            senders: Array(bodies.filter { $0.line != nil && $0.id != scope.body }.prefix(mostSenders)),
            kept: try EntryStore.count(.kept, of: scope.staff, in: transaction),
            waiting: try EntryStore.count(.waiting, of: scope.staff, in: transaction))
    }
}

extension String {
    /// Long numbers become stars: what a page keeps on the phone shows no phone or identity number.
    var withoutLongNumbers: String {
        var result = ""
        var run = ""
        func flush() {
            result +=
                run.count >= 7 ? run.prefix(3) + String(repeating: "*", count: run.count - 5) + run.suffix(2) : run
            run = ""
        }
        for character in self {
            if character.isNumber || (run.count > 6 && character == "X") {
                run.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }
}
