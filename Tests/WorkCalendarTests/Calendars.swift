import Foundation
import Ground
import Testing
import WorkCalendar

/// The shipped calendar files, and short ways to write instants.
enum Calendars {
    static func shipped(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Rules/calendars")
        return try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    static func china() throws -> WorkCalendar {
        WorkCalendar(holidays: try HolidayList(yaml: try shipped("cn.yaml"), file: "cn.yaml"))
    }

    static func workingTime() throws -> WorkingTime {
        WorkingTime(
            calendar: try china(), hours: try WorkingHours(yaml: try shipped("hours.yaml"), file: "hours.yaml"))
    }
}

func day(_ text: String) throws -> Day { try #require(Day(text)) }

/// A Beijing time such as `2026-02-13 10:00`.
func beijing(_ text: String) throws -> Instant { try #require(Instant(iso8601: text)) }
