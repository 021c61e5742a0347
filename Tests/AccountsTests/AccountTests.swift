import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing
import Web

@testable import Accounts
@testable import Mandates

@Suite("The burden year")
struct AccountTests {
    /// A monthly form of a year that is made anew after half a year, and a task that stays.
    private func played(_ county: AccountCounty) async throws -> (form: Demand, task: Demand, turn: Day) {
        try await county.adopted()
        // 365 days: a form of an hour a day over the four grids, a task of half of it.
        let form = try await county.admitted("消防隐患排查情况登记", .form, minutes: 15, times: 24, days: 365)
        let task = try await county.admitted("楼道充电劝导", .task, minutes: 15, times: 12, days: 365)
        county.clock.advance(.days(50))
        for _ in 0..<3 { try await county.matter() }
        county.clock.advance(.days(50))
        for _ in 0..<2 { try await county.matter() }
        try await county.take(
            MeasureAsked(measure: .redesign, minutes: 5, times: 24, other: nil, words: "从已有数据带出"), on: form)
        let turn = county.clock.now().local().day
        county.clock.advance(.days(60))
        return (form, task, turn)
    }

    @Test(
        "Hours fall by source from the day of the measure, and every figure is the sum of its list",
        arguments: EngineCase.available)
    func year(engine: EngineCase) async throws {
        try await AccountCounty.with(engine) { county in
            let (form, task, turn) = try await played(county)
            let question = try YearQuestion(QueryParameters(), for: try county.scope("coordinator"))
            let year = try await county.accounts.burdenYear(
                question, for: try county.scope("coordinator"), at: county.clock.now())
            // Nobody named a day: it is that of the measure, and as many days on each side as have passed since.
            #expect(year.periods.turn == turn && year.periods.length == 61)
            let forms = try #require(year.lines.first { $0.source == .form }).minutes
            let tasks = try #require(year.lines.first { $0.source == .task }).minutes
            // 15 × 24 × 4 = 1,440 minutes in 365 days, then a third of them.
            #expect((238...243).contains(forms.before) && (79...81).contains(forms.after))
            #expect(abs(tasks.before - tasks.after) <= 1 && (119...121).contains(tasks.before))
            #expect(year.lines.filter { $0.source != .form && $0.source != .task }.allSatisfy { $0.minutes == .init() })
            #expect(year.kinds.map(\.minutes.before).reduce(0, +) == year.minutes.before)
            #expect(year.months.map(\.minutes).reduce(0, +) == year.minutes.before + year.minutes.after)
            // Who is given such work: a dispatcher, a handler and a grid worker, all in the north.
            #expect(year.posts == 3)
            // The list of a figure adds up to it.
            for (side, minutes) in [("before", forms.before), ("after", forms.after)] {
                let days = side == "before" ? year.periods.before : year.periods.after
                let sources = try await county.accounts.sources(days, for: try county.scope("coordinator"))
                #expect(sources.filter { $0.source == .form }.map { $0.minutes(days) }.reduce(0, +) == minutes)
                let list = try await county.get(
                    "/accounts/year/sources?turn=\(turn)&days=61&side=\(side)&source=form", as: "coordinator")
                #expect(list.status == 200 && list.text.contains(form.number) && !list.text.contains(task.number))
                #expect(list.text.contains(Figures.hours(minutes)))
            }
            // So does that of a month.
            for month in year.months where month.minutes > 0 {
                let hours = Figures.hours(month.minutes)
                let list = try await county.get(
                    "/accounts/year/sources?from=\(month.days.lowerBound)&until=\(month.days.upperBound)",
                    as: "coordinator")
                #expect(
                    list.status == 200
                        && (list.text.contains("，\(hours) 小时") || list.text.contains(", \(hours) hours")),
                    "\(month.days)")
            }
            for wrong in ["from=2026-03-02&until=2026-03-01", "from=2026-02-30&until=2026-03-01", "from=2026-03-01"] {
                let list = try await county.get("/accounts/year/sources?\(wrong)", as: "coordinator")
                #expect(list.status == 422, "\(wrong)")
            }
            // From a department, by a source, in a street: what a flow of the year leads to.
            let flow = try await county.get(
                "/accounts/year/sources?from=2026-01-01&until=2026-12-31&line=fire&source=form&area=330106001",
                as: "coordinator")
            #expect(flow.text.contains(form.number) && !flow.text.contains(task.number))
            let other = try await county.get(
                "/accounts/year/sources?from=2026-01-01&until=2026-12-31&line=health", as: "coordinator")
            #expect(other.status == 200 && !other.text.contains(form.number))
            // A street has its own part: three grids of four.
            let north = try await county.accounts.burdenYear(
                YearQuestion(QueryParameters(), for: try county.scope("northhead")), for: try county.scope("northhead"),
                at: county.clock.now())
            let part = try #require(north.lines.first { $0.source == .form }).minutes.before
            #expect(part == forms.before * 3 / 4)
        }
    }

    @Test(
        "Hours of a street on the map are those of its list, and hours of one post are said of no few people",
        arguments: EngineCase.available)
    func map(engine: EngineCase) async throws {
        try await AccountCounty.with(engine) { county in
            let (form, task, _) = try await played(county)
            let today = county.clock.now().local().day
            let scope = try county.scope("coordinator")
            let burdens = try await county.accounts.streetBurdens(for: scope, until: today)
            #expect(burdens.map(\.street) == [AccountCounty.north, AccountCounty.south])
            let (north, south) = (burdens[0], burdens[1])
            #expect(north.length == 90 && north.days.upperBound == today && north.sources == 2)
            // 1,440 and 720 minutes in 365 days, three grids of four in the north; a third of the form since 60 days ago.
            let whole = north.minutes + south.minutes
            #expect((368...376).contains(whole), "\(whole)")
            #expect(abs(north.minutes - whole * 3 / 4) <= 2)
            let before = (north.days.lowerBound - 90)...(north.days.lowerBound - 1)
            let old = try await county.accounts.sources(before, for: scope)
            #expect(
                old.map { Accounts.minutes($0, before, in: AccountCounty.north) }.reduce(0, +) == north.minutesBefore)
            #expect((north.standing == .rising) == (north.minutes * 100 > north.minutesBefore * 110))
            // Three posts in the north and none in the south.
            #expect(north.perPost == nil && south.perPost == nil)
            let list = try await county.get(north.address, as: "coordinator")
            #expect(list.status == 200 && list.text.contains(form.number) && list.text.contains(task.number))
            let sources = try await county.accounts.sources(north.days, for: scope)
            #expect(
                sources.map { Accounts.minutes($0, north.days, in: AccountCounty.north) }.reduce(0, +) == north.minutes)
            #expect(try await county.get(north.address, as: "southhead").status == 404)
            // As it was then: in the first days nothing was before them, so it rises.
            let begun = try await county.accounts.streetBurdens(for: scope, until: form.terms.from + 20)
            #expect(begun.allSatisfy { $0.minutesBefore == 0 && $0.standing == .rising })
            let never = try await county.accounts.streetBurdens(for: scope, until: form.terms.from - 100)
            #expect(never.allSatisfy { $0.standing == .none && $0.sources == 0 })
            // A street sees its own, a grid no street at all.
            let own = try await county.accounts.streetBurdens(for: try county.scope("northhead"), until: today)
            #expect(own.map(\.street) == [AccountCounty.north] && own[0].minutes == north.minutes)
        }
    }

    @Test(
        "Each measure stands beside the outcomes of its area, and too few matters prove nothing",
        arguments: EngineCase.available)
    func pairs(engine: EngineCase) async throws {
        try await AccountCounty.with(engine) { county in
            let (form, _, turn) = try await played(county)
            let scope = try county.scope("coordinator")
            let found = try await county.accounts.cutPairs(
                after: nil, limit: 10, for: scope, at: county.clock.now())
            #expect(found.next == nil && found.pairs.map(\.source.number) == [form.number])
            let pair = try #require(found.pairs.first)
            #expect(pair.measure.day == turn && pair.measure.freedMinutes > 0)
            // The five matters by the day on which they should have been closed, as the table of matters says.
            let onTime = try #require(pair.outcomes.first { $0.kind == .onTime })
            #expect(onTime.before.sample + onTime.after.sample == 5 && onTime.verdict == .unknown)
            #expect(onTime.before.sample == 3)
            #expect(pair.verdict == .unknown)
            #expect(
                try await county.accounts.cutPairs(
                    after: pair.measure.id, limit: 10, for: scope, at: county.clock.now()
                ).pairs.isEmpty)
        }
    }

    @Test("Page, table and interface say the same; a department sees its own, and bad input is refused with a code")
    func doors() async throws {
        try await AccountCounty.with(.sqlite) { county in
            let (form, _, turn) = try await played(county)
            for path in ["year", "pairs", "flows", "streets"] {
                let page = try await county.get("/accounts/\(path)", as: "coordinator")
                #expect(page.status == 200, "\(path)")
                let table = try await county.get("/accounts/\(path)/export", as: "northhead")
                #expect(table.status == 200 && table.type.contains("spreadsheet"), "\(path)")
                #expect(try await county.get("/accounts/\(path)", as: "worker").status == 403)
            }
            let street = try await county.get("/accounts/streets/330106001", as: "northhead")
            #expect(street.status == 200 && street.text.contains("/workload") && street.text.contains("/powers"))
            #expect(try await county.get("/accounts/streets/330106001", as: "southhead").status == 404)
            let streets = try await county.get("/api/v1/street-accounts", as: "coordinator")
            #expect(streets.text.contains("\"street\":\"330106001\",\"heldPowers\":0"))
            #expect(try await county.get("/accounts/flows", as: "coordinator").text.contains("<svg"))
            let year = try await county.get("/api/v1/burden-year", as: "coordinator")
            #expect(year.status == 200 && year.text.contains("\"turn\":\"\(turn)\",\"days\":61,\"posts\":3"))
            let pairs = try await county.get("/api/v1/burden-pairs", as: "fire")
            #expect(pairs.text.contains(form.number))
            #expect(try await county.get("/api/v1/burden-pairs", as: "health").text == #"{"items":[],"next":null}"#)
            let flows = try await county.get("/api/v1/burden-flows?year=2026", as: "southhead")
            #expect(flows.text.contains(AccountCounty.south.code) && !flows.text.contains(AccountCounty.north.code))
            for bad in [
                "burden-year?turn=2026-02-30", "burden-year?days=3", "burden-year?area=33", "burden-flows?year=1",
                "burden-pairs?limit=0", "burden-pairs?after=x",
            ] {
                #expect(try await county.get("/api/v1/\(bad)", as: "coordinator").status == 422, "\(bad)")
            }
            #expect(try await county.get("/api/v1/burden-year?area=330106002", as: "northhead").status == 404)
            #expect(
                try await county.get("/accounts/year/sources?turn=\(turn)&side=x", as: "coordinator").status == 422)
        }
    }
}

@Suite("Cuts and outcomes, judged")
struct VerdictTests {
    private let rules = AccountRules(
        windowDays: 90, fewestDays: 28, fewestMatters: 30, settlingDays: 21, tolerance: 300, deviations: 2,
        risePercent: 10, fewestPosts: 5)

    @Test("A change within the tolerance is none, a lower share of repeats is the better one")
    func verdict() {
        func said(_ kind: OutcomeKind, _ before: Int64, _ after: Int64, hundreds: Int64 = 100) -> OutcomeVerdict {
            OutcomeVerdict(
                kind, before: Share(before * hundreds, of: 100 * hundreds),
                after: Share(after * hundreds, of: 100 * hundreds), rules)
        }
        #expect(said(.solved, 90, 87) == .same && said(.solved, 90, 86) == .worse && said(.solved, 90, 94) == .better)
        #expect(said(.repeated, 10, 14) == .worse && said(.repeated, 14, 10) == .better)
        // Four points of a hundred matters may be chance; of ten thousand they are not.
        #expect(said(.solved, 90, 86, hundreds: 1) == .same && said(.solved, 90, 70, hundreds: 1) == .worse)
        for whole in [Int64(0), 29] {
            let few = Share(whole, of: whole)
            #expect(OutcomeVerdict(.onTime, before: few, after: Share(0, of: whole), rules) == .unknown)
        }
        #expect([OutcomeVerdict.better, .worse, .same].whole == .worse)
        #expect([OutcomeVerdict.unknown, .same].whole == .same && [OutcomeVerdict]().whole == .unknown)
    }

    @Test("The days before and after are as many, and their months cover each day once")
    func periods() throws {
        let today = AccountCounty.today
        for (back, length) in [(0, 28), (27, 28), (28, 29), (100, 101), (365, 366), (900, 366)] {
            let periods = Periods(turn: today - back, today: today)
            #expect(periods.length == length)
            #expect(periods.before.upperBound + 1 == periods.after.lowerBound)
            let months = periods.months
            #expect(months.first?.lowerBound == periods.whole.lowerBound)
            #expect(months.last?.upperBound == periods.whole.upperBound)
            for (month, next) in zip(months, months.dropFirst()) {
                #expect(month.upperBound + 1 == next.lowerBound)
            }
        }
    }

    @Test("A street is out of balance in what does not fit, and in nothing else")
    func balance() {
        var street = StreetAccount(street: AccountCounty.north)
        street.minutes = 1_000
        street.neededMinutes = 1_000
        #expect(street.outOfBalance.isEmpty && street.saturation == 1_000)
        street.neededMinutes = 1_001
        #expect(street.outOfBalance == [.duties])
        street.neededMinutes = 0
        street.unreadyPowers = 1
        street.owed = 1
        street.overPosts = 1
        #expect(street.outOfBalance == [.powers, .money, .posts])
    }

    @Test("Flows lose no minute when the smaller ones go together")
    func flows() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<50 {
            let parts = (0..<300).map { _ in
                Flows.Flow(
                    sender: "\(Int.random(in: 0..<30, using: &random))",
                    source: ["form", "task"][Int.random(in: 0...1, using: &random)],
                    street: "\(Int.random(in: 0..<40, using: &random))",
                    minutes: Int64.random(in: 0...500, using: &random))
            }
            let flows = Flows(parts)
            #expect(flows.minutes == parts.map(\.minutes).reduce(0, +))
            #expect(flows.nodes(\.sender).count <= 12 && flows.nodes(\.street).count <= 12)
            #expect(flows.nodes(\.sender).map(\.minutes).reduce(0, +) == flows.minutes)
        }
    }
}
