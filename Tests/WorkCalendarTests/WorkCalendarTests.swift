import Ground
import Testing
import WorkCalendar

@Suite("Work calendar")
struct WorkCalendarTests {
    let calendar: WorkCalendar

    init() throws { calendar = try Calendars.china() }

    @Test(
        "Counting working days follows the official calendar",
        arguments: [
            ("2026-02-13", 1, "2026-02-14"),  // a Saturday worked in exchange
            ("2026-02-13", 2, "2026-02-24"),
            ("2026-02-13", 5, "2026-02-27"),
            ("2026-09-18", 5, "2026-09-24"),  // Sunday 09-20 is worked
            ("2025-09-26", 5, "2025-10-10"),
            ("2025-12-31", 1, "2026-01-04"),  // a Sunday worked in exchange
            ("2024-02-09", 7, "2024-02-26"),
            ("2020-01-31", 1, "2020-02-03"),  // the holiday that was extended during the epidemic
        ])
    func officialVectors(start: String, count: Int, expected: String) throws {
        #expect(
            calendar.add(workdays: count, to: try day(start)) == DueDay(day: try day(expected), isProvisional: false))
    }

    @Test(
        "A year has as many working days as the notices leave",
        arguments: [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
    func workingYears(year: Int, workdays: Int) {
        #expect(calendar.workdays(inYear: year)?.workdays == workdays)
    }

    @Test("Only the year before an unpublished one is provisional among the published years")
    func provisionalYears() {
        #expect(calendar.workdays(inYear: 2025)?.isProvisional == false)
        #expect(calendar.workdays(inYear: 2026)?.isProvisional == true)
        #expect(calendar.holidays.publishedYears == Array(2007...2026))
    }

    @Test("An unpublished year counts Monday to Friday and says so")
    func unpublishedYear() throws {
        let christmas = try day("2026-12-25")
        // 12-28 is settled; 01-01 would be a holiday if the notice were out.
        #expect(calendar.add(workdays: 1, to: christmas) == DueDay(day: try day("2026-12-28"), isProvisional: false))
        #expect(calendar.add(workdays: 5, to: christmas) == DueDay(day: try day("2027-01-01"), isProvisional: true))
        #expect(calendar.isWorkday(try day("2027-10-01")))
        #expect(calendar.isProvisional(try day("2027-10-01")))
        #expect(!calendar.isWorkday(try day("2027-10-02")))
    }

    @Test("The last days of December stay provisional until the next year is published")
    func endOfDecember() throws {
        #expect(!calendar.isProvisional(try day("2026-12-28")))
        #expect(calendar.isProvisional(try day("2026-12-29")))
        #expect(!calendar.isProvisional(try day("2025-12-31")))
        // The notice of 2019 made this Saturday of 2018 a working day.
        #expect(calendar.isWorkday(try day("2018-12-29")))
    }

    @Test("A year before the first list is provisional too")
    func beforeTheLists() throws {
        #expect(calendar.isProvisional(try day("2005-05-02")))
        #expect(calendar.isWorkday(try day("2005-05-02")))
    }

    @Test("A moved day names its holiday in both languages")
    func occasions() throws {
        #expect(calendar.occasion(of: try day("2026-02-14")) == LocalizedText("春节", "Spring Festival"))
        #expect(calendar.occasion(of: try day("2026-02-13")) == nil)
        for day in Day.range(from: try day("2006-12-01"), days: 7400) {
            guard let occasion = calendar.occasion(of: day) else { continue }
            #expect(occasion.english != occasion.chinese, "\(day) has no English name")
        }
    }

    @Test("Adding working days and counting them are inverse, over published and unpublished years")
    func addingIsCounting() throws {
        var random = SeededRandom(seed: 20_260_213)
        let origin = try day("2000-01-01")
        for _ in 0..<20_000 {
            let start = origin + Int.random(in: 0..<14_000, using: &random)
            let count = Int.random(in: 1...400, using: &random)
            let due = calendar.add(workdays: count, to: start).day
            #expect(due > start)
            #expect(calendar.isWorkday(due))
            #expect(calendar.workdays(after: start, through: due) == count)
            let back = calendar.add(workdays: -count, to: due).day
            #expect(back <= start && calendar.workdays(after: back, through: start) == 0)
            #expect(calendar.add(workdays: count + 1, to: start).day > due)
            #expect(calendar.add(workdays: count, to: start + 1).day >= due)
        }
    }

    @Test("The table of days agrees with walking day by day")
    func agreesWithWalking() throws {
        var random = SeededRandom(seed: 7)
        let origin = try day("2004-06-01")
        for _ in 0..<400 {
            let start = origin + Int.random(in: 0..<9000, using: &random)
            let count = Int.random(in: 1...60, using: &random)
            var reached = start
            var left = count
            var isProvisional = false
            while left > 0 {
                reached = reached + 1
                let worked = calendar.holidays.entry(on: reached).map { !$0.isOff } ?? (reached.weekday <= 5)
                if worked { left -= 1 }
                if !calendar.holidays.isPublished(reached) { isProvisional = true }
            }
            #expect(calendar.add(workdays: count, to: start) == DueDay(day: reached, isProvisional: isProvisional))
        }
    }

    @Test("Zero working days is today, or the next working day; below zero counts back")
    func zeroAndBack() throws {
        #expect(calendar.add(workdays: 0, to: try day("2026-02-13")).day == (try day("2026-02-13")))
        #expect(calendar.add(workdays: 0, to: try day("2026-02-15")).day == (try day("2026-02-24")))
        #expect(calendar.add(workdays: -1, to: try day("2026-02-24")).day == (try day("2026-02-14")))
    }

    @Test("Without any list, days follow the weekday and all is provisional")
    func withoutLists() throws {
        let bare = WorkCalendar(holidays: .unpublished)
        #expect(
            bare.add(workdays: 1, to: try day("2026-02-13")) == DueDay(day: try day("2026-02-16"), isProvisional: true))
        #expect(bare.add(workdays: 1, to: try day("1969-12-26")).day == (try day("1969-12-29")))
    }
}

extension Day {
    static func range(from first: Day, days: Int) -> [Day] { (0..<days).map { first + $0 } }
}
