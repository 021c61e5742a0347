public import Ground
import NationalCodes

/// Brings what people type to the one form in which a value is stored.
extension DataDictionary {
    /// - Parameter today: no day may lie after it.
    /// - Throws: a refusal that names the element as its field and says what is wrong, without repeating the value.
    public func stored(_ input: String, of element: Element, today: Day) throws(Refusal) -> String {
        let text = input.filter { $0 != "\0" }.trimmed
        switch element.type {
        case .text(let most):
            guard !text.isBlank, text.utf16.count <= most else {
                throw Self.unfit(element, "应为 1–\(most) 个字符", "has 1 to \(most) characters")
            }
            return text
        case .name:
            guard !text.isBlank, text.utf16.count <= 60, !text.contains(where: { $0.isASCII && $0.isNumber }) else {
                throw Self.unfit(element, "应为 1–60 个字符且不含数字", "has 1 to 60 characters and no digits")
            }
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        case .code(let list):
            guard let code = lists[list]?.code(for: text) else {
                throw Self.unfit(element, "不在代码表“\(list)”中", "is no code of the list “\(list)”")
            }
            return code
        case .number(let range):
            guard let number = Int(text), range.contains(number) else {
                throw Self.unfit(
                    element, "应为 \(range.lowerBound)–\(range.upperBound) 的整数",
                    "is a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return String(number)
        case .day: return try Self.day(text, of: element, today: today).description
        case .yesNo: return try Self.truth(text, of: element)
        case .citizenNumber:
            do { return try CitizenNumber(text, today: today).text } catch {
                throw Self.refusal(error, text, of: element, today: today)
            }
        case .phone:
            do { return try PhoneNumber(text).text } catch { throw error.refusal(field: element.key) }
        case .creditCode:
            do { return try CreditCode(text).text } catch { throw error.refusal(field: element.key) }
        case .area:
            guard [6, 9, 12, 15].contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw Self.unfit(element, "应为 6、9、12 或 15 位的区划或网格代码", "is a code of 6, 9, 12 or 15 digits")
            }
            return text
        case .place:
            guard let place = PlacePoint(text) else {
                throw Self.unfit(
                    element, "应为“经度,纬度”（CGCS2000），如 120.13042,30.25931",
                    "is “longitude,latitude” in CGCS 2000, such as 120.13042,30.25931")
            }
            return place.text
        case .reference:
            guard let id = SubjectID(parsing: text) else {
                throw Self.unfit(element, "不是已登记的对象", "names nothing that is registered")
            }
            return id.text
        }
    }

    /// Old numbers of 15 digits leave out the century and have no check digit, so what they become is only proposed: it
    /// stands in the answer to whoever typed the number, who compares it with the card.
    private static func refusal(_ fault: CitizenNumberFault, _ text: String, of element: Element, today: Day) -> Refusal
    {
        var refusal = fault.refusal(field: element.key)
        if fault == .oldForm, let full = try? CitizenNumber(fromFifteenDigits: text, today: today) {
            refusal.wayOn = LocalizedText(
                "按 15 位旧号推算的 18 位号码为 \(full.text)，请与证件核对后填写",
                "The old number leads to \(full.text): compare it with the card, then enter it")
        }
        return refusal
    }

    private static func day(_ text: String, of element: Element, today: Day) throws(Refusal) -> Day {
        // 2026-11-21, 2026/11/21, 2026.11.21, 2026年11月21日, 20261121.
        var parts = text.split { !$0.isASCII || !$0.isNumber }.map(String.init)
        if parts.count == 1, parts[0].count == 8 {
            let digits = parts[0]
            parts = [String(digits.prefix(4)), String(digits.dropFirst(4).prefix(2)), String(digits.suffix(2))]
        }
        guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let date = Int(parts[2]),
            parts[0].count == 4, let day = Day(year: year, month: month, day: date), day >= Statement.always
        else {
            throw unfit(element, "应为存在的日期，如 2026-11-21", "is a day that exists, such as 2026-11-21")
        }
        guard day <= today else { throw unfit(element, "不能晚于今天", "cannot lie after today") }
        return day
    }

    private static func truth(_ text: String, of element: Element) throws(Refusal) -> String {
        switch text.lowercased() {
        case "1", "是", "有", "yes", "true", "y", "√": return yes
        case "0", "否", "无", "no", "false", "n", "×": return no
        default: throw unfit(element, "应为“是”或“否”", "is “yes” or “no”")
        }
    }

    static func unfit(_ element: Element, _ chinese: String, _ english: String) -> Refusal {
        Refusal(
            .ruleBroken, "registry.value",
            LocalizedText("“\(element.name.chinese)”\(chinese)", "“\(element.name.english)” \(english)"),
            field: element.key)
    }
}

extension String {
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
