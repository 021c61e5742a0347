import Desk
import Ground
import Text

/// Texts of this project's own making, from which the shipped model learns: the names and keywords of the categories and
/// what the texts of generated counties say of them. No sentence of a real message is among them.
enum CategoryExamples {
    /// What a slot of a text stands for here: a word that says nothing about the category.
    private static let fillings = [
        "compound": "小区", "building": "楼", "floor": "6", "road": "路上", "road2": "路", "landmark": "附近",
        "shop": "店", "company": "公司", "community": "社区", "street": "街道", "school": "学校", "hospital": "医院",
        "market": "市场", "bus": "公交", "days": "3", "months": "2", "times": "3", "hour": "9", "money": "5000",
    ]

    private struct DemoTexts: Decodable {
        struct Report: Decodable {
            var title: String
            var text: String
        }

        struct Matter: Decodable {
            var reports: [Report]
            var patrol: [String]?
        }

        var matters: [String: Matter]
    }

    /// In the order of the tree, so that the same files give the same model.
    static func texts(of tree: CategoryTree, from files: RuleFiles) throws(Refusal) -> [LabelledText] {
        let demo = try files.decode(DemoTexts.self, from: "demo/texts.yaml")
        let more = try files.decode([String: [String]].self, from: "models/examples.yaml")
        return tree.leaves.flatMap { leaf in
            var texts = [
                LabelledText(title: leaf.title.chinese, body: leaf.keywords.joined(separator: "，"), label: leaf.code)
            ]
            for report in demo.matters[leaf.code]?.reports ?? [] {
                texts.append(LabelledText(title: filled(report.title), body: filled(report.text), label: leaf.code))
            }
            for patrol in demo.matters[leaf.code]?.patrol ?? [] {
                texts.append(LabelledText(title: "", body: filled(patrol), label: leaf.code))
            }
            for example in more[leaf.code] ?? [] {
                texts.append(LabelledText(title: example, body: "", label: leaf.code))
            }
            return texts
        }
    }

    private static func filled(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            result += fillings[String(rest[rest.index(after: open)..<close])] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
