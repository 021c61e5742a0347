import Cases
import Desk

/// One department in one period.
struct AppraisalCard: Sendable, Hashable {
    var body: BodyID
    var name: String
    /// nil for a body that has none (any more).
    var line: String?
    var period: AppraisalPeriod
    var record: DepartmentRecord
    /// Demands of it that went down in the period.
    var sentDown: Int64
    var score: Score
    var scoreWithExcluded: Score

    init(
        body: BodyID, name: String, line: String?, period: AppraisalPeriod, record: DepartmentRecord, sentDown: Int64,
        rules: AppraisalRules
    ) {
        self.body = body
        self.name = name
        self.line = line
        self.period = period
        self.record = record
        self.sentDown = sentDown
        score = Score(record, rules)
        scoreWithExcluded = Score(record, rules, withExcluded: true)
    }

    /// How much came to it from below: residents' matters and calls of streets.
    var fromBelow: Int64 { record.matters.due + record.excluded.due + Int64(record.reportIns.called) }
}
