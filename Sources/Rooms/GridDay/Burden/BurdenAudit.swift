import Foundation
public import Ground

/// Looks over routes, tables and texts for functions that burden the grassroots. Pure: it is given what the program is.
public struct BurdenAudit: Sendable {
    /// What the program consists of.
    public struct Program: Sendable {
        /// `GET /cases/:id`.
        public var routes: [String] = []
        /// `cases.trail`.
        public var columns: [String] = []
        /// What an act may demand of whoever does it.
        public var needs: [String] = []
        public var texts: [Text] = []
        /// Whether the program's own sources are among the texts: an installed one has them not, and says so.
        public var hasSources = false

        public init() {}
    }

    /// Words that somebody may read, or that the program runs.
    public struct Text: Sendable {
        public var file: String
        public var line: Int
        public var text: String

        public init(file: String, line: Int, text: String) {
            self.file = file
            self.line = line
            self.text = text
        }
    }

    public struct Finding: Sendable, Hashable {
        public var rule: String
        public var title: LocalizedText
        public var source: String
        public var place: String
        public var word: String
        /// Why it is none; nil for a real one.
        public var excuse: LocalizedText?
    }

    public struct Result: Sendable {
        public var findings: [Finding]
        public var excused: [Finding]
        public var rules: Int
        public var routes: Int
        public var columns: Int
        public var texts: Int
        public var hasSources: Bool
        public var isClean: Bool { findings.isEmpty }
    }

    public static func run(_ rules: BurdenRules, over program: Program) -> Result {
        var all: [Finding] = []
        let lowered = program.texts.map { $0.text.lowercased() }
        let routes = program.routes.map { ($0, split($0)) }
        let columns = program.columns.map { ($0, split($0)) }
        for rule in rules.rules {
            func found(_ place: String, _ word: String, file: String? = nil) {
                let excuse = rules.exceptions.first { exception in
                    (place == exception.place || (file ?? place).hasSuffix(exception.place))
                        && (exception.words?.contains(word) ?? true)
                }
                all.append(
                    Finding(
                        rule: rule.key, title: rule.title, source: rule.source, place: place, word: word,
                        excuse: excuse?.reason))
            }
            let routeWords = rule.routes.map { ($0, split($0)) }
            for (route, parts) in routes {
                for (word, wanted) in routeWords where contains(parts, wanted) { found(route, word) }
            }
            let columnWords = rule.columns.map { ($0, split($0)) }
            for (column, parts) in columns {
                for (word, wanted) in columnWords where contains(parts, wanted) { found(column, word) }
            }
            for need in program.needs {
                for word in rule.needs where names(need, contain: word) { found("needs: \(need)", word) }
            }
            let words = rule.texts.map { ($0, $0.lowercased()) }
            for (text, lower) in zip(program.texts, lowered) {
                for (word, lowerWord) in words where contains(lower, lowerWord) {
                    found("\(text.file):\(text.line)", word, file: text.file)
                }
            }
        }
        for requirement in rules.required where !program.routes.contains(requirement.route) {
            all.append(
                Finding(
                    rule: "required", title: requirement.title, source: requirement.source, place: requirement.route,
                    word: "—", excuse: nil))
        }
        return Result(
            findings: all.filter { $0.excuse == nil }, excused: all.filter { $0.excuse != nil },
            rules: rules.rules.count + rules.required.count, routes: program.routes.count,
            columns: program.columns.count, texts: program.texts.count, hasSources: program.hasSources)
    }

    /// Whole parts only: `check_in` is in `last_check_in`, not in `checking`.
    static func names(_ name: String, contain word: String) -> Bool {
        contains(split(name), split(word))
    }

    private static func contains(_ parts: [String], _ wanted: [String]) -> Bool {
        guard let first = wanted.first, parts.count >= wanted.count else { return false }
        return (0...parts.count - wanted.count).contains {
            parts[$0] == first && Array(parts[$0..<$0 + wanted.count]) == wanted
        }
    }

    /// `lastCheckIn`, `last_check_in` and `/last/check-in` have the same parts.
    private static func split(_ name: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var wasLower = false
        for character in name {
            let isWord = character.isLetter || character.isNumber
            if !isWord || (character.isUppercase && wasLower) {
                if !part.isEmpty { parts.append(part.lowercased()) }
                part = ""
            }
            if isWord { part.append(character) }
            wasLower = character.isLowercase
        }
        if !part.isEmpty { parts.append(part.lowercased()) }
        return parts
    }

    /// - Parameter word: in lower case.
    private static func contains(_ text: String, _ word: String) -> Bool {
        text.withCString { start in word.withCString { strstr(start, $0) != nil } }
    }
}
