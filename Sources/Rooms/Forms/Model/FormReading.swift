import Cipher
import Desk
import Ground
import Registry
import Yams

/// The forms that ship and a county's own: every file under `Rules/forms/`.
struct FormFile: Decodable {
    struct Cell: Decodable {
        var zh: String
        var en: String
        var `where`: String
    }

    struct Item: Decodable {
        var key: String
        var zh: String
        var en: String
        var line: String
        var purpose: String
        var basis: LocalizedText?
        var of: SubjectKind
        var place: FormDefinition.Place?
        var filter: String?
        var columns: [String]?
        var counts: [Cell]?
        var rows: [Cell]?
        var heads: [Cell]?
        var timesAYear: Int?
    }

    var forms: [Item]
}

extension FormFile.Item {
    var definition: FormDefinition {
        func cells(_ cells: [FormFile.Cell]?) -> [FormDefinition.Cell] {
            (cells ?? []).map { FormDefinition.Cell(LocalizedText($0.zh, $0.en), $0.where) }
        }
        return FormDefinition(
            key: key, name: LocalizedText(zh, en), line: line, purpose: purpose, basis: basis, kind: of,
            place: place ?? .residence, filter: filter ?? "all", columns: columns ?? [], cells: cells(counts),
            rows: cells(rows), heads: cells(heads), timesAYear: timesAYear ?? 12)
    }
}

/// All forms of an installation, compiled.
struct FormLibrary: Sendable {
    let forms: [CompiledForm]
    private let positions: [String: Int]
    private let byElement: [String: [Int]]
    private let byShown: [String: [Int]]

    init(_ forms: [CompiledForm]) {
        self.forms = forms
        var byElement: [String: [Int]] = [:]
        var byShown: [String: [Int]] = [:]
        for (index, form) in forms.enumerated() {
            for element in form.dependsOn { byElement[element, default: []].append(index) }
            for element in Set(form.definition.columns.map { $0 == "age" ? CoreElement.birthDay : $0 }) {
                byShown[element, default: []].append(index)
            }
        }
        self.byElement = byElement
        self.byShown = byShown
        positions = Dictionary(forms.indices.map { (forms[$0].definition.key, $0) }) { first, _ in first }
    }

    /// The numbers of the forms that depend on an element.
    func concerned(by element: String) -> [Int] { byElement[element] ?? [] }

    /// The numbers of the lists that show an element.
    func showing(_ element: String) -> [Int] { byShown[element] ?? [] }

    subscript(key: String) -> CompiledForm? { positions[key].map { forms[$0] } }

    /// - Throws: a refusal with file and line: a form of what is not in the dictionary is none.
    static func load(from files: RuleFiles, _ dictionary: DataDictionary) throws(Refusal) -> FormLibrary {
        var forms: [CompiledForm] = []
        var seen: Set<String> = []
        for name in files.names(in: "forms") {
            let file = try files.file(name)
            for item in try files.decode(FormFile.self, from: name).forms {
                guard seen.insert(item.key).inserted, item.key.utf8.count <= 60,
                    item.key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
                else {
                    throw wrong(
                        "form key “\(item.key)” is not new, or not of small letters, digits and hyphens",
                        "表标识“\(item.key)”重复或有误", file, item.key)
                }
                do { forms.append(try CompiledForm.compile(item.definition, dictionary)) } catch {
                    throw wrong(
                        "form “\(item.key)”: \(error.text.english)", "表“\(item.zh)”：\(error.text.chinese)", file,
                        item.key)
                }
            }
        }
        return FormLibrary(forms)
    }

    private static func wrong(_ english: String, _ chinese: String, _ file: RuleFiles.File, _ key: String) -> Refusal {
        let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains("key: \(key)")
        }
        return RuleFiles.refusal(english, chinese, in: file, line: line.map { $0 + 1 })
    }
}

extension CompiledForm {
    /// Columns that follow from others, or are no element at all.
    static let ownColumns: Set<String> = ["age", "area"]

    static func compile(_ definition: FormDefinition, _ dictionary: DataDictionary) throws(ConditionReading.Fault)
        -> CompiledForm
    {
        guard dictionary.purpose(definition.purpose) != nil else {
            throw .init("数据字典中没有用途“\(definition.purpose)”", "the dictionary has no purpose “\(definition.purpose)”")
        }
        var reading = ConditionReading(dictionary: dictionary, kind: definition.kind)
        let filter = try reading.condition(definition.filter)
        var cells: [Condition] = []
        var titles: [LocalizedText] = []
        for cell in definition.cells {
            cells.append(try reading.condition(cell.condition))
            titles.append(cell.title)
        }
        for row in definition.rows {
            let left = try reading.condition(row.condition)
            for head in definition.heads {
                cells.append(.all([left, try reading.condition(head.condition)]))
                titles.append(
                    LocalizedText(
                        "\(row.title.chinese)·\(head.title.chinese)", "\(row.title.english), \(head.title.english)"))
            }
        }
        guard cells.count < 2_000 else { throw .init("一张表最多 2000 个统计格", "a form has at most 2,000 cells") }
        for key in reading.slots { try checkPurpose(key, definition, dictionary, isShown: false) }
        for column in definition.columns where !ownColumns.contains(column) {
            guard let element = dictionary[column], !element.isOff, reaches(element.kind, from: definition.kind) else {
                throw .init("没有可列出的数据项“\(column)”", "there is no element “\(column)” to be listed")
            }
            try checkPurpose(column, definition, dictionary, isShown: true)
        }
        var ages = filter.ages
        for cell in cells { ages.formUnion(cell.ages) }
        let place =
            definition.kind == .person && definition.place == .registration
            ? DerivedElement.registeredIn : DerivedElement.livesIn
        return CompiledForm(
            definition: definition, instance: definition.key + "@" + fingerprint(definition), slots: reading.slots,
            filter: filter, cells: cells, cellTitles: titles, ages: ages.sorted(), placeElement: place)
    }

    /// A form may use only what the elements are there for: F8.
    private static func checkPurpose(
        _ key: String, _ definition: FormDefinition, _ dictionary: DataDictionary, isShown: Bool
    ) throws(ConditionReading.Fault) {
        guard let element = dictionary[key] else { return }
        // Counting is statistics, too; showing a person's value never is.
        let allowed =
            element.purposes.contains(definition.purpose) || (!isShown && element.purposes.contains("statistics"))
        guard allowed || element.sensitivity == .open else {
            throw .init(
                "数据项“\(element.name.chinese)”（\(key)）不得用于“\(definition.purpose)”",
                "the element “\(key)” may not be used for “\(definition.purpose)”")
        }
    }

    static func reaches(_ kind: SubjectKind, from own: SubjectKind) -> Bool {
        switch own {
        case .person: kind == .person || kind == .household || kind == .dwelling
        case .household: kind == .household || kind == .dwelling
        case .dwelling, .building, .organisation: kind == own
        }
    }

    /// Of all that the figures depend on; titles may change without computing anything again.
    private static func fingerprint(_ definition: FormDefinition) -> String {
        let parts =
            [definition.kind.rawValue, definition.place.rawValue, definition.filter, definition.isList ? "list" : ""]
            + definition.cells.map(\.condition) + ["rows"] + definition.rows.map(\.condition) + ["heads"]
            + definition.heads.map(\.condition)
        return String(Digest.sha256(parts.joined(separator: "\u{1F}")).hexadecimal.prefix(12))
    }
}
