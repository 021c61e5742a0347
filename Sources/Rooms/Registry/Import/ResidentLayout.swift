import Desk
import Ground

/// What the columns of a register of residents, or of dwellings alone, mean.
struct ResidentLayout: Sendable {
    /// By position; nil for columns without use.
    let elements: [Element?]
    let header: [String]
    let mostInHousehold: Int
    private let positions: [String: Int]

    static let file = "residents.yaml"

    private struct Rules: Decodable {
        var headings: [String: String]
        var mostInHousehold: Int
    }

    /// - Parameter isOfFeatures: whether the columns are the properties of features, and their place the last one.
    /// - Throws: a refusal when no column holds names or addresses, or two mean the same.
    init(
        header: [String], isOfFeatures: Bool = false, dictionary: DataDictionary, rules files: RuleFiles
    ) throws(Refusal) {
        let rules = try files.decode(Rules.self, from: Self.file)
        for key in rules.headings.values where dictionary[key] == nil {
            throw RuleFiles.refusal(
                "the dictionary has no element “\(key)”", "数据字典中没有数据项“\(key)”", in: try files.file(Self.file),
                line: nil)
        }
        var known: [String: String] = [:]
        // Names come before synonyms, and what is of a person before what is of its home.
        for kind in [SubjectKind.person, .household, .dwelling] {
            for element in dictionary.elements(of: kind) {
                for name in [element.key, element.name.chinese, element.name.english.lowercased()]
                where known[name] == nil {
                    known[name] = element.key
                }
            }
        }
        for kind in [SubjectKind.person, .household, .dwelling] {
            for element in dictionary.elements(of: kind) {
                for name in element.synonyms where known[name] == nil { known[name] = element.key }
            }
        }
        known.merge(rules.headings) { own, _ in own }
        var positions: [String: Int] = [:]
        var elements: [Element?] = []
        for (position, heading) in header.enumerated() {
            let folded = SearchKeys.folded(heading)
            let key = known[heading] ?? known[folded] ?? known[heading.lowercased()]
            let element = key.flatMap { dictionary[$0] }.flatMap { Self.isUseful($0) ? $0 : nil }
            if let element, let first = positions[element.key] {
                let isPlace = isOfFeatures && position == header.count - 1
                throw Self.sameColumn(header[first], isPlace ? nil : heading, element, isOfFeatures: isOfFeatures)
            }
            if let element { positions[element.key] = position }
            elements.append(element)
        }
        // What tells of people without naming them is a register that lost its names.
        let isOfDwellings =
            positions[CoreElement.address] != nil && elements.allSatisfy { $0.map { $0.kind == .dwelling } ?? true }
        guard positions[CoreElement.name] != nil || isOfDwellings else {
            throw Self.noNames(isOfFeatures ? header.dropLast() : header[...], isOfFeatures: isOfFeatures)
        }
        self.header = header
        self.elements = elements
        self.positions = positions
        mostInHousehold = rules.mostInHousehold
    }

    /// - Parameter second: nil for the place of the features themselves.
    private static func sameColumn(
        _ first: String, _ second: String?, _ element: Element, isOfFeatures: Bool
    ) -> Refusal {
        let other =
            second.map { LocalizedText("“\($0)”", "“\($0)”") } ?? LocalizedText("要素的位置", "the place of the features")
        let are = isOfFeatures ? "都" : "两列都"
        return Refusal(
            .malformed, "registry.import.same-column",
            LocalizedText(
                "“\(first)”与\(other.chinese)\(are)是“\(element.name.chinese)”",
                "Both “\(first)” and \(other.english) are “\(element.name.english)”"),
            wayOn: isOfFeatures
                ? LocalizedText("请只留其中一个属性", "Keep one of these properties")
                : LocalizedText("请只留一列", "Keep one of them"))
    }

    private static func noNames(_ header: ArraySlice<String>, isOfFeatures: Bool) -> Refusal {
        let (chinese, english) = (
            header.prefix(30).joined(separator: "、"), header.prefix(30).joined(separator: ", ")
        )
        return isOfFeatures
            ? Refusal(
                .malformed, "registry.import.no-names",
                LocalizedText(
                    "要素的属性中没有“姓名”：\(chinese)", "No property of the features holds names: \(english)"),
                wayOn: LocalizedText(
                    "请检查属性名；只登记房屋的须有“详细地址”和“所属网格”，且没有人员的属性",
                    "Check what the properties are called; a register of dwellings alone needs address and grid, and no property of people"
                ))
            : Refusal(
                .malformed, "registry.import.no-names",
                LocalizedText("表头中没有“姓名”列：\(chinese)", "No column of the header holds names: \(english)"),
                wayOn: LocalizedText(
                    "请检查第一行是否为列名；只登记房屋的须有“详细地址”和“所属网格”，且没有人员的列",
                    "Check that the first row names the columns; a register of dwellings alone needs address and grid, and no column of people"
                ))
    }

    /// Who lives where follows from the address; a reference of another system means nothing here.
    private static func isUseful(_ element: Element) -> Bool {
        if case .reference = element.type { return false }
        return true
    }

    /// Whether its rows are dwellings, and nobody is named.
    var isOfDwellings: Bool { positions[CoreElement.name] == nil }

    func position(_ key: String) -> Int? { positions[key] }

    func heading(_ key: String) -> String { positions[key].map { header[$0] } ?? "" }

    var unused: [String] { zip(header, elements).filter { $0.1 == nil && !$0.0.isEmpty }.map(\.0) }
}
