public import Desk
import Foundation
public import Ground
import NationalCodes

/// `Rules/elements.yaml` and, where a county has more, every further file under `Rules/elements/`.
extension DataDictionary {
    private struct File: Decodable {
        var version: String?
        var purposes: [Purpose]?
        var elements: [Item]
    }

    private struct Item: Decodable {
        var key: String
        var of: SubjectKind
        var zh: String
        var en: String
        var meaning: LocalizedText?
        var type: String
        var codes: String?
        var least: Int?
        var most: Int?
        var unit: LocalizedText?
        var steward: String
        var basis: LocalizedText?
        var purposes: [String]
        var validDays: Int?
        var sensitivity: Sensitivity
        var keptYears: Int?
        var synonyms: [String]?
        var asked: Bool?
    }

    /// - Throws: a refusal that names file, line and reason.
    public static func load(from files: RuleFiles) throws(Refusal) -> DataDictionary {
        let first = try files.decode(File.self, from: "elements.yaml")
        var items = first.elements.map { ($0, "elements.yaml") }
        var purposes = first.purposes ?? []
        for name in files.names(in: "elements") {
            let more = try files.decode(File.self, from: name)
            items += more.elements.map { ($0, name) }
            purposes += more.purposes ?? []
        }
        var lists: [String: CodeList] = [:]
        var elements: [Element] = []
        var seen: Set<String> = []
        let keys = Set(purposes.map(\.key))
        for (item, name) in items {
            let file = try files.file(name)
            guard isKey(item.key), seen.insert(item.key).inserted else {
                throw wrong(
                    "element key “\(item.key)” is not new, or not of small letters, digits and hyphens",
                    "数据项标识“\(item.key)”重复，或不是小写字母、数字与连字符", file, item.key)
            }
            if let unknown = item.purposes.first(where: { !keys.contains($0) }) {
                throw wrong("no purpose “\(unknown)”", "没有用途“\(unknown)”", file, item.key)
            }
            if let code = item.codes, lists[code] == nil { lists[code] = try list(code, files) }
            elements.append(try element(item, file))
        }
        for (key, kind) in CoreElement.required where !elements.contains(where: { $0.key == key && $0.kind == kind }) {
            throw wrong(
                "the element “\(key)” of \(kind.rawValue) is needed by the registry itself",
                "缺少登记库必需的数据项“\(key)”（\(kind.title.chinese)）", try files.file("elements.yaml"), "elements:")
        }
        return DataDictionary(
            version: first.version ?? "1", elements: elements, lists: lists, purposes: purposes)
    }

    private static func isKey(_ key: String) -> Bool {
        (1...40).contains(key.utf8.count)
            && key.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func element(_ item: Item, _ file: RuleFiles.File) throws(Refusal) -> Element {
        Element(
            key: item.key, kind: item.of, name: LocalizedText(item.zh, item.en),
            meaning: item.meaning ?? LocalizedText(item.zh, item.en), type: try type(of: item, file), unit: item.unit,
            steward: item.steward, basis: item.basis, purposes: Set(item.purposes), validDays: item.validDays,
            sensitivity: item.sensitivity, keptYears: item.keptYears ?? 2, synonyms: item.synonyms ?? [],
            isAsked: item.asked ?? (item.validDays != nil))
    }

    private static func type(of item: Item, _ file: RuleFiles.File) throws(Refusal) -> ValueType {
        switch item.type {
        case "text": return .text(most: item.most ?? 200)
        case "name": return .name
        case "number":
            guard let least = item.least, let most = item.most, least <= most else {
                throw wrong("a number needs `least` and `most`", "数值型须写 least 与 most", file, item.key)
            }
            return .number(least...most)
        case "code":
            guard let codes = item.codes else {
                throw wrong("a code needs `codes`, the name of its list", "代码型须用 codes 指明代码表", file, item.key)
            }
            return .code(list: codes)
        case "day": return .day
        case "yes-no": return .yesNo
        case "citizen-number": return .citizenNumber
        case "phone": return .phone
        case "area": return .area
        case "place": return .place
        case "person": return .reference(.person)
        case "household": return .reference(.household)
        case "dwelling": return .reference(.dwelling)
        case "building": return .reference(.building)
        case "organisation": return .reference(.organisation)
        case "credit-code": return .creditCode
        default:
            throw wrong(
                "unknown type “\(item.type)”; known are text, name, number, code, day, yes-no, citizen-number, phone, area, place, person, household, dwelling, building, organisation, credit-code",
                "不认识的类型“\(item.type)”", file, item.key)
        }
    }

    private static func list(_ key: String, _ files: RuleFiles) throws(Refusal) -> CodeList {
        let file = try files.file("codes/\(key).yaml")
        do {
            let table = try CodeTable(yaml: file.text, file: file.name)
            return CodeList(
                key: key, name: table.name, source: table.source,
                entries: table.entries.map { CodeList.Entry($0.code, $0.text, alternatives: $0.alternatives) })
        } catch {
            throw RuleFiles.refusal("\(error)", "\(error)", in: file, line: nil)
        }
    }

    static func wrong(_ english: String, _ chinese: String, _ file: RuleFiles.File, _ near: String) -> Refusal {
        let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains("key: \(near)") || $0.contains(near)
        }
        return RuleFiles.refusal(english, chinese, in: file, line: line.map { $0 + 1 })
    }
}
