import Ground

/// How a record and the content of an entry lie in the database, before they are sealed: length-prefixed, no names of
/// fields, so that a million of them are read in seconds.
///
///     1 byte version · for each element: key · count · (since, seenAt, flags, [overrules], [value]) …
extension SubjectRecord {
    private static let version: UInt8 = 1

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.version)
        for (element, all) in statements.sorted(by: { $0.key < $1.key }) {
            writer.text(element)
            writer.number(UInt64(all.count))
            for statement in all {
                writer.signed(statement.since.number)
                writer.signed(statement.seenAt.milliseconds)
                writer.append((statement.value == nil ? 0 : 1) | (statement.overrules == nil ? 0 : 2))
                if let overrules = statement.overrules { writer.signed(overrules.milliseconds) }
                if let value = statement.value { writer.text(value) }
            }
        }
        return writer.bytes
    }

    /// - Throws: a refusal when the bytes are not of this form; they are sealed, so only a fault of ours can be the reason.
    init(kind: SubjectKind, bytes: [UInt8]) throws(Refusal) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw ByteReader.damaged }
        var statements: [String: [Statement]] = [:]
        while !reader.isAtEnd {
            let element = try reader.text()
            let count = try reader.number()
            guard count <= 100_000 else { throw ByteReader.damaged }
            var all: [Statement] = []
            all.reserveCapacity(Int(count))
            for _ in 0..<count {
                let since = Day(number: try reader.signed())
                let seenAt = Instant(milliseconds: try reader.signed())
                let flags = try reader.byte()
                let overrules = flags & 2 == 0 ? nil : Instant(milliseconds: try reader.signed())
                all.append(
                    Statement(
                        since: since, value: flags & 1 == 0 ? nil : try reader.text(), seenAt: seenAt,
                        overrules: overrules))
            }
            statements[element] = all
        }
        self.init(kind: kind, statements: statements)
    }
}

/// Numbers in groups of seven bits, texts with their length before them.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small negative numbers stay short, too.
    mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

struct ByteReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    static var damaged: Refusal {
        Refusal(
            .fault, "registry.damaged-record",
            LocalizedText("一条档案的内容无法读取", "The content of a record cannot be read"),
            wayOn: LocalizedText("请从备份恢复，并联系管理员", "Restore it from a backup, and tell an administrator"))
    }

    mutating func byte() throws(Refusal) -> UInt8 {
        guard index < bytes.count else { throw Self.damaged }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func number() throws(Refusal) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 64 else { throw Self.damaged }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(Refusal) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func text() throws(Refusal) -> String {
        let length = try number()
        guard length <= UInt64(bytes.count - index) else { throw Self.damaged }
        let end = index + Int(length)
        defer { index = end }
        return String(decoding: bytes[index..<end], as: UTF8.self)
    }
}
