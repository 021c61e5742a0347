import Cases
import Desk
import Ground
import Places
import Storage

extension OneMap {
    private static let mostWhistles = 2_000

    /// 吹哨报到: where departments are called for now.
    var whistleTheme: MapTheme {
        let (cases, places, database) = (cases, places, house.database)
        return MapTheme(
            name: "whistles", title: LocalizedText("吹哨", "Whistles"), right: .readMatters, form: .marks,
            columns: [
                .init("number", "编号", "Number"), .init("place", "区域", "Area"), .init("state", "状态", "State"),
                .init("due", "时限", "Due"),
            ],
            legend: [
                (.danger, MapTexts.overdue), (.warn, MapTexts.soon), (.primary, MapTexts.inTime),
                (.plain, MapTexts.undated),
            ],
            note: LocalizedText(
                "未结束的吹哨；没有位置的标在其区域中心。",
                "Whistles that are open; those without a place stand at the middle of their area.")
        ) { question in
            try await database.read { transaction in
                var asked = OpenQuestion(area: question.scope.area, kind: "whistle")
                asked.limit = Self.mostWhistles
                return try cases.openMatters(asked, for: question.scope, at: question.now, in: transaction).map { one in
                    let name = places.name(of: one.area.code) ?? one.area.code
                    let due = one.due?.at
                    let tone: MapMark.Tone =
                        due.map {
                            $0 < question.now ? .danger : $0 < question.now + .hours(24) ? .warn : .primary
                        } ?? .plain
                    let until = due.map { $0.local().minuteText }
                    return MapMark(
                        id: one.id.text, area: one.area, longitude: one.location?.longitude,
                        latitude: one.location?.latitude, tone: tone, figure: "",
                        values: [
                            .text(LocalizedText(one.number, one.number)), .text(LocalizedText(name, name)),
                            cases.rules.state(one.state).map { MapMark.Value.text($0.title) } ?? .nothing,
                            until.map { MapMark.Value.text(LocalizedText($0, $0)) } ?? .nothing,
                        ], address: "/cases/\(one.id)")
                }
            }
        }
    }
}
