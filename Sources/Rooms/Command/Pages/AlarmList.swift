import Desk
import Emergencies
import Ground
import Identity
import Storage
import Web

/// What rings until somebody acts: contacts not reached, shifts not taken over, reports and decisions that are late, and
/// what people on the spot say is wrong.
struct AlarmList: WallList {
    let command: UnifiedCommand
    static let holdsMatters = false

    struct Question: Sendable {
        var kind: AlarmKind?
        var area: AreaPrefix
    }

    func question(_ staff: StaffVisit) throws -> Question {
        let kind = try staff.visit.query.filled("of").map { text in
            guard let kind = AlarmKind(rawValue: text) else { throw Refusal.filter("of") }
            return kind
        }
        return Question(kind: kind, area: try WallPage.area(staff) ?? staff.scope.area)
    }

    func area(_ question: Question) -> AreaPrefix { question.area }

    func title(_ question: Question, _ visit: Visit) -> String {
        visit(CommandTexts.ringing) + (question.kind.map { " · " + visit($0.title) } ?? "")
    }

    func items(
        _ question: Question, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [RingingAlarm] {
        let key = try after.map { text in
            guard let id = Identifier<EmergencyAlarm>(parsing: text) else { throw Refusal.filter("after") }
            return id
        }
        return try command.emergencies.ringing(
            question.kind, in: question.area, for: scope, after: key, limit: limit, in: transaction)
    }

    func key(_ item: RingingAlarm) -> String { item.id.text }

    /// Where what is missing can be done.
    static func address(_ alarm: RingingAlarm) -> String {
        alarm.event.map { "/emergencies/\($0)" }
            ?? QueryParameters([("area", alarm.area.code)]).address("/duty")
    }

    var columns: [Column<RingingAlarm>] {
        let command = command
        return [
            .text(
                "报警", "Alarm",
                html: { alarm, visit in "<a href=\"\(Self.address(alarm))\">\(visit(alarm.kind.title))</a>" }
            ) { alarm, visit in visit(alarm.kind.title) },
            .text("内容", "About") { alarm, visit in visit(alarm.text) },
            .text("区域", "Area") { alarm, _ in command.areaName(alarm.area) },
            .text("事件", "Emergency") { alarm, visit in
                alarm.eventTitle.map { $0 + (alarm.isExercise ? "（\(visit(CommandTexts.exercise))）" : "") }
            },
            .number("层级", "Level") { $0.level },
            .instant("自", "Since") { $0.since },
        ]
    }
}
