import Foundation
import Ground
import Registry

/// Finds for a column as a department names it (是否独居、性别（男/女）) the element that it means. Pure; people confirm.
struct ColumnMatching: Sendable {
    struct Candidate: Sendable, Hashable {
        /// The key of an element, or `age` or `area`.
        var element: String
        /// From 0 to 100.
        var score: Int
        var reason: LocalizedText
    }

    private let dictionary: DataDictionary
    private let kind: SubjectKind
    private let words: MatchingWords
    private let named: [Named]

    /// A name of an element, worked out once.
    private struct Name: Sendable {
        var text: String
        var title: String
        var canonical: String
        var others: Set<String>
    }

    private struct Named: Sendable {
        var element: Element
        var names: [Name]
    }

    init(dictionary: DataDictionary, kind: SubjectKind, words: MatchingWords) {
        self.dictionary = dictionary
        self.kind = kind
        self.words = words
        named = dictionary.elements.filter { CompiledForm.reaches($0.kind, from: kind) && !$0.isOff }.map { element in
            let names = [element.name.chinese, element.name.english, element.key] + element.synonyms
            return Named(
                element: element,
                names: names.map { Self.name($0, words) }.filter { !$0.title.isEmpty })
        }
    }

    private static func name(_ text: String, _ words: MatchingWords) -> Name {
        let title = parts(text).title
        let canonical = words.canonical(title)
        return Name(text: text, title: title, canonical: canonical, others: words.others(in: canonical))
    }

    /// From here on a column counts as held.
    static let sure = 75
    /// From here on a candidate is shown.
    static let possible = 45

    /// The best first; at most three.
    func candidates(for column: String) -> [Candidate] {
        let options = Self.parts(column).options
        let asked = Self.name(column, words)
        guard !asked.title.isEmpty else { return [] }
        var found = named.compactMap { one in
            best(asked, one, options).flatMap { $0.score >= Self.possible ? $0 : nil }
        }
        if kind == .person, words.age.contains(asked.title) {
            found.append(Candidate(element: "age", score: 100, reason: Self.derived))
        }
        if words.area.contains(asked.title) {
            found.append(Candidate(element: "area", score: 100, reason: Self.derived))
        }
        return Array(found.sorted { ($1.score, $0.element) < ($0.score, $1.element) }.prefix(3))
    }

    private static let derived = LocalizedText("由登记推算", "follows from what is known")

    private func best(_ asked: Name, _ one: Named, _ options: [String]) -> Candidate? {
        let element = one.element
        var best: Candidate?
        func take(_ score: Int, _ reason: LocalizedText) {
            if score > best?.score ?? 0 {
                best = Candidate(element: element.key, score: min(100, score), reason: reason)
            }
        }
        for (index, name) in one.names.enumerated() {
            // Whose it is must be said by both: a spouse's number is not the person's.
            let foreign = asked.others.isSubset(of: name.others) ? 0 : 30
            if name.title == asked.title {
                take(
                    index == 0 ? 100 : 98,
                    index == 0
                        ? LocalizedText("名称相同", "the same name")
                        : LocalizedText("别名“\(name.text)”", "also called “\(name.text)”"))
            } else if name.canonical == asked.canonical {
                take(92 - foreign, LocalizedText("与“\(name.text)”同义", "means the same as “\(name.text)”"))
            } else {
                let plain = Self.score(asked.title, name.title)
                let canonical = Self.score(asked.canonical, name.canonical)
                take(
                    max(plain.score, canonical.score - 3) - foreign,
                    plain.isPart || canonical.isPart
                        ? LocalizedText("名称包含“\(name.text)”", "the name contains “\(name.text)”")
                        : LocalizedText("名称相近“\(name.text)”", "a name like “\(name.text)”"))
            }
        }
        // Values in brackets say what is meant, whatever the name.
        let share = sharedOptions(options, element)
        if share >= 0.5, var present = best {
            present.score = min(100, present.score + Int(20 * share))
            present.reason = LocalizedText(
                present.reason.chinese + "，取值相符", present.reason.english + ", and the values fit")
            best = present
        }
        return best
    }

    private static func score(_ left: String, _ right: String) -> (score: Int, isPart: Bool) {
        let (short, long) = (min(left.count, right.count), max(left.count, right.count))
        if short >= 2, left.contains(right) || right.contains(left) {
            return (Int(50 + 45 * Double(short) / Double(long)), true)
        }
        return (Int(likeness(left, right) * 90), false)
    }

    private func sharedOptions(_ options: [String], _ element: Element) -> Double {
        guard options.count > 1 else { return 0 }
        switch element.type {
        case .code(let list):
            let texts = (dictionary.lists[list]?.entries ?? []).map { Self.folded($0.text.chinese) }
            let hits = options.filter { option in texts.contains { $0 == option || $0.hasPrefix(option) } }
            return Double(hits.count) / Double(options.count)
        case .yesNo: return Set(options).isSubset(of: ["是", "否", "有", "无"]) ? 1 : 0
        default: return 0
        }
    }

    /// What the column is called, and the values that stand in brackets behind it.
    static func parts(_ column: String) -> (title: String, options: [String]) {
        var text = folded(column)
        var options: [String] = []
        if let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close {
            options = text[text.index(after: open)..<close].split { "/,、;|".contains($0) }.map(String.init)
            text = String(text[..<open]) + String(text[text.index(after: close)...])
        }
        for prefix in ["是否属于", "是否为", "是否", "有无", "本人"] where text.hasPrefix(prefix) && text.count > prefix.count + 1 {
            text = String(text.dropFirst(prefix.count))
            break
        }
        return (text.filter { !"*:：.".contains($0) }, options)
    }

    private static func folded(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased().filter { !$0.isWhitespace }
    }

    /// Dice's coefficient over pairs of neighbouring characters.
    static func likeness(_ left: String, _ right: String) -> Double {
        func pairs(_ text: String) -> [String] {
            let all = Array(text)
            return all.count < 2 ? [text] : (0..<all.count - 1).map { String(all[$0...$0 + 1]) }
        }
        let first = pairs(left)
        var rest = pairs(right)
        let total = first.count + rest.count
        var common = 0
        for pair in first {
            if let index = rest.firstIndex(of: pair) {
                rest.remove(at: index)
                common += 1
            }
        }
        return total == 0 ? 0 : 2 * Double(common) / Double(total)
    }
}
