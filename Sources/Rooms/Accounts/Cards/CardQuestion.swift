import Appraisals
import Desk
import Ground
import Web

/// The period that a card is asked for: a month, a quarter or a year; without one the present year.
struct CardQuestion: Sendable {
    var period: AppraisalPeriod

    init(_ query: QueryParameters, today: Day) throws(Refusal) {
        guard let text = query.filled("period") else {
            period = AppraisalPeriod(.year, of: today)
            return
        }
        guard let period = AppraisalPeriod(text) else {
            throw Refusal(
                .ruleBroken, "accounts.period",
                LocalizedText(
                    "没有这样的时期，请写 2026-07、2026-Q3 或 2026", "There is no such period: write 2026-07, 2026-Q3 or 2026"),
                field: "period")
        }
        self.period = period
    }
}
