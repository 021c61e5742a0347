import CountForecasts
import Desk
import Foundation
import Ground
import HTTPTypes
import Mandates
import Storage
import StorageTesting
import Testing

@testable import Workload

/// So many matters a day in each of the year before, of everything and of one kind.
private struct SteadyMatters: MatterCounts {
    var months = 12
    /// By community, a day.
    static let places: [(String, Int64)] = [("330106001001", 4), ("330106001002", 2), ("330106002001", 1)]
    static let category = "020404"
    static let ofCategory: Int64 = 2

    private func days(_ month: Day) -> Int64 {
        let month = LoadMonth(of: month)
        return Int64(month.last - month.first + 1)
    }

    func firstMonth(in transaction: any Transaction) throws -> Day? {
        // One more, in whose middle the first matter came.
        (LoadMonth(of: StaffingWorld.start.local().day) + -(months + 1)).first
    }

    func byPlace(
        _ months: [Day], within area: AreaPrefix, digits: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] {
        months.map { month in
            Self.places.filter { area.contains(code: $0.0) }.map {
                MatterCount(area: String($0.0.prefix(digits)), category: "", count: $0.1 * days(month))
            }
        }
    }

    func byCategory(
        _ months: [Day], within area: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] {
        months.map { month in
            [
                MatterCount(area: area.code, category: Self.category, count: Self.ofCategory * days(month)),
                MatterCount(area: area.code, category: "010101", count: 90 * days(month)),
            ]
        }
    }
}

@Suite("How many matters the coming months may bring")
struct VolumeTests {
    private static let told = PeriodCounts.Forecast(expected: 60, low: 40, high: 80)

    @Test("A task that comes with matters: what is foreseen, what may come, and what falls on posts above")
    func byHand() {
        // 15 minutes each, half of them done by posts elsewhere; the list foresees 100 minutes here.
        let task = TaskVolume(
            item: "B0303", title: LocalizedText("", ""), minutes: 15, listed: 100, share: 500_000, told: Self.told)
        #expect((task.difference, task.least, task.most) == (350, 200, 500))
        #expect(task.times == 13)
        let less = TaskVolume(
            item: "B0303", title: LocalizedText("", ""), minutes: 15, listed: 1_000, share: 1_000_000, told: Self.told)
        #expect((less.difference, less.least, less.most) == (-100, -400, 200))
    }

    @Test(
        "In the forecast of the month matters take the place of what the lists foresee for them, and never below nothing"
    )
    func inMonth() throws {
        let area = try #require(AreaPrefix("330106"))
        let grid = try #require(AreaPrefix("330106001001001"))
        let sheet = LoadSheet(
            first: LoadCounty.first, posts: [LoadPost(area: grid, role: "grid_worker")],
            units: [.grid: [LoadUnit(area: grid, households: 0)]], capacityOfMonth: LoadCounty.capacity,
            works: [
                LoadWork(
                    source: 0, area: .everywhere, level: .grid, roles: ["grid_worker"],
                    amount: .each(Array(repeating: 1_000, count: 12)))
            ], sources: 1)
        var forecast = try #require(
            MonthForecast(area, of: sheet, admitted: [], since: (LoadCounty.first + -12).first))
        #expect((forecast.least, forecast.expected, forecast.most) == (1_000, 1_000, 1_000))
        func task(_ listed: Int64) -> TaskVolume {
            TaskVolume(
                item: "B0303", title: LocalizedText("", ""), minutes: 15, listed: listed, share: 1_000_000,
                told: Self.told)
        }
        forecast.take([task(900), task(600)])
        #expect(forecast.tasks == 2 && forecast.known == 1_000)
        #expect((forecast.least, forecast.expected, forecast.most) == (700, 1_300, 1_900))
        forecast.take([task(9_000)])
        #expect((forecast.least, forecast.expected, forecast.most) == (0, 0, 0))
    }

    private struct Told: Decodable {
        struct Band: Decodable {
            var expected: Int
            var low: Int
            var high: Int
        }
        struct Line: Decodable {
            var area: String
            var last: Int
            var months: [Band?]
        }
        struct Task: Decodable {
            var item: String
            var times: Int
            var matters: Band?
            var difference: Int
            var least: Int
            var most: Int
        }
        var months: [String]
        var known: Int
        var whole: Line
        var places: [Line]
        var trials: [[String: Int]]
        var tasks: [Task]
    }

    @Test(
        "A steady year goes on, street by street; every month it was tried on held; the tasks follow",
        arguments: EngineCase.available)
    func room(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine, matters: SteadyMatters()) { world in
            let answer = try await world.call(.get, "/api/v1/workload/volumes", as: "coordination")
            #expect(answer.status == 200, "\(answer.text)")
            let told = try JSONDecoder().decode(Told.self, from: Data(answer.text.utf8))
            #expect(told.months == ["2026-03", "2026-04", "2026-05", "2026-06"] && told.known == 12)
            #expect(told.whole.last == 7 * 28)
            #expect(told.whole.months.map { $0?.expected } == [7 * 31, 7 * 30, 7 * 31, 7 * 30])
            #expect(told.places.map(\.area) == [StaffingWorld.north, StaffingWorld.south])
            #expect(told.places.map { $0.months[1]?.expected } == [180, 30])
            for line in [told.whole] + told.places {
                for month in line.months.compactMap({ $0 }) {
                    #expect(month.low < month.expected && month.expected < month.high)
                }
            }
            #expect(told.trials.first?["made"] == 15 && told.trials.first?["held"] == 15)
            // Two a day make 60 in April, half of them where a clerk stands; the list foresees 50 minutes in two communities.
            let task = try #require(told.tasks.first { $0.item == "B0303" })
            #expect(task.matters?.expected == 60 && task.times == 13 && task.difference == 350)
            #expect(task.least < 350 && 350 < task.most)

            let north = try await world.call(.get, "/api/v1/workload/volumes?area=330106001", as: "northhead")
            let there = try JSONDecoder().decode(Told.self, from: Data(north.text.utf8))
            #expect(there.places.map { $0.months[1]?.expected } == [120, 60, 0])
            for (area, name, status) in [
                ("330106002", "northhead", 404), ("330107", "coordination", 404), ("330106", "fire", 403),
            ] {
                let refused = try await world.call(.get, "/api/v1/workload/volumes?area=\(area)", as: name)
                #expect(refused.status == status, "\(area) \(name)")
            }
        }
    }

    @Test(
        "With too few whole months nothing is told, and the page of loads goes by the lists",
        arguments: EngineCase.available)
    func few(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine, matters: SteadyMatters(months: 5)) { world in
            let text = try await world.call(.get, "/api/v1/workload/volumes", as: "coordination").text
            let told = try JSONDecoder().decode(Told.self, from: Data(text.utf8))
            #expect(told.known == 5 && told.whole.months.allSatisfy { $0 == nil } && told.tasks.isEmpty)
        }
        try await StaffingWorld.with(engine) { world in
            let text = try await world.call(.get, "/api/v1/workload/volumes", as: "coordination").text
            let told = try JSONDecoder().decode(Told.self, from: Data(text.utf8))
            #expect(told.known == 0 && told.whole.months.count == 4 && told.places.count == 2)
        }
    }

    @Test("Rules out of range are refused")
    func usable() {
        let rules = VolumeRules(
            months: 24, halfLifeMonths: 6, fewestMonths: 3, tries: 4, interval: 0.8, ahead: 3,
            tasks: [.init(item: "B0402", task: "dispatch")])
        func changed(_ change: (inout VolumeRules) -> Void) -> Bool {
            var rules = rules
            change(&rules)
            return rules.isUsable
        }
        #expect(rules.isUsable)
        #expect(!changed { $0.months = 0 } && !changed { $0.halfLifeMonths = 0 } && !changed { $0.interval = 1 })
        #expect(!changed { $0.ahead = 0 } && !changed { $0.tasks += $0.tasks })
        #expect(rules.tasks[0].takes("070101"))
        #expect(!VolumeRules.Task(item: "", task: "", categories: ["0203"]).takes("020404"))
    }
}
