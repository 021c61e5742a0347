import Desk
import Ground
import Mandates
import Testing

@testable import Workload

@Suite("What the next month may bring")
struct MonthForecastTests {
    private static let first = LoadCounty.first
    private static let grid = "330106001001001"

    /// A grid with one worker, and so many minutes known of the lists in every month.
    private static func sheet(_ minutes: Int64) throws -> LoadSheet {
        let area = try #require(AreaPrefix(grid))
        let work = LoadWork(
            source: 0, area: .everywhere, level: .grid, roles: ["grid_worker"],
            amount: .each(Array(repeating: minutes, count: 12)))
        return LoadSheet(
            first: first, posts: [LoadPost(area: area, role: "grid_worker")],
            units: [.grid: [LoadUnit(area: area, households: 0)]], capacityOfMonth: LoadCounty.capacity,
            works: [work], sources: 1)
    }

    /// So much in one whole month, counted from the present one.
    private static func admitted(_ minutes: Int64, month: Int) -> PlannedWork {
        let month = first + month
        return PlannedWork(
            area: grid, level: .grid, roles: ["grid_worker"], minutes: minutes, times: 1, from: month.first,
            until: month.last)
    }

    @Test("The mean of eight months with the lightest and heaviest as its band; what is admitted already is part of it")
    func mean() throws {
        let area = try #require(AreaPrefix("330106"))
        var works = (1...8).map { Self.admitted(Int64($0) * 100, month: -$0) }
        let begin = (Self.first + -12).first
        let bare = try #require(MonthForecast(area, of: try Self.sheet(1_000), admitted: works, since: begin))
        #expect(bare.month == Self.first + 1 && bare.capacity == 9_000)
        #expect(bare.past == [800, 700, 600, 500, 400, 300, 200, 100])
        #expect((bare.known, bare.expected) == (1_000, 1_450))
        #expect((bare.least, bare.most) == (1_100, 1_800))
        #expect(bare.saturation(bare.most) == 200)
        // 300 minutes are admitted for the next month: known, and no more than usual.
        works.append(Self.admitted(300, month: 1))
        let part = try #require(MonthForecast(area, of: try Self.sheet(1_300), admitted: works, since: begin))
        #expect((part.admitted, part.expected, part.least, part.most) == (300, 1_450, 1_300, 1_800))
        // More than ever was: the forecast is what is known.
        works.append(Self.admitted(5_000, month: 1))
        let much = try #require(MonthForecast(area, of: try Self.sheet(6_300), admitted: works, since: begin))
        #expect((much.expected, much.least, much.most) == (6_300, 6_300, 6_300))
    }

    @Test("Months before the first record are no months of nothing; with fewer than three there is no forecast")
    func holes() throws {
        let area = try #require(AreaPrefix("330106"))
        let works = [Self.admitted(600, month: -1), Self.admitted(300, month: -3)]
        func forecast(since months: Int) throws -> MonthForecast? {
            MonthForecast(area, of: try Self.sheet(0), admitted: works, since: (Self.first + months).first + 9)
        }
        #expect(try forecast(since: -4)?.past == [300, 0, 600])
        #expect(try forecast(since: -4)?.expected == 300)
        #expect(try forecast(since: -3) == nil)
        #expect(try forecast(since: -20)?.past.count == 8)
        #expect(try forecast(since: -20)?.expected == 112)
    }

    @Test("Only what falls on the area counts")
    func elsewhere() throws {
        let other = try #require(AreaPrefix("330106002"))
        let found = try #require(
            MonthForecast(
                other, of: try Self.sheet(500), admitted: [Self.admitted(800, month: -2)],
                since: (Self.first + -12).first))
        #expect((found.known, found.expected, found.capacity) == (0, 0, 0))
        #expect(found.saturation(0) == nil)
    }
}
