import Desk
import Ground
import Storage

/// One programme, from its goal to what was learned of it.
struct ProgrammeLine: Sendable, Hashable {
    enum End: String, Sendable, CaseIterable {
        case open, adjusted, unchanged, dropped
    }

    var id: CaseID
    var number: String
    var title: String
    var state: StateName
    var opened: Instant
    var due: Instant?
    /// The bodies that were given a task, and how many of them have reported or were released.
    var tasks: Int
    var reported: Int
    /// How often feedback changed the plan.
    var rounds: Int
    var end: End
}

/// Loops opened and loops closed.
struct ProgrammeFigures: Sendable, Hashable {
    var opened = 0
    /// With feedback, and a record of what was adjusted or that nothing had to be.
    var closed = 0
    /// Of these, how many changed something: their own plan, or what comes after.
    var adjusted = 0
    var dropped = 0

    init(_ lines: [ProgrammeLine]) {
        for line in lines {
            opened += 1
            switch line.end {
            case .open: break
            case .dropped: dropped += 1
            case .adjusted, .unchanged: closed += 1
            }
            if line.rounds > 0 || line.end == .adjusted { adjusted += 1 }
        }
    }
}

enum ProgrammeStore {
    static let kind = "programme"
    /// A county sets few programmes a year; more than this are told apart by the period.
    static let most = 500

    /// Those that were set in the period, the newest first.
    static func lines(
        _ days: ClosedRange<Day>, _ workflow: Workflow, for scope: Scope, in transaction: any Transaction
    ) throws -> [ProgrammeLine] {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        return try transaction.query(
            """
            SELECT c.id, c.number, c.title, c.state, c.received_at, c.due_at,
                (SELECT COUNT(*) FROM cases p WHERE p.parent = c.id), c.open_parts,
                (SELECT COUNT(*) FROM case_steps s WHERE s.case_id = c.id AND s.act = 'adjust-programme'),
                (SELECT MAX(s.act) FROM case_steps s
                    WHERE s.case_id = c.id AND s.act IN ('end-adjusted', 'end-unchanged', 'drop-programme'))
            FROM cases c
            WHERE c.state IN (\(list: workflow.states.map(\.name.rawValue)))
                AND \(CaseFilter.visibility(scope, narrowing: false)) AND c.received_at >= \(from)
                AND c.received_at < \(until)
            ORDER BY c.id DESC LIMIT \(most)
            """
        ).map { row in
            let tasks = Int(try row.int(6))
            let end: ProgrammeLine.End =
                switch try row.textIfAny(9) {
                case "end-adjusted": .adjusted
                case "end-unchanged": .unchanged
                case "drop-programme": .dropped
                default: .open
                }
            return ProgrammeLine(
                id: try row.identifier(0), number: try row.text(1), title: try row.text(2),
                state: StateName(rawValue: try row.text(3)), opened: try row.instant(4), due: try row.instantIfAny(5),
                tasks: tasks, reported: tasks - Int(try row.int(7)), rounds: Int(try row.int(8)), end: end)
        }
    }
}
