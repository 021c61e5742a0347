import Ground
import Yams

extension HolidayList {
    /// Reads the text of a calendar file such as `Rules/calendars/cn.yaml`, whose head explains the form.
    public init(yaml text: String, file name: String) throws(CalendarFileError) {
        self.init()
        let file = try CalendarFile(text: text, name: name, keys: ["nextYearMayChangeFrom", "names", "years"])
        if let node = file.root["nextYearMayChangeFrom"] { nextYearMayChangeFrom = try monthDay(node, in: file) }
        var english: [String: String] = [:]
        if let node = file.root["names"] {
            for (key, value) in try file.mapping(node, "names") {
                english[try file.text(key, "names")] = try file.text(value, "names")
            }
        }
        guard let yearsNode = file.root["years"] else {
            throw file.problem(nil, "缺少 years", "`years` is missing")
        }
        for (key, value) in try file.mapping(yearsNode, "years") {
            // Far years are misprints, and would cost a table of days.
            guard let year = Int(try file.text(key, "years")), (1950...2200).contains(year) else {
                throw file.problem(key, "年份应在 1950 至 2200 之间", "a year should be between 1950 and 2200")
            }
            if value.scalar?.string == "unpublished" { continue }
            try read(year: year, value, english: english, in: file)
        }
    }

    private mutating func read(
        year: Int, _ node: Node, english: [String: String], in file: CalendarFile
    ) throws(CalendarFileError) {
        guard let mapping = node.mapping else {
            throw file.problem(
                node, "\(year) 应有 papers、off、work,或写 unpublished",
                "\(year) should have papers, off and work, or say `unpublished`")
        }
        try file.check(keys: ["papers", "off", "work"], of: mapping)
        guard let papersNode = mapping["papers"] else {
            throw file.problem(
                node, "\(year) 没有写明依据的通知(papers)", "\(year) does not name its notice (`papers`)")
        }
        publish(year: year, papers: try file.texts(papersNode, "papers").map(\.text))
        for (section, isOff) in [("off", true), ("work", false)] {
            guard let sectionNode = mapping[section] else { continue }
            for (key, value) in try file.mapping(sectionNode, section) {
                let chinese = try file.text(key, section)
                let occasion = LocalizedText(chinese, english[chinese] ?? chinese)
                for (text, item) in try file.texts(value, chinese) {
                    for day in try days(text, of: year, item, in: file) {
                        guard add(day, Entry(isOff: isOff, occasion: occasion)) else {
                            throw file.problem(item, "\(day) 出现两次", "\(day) stands twice")
                        }
                    }
                }
            }
        }
    }

    /// `2026-01-01` or `2026-01-01..2026-01-03`.
    private func days(
        _ text: String, of year: Int, _ node: Node, in file: CalendarFile
    ) throws(CalendarFileError) -> [Day] {
        let bounds = text.split(separator: "..", omittingEmptySubsequences: false).map { Day($0) }
        guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil else {
            throw file.problem(
                node, "“\(text)”不是日期,应写 2026-01-01 或 2026-01-01..2026-01-03",
                "`\(text)` is not a day such as 2026-01-01 or a run of days such as 2026-01-01..2026-01-03")
        }
        // A run of more than a month is a misprint, not a holiday.
        guard first <= last, last - first < 31 else {
            throw file.problem(
                node, "“\(text)”的起止颠倒或超过一个月", "`\(text)` ends before it begins or is longer than a month")
        }
        // A notice also moves the last days of the year before.
        let earliest = Day(year: year - 1, month: 12, day: 1) ?? first
        let latest = Day(year: year, month: 12, day: 31) ?? last
        guard first >= earliest, last <= latest else {
            throw file.problem(
                node, "“\(text)”不属于 \(year) 年的安排", "`\(text)` does not belong to the notice of \(year)")
        }
        return (0...(last - first)).map { first + $0 }
    }

    private func monthDay(_ node: Node, in file: CalendarFile) throws(CalendarFileError) -> MonthDay {
        // Read within a leap year, so that 02-29 would be a day too.
        guard let day = Day("2000-" + (try file.text(node, "nextYearMayChangeFrom"))) else {
            throw file.problem(node, "应写月-日,如 12-29", "should be month-day, such as 12-29")
        }
        return MonthDay(month: day.parts.month, day: day.parts.day)
    }
}
