/// Writes arguments as libpq takes them: as text whose type the server infers, so NULL never changes a statement and
/// there are no binary forms to get wrong. The buffer is kept between statements.
struct PostgresParameters {
    private var bytes: [CChar] = []
    private var offsets: [Int] = []
    private static let digits = Array("0123456789abcdef".utf8CString.dropLast())

    mutating func encoded<Value>(
        _ arguments: [SQLValue], _ body: (UnsafePointer<UnsafePointer<CChar>?>?, Int32) -> Value
    ) -> Value {
        bytes.removeAll(keepingCapacity: bytes.count < 1 << 20)
        offsets.removeAll(keepingCapacity: true)
        for argument in arguments { append(argument) }
        return bytes.withUnsafeBufferPointer { bytes in
            let pointers = offsets.map { offset in offset < 0 ? nil : bytes.baseAddress.map { $0 + offset } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress, Int32(arguments.count)) }
        }
    }

    private mutating func append(_ value: SQLValue) {
        guard value != .null else { return offsets.append(-1) }
        offsets.append(bytes.count)
        switch value {
        case .null: break
        case .int(let number): append(String(number))
        case .double(let number): append(number.description)
        case .bool(let flag): append(flag ? "t" : "f")
        case .text(let text): append(text)
        case .blob(let blob):
            bytes.reserveCapacity(bytes.count + 2 * blob.count + 3)
            append("\\x")
            for byte in blob {
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            }
        }
        bytes.append(0)
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { bytes.append(contentsOf: $0) }
        }
    }

    /// About what the statement takes on the wire.
    static func estimatedBytes(_ sql: SQL) -> Int {
        sql.arguments.reduce(sql.text.utf8.count + 80) { sum, argument in
            switch argument {
            case .text(let text): sum + text.utf8.count + 8
            case .blob(let bytes): sum + 2 * bytes.count + 10
            default: sum + 24
            }
        }
    }
}
