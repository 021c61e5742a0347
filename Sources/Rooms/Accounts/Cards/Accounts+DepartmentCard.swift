import Appraisals
import Burdens
import Desk
import Ground
import Identity
import Mandates
import Storage

extension Accounts {
    /// What a department sent down in a period, and how it answered for what came from below.
    /// - Throws: a refusal when there is no such department, or it is not the viewer's to see.
    func departmentCard(
        _ body: BodyID, _ period: AppraisalPeriod, for scope: Scope, at now: Instant
    ) async throws -> ReportCard {
        let (appraisals, mandates, burdens) = (appraisals, mandates, burdens)
        let seesDemands = scope.may(.readMandates)
        let facts = try await house.database.read { transaction in
            DepartmentCardFacts(
                figures: try appraisals.figures(of: body, period, for: scope, at: now, in: transaction),
                asked: seesDemands ? try mandates.asked(by: body, period.days, for: scope, in: transaction) : [],
                contracts: seesDemands
                    ? try mandates.contracts(boughtBy: body, period.days, for: scope, in: transaction) : [],
                caps: seesDemands
                    ? try mandates.capStandings(period.year, by: body, for: scope, in: transaction) : [],
                targets: seesDemands ? try burdens.laid(by: body, in: period.year, for: scope, in: transaction) : [])
        }
        let page = DepartmentCardPage(body: body, period: period, facts: facts, mandates: mandates)
        return ReportCard(
            subject: .department(body), name: facts.figures.name, period: period,
            sections: (seesDemands ? [page.sent, page.outcomes, page.hearings, page.contracts, page.caps] : [])
                + [page.calls, page.matters] + (seesDemands ? [page.targets] : []))
    }
}

/// What the records of a period say of a department.
struct DepartmentCardFacts: Sendable {
    var figures: DepartmentFigures
    var asked: [AskedDemand]
    var contracts: [Contract]
    var caps: [CapStanding]
    var targets: [LaidTarget]
}
