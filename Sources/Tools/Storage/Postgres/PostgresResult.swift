import CPostgres

/// Reads what libpq holds of an answer.
enum PostgresResult {
    static func isSuccess(_ result: OpaquePointer) -> Bool {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: true
        default: false
        }
    }

    static func changed(_ result: OpaquePointer) -> Int {
        // A SELECT reports how many rows it found; nothing was changed by it.
        guard PQntuples(result) == 0 || !String(cString: PQcmdStatus(result)).hasPrefix("SELECT") else { return 0 }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    static func rows(_ result: OpaquePointer) -> [Row] {
        let columns = PQnfields(result)
        let types = (0..<columns).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            Row(
                [SQLValue](unsafeUninitializedCapacity: Int(columns)) { values, count in
                    for column in 0..<columns {
                        values.initializeElement(
                            at: Int(column), to: value(result, row, column, type: types[Int(column)]))
                    }
                    count = Int(columns)
                })
        }
    }

    private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32, type: Oid) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch type {
        case 20, 21, 23: return .int(whole(bytes) ?? 0)
        case 16: return .bool(bytes.first == UInt8(ascii: "t"))
        case 17: return .blob(unhexed(bytes))
        case 700, 701: return .double(Double(String(decoding: bytes, as: UTF8.self)) ?? .nan)
        case 1700:
            // `SUM` of BIGINT is NUMERIC here and a whole number in SQLite.
            if let number = whole(bytes) { return .int(number) }
            return .double(Double(String(decoding: bytes, as: UTF8.self)) ?? .nan)
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func whole(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty, digits.count <= 19, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        // Counted downwards, since the smallest number has no positive twin.
        var number: Int64 = 0
        for digit in digits {
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (next, isTooFar) = tens.subtractingReportingOverflow(Int64(digit - 0x30))
            guard !isTooMuch, !isTooFar else { return nil }
            number = next
        }
        if isNegative { return number }
        return number == .min ? nil : -number
    }

    /// Of the form `\x0aff`.
    private static func unhexed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8 { byte > 0x60 ? byte - 0x57 : byte - 0x30 }
        return stride(from: 2, to: bytes.count - 1, by: 2).map { digit(bytes[$0]) << 4 | digit(bytes[$0 + 1]) }
    }

    // MARK: Errors

    /// Only the primary message: the details quote values, which may be personal data.
    static func error(_ result: OpaquePointer, isLost: Bool, _ text: String) -> DatabaseError {
        let state = field(result, "C")
        var message = field(result, "M") ?? String(cString: PQresultErrorMessage(result)).trimmedEnd
        if !text.isEmpty { message += " in: \(text.prefix(240))" }
        return DatabaseError(isLost ? .connection : code(of: state), message, sqlState: state)
    }

    private static func field(_ result: OpaquePointer, _ name: Unicode.Scalar) -> String? {
        PQresultErrorField(result, Int32(name.value)).map { String(cString: $0) }
    }

    private static func code(of state: String?) -> DatabaseError.Code {
        switch state {
        case "23505": .unique
        case "23503": .foreignKey
        case "23514": .check
        case "23502": .notNull
        case "40001", "40P01": .serialization
        case "55P03": .busy
        // Nobody here cancels statements, so it was the limit.
        case "57014": .timeout
        case "25006": .readOnly
        case "53100": .full
        case "53300", "57P01", "57P02", "57P03": .connection
        case "XX001", "XX002": .corrupt
        case .some(let state) where state.hasPrefix("08"): .connection
        default: .other
        }
    }
}
