import Cases
import DemoCounty
import Desk
import Faults
import Foundation
import Funds
import Ground
import Identity
import Ledger
import Mandates
import Messages
import Places
import Storage
import StorageTesting
import Testing
import Web
import Workload

@testable import Accounts

@Suite("A year of burdens, played")
struct PlayedYearTests {
    @Test(
        "Half a year after burdens were cut, hours are fewer, work that is no burden is as much, and outcomes are no worse",
        .enabled(if: ProcessInfo.processInfo.environment["GEWU_TEST_SLOW"] == "1", "GEWU_TEST_SLOW=1 runs it"))
    func year() async throws {
        try await DemoHouse.with(.sqlite) { demo in
            let plan = DemoCounty.Plan(
                households: 2_000, days: DemoCounty.yearDays, until: DemoHouse.until, cases: 900, hasHomes: false,
                playsYear: true)
            _ = try await DemoCounty(plan: plan).create(in: demo.house)
            // Through the gate: what has no ground was refused, the rest admitted and some of it cut.
            #expect(try await demo.number("SELECT COUNT(*) FROM demands WHERE stage = 'cut'") == 7)
            #expect(
                try await demo.number(
                    "SELECT COUNT(*) FROM demands WHERE stage = 'refused' AND title IN ('商圈客流日登记', '违建治理台账检查')") == 2)
            #expect(try await demo.number("SELECT COUNT(*) FROM burden_measures") == 13)
            let now = DemoHouse.until
            let turn = now.local().day - (DemoCounty.yearDays - 1) + 182
            let scope = try coordination(of: demo.house)
            let query = QueryParameters([("turn", turn.description), ("days", "183")])
            let year = try await accounts(of: demo.house).burdenYear(
                YearQuestion(query, for: scope), for: scope, at: now)
            #expect(year.minutes.after * 4 < year.minutes.before * 3, "\(year.minutes)")
            for line in year.lines where line.source != .task && line.source != .inspection {
                #expect(line.minutes.before > 0 && line.minutes.after < line.minutes.before, "\(line)")
            }
            let tasks = try #require(year.lines.first { $0.source == .task }).minutes
            #expect(tasks.after * 10 >= tasks.before * 9)
            #expect(year.pairs.count == 3 && year.posts > 0)
            for pair in year.pairs {
                #expect(pair.before.sample >= 30 && pair.after.sample >= 30, "\(pair)")
                #expect(pair.verdict == .same || pair.verdict == .better, "\(pair)")
            }
            // Every figure is the sum of the list that it leads to.
            for (days, minutes) in [
                (year.periods.before, year.minutes.before), (year.periods.after, year.minutes.after),
            ] {
                let sources = try await accounts(of: demo.house).sources(days, for: scope)
                #expect(sources.map { $0.minutes(days) }.reduce(0, +) == minutes)
            }
        }
    }

    private func accounts(of house: House) throws -> Accounts {
        let rights = Ledger.rights + Places.rights + Messages.rights + Identity.rights + Cases.rights
        let places = Places(house: house)
        let identity = try Identity(house: house, knownRights: Set(rights), bodies: NoBodies())
        let cases = try Cases(house: house, identity: identity, bodies: NoBodies(), areas: NoAreas())
        let forecast = try Forecast(house: house, identity: identity, places: places)
        let mandates = try Mandates(house: house, identity: identity, places: places, forecast: forecast)
        let workload = try Workload(
            house: house, identity: identity, places: places, mandates: mandates, forecast: forecast)
        return try Accounts(
            house: house, identity: identity, places: places, cases: cases, mandates: mandates, workload: workload,
            faults: Faults(house: house, places: places, cases: cases, mandates: mandates, workload: workload),
            funds: Funds(house: house, places: places))
    }

    /// Whoever stands at the county and sees everything.
    private func coordination(of house: House) throws -> Scope {
        let now = DemoHouse.until
        return Scope(
            staff: house.identifiers.next(at: now), staffName: "—", post: house.identifiers.next(at: now),
            postName: LocalizedText("—", "—"), role: "coordination_officer",
            rights: [.readMandates, .readWorkload, Right("case.read")], area: try DemoCounty.area(house.rules),
            body: house.identifiers.next(at: now), bodyName: "—", line: nil)
    }
}

private struct NoBodies: BodyLookup {
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [] }
}

private struct NoAreas: AreaLookup {
    func name(of area: AreaPrefix) -> String? { nil }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
    func area(at location: Location) -> AreaPrefix? { nil }
}
