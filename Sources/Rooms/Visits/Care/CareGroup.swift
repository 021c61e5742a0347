import Desk
import Ground
import Identity
import Registry

/// 关怀群体: whom somebody looks in on, by which law, how often, and who may know of it.
struct CareGroup: Sendable, Hashable {
    var key: String
    var title: LocalizedText
    /// Of the data dictionary: the label is shown for it only.
    var purpose: String
    /// The law by which the label may be kept; nil where nobody has named one.
    var basis: LocalizedText?
    /// Sensitive personal information (个人信息保护法 art. 28).
    var isSensitive: Bool
    /// Days from one visit to the next.
    var everyDays: Int
    /// Days after which a visit that was due counts as missed.
    var graceDays: Int
    /// Roles that may know who is in it.
    var sees: Set<String>
    /// The form whose list proposes people.
    var form: String?

    /// Nobody can be entered as long as no law is named.
    var isOff: Bool { isSensitive && basis == nil }

    func isKnown(to scope: Scope) -> Bool { sees.contains(scope.role) }

    /// Whether this viewer reads the label; a sensitive one only for its purpose.
    func isShown(to scope: Scope, for purpose: String?, isResponsible: Bool) -> Bool {
        (isKnown(to: scope) || isResponsible) && (!isSensitive || purpose == self.purpose)
    }

    /// The first day on which a visit after the last one counts as missed.
    func missedDay(dueOn: Day) -> Day { dueOn + (graceDays + 1) }
}

/// All groups of an installation, from `Rules/care-groups.yaml`.
struct CareGroups: Sendable {
    let all: [CareGroup]

    static let file = "care-groups.yaml"

    subscript(key: String) -> CareGroup? { all.first { $0.key == key } }

    private struct File: Decodable {
        struct Item: Decodable {
            var key: String
            var zh: String
            var en: String
            var purpose: String
            var basis: LocalizedText?
            var sensitive: Bool?
            var everyDays: Int
            var graceDays: Int
            var sees: [String]
            var form: String?
        }
        var groups: [Item]
    }

    /// - Throws: a refusal that names file, line and reason.
    static func load(from files: RuleFiles, dictionary: DataDictionary, roles: Roles) throws(Refusal) -> CareGroups {
        let file = try files.file(Self.file)
        var groups: [CareGroup] = []
        for item in try files.decode(File.self, from: Self.file).groups {
            func wrong(_ english: String, _ chinese: String) -> Refusal {
                let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                    $0.contains("key: \(item.key)")
                }
                return RuleFiles.refusal(english, chinese, in: file, line: line.map { $0 + 1 })
            }
            guard !groups.contains(where: { $0.key == item.key }), (1...40).contains(item.key.utf8.count) else {
                throw wrong("the key “\(item.key)” is not new", "标识“\(item.key)”重复")
            }
            guard dictionary.purpose(item.purpose) != nil else {
                throw wrong(
                    "the dictionary has no purpose “\(item.purpose)”", "数据字典中没有用途“\(item.purpose)”")
            }
            guard (1...366).contains(item.everyDays), (0...60).contains(item.graceDays) else {
                throw wrong("everyDays is 1 to 366, graceDays 0 to 60", "everyDays 为 1–366，graceDays 为 0–60")
            }
            if let unknown = item.sees.first(where: { roles[$0] == nil }) {
                throw wrong("no role “\(unknown)”", "没有角色“\(unknown)”")
            }
            groups.append(
                CareGroup(
                    key: item.key, title: LocalizedText(item.zh, item.en), purpose: item.purpose, basis: item.basis,
                    isSensitive: item.sensitive ?? false, everyDays: item.everyDays, graceDays: item.graceDays,
                    sees: Set(item.sees), form: item.form))
        }
        return CareGroups(all: groups)
    }
}
