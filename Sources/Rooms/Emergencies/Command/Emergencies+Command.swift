public import Desk
public import Ground
import Identity
public import Storage

/// What emergencies put on the wall of unified command.
public struct EmergencyFigures: Sendable, Hashable {
    /// Events that run; exercises are counted apart.
    public var running: Int64 = 0
    public var exercises: Int64 = 0
    /// Hand-overs on their way, acknowledged by nobody yet.
    public var unacknowledged: Int64 = 0
    /// Those of them that should have been acknowledged by now: the alarms.
    public var late: Int64 = 0
    /// Acknowledged with another count than was sent, and not explained yet.
    public var differences: Int64 = 0
    /// What else rings until somebody acts, by what it is about.
    public var ringing: [AlarmKind: Int64] = [:]

    public init() {}
}

/// A hand-over that somebody must still acknowledge or explain, with the names of its places.
public struct OpenHandOver: Sendable, Hashable {
    public var handOver: HandOver
    public var eventTitle: String
    public var isExercise: Bool
    public var fromName: String
    public var toName: String
    /// Where it is awaited.
    public var area: AreaPrefix

    /// Whether it should have been acknowledged by now.
    public func isLate(at now: Instant) -> Bool { handOver.state == .open && handOver.expectedBy < now }
}

/// Which hand-overs a list asks for.
public enum OpenHandOvers: String, Sendable, Hashable, CaseIterable {
    /// Acknowledged by nobody yet, in time or late.
    case unacknowledged
    case late
    case differences
}

extension Emergencies {
    /// The figures of an area within the scope: events that concern it, hand-overs that leave or reach it.
    public func commandFigures(
        in area: AreaPrefix, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> EmergencyFigures {
        guard scope.may(.readEmergencies), scope.area.contains(area) else { throw Refusal.nothingHere }
        let answers = try transaction.queries([
            """
            SELECT is_exercise, COUNT(*) FROM emergency_events WHERE ended_at IS NULL AND \(EventStore.concerns(area))
            GROUP BY is_exercise
            """,
            """
            SELECT h.state, CASE WHEN h.state = 'open' AND h.expected_by < \(now) THEN 1 ELSE 0 END, COUNT(*)
            FROM \(HandOverStore.openOnes(area)) GROUP BY 1, 2
            """,
            AlarmStore.ringingSubjects(area),
        ])
        var figures = EmergencyFigures()
        for row in answers[0] {
            if try row.bool(0) { figures.exercises = try row.int(1) } else { figures.running = try row.int(1) }
        }
        for row in answers[1] {
            let (isLate, count) = (try row.int(1) == 1, try row.int(2))
            if try row.text(0) == HandOver.State.open.rawValue {
                figures.unacknowledged += count
                if isLate { figures.late += count }
            } else {
                figures.differences += count
            }
        }
        for row in answers[2] {
            if let kind = AlarmKind(ofSubject: try row.text(0)) { figures.ringing[kind, default: 0] += 1 }
        }
        return figures
    }

    /// Running events that concern an area within the scope, the newest first.
    public func runningEvents(
        in area: AreaPrefix, for scope: Scope, after: EventID? = nil, limit: Int, in transaction: any Transaction
    ) throws -> [EventRecord] {
        guard scope.may(.readEmergencies), scope.area.contains(area) else { throw Refusal.nothingHere }
        return try EventStore.running(area, after: after, limit: limit, in: transaction)
    }

    /// What a plan and its level are called.
    public func title(of event: EventRecord) -> (plan: LocalizedText, level: LocalizedText) {
        let plan = rules[plan: event.plan]
        let level = plan?.level(event.level)?.title
        return (
            plan?.title ?? LocalizedText(event.plan, event.plan),
            level ?? LocalizedText(event.level.rawValue, event.level.rawValue)
        )
    }

    /// Hand-overs that leave or reach an area within the scope, those first that were to be acknowledged first.
    public func openHandOvers(
        _ which: OpenHandOvers, in area: AreaPrefix, for scope: Scope, at now: Instant,
        after: (expectedBy: Instant, id: HandOverID)? = nil, limit: Int, in transaction: any Transaction
    ) throws -> [OpenHandOver] {
        guard scope.may(.readEmergencies), scope.area.contains(area) else { throw Refusal.nothingHere }
        return try HandOverStore.open(which, area, at: now, after: after, limit: limit, in: transaction)
    }

    /// One of them, for finding out who is nearest.
    public func openHandOver(_ id: HandOverID, for scope: Scope, in transaction: any Transaction) throws
        -> OpenHandOver
    {
        guard scope.may(.readEmergencies), let found = try HandOverStore.open(id, scope.area, in: transaction) else {
            throw Refusal.nothingHere
        }
        return found
    }

    /// Who stands in a shift of the area or below at this moment, by area and kind.
    public func onShift(
        in area: AreaPrefix, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> [ShiftRecord] {
        guard scope.may(.readEmergencies), scope.area.contains(area) else { throw Refusal.nothingHere }
        return try ShiftStore.present(in: area, at: now, in: transaction)
    }

    /// The kinds of duty, in the order of the rule file.
    public var dutyKinds: [(key: String, title: LocalizedText)] { rules.duty.kinds.map { ($0.key, $0.title) } }
}

extension EmergencySchema {
    /// What is open is little, however many emergencies there were.
    static let commandMigrations = [
        Migration(
            "emergencies.0004-open",
            "CREATE INDEX emergency_events_running ON emergency_events (id) WHERE ended_at IS NULL",
            """
            CREATE INDEX emergency_hand_overs_open ON emergency_hand_overs (expected_by, id)
            WHERE state IN ('open', 'difference')
            """)
    ]
}

extension EventStore {
    /// Events whose area and this one overlap, or that have a site in it.
    static func concerns(_ area: AreaPrefix) -> SQL {
        let above = [0, 2, 4, 6, 9, 12, 15].filter { $0 < area.code.utf8.count }.map { String(area.code.prefix($0)) }
        return """
            ((\(area.condition(on: "area"))) OR area IN (\(list: above))
             OR id IN (SELECT event FROM emergency_sites WHERE \(area.condition(on: "area"))))
            """
    }

    static func running(_ area: AreaPrefix, after: EventID?, limit: Int, in transaction: any Transaction) throws
        -> [EventRecord]
    {
        var conditions: [SQL] = ["ended_at IS NULL", concerns(area)]
        if let after { conditions.append("id < \(after)") }
        return try transaction.query(
            """
            SELECT \(eventColumns) FROM emergency_events WHERE \(SQL.all(conditions)) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(event)
    }
}

extension HandOverStore {
    /// Open hand-overs of which one end lies in an area, with their two sites.
    static func openOnes(_ area: AreaPrefix, _ join: SQL = "") -> SQL {
        """
        emergency_hand_overs h JOIN emergency_sites f ON f.id = h.from_site JOIN emergency_sites t ON t.id = h.to_site
        \(join)
        WHERE h.state IN ('open', 'difference')
            AND ((\(area.condition(on: "f.area"))) OR (\(area.condition(on: "t.area"))))
        """
    }

    static func open(
        _ which: OpenHandOvers, _ area: AreaPrefix, at now: Instant, after: (expectedBy: Instant, id: HandOverID)?,
        limit: Int, in transaction: any Transaction
    ) throws -> [OpenHandOver] {
        var conditions: [SQL] =
            switch which {
            case .unacknowledged: ["h.state = 'open'"]
            case .late: ["h.state = 'open'", "h.expected_by < \(now)"]
            case .differences: ["h.state = 'difference'"]
            }
        if let after { conditions.append("(h.expected_by, h.id) > (\(after.expectedBy), \(after.id))") }
        return try open(SQL.all(conditions), area, limit: limit, in: transaction)
    }

    static func open(_ id: HandOverID, _ area: AreaPrefix, in transaction: any Transaction) throws -> OpenHandOver? {
        try open("h.id = \(id)", area, limit: 1, in: transaction).first
    }

    private static func open(_ condition: SQL, _ area: AreaPrefix, limit: Int, in transaction: any Transaction) throws
        -> [OpenHandOver]
    {
        try transaction.query(
            """
            SELECT h.id, h.event, h.slip, h.lot, h.from_site, h.to_site, h.giver, h.giver_staff, h.receiver, h.sent_at,
                h.expected_by, h.received_at, h.state, h.sent, h.received, h.returned, h.written_off, h.surplus,
                h.reason, h.alarm_at, h.alarm_level, f.name, t.name, t.area, e.title, e.is_exercise
            FROM \(openOnes(area, "JOIN emergency_events e ON e.id = h.event")) AND \(condition)
            ORDER BY h.expected_by, h.id LIMIT \(limit)
            """
        ).map { row in
            OpenHandOver(
                handOver: try handOver(row), eventTitle: try row.text(24), isExercise: try row.bool(25),
                fromName: try row.text(21), toName: try row.text(22), area: AreaPrefix(try row.text(23)) ?? .everywhere)
        }
    }
}
