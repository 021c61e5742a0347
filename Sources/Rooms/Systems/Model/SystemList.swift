import Desk
import Forms
import Ground
import Registry

/// 政务系统清单: all systems of `Rules/systems.yaml`, checked against the dictionary and the forms.
struct SystemList: Sendable {
    let systems: [GovernmentSystem]
    private let positions: [String: Int]

    init(_ systems: [GovernmentSystem]) {
        self.systems = systems
        positions = Dictionary(systems.indices.map { (systems[$0].key, $0) }) { first, _ in first }
    }

    subscript(key: String) -> GovernmentSystem? { positions[key].map { systems[$0] } }

    private struct File: Decodable {
        struct Column: Decodable {
            var title: String
            var element: String?
            var format: String?
            var constant: String?
            var row: Bool?
        }

        struct Item: Decodable {
            var key: String
            var zh: String
            var en: String
            var owner: String
            var level: GovernmentSystem.Level
            var users: GovernmentSystem.Users
            var minutes: Int
            var typing: GovernmentSystem.Typing
            var fields: [String]
            var others: [String]
            var form: String?
            var layout: [Column]?
        }

        var systems: [Item]
    }

    /// - Throws: a refusal with file and line.
    static func load(from files: RuleFiles, _ dictionary: DataDictionary, _ forms: Forms) throws(Refusal) -> SystemList
    {
        let file = try files.file("systems.yaml")
        var systems: [GovernmentSystem] = []
        for item in try files.decode(File.self, from: "systems.yaml").systems {
            func wrong(_ chinese: String, _ english: String) -> Refusal {
                let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                    $0.hasSuffix("key: \(item.key)")
                }
                return RuleFiles.refusal(
                    "system “\(item.key)”: \(english)", "系统“\(item.zh)”：\(chinese)", in: file,
                    line: line.map { $0 + 1 })
            }
            let system = GovernmentSystem(
                key: item.key, name: LocalizedText(item.zh, item.en), owner: item.owner, level: item.level,
                users: item.users, minutesAMonth: item.minutes, typing: item.typing, fields: item.fields,
                others: item.others, form: item.form, layout: (item.layout ?? []).map(Self.column))
            guard !systems.contains(where: { $0.key == item.key }), item.key.utf8.count <= 40,
                item.key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
            else { throw wrong("标识重复或有误", "its key is not new, or not of small letters, digits and hyphens") }
            guard (0...20_000).contains(item.minutes) else { throw wrong("每月分钟数有误", "its minutes are wrong") }
            for field in item.fields where dictionary[field] == nil {
                throw wrong("数据字典中没有“\(field)”", "the dictionary has no “\(field)”")
            }
            guard (item.form == nil) == system.layout.isEmpty else {
                throw wrong("form 与 layout 须同时有或同时无", "form and layout stand together or not at all")
            }
            if let form = item.form, let fault = forms.fault(in: system.layout, of: form) {
                throw wrong(fault.chinese, fault.english)
            }
            systems.append(system)
        }
        return SystemList(systems)
    }

    private static func column(_ column: File.Column) -> ImportColumn {
        if let element = column.element {
            return ImportColumn(column.title, .element(element, format: column.format))
        }
        return ImportColumn(column.title, column.row == true ? .rowNumber : .constant(column.constant ?? ""))
    }
}
