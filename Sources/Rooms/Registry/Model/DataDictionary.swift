public import Ground

/// 数据字典: every element once, with the code lists and the purposes. A form can only be built from what stands here.
public struct DataDictionary: Sendable {
    /// As the data bureau released it: `2026.1`.
    public let version: String
    public let elements: [Element]
    public let lists: [String: CodeList]
    public let purposes: [Purpose]
    private let positions: [String: Int]

    /// - Parameter elements: no two with the same key.
    init(version: String, elements: [Element], lists: [String: CodeList], purposes: [Purpose]) {
        self.version = version
        self.elements = elements
        self.lists = lists
        self.purposes = purposes
        positions = Dictionary(elements.indices.map { (elements[$0].key, $0) }) { first, _ in first }
    }

    public subscript(key: String) -> Element? { positions[key].map { elements[$0] } }

    public func elements(of kind: SubjectKind) -> [Element] { elements.filter { $0.kind == kind } }

    public func purpose(_ key: String) -> Purpose? { purposes.first { $0.key == key } }

    /// What a stored value means to people.
    public func text(_ value: String, of element: Element, areaName: (String) -> String? = { _ in nil })
        -> LocalizedText
    {
        switch element.type {
        case .code(let list): lists[list]?[value] ?? LocalizedText(value, value)
        case .yesNo: value == Self.yes ? LocalizedText("是", "yes") : LocalizedText("否", "no")
        case .area:
            areaName(value).map { LocalizedText($0, $0) } ?? LocalizedText(value, value)
        case .number:
            element.unit.map { LocalizedText("\(value) \($0.chinese)", "\(value) \($0.english)") }
                ?? LocalizedText(value, value)
        case .text, .name, .day, .citizenNumber, .phone, .creditCode, .place, .reference: LocalizedText(value, value)
        }
    }

    public static let yes = "1"
    public static let no = "0"
}

/// Elements that the rules of the registry itself rest on; a dictionary without one of them is refused.
public enum CoreElement {
    public static let name = "name"
    public static let sex = "sex"
    public static let birthDay = "birth-day"
    public static let citizenNumber = "citizen-number"
    public static let phone = "phone"
    /// The household in which a person actually lives 现住.
    public static let household = "household"
    /// The dwelling at which a person is registered 户籍; it says nothing about where the person lives.
    public static let registeredAt = "registered-at"
    /// Where registered, when outside what this installation serves: a division code.
    public static let registeredArea = "registered-area"
    public static let deathDay = "death-day"
    /// The dwelling in which a household lives.
    public static let dwelling = "dwelling"
    /// The code of the grid, or of the community where there is no grid, in which a dwelling stands.
    public static let grid = "grid"
    public static let address = "address"
    /// Where a dwelling or a building stands on the map.
    public static let place = "place"

    /// The building in which a dwelling is.
    public static let building = "building"
    public static let buildingName = "building-name"
    public static let buildingGrid = "building-grid"
    public static let buildingPlace = "building-place"
    public static let organisationName = "organisation-name"
    public static let organisationGrid = "organisation-grid"
    public static let creditCode = "credit-code"
    /// Whom a person works for.
    public static let employer = "employer"

    /// In which grid a dwelling, a building or an organisation stands.
    static let grids: Set<String> = [grid, buildingGrid, organisationGrid]

    static let required: [(key: String, kind: SubjectKind)] = [
        (name, .person), (sex, .person), (birthDay, .person), (citizenNumber, .person), (phone, .person),
        (household, .person), (registeredAt, .person), (registeredArea, .person), (deathDay, .person),
        (dwelling, .household), (grid, .dwelling), (address, .dwelling),
        (building, .dwelling), (buildingName, .building), (buildingGrid, .building),
        (organisationName, .organisation), (organisationGrid, .organisation), (creditCode, .organisation),
        (employer, .person),
    ]
}

/// What follows from other facts or other subjects and is stated by nobody. Their keys begin with `@`, so no element of a
/// file can have one.
public enum DerivedElement {
    /// The grid in which a person or a household actually lives, while alive.
    public static let livesIn = "@lives-in"
    /// The grid in which a person is registered.
    public static let registeredIn = "@registered-in"
}
