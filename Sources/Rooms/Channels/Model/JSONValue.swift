import Foundation
import Ground

/// JSON whose form only the sender knows; read by paths that a rule file names.
indirect enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The value at `reading.levels.0`; nil when there is none.
    subscript(path: String) -> JSONValue? {
        var value = self
        for part in path.split(separator: ".") {
            switch value {
            case .object(let members):
                guard let member = members[String(part)] else { return nil }
                value = member
            case .list(let elements):
                guard let index = Int(part), elements.indices.contains(index) else { return nil }
                value = elements[index]
            case .null, .flag, .number, .text: return nil
            }
        }
        return value
    }

    /// As it stands in a sentence; nil for lists, objects and null.
    var words: String? {
        switch self {
        case .text(let text): text
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .null, .list, .object: nil
        }
    }

    var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text)
        case .null, .flag, .list, .object: nil
        }
    }

    /// ISO 8601, or seconds or milliseconds since 1970.
    var instant: Instant? {
        switch self {
        case .text(let text): Instant(iso8601: text)
        case .number(let number):
            switch abs(number) {
            case ..<1e11: Instant(milliseconds: Int64(number * 1000))
            case ..<1e14: Instant(milliseconds: Int64(number))
            default: nil
            }
        case .null, .flag, .list, .object: nil
        }
    }
}
