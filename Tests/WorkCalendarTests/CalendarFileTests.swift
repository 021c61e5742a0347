import Ground
import Testing
import WorkCalendar

@Suite("Calendar files")
struct CalendarFileTests {
    /// A faulty text, the line that is to blame, and a word of the reason.
    static let faulty: [(text: String, line: Int?, reason: String)] = [
        ("years:\n  2026:\n    papers: p\n    off:\n      元旦: 2026-13-01\n", 5, "not a day"),
        ("years:\n  2026:\n    papers: p\n    off:\n      元旦: 2026-01-03..2026-01-01\n", 5, "ends before"),
        ("years:\n  2026:\n    papers: p\n    off:\n      元旦: 2026-01-01..2026-06-01\n", 5, "longer than a month"),
        ("years:\n  2026:\n    papers: p\n    off:\n      元旦: 2025-01-01\n", 5, "does not belong"),
        (
            "years:\n  2026:\n    papers: p\n    off:\n      元旦: 2026-01-01\n    work:\n      春节: [2026-02-14, 2026-01-01]\n",
            7,
            "stands twice"
        ),
        ("years:\n  2026:\n    off:\n      元旦: 2026-01-01\n", 3, "notice"),
        ("years:\n  2026:\n    papers: p\n    holidays:\n      元旦: 2026-01-01\n", 4, "unknown key"),
        ("years:\n  26: unpublished\n", 2, "between 1950"),
        ("years:\n  2026: none\n", 2, "unpublished"),
        ("years:\n  2026: unpublished\n  2026: unpublished\n", nil, "stands twice"),
        ("years: [\n", nil, "bad YAML"),
        ("names:\n  元旦: New Year's Day\n", nil, "missing"),
        ("nextYearMayChangeFrom: December\nyears:\n", 1, "month-day"),
        ("", 1, "pairs"),
    ]

    @Test("A faulty holiday file is refused with its file, line and reason", arguments: faulty)
    func faultyHolidays(text: String, line: Int?, reason: String) {
        let error = #expect(throws: CalendarFileError.self) {
            _ = try HolidayList(yaml: text, file: "county/cn.yaml")
        }
        #expect(error?.file == "county/cn.yaml")
        if let line { #expect(error?.line == line) }
        #expect(error?.reason.english.contains(reason) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.hasPrefix("county/cn.yaml") == true)
    }

    @Test(
        "A faulty file of working hours is refused with its line",
        arguments: [
            ("shifts:\n  - 08:30-12:00\n  - 11:30-17:30\n", 3), ("shifts:\n  - 8:30-12:00\n", 2),
            ("shifts:\n  - 12:00-08:30\n", 2), ("shifts:\n  - 08:30-12:60\n", 2), ("shifts:\n  - 08:30-25:00\n", 2),
            ("shifts: []\n", 1),
        ])
    func faultyHours(text: String, line: Int) {
        let error = #expect(throws: CalendarFileError.self) { _ = try WorkingHours(yaml: text, file: "hours.yaml") }
        #expect(error?.line == line)
    }

    @Test("Each published year names the notice it comes from")
    func papers() throws {
        let holidays = try HolidayList(yaml: try Calendars.shipped("cn.yaml"), file: "cn.yaml")
        for year in holidays.publishedYears {
            let papers = try #require(holidays.papers[year])
            #expect(!papers.isEmpty && papers.allSatisfy { $0.contains("://www.gov.cn/") })
        }
    }

    @Test("The shipped hours are a morning and an afternoon")
    func shippedHours() throws {
        let hours = try WorkingHours(yaml: try Calendars.shipped("hours.yaml"), file: "hours.yaml")
        #expect(hours.shifts.count == 2)
        #expect(hours.dailyLength == 27_000_000)
    }
}
