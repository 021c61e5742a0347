public import Desk
public import Ground

/// `Rules/burden.yaml`: what a platform for grassroots staff must not have, and what it must.
public struct BurdenRules: Sendable {
    public struct Rule: Sendable {
        public var key: String
        public var title: LocalizedText
        /// The document that forbids it.
        public var source: String
        public var routes: [String]
        public var columns: [String]
        public var needs: [String]
        public var texts: [String]
    }

    public struct Requirement: Sendable {
        /// `POST /complaint`.
        public var route: String
        public var title: LocalizedText
        public var source: String
    }

    public struct Exception: Sendable {
        /// A column (`cases.trail`), a route, or the end of a file's path.
        public var place: String
        /// Only these words; nil for all.
        public var words: [String]?
        public var reason: LocalizedText
    }

    public var rules: [Rule]
    public var required: [Requirement]
    public var exceptions: [Exception]

    public static let file = "burden.yaml"

    public static func load(from files: RuleFiles) throws(Refusal) -> BurdenRules {
        let read = try files.decode(Read.self, from: file)
        let source = try files.file(file)
        guard !read.rules.isEmpty else {
            throw RuleFiles.refusal("there is no rule", "没有任何规则", in: source, line: 1)
        }
        for exception in read.exceptions ?? [] where exception.zh.isEmpty || exception.en.isEmpty {
            throw RuleFiles.refusal(
                "the exception for \(exception.where) gives no reason", "例外 \(exception.where) 没有写明理由", in: source,
                line: nil)
        }
        return BurdenRules(
            rules: read.rules.map {
                Rule(
                    key: $0.key, title: LocalizedText($0.zh, $0.en), source: $0.source, routes: $0.routes ?? [],
                    columns: $0.columns ?? [], needs: $0.needs ?? [], texts: $0.texts ?? [])
            },
            required: (read.required ?? []).map {
                Requirement(route: $0.route, title: LocalizedText($0.zh, $0.en), source: $0.source)
            },
            exceptions: (read.exceptions ?? []).map {
                Exception(place: $0.where, words: $0.words, reason: LocalizedText($0.zh, $0.en))
            })
    }

    private struct Read: Decodable {
        struct Rule: Decodable {
            var key: String
            var zh: String
            var en: String
            var source: String
            var routes: [String]?
            var columns: [String]?
            var needs: [String]?
            var texts: [String]?
        }

        struct Required: Decodable {
            var route: String
            var zh: String
            var en: String
            var source: String
        }

        struct Exception: Decodable {
            var `where`: String
            var words: [String]?
            var zh: String
            var en: String
        }

        var rules: [Rule]
        var required: [Required]?
        var exceptions: [Exception]?
    }
}
