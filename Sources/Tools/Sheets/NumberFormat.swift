import Ground

/// What a cell's number format means for the value: only what changes the text is told apart.
enum NumberFormat: Hashable {
    case general
    case moment(hasDate: Bool, hasTime: Bool)
    /// Hours that count beyond 24: `[h]:mm:ss`.
    case elapsed
    /// `000000`: a code shown with leading zeros that the stored number lacks.
    case zeroPadded(width: Int)

    /// The formats that every workbook has without naming them (ECMA-376 part 1, 18.8.30, with those of Chinese systems).
    init(builtIn identifier: Int) {
        switch identifier {
        case 14...17, 27...31, 36, 50...54, 57, 58: self = .moment(hasDate: true, hasTime: false)
        case 22: self = .moment(hasDate: true, hasTime: true)
        case 18...21, 32...35, 45, 47, 55, 56: self = .moment(hasDate: false, hasTime: true)
        case 46: self = .elapsed
        default: self = .general
        }
    }

    /// Reads a format code such as `yyyy"年"m"月"d"日"`; what is quoted, escaped or in brackets is not format.
    init(code: String) {
        var letters: [UInt8] = []
        var isElapsed = false
        var bracket: [UInt8]?
        var isQuoted = false
        var isEscaped = false
        for byte in code.utf8 {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isQuoted = byte != UInt8(ascii: "\"")
            } else if let open = bracket {
                if byte == UInt8(ascii: "]") {
                    let first = open.first.map { $0 | 0x20 }
                    if let first, "hms".utf8.contains(first), open.allSatisfy({ $0 | 0x20 == first }) {
                        isElapsed = true
                    }
                    bracket = nil
                } else {
                    bracket = open + [byte]
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): isEscaped = true
                case UInt8(ascii: "["): bracket = []
                default: letters.append(byte)
                }
            }
            if byte == UInt8(ascii: ";"), !isQuoted, !isEscaped, bracket == nil { break }
        }
        if letters.last == UInt8(ascii: ";") { letters.removeLast() }
        self = Self.meaning(of: letters, isElapsed: isElapsed)
    }

    private static func meaning(of letters: [UInt8], isElapsed: Bool) -> NumberFormat {
        if isElapsed { return .elapsed }
        if letters.count > 1, letters.allSatisfy({ $0 == UInt8(ascii: "0") }) {
            return .zeroPadded(width: min(letters.count, 15))
        }
        let lower = letters.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard !lower.starts(with: Array("general".utf8)) else { return .general }
        // Digit places belong to numbers: `0.00E+00` holds an e, and is no year of an era.
        guard !lower.contains(UInt8(ascii: "#")), !lower.contains(UInt8(ascii: "?")) else { return .general }
        let hasClock = lower.contains(UInt8(ascii: "h")) || lower.contains(UInt8(ascii: "s"))
        let hasYearOrDay = lower.contains(UInt8(ascii: "y")) || lower.contains(UInt8(ascii: "d"))
        let hasEra = lower.contains(UInt8(ascii: "e")) && !lower.contains(UInt8(ascii: "0"))
        // An m beside a clock is minutes, alone it is months.
        let hasMonth = lower.contains(UInt8(ascii: "m")) && !hasClock
        let hasDate = hasYearOrDay || hasEra || hasMonth
        return hasDate || hasClock ? .moment(hasDate: hasDate, hasTime: hasClock) : .general
    }
}

/// Which day a workbook counts from.
enum DateSystem: Hashable {
    /// Day 1 is 1900-01-01, and 1900 wrongly has a 29 February.
    case from1900
    /// Day 0 is 1904-01-01: workbooks from old Macs.
    case from1904

    /// ISO 8601 text of a serial number: `2026-11-21`, `2026-11-21T10:32:05`, `10:32:05`.
    /// - Returns: nil where the number is no moment the format can mean.
    func text(of serial: Double, as format: NumberFormat) -> String? {
        guard serial.isFinite, serial >= 0, serial < 2_958_466 else { return nil }
        // Rounded to the second, as spreadsheets show it: 0.1 s of error is the format's own.
        let seconds = Int64((serial * 86_400).rounded())
        let (whole, secondOfDay) = (seconds / 86_400, seconds % 86_400)
        switch format {
        case .general, .zeroPadded: return nil
        case .elapsed: return clock(hours: seconds / 3600, secondOfDay)
        case .moment(let hasDate, let hasTime):
            guard hasDate else {
                // A clock format on a full date still means the date; below 1 there is only a time of day.
                return whole == 0
                    ? clock(hours: secondOfDay / 3600, secondOfDay)
                    : day(whole).map { date in
                        "\(date)T" + clock(hours: secondOfDay / 3600, secondOfDay)
                    }
            }
            guard let date = day(whole) else { return nil }
            return hasTime || secondOfDay != 0 ? "\(date)T" + clock(hours: secondOfDay / 3600, secondOfDay) : "\(date)"
        }
    }

    private func day(_ whole: Int64) -> Day? {
        switch self {
        case .from1904: return Day(number: whole - 24_107)
        case .from1900 where whole > 60: return Day(number: whole - 25_569)
        case .from1900 where (1...59).contains(whole): return Day(number: whole - 25_568)
        case .from1900: return nil
        }
    }

    private func clock(hours: Int64, _ secondOfDay: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return two(hours) + ":" + two(secondOfDay / 60 % 60) + ":" + two(secondOfDay % 60)
    }
}
