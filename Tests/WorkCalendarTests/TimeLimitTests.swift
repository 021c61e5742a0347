import Foundation
import Ground
import Testing
import WorkCalendar

@Suite("Time limits as text")
struct TimeLimitTests {
    @Test(
        "A limit is read from the rule files and written back the same",
        arguments: [
            ("2 clock hours", TimeLimit.clockHours(2)), ("1 clock hour", .clockHours(1)),
            ("4 working hours", .workingHours(4)), ("5 working days", .workingDays(5)),
            ("1 working day", .workingDays(1)),
        ])
    func roundTrip(text: String, limit: TimeLimit) throws {
        #expect(try TimeLimit(parsing: text) == limit)
        #expect(limit.text == text)
        #expect(try JSONDecoder().decode(TimeLimit.self, from: JSONEncoder().encode(limit)) == limit)
    }

    @Test("What people see in Chinese can be read back")
    func chinese() throws {
        #expect(TimeLimit.workingHours(4).display == LocalizedText("4个工作小时", "4 working hours"))
        #expect(TimeLimit.workingDays(7).display == LocalizedText("7个工作日", "7 working days"))
        #expect(TimeLimit.clockHours(2).display == LocalizedText("2小时", "2 hours"))
        for limit in [TimeLimit.workingHours(4), .workingDays(7), .clockHours(2)] {
            #expect(try TimeLimit(parsing: limit.display.chinese) == limit)
        }
    }

    @Test(
        "A limit that cannot be read is refused with a way on",
        arguments: [
            "", "5", "days", "0 working days", "-1 working days", "10000 working days", "5 days", "٣ working days",
        ])
    func unreadable(text: String) {
        let refusal = #expect(throws: Refusal.self) { _ = try TimeLimit(parsing: text) }
        #expect(refusal?.code == "calendar.limit.unreadable")
        #expect(refusal?.wayOn != nil)
    }
}
