public import Ground

/// One value crossing the border to the database: the smallest set on which both engines agree.
public enum SQLValue: Sendable, Hashable {
    case null
    case int(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
    case bool(Bool)
}

/// What can be bound to a statement.
public protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable { public var sqlValue: SQLValue { self } }
extension Int: SQLBindable { public var sqlValue: SQLValue { .int(Int64(self)) } }
extension Int64: SQLBindable { public var sqlValue: SQLValue { .int(self) } }
extension Double: SQLBindable { public var sqlValue: SQLValue { .double(self) } }
extension Bool: SQLBindable { public var sqlValue: SQLValue { .bool(self) } }
extension String: SQLBindable { public var sqlValue: SQLValue { .text(self) } }
extension Substring: SQLBindable { public var sqlValue: SQLValue { .text(String(self)) } }
extension [UInt8]: SQLBindable { public var sqlValue: SQLValue { .blob(self) } }
extension Instant: SQLBindable { public var sqlValue: SQLValue { .int(milliseconds) } }
extension Day: SQLBindable { public var sqlValue: SQLValue { .text(description) } }
extension Identifier: SQLBindable { public var sqlValue: SQLValue { .text(text) } }
extension Optional: SQLBindable where Wrapped: SQLBindable {
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// A statement with its arguments. Values enter only through interpolation, so they are always bound and the text is
/// the key of the statement cache. One text runs on both engines; what may stand in it is listed in
/// docs/decisions (no engine clock, no engine randomness, integers for money and time, no `LIKE` on unfolded text).
///
///     "SELECT id, title FROM cases WHERE area >= \(low) AND state IN (\(list: states)) LIMIT \(limit)"
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    public private(set) var text: String
    public private(set) var arguments: [SQLValue]

    public init(stringLiteral text: String) {
        self.text = text
        arguments = []
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        arguments = stringInterpolation.arguments
    }

    public struct Interpolation: StringInterpolationProtocol, Sendable {
        var text = ""
        var arguments: [SQLValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
            arguments.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation(_ value: some SQLBindable) {
            arguments.append(value.sqlValue)
            text += "$\(arguments.count)"
        }

        public mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            arguments.append(value?.sqlValue ?? .null)
            text += "$\(arguments.count)"
        }

        /// `$3,$4,$5`. An empty list becomes `NULL`, which is in no list and equal to nothing.
        public mutating func appendInterpolation(list values: some Collection<some SQLBindable>) {
            if values.isEmpty { text += "NULL" }
            for (position, value) in values.enumerated() {
                if position > 0 { text += "," }
                appendInterpolation(value)
            }
        }

        /// Text of the program itself, such as a column list; never anything that came from outside.
        public mutating func appendInterpolation(trusted text: StaticString) { self.text += "\(text)" }

        /// Another piece of SQL, with its arguments.
        public mutating func appendInterpolation(_ piece: SQL) {
            text += piece.renumbered(from: arguments.count)
            arguments += piece.arguments
        }
    }

    public static func + (left: SQL, right: SQL) -> SQL { "\(left)\(right)" }
    public static func += (left: inout SQL, right: SQL) { left = left + right }

    /// `(a) AND (b)`; `TRUE` when there is nothing to join.
    public static func all(_ conditions: [SQL]) -> SQL {
        guard let first = conditions.first else { return "TRUE" }
        return conditions.dropFirst().reduce("(\(first))") { "\($0) AND (\($1))" }
    }

    private func renumbered(from offset: Int) -> String {
        guard offset > 0, !arguments.isEmpty else { return text }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var quote: UInt8 = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "$") {
                var number = 0
                while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                    number = number * 10 + Int(bytes[index] - 0x30)
                    index += 1
                }
                result += Array("$\(number + offset)".utf8)
                continue
            }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// One row of an answer. Columns are read by position, in the order in which the statement names them.
public struct Row: Sendable {
    public let values: [SQLValue]

    public init(_ values: [SQLValue]) { self.values = values }

    private func value(_ column: Int) throws(DatabaseError) -> SQLValue {
        guard values.indices.contains(column) else { throw .wrongType("no column \(column)") }
        return values[column]
    }

    public func isNull(_ column: Int) -> Bool { !values.indices.contains(column) || values[column] == .null }

    public func text(_ column: Int) throws(DatabaseError) -> String {
        guard case .text(let text) = try value(column) else { throw .wrongType("column \(column) is no text") }
        return text
    }

    public func int(_ column: Int) throws(DatabaseError) -> Int64 {
        switch try value(column) {
        case .int(let number): return number
        case .bool(let flag): return flag ? 1 : 0
        default: throw .wrongType("column \(column) is no whole number")
        }
    }

    public func double(_ column: Int) throws(DatabaseError) -> Double {
        switch try value(column) {
        case .double(let number): return number
        case .int(let number): return Double(number)
        default: throw .wrongType("column \(column) is no number")
        }
    }

    /// SQLite stores truth as 0 and 1.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        switch try value(column) {
        case .bool(let flag): return flag
        case .int(let number): return number != 0
        default: throw .wrongType("column \(column) is no truth value")
        }
    }

    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        guard case .blob(let bytes) = try value(column) else { throw .wrongType("column \(column) is no bytes") }
        return bytes
    }

    public func instant(_ column: Int) throws(DatabaseError) -> Instant { Instant(milliseconds: try int(column)) }
    public func identifier<Entity>(_ column: Int) throws(DatabaseError) -> Identifier<Entity> {
        Identifier(try text(column))
    }

    public func textIfAny(_ column: Int) throws(DatabaseError) -> String? { isNull(column) ? nil : try text(column) }
    public func intIfAny(_ column: Int) throws(DatabaseError) -> Int64? { isNull(column) ? nil : try int(column) }
    public func doubleIfAny(_ column: Int) throws(DatabaseError) -> Double? {
        isNull(column) ? nil : try double(column)
    }
    public func boolIfAny(_ column: Int) throws(DatabaseError) -> Bool? { isNull(column) ? nil : try bool(column) }
    public func blobIfAny(_ column: Int) throws(DatabaseError) -> [UInt8]? { isNull(column) ? nil : try blob(column) }
    public func instantIfAny(_ column: Int) throws(DatabaseError) -> Instant? {
        isNull(column) ? nil : try instant(column)
    }
    public func identifierIfAny<Entity>(_ column: Int) throws(DatabaseError) -> Identifier<Entity>? {
        isNull(column) ? nil : try identifier(column)
    }
}
