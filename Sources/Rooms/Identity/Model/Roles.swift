public import Desk
public import Ground
import Yams

/// All roles of the installation, in the order of the file.
public struct Roles: Sendable {
    public let all: [Role]
    private let byKey: [String: Role]

    init(_ roles: [Role]) {
        all = roles
        byKey = Dictionary(roles.map { ($0.key, $0) }) { first, _ in first }
    }

    public subscript(key: String) -> Role? { byKey[key] }

    public static let fileName = "roles.yaml"

    /// Reads `roles.yaml`. A right that no room knows, a key used twice, or an unknown level is refused with its line.
    public static func load(from rules: RuleFiles, knownRights: Set<Right>) throws(Refusal) -> Roles {
        let (node, file) = try rules.node(fileName)
        func wrong(_ english: String, _ chinese: String, _ node: Node) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: node.mark?.line)
        }
        guard let list = (node.mapping?["roles"] ?? node).sequence else {
            throw wrong("a list of roles is expected", "应为角色列表", node)
        }
        var roles: [Role] = []
        for entry in list {
            guard let mapping = entry.mapping else { throw wrong("a role is expected", "应为一个角色", entry) }
            for (name, value) in mapping where !Self.members.contains(name.string ?? "") {
                throw wrong("“\(name.string ?? "?")” is not known here", "此处不识别“\(name.string ?? "?")”", value)
            }
            guard let key = mapping["key"]?.string, !key.isEmpty else {
                throw wrong("“key” is missing", "缺少“key”", entry)
            }
            guard !roles.contains(where: { $0.key == key }) else {
                throw wrong("the role “\(key)” stands twice", "角色“\(key)”重复", entry)
            }
            guard let chinese = mapping["zh"]?.string, let english = mapping["en"]?.string else {
                throw wrong("“\(key)” lacks “zh” or “en”", "“\(key)”缺少“zh”或“en”", entry)
            }
            var level: AreaLevel?
            if let node = mapping["level"], node.string != "any" {
                guard let named = node.string.flatMap(AreaLevel.init(rawValue:)) else {
                    throw wrong(
                        "the level “\(node.string ?? "?")” is not known", "未知层级“\(node.string ?? "?")”", node)
                }
                level = named
            }
            var rights: Set<Right> = []
            var isAdministrator = false
            for item in mapping["rights"]?.sequence ?? [] {
                guard let name = item.string else { throw wrong("a right is a word", "权限应为文字", item) }
                if name == "all" {
                    rights = knownRights.filter { !$0.isSealed }
                    isAdministrator = true
                    continue
                }
                guard knownRights.contains(Right(name)) else {
                    throw wrong("no room knows the right “\(name)”", "没有名为“\(name)”的权限", item)
                }
                rights.insert(Right(name))
            }
            if let node = mapping["administrator"] { isAdministrator = try flag(node, wrong) }
            let decides = try mapping["decides"].map { node throws(Refusal) in try flag(node, wrong) } ?? false
            roles.append(
                Role(
                    key: key, name: LocalizedText(chinese, english), level: level, rights: rights, decides: decides,
                    isAdministrator: isAdministrator || key == administratorKey))
        }
        return Roles(roles)
    }

    /// The role of whoever sets the platform up.
    public static let administratorKey = "administrator"

    private static let members: Set<String> = [
        "key", "zh", "en", "level", "rights", "decides", "administrator", "about", "note", "basis", "check",
    ]

    private static func flag(_ node: Node, _ wrong: (String, String, Node) -> Refusal) throws(Refusal) -> Bool {
        guard let value = node.bool else { throw wrong("true or false is expected", "应为 true 或 false", node) }
        return value
    }
}
