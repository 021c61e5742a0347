import Cases
import Desk
import Ground

/// What `Rules/open311.yaml` says: what may be seen of matters from outside, and how they are reported from there.
struct PublicRules: Sendable {
    enum Place: String, Sendable, Decodable { case exact, rounded, none }

    struct Show: Sendable, Decodable {
        var description: Bool
        var address: Bool
        var notes: Bool
        var location: Place
    }

    struct Attribute: Sendable {
        enum DataType: String, Sendable, Decodable { case string, number, text, singlevaluelist }

        struct Value: Sendable {
            var key: String
            var title: LocalizedText
        }

        var code: String
        var title: LocalizedText
        var dataType: DataType
        var isRequired: Bool
        var categories: [String]
        var values: [Value]

        func applies(to category: String) -> Bool {
            categories.isEmpty || categories.contains { category.hasPrefix($0) }
        }
    }

    var isOpen: Bool
    var jurisdiction: String
    var contact: LocalizedText
    var leaveOut: [String]
    var channels: [Channel]
    var show: Show
    var mostPerPage: Int
    var mostDays: Int64
    var attributes: [Attribute]
    /// What a state is called in updates; FixMyStreet's words.
    var statuses: [StateName: Status] = [:]

    /// The states of FixMyStreet's extension of GeoReport.
    enum Status: String, Sendable, Decodable {
        case open, closed, fixed, investigating, duplicate, reopen
        case inProgress = "in_progress"
        case actionScheduled = "action_scheduled"
        case notOurs = "not_councils_responsibility"
        case noFurtherAction = "no_further_action"
        case internalReferral = "internal_referral"
    }

    static let file = "open311.yaml"

    /// - Throws: a refusal naming file and line.
    static func load(from rules: RuleFiles, categories: CategoryTree) throws(Refusal) -> PublicRules {
        let text = try rules.decode(Text.self, from: file)
        let source = try rules.file(file)
        for code in text.leaveOut + (text.attributes ?? []).flatMap({ $0.for ?? [] }) where categories[code] == nil {
            throw RuleFiles.refusal("there is no category \(code)", "没有类别 \(code)", in: source, line: nil)
        }
        for attribute in text.attributes ?? [] where attribute.datatype == .singlevaluelist {
            guard attribute.values?.isEmpty == false else {
                throw RuleFiles.refusal(
                    "the attribute \(attribute.code) has no values", "属性 \(attribute.code) 没有可选值", in: source, line: nil
                )
            }
        }
        guard (1...10_000).contains(text.mostPerPage), (1...366).contains(text.mostDays) else {
            throw RuleFiles.refusal(
                "mostPerPage is 1 to 10000 and mostDays 1 to 366", "mostPerPage 须为 1–10000，mostDays 须为 1–366",
                in: source,
                line: nil)
        }
        return PublicRules(
            isOpen: text.open, jurisdiction: text.jurisdiction,
            contact: LocalizedText(text.contact.zh, text.contact.en), leaveOut: text.leaveOut, channels: text.channels,
            show: text.show, mostPerPage: text.mostPerPage, mostDays: text.mostDays,
            attributes: (text.attributes ?? []).map(\.attribute),
            statuses: Dictionary(
                uniqueKeysWithValues: (text.statuses ?? [:]).map { (StateName(rawValue: $0), $1) }))
    }

    /// The leaves that are offered and shown.
    func services(of categories: CategoryTree) -> [Category] { categories.leaves.filter { isShown($0.code) } }

    func isShown(_ category: String) -> Bool { !leaveOut.contains { category.hasPrefix($0) } }

    /// The place as it may be shown.
    func shown(_ location: Location?) -> Location? {
        guard let location else { return nil }
        switch show.location {
        case .exact: return location
        case .none: return nil
        case .rounded:
            return Location(
                longitude: (location.longitude * 200).rounded() / 200,
                latitude: (location.latitude * 200).rounded() / 200)
        }
    }

    // MARK: As it stands in the file

    private struct Text: Decodable {
        struct Words: Decodable {
            var zh: String
            var en: String
        }

        struct Attribute: Decodable {
            struct Value: Decodable {
                var key: String
                var zh: String
                var en: String
            }

            var code: String
            var zh: String
            var en: String
            var datatype: PublicRules.Attribute.DataType
            var required: Bool?
            var `for`: [String]?
            var values: [Value]?

            var attribute: PublicRules.Attribute {
                PublicRules.Attribute(
                    code: code, title: LocalizedText(zh, en), dataType: datatype, isRequired: required ?? false,
                    categories: `for` ?? [],
                    values: (values ?? []).map { .init(key: $0.key, title: LocalizedText($0.zh, $0.en)) })
            }
        }

        var open: Bool
        var jurisdiction: String
        var contact: Words
        var leaveOut: [String]
        var channels: [Channel]
        var show: Show
        var mostPerPage: Int
        var mostDays: Int64
        var attributes: [Attribute]?
        var statuses: [String: Status]?
    }
}
