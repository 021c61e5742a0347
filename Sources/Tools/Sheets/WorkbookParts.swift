/// `_rels/*.rels`: which part is what.
final class RelationshipParser: XMLEvents {
    /// Id, the last word of the type (`worksheet`, `sharedStrings`), and the target as written.
    private(set) var relationships: [(id: String, kind: String, target: String)] = []

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name == "Relationship", let id = attributes["Id"], let target = attributes["Target"],
            attributes["TargetMode"] != "External", relationships.count < 20_000
        else { return }
        let kind = attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
        relationships.append((id, kind, target))
    }

    func end(_ name: XMLName) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}

    /// The part a target means, seen from the folder of the part that names it: `..` and `/` as in a path.
    static func part(_ target: String, from folder: String) -> String {
        var steps = target.hasPrefix("/") ? [] : folder.split(separator: "/")
        for step in target.split(separator: "/") {
            switch step {
            case ".": continue
            case "..": _ = steps.popLast()
            default: steps.append(step)
            }
        }
        return steps.joined(separator: "/")
    }
}

/// `workbook.xml`: the sheets in their order, and the date system.
final class WorkbookParser: XMLEvents {
    private(set) var sheets: [(name: String, relationship: String, isHidden: Bool)] = []
    private(set) var dateSystem = DateSystem.from1900

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "workbookPr": if attributes.flag("date1904") { dateSystem = .from1904 }
        case "sheet":
            guard let title = attributes["name"], let relationship = attributes["id"], sheets.count < 10_000 else {
                return
            }
            let state = attributes["state"] ?? "visible"
            sheets.append((title, relationship, state != "visible"))
        default: break
        }
    }

    func end(_ name: XMLName) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// `styles.xml`: the number format of every cell style.
final class StyleParser: XMLEvents {
    private(set) var formats: [NumberFormat] = []
    private var named: [Int: NumberFormat] = [:]
    private var isInCellStyles = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "numFmt":
            guard let identifier = attributes["numFmtId"].flatMap({ Int($0) }), let code = attributes["formatCode"]
            else {
                return
            }
            named[identifier] = NumberFormat(code: code)
        case "cellXfs": isInCellStyles = true
        case "xf":
            guard isInCellStyles, formats.count < 100_000 else { return }
            let identifier = attributes["numFmtId"].flatMap { Int($0) } ?? 0
            formats.append(named[identifier] ?? NumberFormat(builtIn: identifier))
        default: break
        }
    }

    func end(_ name: XMLName) {
        if name == "cellXfs" { isInCellStyles = false }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// `sharedStrings.xml`: the texts that cells point to, packed into one piece of memory.
final class SharedTextParser: XMLEvents {
    struct TooLarge: Error {}

    private let limit: Int
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isInText = false
    private var phoneticDepth = 0

    init(limit: Int) { self.limit = limit }

    subscript(index: Int) -> String? {
        guard ends.indices.contains(index) else { return nil }
        return ExtendedText.decode(bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "t": isInText = phoneticDepth == 0
        // How a Japanese reader would pronounce it: not part of the text.
        case "rPh": phoneticDepth += 1
        default: break
        }
    }

    func end(_ name: XMLName) throws {
        switch name {
        case "t": isInText = false
        case "rPh": phoneticDepth -= 1
        case "si": ends.append(bytes.count)
        default: break
        }
        guard bytes.count + ends.count * MemoryLayout<Int>.stride <= limit else { throw TooLarge() }
    }

    func text(_ piece: UnsafeBufferPointer<UInt8>) {
        if isInText, bytes.count <= limit { bytes.append(contentsOf: piece) }
    }
}

/// Characters that XML cannot hold are written `_x000D_` in workbooks (ECMA-376 part 1, 22.9.2.19).
enum ExtendedText {
    static func decode(_ bytes: some RandomAccessCollection<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "_")) else { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt8] = []
        units.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "_"), let value = escaped(rest.prefix(7)) {
                if let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) {
                    units.append(contentsOf: encoded)
                }
                rest = rest.dropFirst(7)
            } else {
                units.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    static func isEscape(_ bytes: some Collection<UInt8>) -> Bool { escaped(bytes) != nil }

    private static func escaped(_ bytes: some Collection<UInt8>) -> UInt32? {
        let bytes = Array(bytes)
        guard bytes.count == 7, bytes[1] == UInt8(ascii: "x"), bytes[6] == UInt8(ascii: "_") else { return nil }
        var value: UInt32 = 0
        for byte in bytes[2..<6] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
