import Cases
import Desk
import Emergencies
import Ground
import Identity
import Places
import Storage

/// Everything that stands on one wall, read in one transaction: the figures, and the first lines of the lists behind them.
struct WallModel: Sendable {
    struct Whistle: Sendable {
        var record: CaseRecord
        var called = 0
        var present = 0
    }

    /// A shift that runs now, without the person: walls show posts.
    struct Shift: Sendable {
        var record: ShiftRecord
        var post: LocalizedText
        var body: LocalizedText?
    }

    var figures: WallFigures
    var whistles: [Whistle] = []
    var sensed: [CaseRecord] = []
    var handOvers: [OpenHandOver] = []
    var ringing: [RingingAlarm] = []
    var events: [EventRecord] = []
    var shifts: [Shift] = []
}

extension UnifiedCommand {
    func model(
        in area: AreaPrefix?, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> WallModel {
        var model = WallModel(figures: try figures(in: area, for: scope, at: now, in: transaction))
        let area = model.figures.area
        var question = OpenQuestion(area: area, kind: Self.whistle)
        question.limit = rules.lines.whistles
        if model.figures.count(Self.whistle).total > 0 {
            let records = try cases.openMatters(question, for: scope, at: now, in: transaction)
            let reported = try cases.reportIns(of: records.map(\.id), in: transaction)
            model.whistles = records.map {
                let counted = reported[$0.id] ?? (0, 0)
                return WallModel.Whistle(record: $0, called: counted.called, present: counted.present)
            }
        }
        if model.figures.open.sensed.total > 0 {
            question = OpenQuestion(area: area)
            question.isSensed = true
            question.limit = rules.lines.alarms
            model.sensed = try cases.openMatters(question, for: scope, at: now, in: transaction)
        }
        guard let emergencies = model.figures.emergencies else { return model }
        if emergencies.unacknowledged > 0 {
            model.handOvers = try self.emergencies.openHandOvers(
                .unacknowledged, in: area, for: scope, at: now, limit: rules.lines.alarms, in: transaction)
        }
        if !emergencies.ringing.isEmpty {
            model.ringing = try self.emergencies.ringing(
                in: area, for: scope, limit: rules.lines.alarms, in: transaction)
        }
        if emergencies.running + emergencies.exercises > 0 {
            model.events = try self.emergencies.runningEvents(
                in: area, for: scope, limit: rules.lines.emergencies, in: transaction)
        }
        if !model.figures.onShift.isEmpty {
            let shifts = try self.emergencies.onShift(in: area, for: scope, at: now, in: transaction)
            model.shifts = try shifts.sorted { order($0) < order($1) }.prefix(rules.lines.shifts).map {
                try shift($0, in: transaction)
            }
        }
        return model
    }

    static let whistle = "whistle"
    static let reportIn = "report-in"

    /// The widest area first, in each the kinds as the rule file has them.
    private func order(_ shift: ShiftRecord) -> OrderedShift {
        OrderedShift(
            length: shift.area.code.utf8.count, area: shift.area.code,
            kind: emergencies.dutyKinds.firstIndex { $0.key == shift.kind } ?? .max, id: shift.id.text)
    }

    private struct OrderedShift: Comparable {
        var length: Int
        var area: String
        var kind: Int
        var id: String

        static func < (left: OrderedShift, right: OrderedShift) -> Bool {
            (left.length, left.area, left.kind, left.id) < (right.length, right.area, right.kind, right.id)
        }
    }

    func shift(_ record: ShiftRecord, in transaction: any Transaction) throws -> WallModel.Shift {
        let post = try identity.directory.post(record.post, in: transaction)
        let body = try post.flatMap { try Places.body($0.body, in: transaction) }
        return WallModel.Shift(
            record: record, post: post?.title ?? LocalizedText("—", "—"),
            body: body.map { LocalizedText($0.name, $0.englishName ?? $0.name) })
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }
}
