import Appraisals
import Cases
import Desk
import Funds
import Ground
import Identity
import Mandates
import Places
import Storage
import Workload

extension Accounts {
    /// A street's own staff see its card, and whoever sees the whole county; a department, or a community, does not.
    static func seesCard(of street: AreaPrefix, _ scope: Scope) -> Bool {
        street.level == .street && scope.line == nil && scope.area.contains(street)
            && scope.may(.readWorkload) && scope.may(.readMandates)
    }

    /// What came down to a street in a period, what it holds, and what came of it: composed of what the rooms below say.
    /// - Throws: a refusal when there is no such street, or it is not the viewer's to see.
    func streetCard(
        _ street: AreaPrefix, _ period: AppraisalPeriod, for scope: Scope, at now: Instant
    ) async throws -> ReportCard {
        guard Self.seesCard(of: street, scope), let name = places.name(of: street.code) else {
            throw Refusal.nothingHere
        }
        let account =
            try await streets(for: scope, at: now).first { $0.street == street } ?? StreetAccount(street: street)
        let facts = try await streetFacts(street, period, for: scope)
        let page = StreetCardPage(
            street: street, period: period, account: account, facts: facts, mandates: mandates)
        var sections = [page.burdens, page.kinds, page.powers]
        if let money = page.money { sections.append(money) }
        sections += [page.posts, page.balance, page.caps, page.measures]
        if let outcomes = page.outcomes { sections.append(outcomes) }
        return ReportCard(subject: .street(street), name: name, period: period, sections: sections)
    }

    private func streetFacts(
        _ street: AreaPrefix, _ period: AppraisalPeriod, for scope: Scope
    ) async throws -> StreetCardFacts {
        let (mandates, funds, cases) = (mandates, funds, cases)
        let (seesMoney, seesMatters) = (scope.may(.readFunds), seesOutcomes(scope))
        return try await house.database.read { transaction in
            StreetCardFacts(
                sources: try mandates.burdenSources(period.days, for: scope, in: transaction)
                    .filter { Self.reaches($0, street) },
                grants: try mandates.powerGrants(in: street, for: scope, in: transaction),
                money: seesMoney
                    ? try funds.streets(year: period.year, for: scope, in: transaction).first { $0.street == street }
                        ?? StreetFunds(street: street, allotted: 0, spent: 0) : nil,
                caps: try mandates.capStandings(period.year, heardIn: street, for: scope, in: transaction),
                outcomes: seesMatters
                    ? try cases.outcomes(period.days, within: street, for: scope, in: transaction) : nil)
        }
    }
}

/// What the records of a period say of a street.
struct StreetCardFacts: Sendable {
    var sources: [BurdenSource]
    var grants: [PowerGrant]
    /// nil for those who may not see money.
    var money: StreetFunds?
    var caps: [CapStanding]
    /// nil for those who may not see matters.
    var outcomes: OutcomesOfDays?
}
