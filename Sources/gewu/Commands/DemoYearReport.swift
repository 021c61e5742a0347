import DemoCounty
import Desk
import Ground
import Mandates

/// What `gewu demo --year` says when it is done.
struct DemoYearReport {
    private let year: DemoCounty.Year
    private let summary: DemoCounty.Summary

    init(_ year: DemoCounty.Year, of summary: DemoCounty.Summary) {
        self.year = year
        self.summary = summary
    }

    private var measures: Int { year.measures.values.reduce(0, +) }

    private func hours(_ minutes: Int64) -> Int64 { (minutes + 30) / 60 }

    private var page: String { "/accounts/year?turn=\(year.turn)&days=\(year.days)" }

    var text: LocalizedText {
        LocalizedText(
            """
            减负前后两年（\(year.turn) 为界，各 \(year.days) 天）：上级提出 \(year.filed) 件，准入 \(year.admitted) 件、不予准入 \(year.refused) 件；\
            街道表态 \(year.streetsHeard) 次，其中不同意 \(year.objections) 次；采取措施 \(measures) 项，购买合同 \(year.contracts) 份，赋权 \(year.powers) 项。
            工时：前一年 \(hours(year.minutesBefore)) 小时，后一年 \(hours(year.minutesAfter)) 小时。用 coordination_officer 打开 \(page)，每个数字都能点开清单。
            """,
            """
            Two years around \(year.turn), \(year.days) days each: \(year.filed) demands from above, \(year.admitted) admitted, \(year.refused) refused; \
            streets spoke \(year.streetsHeard) times and objected \(year.objections) times; \(measures) measures, \(year.contracts) contracts, \(year.powers) powers.
            Hours: \(hours(year.minutesBefore)) in the year before, \(hours(year.minutesAfter)) in the year after. Open \(page) as
            coordination_officer: each figure leads to its list.
            """)
    }

    func write(to writer: inout JSONWriter) {
        writer.key("year")
        writer.object { writer in
            writer.member("turn", year.turn.description)
            writer.member("days", year.days)
            writer.member("filed", year.filed)
            writer.member("admitted", year.admitted)
            writer.member("refused", year.refused)
            writer.member("expired", year.expired)
            writer.member("streetsHeard", year.streetsHeard)
            writer.member("objections", year.objections)
            writer.key("measures")
            writer.object { writer in
                for measure in BurdenMeasure.allCases {
                    writer.key(escaping: measure.rawValue)
                    writer.value(year.measures[measure] ?? 0)
                }
            }
            writer.member("contracts", year.contracts)
            writer.member("powers", year.powers)
            writer.member("minutesBefore", year.minutesBefore)
            writer.member("minutesAfter", year.minutesAfter)
            writer.member("page", page)
        }
    }
}
