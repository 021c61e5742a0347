public import Desk
public import Ground
import Identity
public import Storage

/// What an alarm is about that rings until somebody does what is missing. Hand-overs have figures of their own
/// (`EmergencyFigures.late`, `differences`) and are none of these.
public enum AlarmKind: String, Sendable, Hashable, CaseIterable {
    /// Somebody on the spot said that something is wrong, and nobody who commands has answered 现场报警.
    case raised
    /// Nobody of a branch of the contact tree confirmed 联络不上.
    case contact
    /// A shift was handed over and not taken in time 逾期未接班.
    case shift
    /// Whoever commands did not report in time 逾期未报.
    case event
    /// Two accounts contradict each other and nobody decided in time 矛盾未核定.
    case conflict

    public var title: LocalizedText {
        switch self {
        case .raised: LocalizedText("现场报警", "Alarm on the spot")
        case .contact: LocalizedText("联络不上", "Not reached")
        case .shift: LocalizedText("逾期未接班", "Shift not taken over")
        case .event: LocalizedText("逾期未报情况", "No report in time")
        case .conflict: LocalizedText("矛盾未核定", "Conflict not decided")
        }
    }

    /// - Parameter subject: what an alarm rings for, such as `contact:…`.
    public init?(ofSubject subject: String) {
        guard let end = subject.firstIndex(of: ":") else { return nil }
        self.init(rawValue: String(subject[..<end]))
    }
}

/// Something that rings now, however often it has rung.
public struct RingingAlarm: Sendable, Hashable {
    /// Its first ring.
    public var id: Identifier<EmergencyAlarm>
    public var kind: AlarmKind
    public var area: AreaPrefix
    /// nil for shifts, which belong to no emergency.
    public var event: EventID?
    public var eventTitle: String?
    public var isExercise: Bool
    /// How far it has risen: 1 is the nearest head, above that coordination.
    public var level: Int64
    /// What it says. Of an alarm raised on the spot these are somebody's own words.
    public var text: LocalizedText
    public var since: Instant
}

extension Emergencies {
    /// What rings in an area within the scope, the longest first.
    /// - Parameters:
    ///   - kind: nil for all kinds.
    ///   - after: the last of the page before.
    public func ringing(
        _ kind: AlarmKind? = nil, in area: AreaPrefix, for scope: Scope, after: Identifier<EmergencyAlarm>? = nil,
        limit: Int, in transaction: any Transaction
    ) throws -> [RingingAlarm] {
        guard scope.may(.readEmergencies), scope.area.contains(area) else { throw Refusal.nothingHere }
        return try AlarmStore.ringing(kind, area, after: after, limit: limit, in: transaction)
    }
}

extension EmergencySchema {
    /// What rings is little, however many alarms there were.
    static let ringingMigrations = [
        Migration(
            "emergencies.0005-ringing",
            "CREATE INDEX emergency_alarms_ringing ON emergency_alarms (subject, id) WHERE ended_at IS NULL")
    ]
}

extension AlarmStore {
    /// Each alarm that rings once, by its first ring. Hand-overs are counted by their own state.
    private static func ringingOnes(_ area: AreaPrefix) -> SQL {
        """
        a.ended_at IS NULL AND a.subject NOT LIKE 'hand-over:%' AND (\(area.condition(on: "a.area")))
            AND NOT EXISTS (
                SELECT 1 FROM emergency_alarms b WHERE b.subject = a.subject AND b.ended_at IS NULL AND b.id < a.id)
        """
    }

    /// What rings in an area, one row each: as many as things are wrong now.
    static func ringingSubjects(_ area: AreaPrefix) -> SQL {
        "SELECT a.subject FROM emergency_alarms a WHERE \(ringingOnes(area))"
    }

    static func ringing(
        _ kind: AlarmKind?, _ area: AreaPrefix, after: Identifier<EmergencyAlarm>?, limit: Int,
        in transaction: any Transaction
    ) throws -> [RingingAlarm] {
        var conditions = [ringingOnes(area)]
        if let kind { conditions.append("a.subject LIKE \(kind.rawValue + ":%")") }
        if let after { conditions.append("a.id > \(after)") }
        return try transaction.query(
            """
            SELECT a.id, a.subject, a.area, a.event, e.title, e.is_exercise, a.text_zh, a.text_en, a.at,
                (SELECT MAX(b.level) FROM emergency_alarms b WHERE b.subject = a.subject AND b.ended_at IS NULL)
            FROM emergency_alarms a LEFT JOIN emergency_events e ON e.id = a.event
            WHERE \(SQL.all(conditions)) ORDER BY a.id LIMIT \(limit)
            """
        ).compactMap { row in
            guard let kind = AlarmKind(ofSubject: try row.text(1)) else { return nil }
            let event: EventID? = try row.identifierIfAny(3)
            return RingingAlarm(
                id: try row.identifier(0), kind: kind, area: AreaPrefix(try row.text(2)) ?? .everywhere, event: event,
                eventTitle: try row.textIfAny(4), isExercise: event == nil ? false : try row.bool(5),
                level: try row.int(9), text: LocalizedText(try row.text(6), try row.text(7)),
                since: try row.instant(8))
        }
    }
}
