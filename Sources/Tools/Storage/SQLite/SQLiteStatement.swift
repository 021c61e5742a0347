import CSQLite

/// One prepared statement of one connection.
final class SQLiteStatement {
    enum Preparation {
        case statement(SQLiteStatement)
        case severalStatements
        case failure(Int32)
    }

    private let handle: OpaquePointer
    private let columns: Int32
    var lastUse: UInt64 = 0

    private init(_ handle: OpaquePointer) {
        self.handle = handle
        columns = sqlite3_column_count(handle)
    }

    static func prepare(_ text: String, on connection: OpaquePointer) -> Preparation {
        var statement: OpaquePointer?
        var hasMore = false
        var numbered = numberedParameters(text)
        let code = numbered.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var rest: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection, characters.baseAddress, Int32(characters.count), UInt32(SQLITE_PREPARE_PERSISTENT),
                    &statement, &rest)
                if code == SQLITE_OK, let rest, let start = characters.baseAddress {
                    // SQLite would silently ignore a second statement; PostgreSQL refuses it.
                    hasMore = bytes[(rest - start)...].contains { !" \n\r\t;".utf8.contains($0) }
                }
                return code
            }
        }
        guard code == SQLITE_OK else { return .failure(code) }
        guard let statement else { return .failure(SQLITE_MISUSE) }
        if hasMore {
            sqlite3_finalize(statement)
            return .severalStatements
        }
        return .statement(SQLiteStatement(statement))
    }

    func finalize() { sqlite3_finalize(handle) }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func step() -> Int32 { sqlite3_step(handle) }

    func bind(_ sql: SQL) throws(DatabaseError) {
        // Tells SQLite to copy: our bytes live only as long as the call.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in sql.arguments.enumerated() {
            let position = Int32(index + 1)
            let code: Int32
            switch value {
            case .null: code = sqlite3_bind_null(handle, position)
            case .int(let number): code = sqlite3_bind_int64(handle, position, number)
            case .double(let number): code = sqlite3_bind_double(handle, position, number)
            case .bool(let flag): code = sqlite3_bind_int64(handle, position, flag ? 1 : 0)
            case .text(var text):
                if text.utf8.contains(0) { throw .nulCharacter }
                code = text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { characters in
                        // An empty string may have no address, which would mean NULL.
                        guard let start = characters.baseAddress, !characters.isEmpty else {
                            return sqlite3_bind_text(handle, position, "", 0, copied)
                        }
                        return sqlite3_bind_text(handle, position, start, Int32(characters.count), copied)
                    }
                }
            case .blob(let bytes):
                code =
                    bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, position, 0)
                    : bytes.withUnsafeBytes {
                        sqlite3_bind_blob(handle, position, $0.baseAddress, Int32($0.count), copied)
                    }
            }
            guard code == SQLITE_OK else {
                throw DatabaseError(
                    .other, "argument \(position): \(String(cString: sqlite3_errstr(code))) in: \(sql.text.prefix(240))"
                )
            }
        }
    }

    func row() -> Row {
        Row(
            [SQLValue](unsafeUninitializedCapacity: Int(columns)) { values, count in
                for column in 0..<columns { values.initializeElement(at: Int(column), to: value(column)) }
                count = Int(columns)
            })
    }

    private func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .int(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, column) else { return .text("") }
            let length = Int(sqlite3_column_bytes(handle, column))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(handle, column) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))))
        default: return .null
        }
    }
}

/// `$n` is a name to SQLite, numbered by first appearance; `?n` is what we mean. Done once for each prepared text.
func numberedParameters(_ text: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    var quote: UInt8 = 0
    var followsDollar = false
    for byte in text.utf8 {
        if followsDollar {
            followsDollar = false
            result.append((0x30...0x39).contains(byte) ? UInt8(ascii: "?") : UInt8(ascii: "$"))
        }
        if quote != 0 {
            if byte == quote { quote = 0 }
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            quote = byte
        } else if byte == UInt8(ascii: "$") {
            followsDollar = true
            continue
        }
        result.append(byte)
    }
    if followsDollar { result.append(UInt8(ascii: "$")) }
    return String(decoding: result, as: UTF8.self)
}

extension DatabaseError {
    /// PostgreSQL cannot store it, so neither engine takes it.
    static var nulCharacter: DatabaseError {
        DatabaseError(.other, "text must not hold the character NUL", sqlState: "22021")
    }
}
