import Cases
import Command
import Desk
import Emergencies
import Ground
import Storage

/// The walls of the county and of the story's street: each figure that stands there, and the same from the ledger.
struct DayWalls: Sendable {
    let house: House
    let command: UnifiedCommand
    let rules: CaseRules
    let stage: Stage

    func compare() async throws -> [DayFigure] {
        let now = house.clock.now()
        let viewers = [
            (LocalizedText("指挥屏：全县", "The wall of the county"), stage.coordination.first),
            (LocalizedText("指挥屏：街道", "The wall of the street"), stage.streets.first?.leaders.first),
        ]
        var figures: [DayFigure] = []
        for (group, viewer) in viewers {
            guard let viewer else { continue }
            let (shown, recounted) = try await house.database.read { transaction in
                (
                    try command.figures(in: viewer.area, for: viewer, at: now, in: transaction).named,
                    try LedgerRecount.figures(in: viewer.area, for: viewer, at: now, rules: rules, in: transaction)
                        .named
                )
            }
            for name in Set(shown.keys).union(recounted.keys).sorted() {
                figures.append(
                    DayFigure(
                        group: group, title: title(name), shown: Int(shown[name] ?? 0),
                        recounted: Int(recounted[name] ?? 0)))
            }
        }
        return figures
    }

    private static let words: [String: LocalizedText] = [
        "overdue": LocalizedText("已逾期", "overdue"), "today": LocalizedText("今天到期", "due today"),
        "week": LocalizedText("本周到期", "due this week"), "later": LocalizedText("以后到期", "due later"),
        "undated": LocalizedText("无时限", "without a limit"), "sensed": LocalizedText("感知报警", "Sensor alarms"),
        "emergencies": LocalizedText("应急", "Emergencies"), "running": LocalizedText("进行中", "running"),
        "exercises": LocalizedText("演练", "exercises"),
        "unacknowledged": LocalizedText("在途未签收", "on the way"), "late": LocalizedText("逾期未签收", "late"),
        "differences": LocalizedText("数量不符", "differences"), "areas": LocalizedText("在办诉求", "Open matters"),
        "shift": LocalizedText("在岗", "On shift"),
    ]
    private static let ringing = LocalizedText("正在报警", "Alarms that ring")

    /// A name such as `matter.overdue` or `areas.330106001.today` in words.
    private func title(_ name: String) -> LocalizedText {
        let names = name.split(separator: ".").map(String.init)
        let parts = names.map { part -> LocalizedText in
            if names.first == "ringing" { return AlarmKind(rawValue: part)?.title ?? Self.ringing }
            if let street = stage.streets.first(where: { $0.area.code == part }) { return street.title }
            if let community = stage.streets.flatMap(\.communities).first(where: { $0.area.code == part }) {
                return LocalizedText(community.name, community.name)
            }
            return Self.words[part] ?? rules.workflow(named: part)?.shortTitle ?? LocalizedText(part, part)
        }
        return LocalizedText(
            parts.map(\.chinese).joined(separator: " · "), parts.map(\.english).joined(separator: " · "))
    }
}
