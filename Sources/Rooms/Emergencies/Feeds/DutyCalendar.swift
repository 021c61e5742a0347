import Desk
import Ground

/// Shifts, one person's or a whole roster's, as iCalendar (RFC 5545).
struct DutyCalendar: Sendable {
    var name: String
    var shifts: [ShiftRecord]
    var now: Instant
    var summary: @Sendable (ShiftRecord) -> String

    var bytes: [UInt8] {
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gewu//duty//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
            "X-WR-CALNAME:" + Self.escaped(name),
        ]
        for shift in shifts {
            lines += [
                "BEGIN:VEVENT", "UID:\(shift.id.text)@duty.gewu", "DTSTAMP:" + Self.stamp(now),
                "DTSTART:" + Self.stamp(shift.from), "DTEND:" + Self.stamp(shift.until),
                "SUMMARY:" + Self.escaped(summary(shift)), "TRANSP:OPAQUE", "END:VEVENT",
            ]
        }
        lines.append("END:VCALENDAR")
        return Array(lines.map(Self.folded).joined().utf8)
    }

    /// `20261121T023000Z`
    private static func stamp(_ instant: Instant) -> String {
        let text = instant.iso8601
        return String(text.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\", ";", ",": result += "\\" + String(character)
            case "\n", "\r", "\r\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }

    /// Lines of at most 75 bytes, cut between characters, the rest begun with a space.
    static func folded(_ line: String) -> String {
        var result = ""
        var length = 0
        for scalar in line.unicodeScalars {
            let size = String(scalar).utf8.count
            if length + size > 75 {
                result += "\r\n "
                length = 1
            }
            result.unicodeScalars.append(scalar)
            length += size
        }
        return result + "\r\n"
    }
}
