import Cases
import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Mandates
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import Accounts
@testable import DemoCounty
@testable import gewu

@Suite("A played year before and after burdens were cut")
struct PlayedYearTests {
    @Test(
        "Hours fall by source and outcomes do not, and the page's figures are what a recount of the played year gives",
        arguments: EngineCase.available)
    func year(engine: EngineCase) async throws {
        try await DemoHouse.with(engine) { demo in
            let summary = try await Self.played(in: demo)
            let year = try #require(summary.year)
            var house = demo.house
            house.settings.area = summary.area
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            let scope = try Self.coordination(of: house, summary.area)
            let question = try YearQuestion(
                QueryParameters([("turn", year.turn.description), ("days", "\(year.days)")]), for: scope)
            let page = try await rooms.accounts.burdenYear(question, for: scope, at: DemoHouse.until)

            // The page, beside what whoever played it noted down: by source and by side.
            for line in page.lines {
                let sent = year.sent.filter { $0.kind == line.source }
                for (days, minutes) in [
                    (page.periods.before, line.minutes.before), (page.periods.after, line.minutes.after),
                ] {
                    let recount = sent.map { Self.minutes(of: $0, in: days) }.reduce(0, +)
                    // Each demand is rounded to whole minutes by itself, once for each of its terms.
                    let rounding = Double(sent.map { $0.steps.count + 1 }.reduce(0, +))
                    #expect(
                        abs(recount - Double(minutes)) <= rounding, "\(line.source) \(days): \(minutes), \(recount)")
                    // What the figure leads to adds up to it exactly.
                    let listed = try await rooms.accounts.sources(days, for: scope)
                        .filter { $0.source == line.source }.map { $0.minutes(days) }.reduce(0, +)
                    #expect(listed == minutes)
                }
            }
            #expect(page.minutes.before == year.minutesBefore && page.minutes.after == year.minutesAfter)
            #expect(page.posts > 0)
            // Every burden falls; work that is no burden stays, but for what is done less often or bought.
            #expect(page.minutes.after * 3 < page.minutes.before * 2, "\(page.minutes)")
            for line in page.lines where line.source != .task {
                #expect(line.minutes.before > 0 && line.minutes.after < line.minutes.before, "\(line)")
            }
            let tasks = try #require(page.lines.first { $0.source == .task }).minutes
            #expect(tasks.after * 10 > tasks.before * 7 && tasks.after < tasks.before)

            // Outcomes are beside them, of enough matters, and none is worse by more than chance.
            #expect(page.pairs.count == 3)
            for pair in page.pairs {
                #expect(pair.before.sample >= 30 && pair.after.sample >= 30, "\(pair)")
                #expect(pair.verdict == .same || pair.verdict == .better, "\(pair)")
            }
            try await Self.expectOutcomes(page, demo)
            try await Self.expectRecords(year, demo)
            // Nobody named a day: the page opens on the first measure.
            let usual = try await rooms.accounts.burdenYear(
                YearQuestion(QueryParameters(), for: scope), for: scope, at: DemoHouse.until)
            #expect(usual.periods.turn >= year.turn && usual.periods.turn <= year.turn + 30)
            let pairs = try await rooms.accounts.cutPairs(after: nil, limit: 100, for: scope, at: DemoHouse.until).pairs
            #expect(pairs.count == year.measures.values.reduce(0, +))

            let verification = try await Ledger.verify(
                house.database, publicKey: house.keys.signing.publicKey, at: DemoHouse.until)
            #expect(verification.isIntact && verification.unsealed == 0)
            // A second time it is refused, and nothing is lost.
            let refusal = await #expect(throws: Refusal.self) { try await Self.played(in: demo) }
            #expect(refusal?.code == "demo.not-empty")
            #expect(try await demo.number("SELECT COUNT(*) FROM demands") >= Int64(year.filed))
        }
    }

    @Test("The same seed plays the same year, another seed another")
    func sameSeed() async throws {
        var years: [DemoCounty.Year?] = []
        for seed: UInt64 in [1, 1, 2] {
            try await DemoHouse.with(.sqlite) { demo in
                years.append(try await Self.played(in: demo, households: 400, seed: seed, cases: 1).year)
            }
        }
        #expect(years[0] != nil && years[0] == years[1])
        #expect(years[0] != years[2])
    }

    @Test("A year that could not be played as its file says is refused before anything is made")
    func wrongFile() throws {
        let shipped =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Rules"
        let file = try String(contentsOfFile: shipped + "/demo/year.yaml", encoding: .utf8)
        for (old, new) in [
            ("joins: 慢病随访情况月表", "joins: 没有这张表"), ("days: 365\nrunUp", "days: 3650\nrunUp"),
            ("title: 违建零报告", "title: 扬尘线索周报"), ("measure: cut, words: 线索随手报即可", "measure: cut"),
        ] {
            #expect(file.contains(old))
            let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: own) }
            try FileManager.default.createDirectory(
                at: own.appendingPathComponent("demo"), withIntermediateDirectories: true)
            try Data(file.replacing(old, with: new).utf8).write(to: own.appendingPathComponent("demo/year.yaml"))
            #expect(throws: Refusal.self, "\(new)") {
                try YearScript.load(from: RuleFiles(shipped: shipped, own: own.path))
            }
        }
        #expect(throws: Never.self) { try YearScript.load(from: RuleFiles(shipped: shipped)) }
    }

    // MARK: Pieces

    private static func played(
        in demo: DemoHouse, households: Int = 1_200, seed: UInt64 = 2, cases: Int = 600
    ) async throws -> DemoCounty.Summary {
        let plan = DemoCounty.Plan(
            households: households, seed: seed, until: DemoHouse.until, cases: cases, hasHomes: false, playsYear: true)
        return try await DemoCounty(plan: plan, knownRights: Assembly.rights).create(in: demo.house)
    }

    /// By what was asked and done, day by day.
    private static func minutes(of sent: DemoCounty.Sent, in days: ClosedRange<Day>) -> Double {
        let length = Double(sent.until - sent.from + 1)
        var sum = 0.0
        var day = max(sent.from, days.lowerBound)
        while day <= min(sent.until, days.upperBound) {
            let step = sent.steps.last { $0.day <= day }
            sum += Double(sent.areas * (step?.minutes ?? sent.minutes) * (step?.times ?? sent.times)) / length
            day = day + 1
        }
        return sum
    }

    /// Counted again from the matters themselves.
    private static func expectOutcomes(_ page: BurdenYear, _ demo: DemoHouse) async throws {
        let onTime = try #require(page.pairs.first { $0.kind == .onTime })
        // The last three weeks are still checked and rated.
        let (before, after) = (try #require(page.judged.before), try #require(page.judged.after))
        #expect(before == page.periods.before && after.upperBound == page.periods.after.upperBound - 21)
        for (days, share) in [(before, onTime.before), (after, onTime.after)] {
            let (from, until) = (
                Instant(LocalTime(day: days.lowerBound)), Instant(LocalTime(day: days.upperBound + 1))
            )
            let due: SQL = """
                kind = 'matter' AND joined_to IS NULL AND NOT is_excluded AND final_due_at >= \(from)
                AND final_due_at < \(until)
                """
            #expect(try await demo.number("SELECT COUNT(*) FROM cases WHERE \(due)") == share.whole, "\(days)")
            #expect(
                try await demo.number(
                    "SELECT COUNT(*) FROM cases WHERE \(due) AND ended_at IS NOT NULL AND COALESCE(finished_at, ended_at) <= final_due_at"
                )
                    == share.part, "\(days)")
        }
    }

    /// Each act of the record left its row and its entry.
    private static func expectRecords(_ year: DemoCounty.Year, _ demo: DemoHouse) async throws {
        for measure in BurdenMeasure.allCases {
            #expect((year.measures[measure] ?? 0) > 0, "\(measure)")
            #expect(
                try await demo.number("SELECT COUNT(*) FROM burden_measures WHERE measure = \(measure.rawValue)")
                    == Int64(year.measures[measure] ?? 0), "\(measure)")
        }
        #expect(
            try await demo.number(
                "SELECT COUNT(*) FROM burden_measures WHERE words = '' AND measure <> 'withdrawn'") == 0)
        let taken = year.measures.filter { $0.key != .withdrawn }.values.reduce(0, +)
        #expect(
            try await demo.number("SELECT COUNT(*) FROM ledger_entries WHERE act = 'demands.measure'") == Int64(taken))
        // Street 1 has a leader and eleven have none: what goes to all was never taken as agreed to by silence.
        #expect(year.streetsHeard > 0 && year.objections > 0 && year.objections < year.streetsHeard)
        #expect(
            try await demo.number("SELECT COUNT(*) FROM ledger_entries WHERE act = 'demands.hearingLapses'") > 50)
        #expect(year.refused > 0 && year.contracts > 0 && year.powers > 0 && year.expired > 0)
        #expect(
            try await demo.number("SELECT COUNT(*) FROM contracts WHERE stage = 'paid'") == Int64(year.contracts))
        // The form that was filled in by hand is made from the dictionary, on its ground.
        #expect(
            try await demo.number(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'forms.asked' AND happened_at < \(Instant(LocalTime(day: year.turn + 60)))"
            ) == 1)
    }

    /// Whoever stands at the county and sees everything.
    private static func coordination(of house: House, _ area: AreaPrefix) throws -> Scope {
        let now = DemoHouse.until
        return Scope(
            staff: house.identifiers.next(at: now), staffName: "—", post: house.identifiers.next(at: now),
            postName: LocalizedText("—", "—"), role: "coordination_officer",
            rights: [.readMandates, .readWorkload, Right("case.read")], area: area,
            body: house.identifiers.next(at: now), bodyName: "—", line: nil)
    }
}
