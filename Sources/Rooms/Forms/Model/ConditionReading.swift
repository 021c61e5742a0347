import Ground
import Registry

/// Reads conditions as they stand in the files of forms; only elements of the dictionary can be named.
struct ConditionReading {
    let dictionary: DataDictionary
    let kind: SubjectKind
    /// The elements that the form uses, in the order in which they were first named.
    private(set) var slots: [String] = []

    init(dictionary: DataDictionary, kind: SubjectKind) {
        self.dictionary = dictionary
        self.kind = kind
    }

    /// What is wrong with a condition.
    struct Fault: Error, Sendable, Hashable {
        var text: LocalizedText

        init(_ chinese: String, _ english: String) { text = LocalizedText(chinese, english) }
    }

    private enum Token: Hashable {
        case word(String)
        case sign(String)
    }

    mutating func condition(_ text: String) throws(Fault) -> Condition {
        let tokens = try Self.tokens(text)
        guard !tokens.isEmpty else { return .always }
        var rest = tokens[...]
        let condition = try disjunction(&rest)
        guard rest.isEmpty else { throw Fault("“\(text)”的后半部分无法理解", "the end of “\(text)” cannot be understood") }
        return condition
    }

    mutating func slot(_ key: String) throws(Fault) -> (slot: Int, element: Element) {
        guard let element = dictionary[key] else {
            throw Fault("数据字典中没有数据项“\(key)”", "the dictionary has no element “\(key)”")
        }
        guard element.kind == kind else {
            throw Fault(
                "“\(key)”是\(element.kind.title.chinese)的数据项，此表以\(kind.title.chinese)为对象",
                "“\(key)” is of a \(element.kind.rawValue), and this form is of a \(kind.rawValue)")
        }
        guard !element.isOff else {
            throw Fault("“\(key)”没有法律依据，已停用", "“\(key)” has no legal basis and is off")
        }
        if let known = slots.firstIndex(of: key) { return (known, element) }
        slots.append(key)
        return (slots.count - 1, element)
    }

    private static func tokens(_ text: String) throws(Fault) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if "(),".contains(first) {
                tokens.append(.sign(String(rest.removeFirst())))
            } else if "<>=!".contains(first) {
                let sign = String(rest.prefix { "<>=!".contains($0) })
                rest = rest.dropFirst(sign.count)
                tokens.append(.sign(sign))
            } else if first.isLetter || first.isNumber || first == "-" {
                let word = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
                rest = rest.dropFirst(word.count)
                tokens.append(.word(word))
            } else {
                throw Fault("不认识的符号“\(first)”", "the sign “\(first)” is unknown")
            }
        }
        return tokens
    }

    private mutating func disjunction(_ rest: inout ArraySlice<Token>) throws(Fault) -> Condition {
        var parts = [try conjunction(&rest)]
        while rest.first == .word("or") {
            rest.removeFirst()
            parts.append(try conjunction(&rest))
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(_ rest: inout ArraySlice<Token>) throws(Fault) -> Condition {
        var parts = [try single(&rest)]
        while rest.first == .word("and") {
            rest.removeFirst()
            parts.append(try single(&rest))
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func single(_ rest: inout ArraySlice<Token>) throws(Fault) -> Condition {
        switch rest.popFirst() {
        case .word("not"): return .not(try single(&rest))
        case .word("all"): return .always
        case .sign("("):
            let inner = try disjunction(&rest)
            guard rest.popFirst() == .sign(")") else { throw Fault("缺少右括号", "a closing bracket is missing") }
            return inner
        case .word(let name): return try comparison(name, &rest)
        case .sign(let sign): throw Fault("“\(sign)”前缺少数据项", "an element is missing before “\(sign)”")
        case nil: throw Fault("条件不完整", "the condition ends too early")
        }
    }

    private mutating func comparison(_ name: String, _ rest: inout ArraySlice<Token>) throws(Fault) -> Condition {
        let term: Condition.Term
        var element: Element?
        if name == "age", kind == .person {
            // Ages follow from the birth day, so the form depends on it.
            _ = try slot(CoreElement.birthDay)
            term = .age
        } else {
            let found = try slot(name)
            (term, element) = (.slot(found.slot), found.element)
        }
        switch rest.popFirst() {
        case .word("is"):
            switch rest.popFirst() {
            case .word("known"): return .known(term)
            case .word("unknown"): return .unknown(term)
            default: throw Fault("“is”之后应为 known 或 unknown", "after “is” stands `known` or `unknown`")
            }
        case .word("in"):
            guard rest.popFirst() == .sign("(") else { throw Fault("“in”之后缺少括号", "a bracket is missing after “in”") }
            var values: Set<String> = []
            while true {
                guard case .word(let word) = rest.popFirst() else { throw Fault("括号内缺少取值", "a value is missing") }
                values.insert(Self.text(try operand(word, element)))
                let next = rest.popFirst()
                if next == .sign(")") { return .among(term, values) }
                guard next == .sign(",") else { throw Fault("括号内应以逗号分隔", "values are separated by commas") }
            }
        case .sign(let sign):
            guard let order = Self.orders[sign] else { throw Fault("不认识的比较“\(sign)”", "the sign “\(sign)” is unknown") }
            guard case .word(let word) = rest.popFirst() else {
                throw Fault("“\(sign)”之后缺少取值", "a value is missing after “\(sign)”")
            }
            let operand = try operand(word, element)
            if order != .equal, order != .notEqual, !Self.isOrdered(element) {
                throw Fault("“\(name)”不能比较大小", "“\(name)” has no order")
            }
            return .compare(term, order, operand)
        default: throw Fault("“\(name)”之后缺少比较", "a comparison is missing after “\(name)”")
        }
    }

    private static let orders: [String: Condition.Order] = [
        "<": .less, "<=": .atMost, "=": .equal, "!=": .notEqual, ">=": .atLeast, ">": .more,
    ]

    private static func text(_ operand: Condition.Operand) -> String {
        switch operand {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }

    /// Ages, numbers and days.
    private static func isOrdered(_ element: Element?) -> Bool {
        guard let element else { return true }
        switch element.type {
        case .number, .day: return true
        case .text, .name, .code, .yesNo, .citizenNumber, .phone, .creditCode, .area, .place, .reference: return false
        }
    }

    private func operand(_ word: String, _ element: Element?) throws(Fault) -> Condition.Operand {
        guard let element else {
            guard let age = Int(word), (0...150).contains(age) else {
                throw Fault("年龄应为整数", "an age is a whole number")
            }
            return .number(age)
        }
        switch element.type {
        case .number:
            guard let number = Int(word) else {
                throw Fault("“\(element.key)”应为整数", "“\(element.key)” is a whole number")
            }
            return .number(number)
        case .yesNo:
            switch word {
            case "yes": return .text(DataDictionary.yes)
            case "no": return .text(DataDictionary.no)
            default: throw Fault("“\(element.key)”应为 yes 或 no", "“\(element.key)” is `yes` or `no`")
            }
        case .code(let list):
            guard dictionary.lists[list]?[word] != nil else {
                throw Fault("代码表“\(list)”中没有“\(word)”", "the list “\(list)” has no “\(word)”")
            }
            return .text(word)
        case .day:
            guard Day(word) != nil else { throw Fault("“\(word)”不是日期", "“\(word)” is no day") }
            return .text(word)
        case .area: return .text(word)
        case .text, .name, .citizenNumber, .phone, .creditCode, .place, .reference:
            throw Fault(
                "“\(element.key)”不能用作条件的取值，只能 is known", "“\(element.key)” can only be asked whether it is known")
        }
    }
}
