import Ground

/// An answer of GeoReport v2: one tree, written as XML or as JSON.
indirect enum GeoValue: Sendable, Hashable {
    case text(String)
    case whole(Int64)
    case number(Double)
    case flag(Bool)
    case none
    /// `item` is what each element is called in XML.
    case list(item: String, [GeoValue])
    case object([Member])

    struct Member: Sendable, Hashable {
        var name: String
        var value: GeoValue

        init(_ name: String, _ value: GeoValue) {
            self.name = name
            self.value = value
        }
    }

    static func text(_ text: String?) -> GeoValue { text.map { .text($0) as GeoValue } ?? .none }
    static func instant(_ instant: Instant?) -> GeoValue { text(instant?.iso8601) }

    /// The whole document; `root` is the name of its outermost element.
    func xml(root: String) -> [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        write(named: root, to: &text)
        return Array(text.utf8)
    }

    private func write(named name: String, to text: inout String) {
        switch self {
        case .none: text += "<\(name)/>"
        case .text(let value): text += "<\(name)>\(XMLText.escaped(value))</\(name)>"
        case .whole(let value): text += "<\(name)>\(value)</\(name)>"
        case .number(let value): text += "<\(name)>\(value)</\(name)>"
        case .flag(let value): text += "<\(name)>\(value)</\(name)>"
        case .list(let item, let values):
            text += "<\(name)>"
            for value in values { value.write(named: item, to: &text) }
            text += "</\(name)>"
        case .object(let members):
            text += "<\(name)>"
            for member in members { member.value.write(named: member.name, to: &text) }
            text += "</\(name)>"
        }
    }

    func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        write(to: &writer)
        return writer.finish()
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .none: writer.null()
        case .text(let value): writer.value(value)
        case .whole(let value): writer.value(value)
        case .number(let value): writer.value(value)
        case .flag(let value): writer.value(value)
        case .list(_, let values): writer.array(values) { $1.write(to: &$0) }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(escaping: member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }
}

/// Text inside XML.
enum XMLText {
    /// Characters that XML 1.0 cannot hold become the replacement character.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
