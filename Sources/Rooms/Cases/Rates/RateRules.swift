import Desk
import Ground
import WorkCalendar

/// The numbers of `Rules/rates.yaml`.
public struct RateRules: Sendable, Decodable {
    /// How soon after its report somebody must have talked with the resident.
    var contactWithin: TimeLimit
    /// What each answer counts, from 1 (very dissatisfied) to 5 (very satisfied): 0, 0.5 or 1.
    var satisfactionCounts: [Double]
    /// Rates of fewer matters than this are shown with the warning that they say little.
    var fewMatters: Int64

    static func load(from rules: RuleFiles) throws(Refusal) -> RateRules {
        let found = try rules.decode(RateRules.self, from: "rates.yaml")
        guard found.satisfactionCounts.count == 5, found.satisfactionCounts.allSatisfy([0, 0.5, 1].contains) else {
            throw RuleFiles.refusal(
                "satisfactionCounts has five values, each 0, 0.5 or 1", "satisfactionCounts 须为五个值，每个为 0、0.5 或 1",
                in: try rules.file("rates.yaml"), line: nil)
        }
        return found
    }

    /// In halves.
    func halves(ofSatisfaction satisfaction: Int) -> Int64 {
        satisfactionCounts.indices.contains(satisfaction - 1) ? Int64(satisfactionCounts[satisfaction - 1] * 2) : 0
    }
}

/// What one matter adds to the figures, and to which: all of it is a function of the matter as it stands, so what an act
/// changes is the difference of two of these.
struct Outcome: Sendable, Hashable {
    /// The day to which it belongs: that of its final deadline. A matter without one was never accepted here: it was
    /// turned away, or another system closed it, and says nothing about this county's bodies.
    var day: Day
    var area: AreaPrefix
    var body: BodyID?
    /// Left out, for a reason with a code that a second person has granted.
    var isExcluded: Bool
    var figures: OutcomeFigures

    init?(_ record: CaseRecord, _ rules: RateRules) {
        // Parts are the work of one matter, and what is joined with another goes on there: each counts once.
        guard record.kind == Workflow.matter, record.joinedTo == nil, let final = record.finalDue else { return nil }
        var figures = OutcomeFigures()
        day = final.at.local().day
        figures.due = 1
        if let ended = record.endedAt {
            figures.closed = 1
            // What was not taken on after all was never reported done: then its end counts.
            if record.finishedAt ?? ended <= final.at { figures.closedOnTime = 1 }
        }
        if record.isContactedInTime == true { figures.contactedInTime = 1 }
        if let isSolved = record.isSolved, let satisfaction = record.satisfaction {
            figures.followedUp = 1
            figures.solved = isSolved ? 1 : 0
            figures.satisfiedHalves = rules.halves(ofSatisfaction: satisfaction)
        }
        self.figures = figures
        area = record.area.community.flatMap { AreaPrefix($0) } ?? record.area
        body = record.body
        isExcluded = record.isExcluded
    }
}
