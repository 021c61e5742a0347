/// A thing on the map: a shape with properties.
public struct Feature: Sendable, Hashable {
    /// As the file has it, numbers written out; nil when it has none.
    public var id: String?
    /// Nil for a feature without a place.
    public var geometry: Geometry?
    /// In the order of the file.
    public var properties: [(key: String, value: FeatureValue)]

    public init(id: String? = nil, geometry: Geometry?, properties: [(key: String, value: FeatureValue)] = []) {
        self.id = id
        self.geometry = geometry
        self.properties = properties
    }

    public subscript(key: String) -> FeatureValue? { properties.first { $0.key == key }?.value }

    public static func == (a: Feature, b: Feature) -> Bool {
        a.id == b.id && a.geometry == b.geometry && a.properties.elementsEqual(b.properties) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(geometry)
        for (key, value) in properties {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}

/// A property's value.
public enum FeatureValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case nothing
    /// An object or a list, as the JSON text of the file.
    case json(String)

    /// The number, also of a text that is one.
    public var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text)
        case .flag, .nothing, .json: nil
        }
    }

    /// As a person would write it: whole numbers without a point; nil for nothing or an empty text.
    public var text: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .number(let number):
            if let whole = Int64(exactly: number) { String(whole) } else { number.description }
        case .flag(let flag): flag ? "true" : "false"
        case .nothing: nil
        case .json(let text): text
        }
    }
}
