import Ground

/// A form in which a table writes a point in time, in Beijing time: `yyyy-MM-dd HH:mm:ss`. `y M d H m s` stand for digits,
/// `excel` for the number of days that a spreadsheet keeps, `iso` for ISO 8601; anything else stands for itself.
struct DatePattern: Sendable, Hashable {
    private enum Part: Hashable {
        case digits(Character, least: Int)
        case sign(Character)
    }

    private enum Form: Hashable {
        case parts([Part])
        case excel, iso
    }

    private let form: Form

    /// - Returns: nil when the text has no year, month and day.
    init?(_ text: String) {
        switch text {
        case "excel": form = .excel
        case "iso": form = .iso
        default:
            var parts: [Part] = []
            for character in text {
                guard "yMdHms".contains(character) else {
                    parts.append(.sign(character))
                    continue
                }
                if case .digits(character, let least) = parts.last {
                    parts[parts.count - 1] = .digits(character, least: least + 1)
                } else {
                    parts.append(.digits(character, least: 1))
                }
            }
            let letters = parts.compactMap { part -> Character? in
                if case .digits(let letter, _) = part { letter } else { nil }
            }
            guard Set(letters).isSuperset(of: ["y", "M", "d"]), Set(letters).count == letters.count else { return nil }
            form = .parts(parts)
        }
    }

    /// What tables usually write; a file may name its own.
    static let usual: [DatePattern] = [
        "iso", "yyyy-M-d H:m:s", "yyyy-M-d H:m", "yyyy-M-d", "yyyy/M/d H:m:s", "yyyy/M/d H:m", "yyyy/M/d",
        "yyyy.M.d H:m:s", "yyyy.M.d H:m", "yyyy.M.d", "yyyy年M月d日 H:m:s", "yyyy年M月d日 H:m", "yyyy年M月d日H时m分",
        "yyyy年M月d日", "yyyyMMddHHmmss", "yyyyMMdd", "excel",
    ].compactMap { DatePattern($0) }

    func instant(_ text: String) -> Instant? {
        switch form {
        case .iso: Instant(iso8601: text)
        case .excel: Self.excel(text)
        case .parts(let parts): Self.read(text, parts)
        }
    }

    /// Days since 1899-12-30, with the time as a fraction; only between 1954 and 2119, so that no other number is a date.
    private static func excel(_ text: String) -> Instant? {
        guard let days = Double(text), (20_000..<80_000).contains(days) else { return nil }
        let midnight = Instant(LocalTime(day: Day(number: Int64(days) - 25_569)))
        let seconds = ((days - days.rounded(.down)) * 86_400).rounded()
        return midnight + .seconds(Int64(seconds))
    }

    private static func read(_ text: String, _ parts: [Part]) -> Instant? {
        var rest = Substring(text)
        var values: [Character: Int] = [:]
        for (index, part) in parts.enumerated() {
            switch part {
            case .sign(let sign):
                guard rest.first == sign else { return nil }
                rest = rest.dropFirst()
                // People put one space or several between date and time.
                if sign == " " { rest = rest.drop { $0 == " " } }
            case .digits(let letter, let least):
                // Digits that follow digits have their exact length; others may lack a leading zero.
                let isExact: Bool
                if index + 1 < parts.count, case .digits = parts[index + 1] { isExact = true } else { isExact = false }
                let most = letter == "y" ? 4 : isExact ? least : max(least, 2)
                let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
                guard digits.count >= (letter == "y" ? 4 : isExact ? least : 1), let value = Int(digits) else {
                    return nil
                }
                values[letter] = value
                rest = rest.dropFirst(digits.count)
            }
        }
        guard rest.isEmpty, let year = values["y"], let month = values["M"], let day = values["d"],
            let date = Day(year: year, month: month, day: day)
        else { return nil }
        let (hour, minute, second) = (values["H"] ?? 0, values["m"] ?? 0, values["s"] ?? 0)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return Instant(LocalTime(day: date, hour: hour, minute: minute, second: second))
    }
}
