import Accounts
import Desk
import Ground
import Identity
import Map
import Places
import Storage
import Warnings
import Workload

/// What rooms that know nothing of the map have to say on it.
extension MapTheme {
    /// 负荷: how full the posts of each street are in the twelve months ahead.
    static func loads(_ workload: Workload, _ places: Places) -> MapTheme {
        MapTheme(
            name: "loads", title: LocalizedText("负荷", "Loads"), right: .readWorkload, form: .ground,
            columns: [
                .init("street", "街道", "Street"), .init("saturation", "负荷率（%）", "Load (%)", .number),
                .init("posts", "岗位", "Posts", .number), .init("over", "超负荷岗位", "Posts over", .number),
            ],
            legend: [
                (.danger, LocalizedText("总量超过工时", "More work than time")),
                (.caution, LocalizedText("总量够，有岗位超负荷", "Enough time in all, some posts over")),
                (.primary, LocalizedText("都在工时之内", "Every post within its time")),
                (.plain, LocalizedText("无岗位工时", "No time known")),
            ],
            note: LocalizedText(
                "今后十二个月各街道及以下岗位的事项用时与可用工时之比，只按岗位汇总，不到人；算法见“负荷”页。",
                "Work against working time of the posts of each street in the twelve months ahead, summed by posts, never by person; see the page of loads."
            )
        ) { question in
            try await workload.streets(for: question.scope, at: question.now).map { street in
                let name = places.name(of: street.area.code) ?? street.area.code
                let share = street.saturation
                let tone: MapMark.Tone =
                    share.map { $0 > 1000 ? .danger : street.over > 0 ? .caution : .primary } ?? .plain
                return MapMark(
                    id: street.area.code, area: street.area, tone: tone, figure: share.map { "\($0 / 10)%" } ?? "—",
                    values: [
                        .text(LocalizedText(name, name)), share.map { .number(Double($0) / 10) } ?? .nothing,
                        .number(Double(street.posts)), .number(Double(street.over)),
                    ], address: "/workload")
            }
        }
    }

    /// 负担: hours of what was sent down to each street; also on a past day.
    static func burdens(_ accounts: Accounts, _ places: Places) -> MapTheme {
        let days = accounts.mapDays
        return MapTheme(
            name: "burdens", title: LocalizedText("负担", "Burdens"), right: .readWorkload, form: .ground, isDated: true,
            columns: [
                .init("street", "街道", "Street"), .init("hours", "\(days) 天工时", "Hours in \(days) days", .number),
                .init("perPost", "每岗每 30 天工时", "Hours per post in 30 days", .number),
                .init("before", "前 \(days) 天工时", "Hours in the \(days) days before", .number),
                .init("avoidable", "其中形式主义与过量", "Of these formalism or too much", .number),
                .init("sources", "事项数", "Things sent down", .number),
            ],
            legend: [
                (.danger, LocalizedText("比前一段上升", "More than before")),
                (.caution, LocalizedText("有可减的", "Some of it can be less")),
                (.primary, LocalizedText("平稳", "Steady")), (.plain, LocalizedText("没有下达", "Nothing sent down")),
            ],
            note: LocalizedText(
                "截至当日 \(days) 天内经准入下达各街道的事项的标准工时，点街道看由哪些事项组成。岗位按今天在岗的计；岗位过少的街道不显示每岗工时。只按街道汇总，不到人。上升的界限与岗位下限见 accounts.yaml，待当地核实。",
                "Standard hours of what passed the gate to each street in the \(days) days up to the day; a street leads to the list they are made of. Posts are today’s, and where they are few, hours per post are not shown. Sums of streets, never of persons. What counts as rising and as few: accounts.yaml, to be checked locally."
            )
        ) { question in
            let day = question.day ?? question.now.local().day
            return try await accounts.streetBurdens(for: question.scope, until: day).map { burden in
                let name = places.name(of: burden.street.code) ?? burden.street.code
                let tone: MapMark.Tone =
                    switch burden.standing {
                    case .rising: .danger
                    case .lighter: .caution
                    case .steady: .primary
                    case .none: .plain
                    }
                func hours(_ minutes: Int64) -> MapMark.Value { .number((Double(minutes) / 6).rounded() / 10) }
                return MapMark(
                    id: burden.street.code, area: burden.street, tone: tone, figure: burden.hoursText,
                    values: [
                        .text(LocalizedText(name, name)), hours(burden.minutes),
                        burden.perPost.map { .number(Double($0) / 10) } ?? .nothing, hours(burden.minutesBefore),
                        hours(burden.avoidable), .number(Double(burden.sources)),
                    ], address: burden.address)
            }
        }
    }

    private static let mostWarnings = 2_000

    /// 预警: what rises, where; also on a past day.
    static func warnings(_ warnings: Warnings, _ places: Places, _ house: House) -> MapTheme {
        MapTheme(
            name: "warnings", title: LocalizedText("预警", "Warnings"), right: Warnings.readStanding, form: .marks,
            isDated: true,
            columns: [
                .init("kind", "类别", "Kind"), .init("place", "地方", "Place"), .init("raised", "提出", "Raised"),
                .init("seen", "件数", "Matters", .number), .init("expected", "平常", "Usual", .number),
            ],
            legend: [(.warn, LocalizedText("早期预警", "Early warning"))],
            note: LocalizedText(
                "只看地方和类别的件数，不看人；标在该地方的中心。今天的只列未处理的；往日的列当日仍在预警期内的。",
                "Only counts of places and kinds, never of persons; at the middle of the place. Today's are those nobody has decided on; of a past day, those whose days were not over."
            )
        ) { question in
            let today = question.now.local().day
            let day = question.day ?? today
            return try await house.database.read { transaction in
                try warnings.standing(
                    on: day, today: today, for: question.scope, limit: mostWarnings, in: transaction
                ).map { warning in
                    let name = places.name(of: warning.area.code) ?? warning.area.code
                    let raised = warning.raisedOn.description
                    return MapMark(
                        id: warning.id, area: warning.area, tone: .warn, figure: "",
                        values: [
                            .text(warning.category), .text(LocalizedText(name, name)),
                            .text(LocalizedText(raised, raised)), .number(Double(warning.seen)),
                            .number((warning.expected * 10).rounded() / 10),
                        ], address: "/warnings")
                }
            }
        }
    }
}
