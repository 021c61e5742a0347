import Foundation
import Ground

/// The facts of an entry of the ledger: one JSON object of plain values.
struct FactReader: Sendable {
    private enum Value: Sendable, Decodable {
        case text(String)
        case number(Int64)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .other
            }
        }
    }

    private let values: [String: Value]

    init(_ facts: [UInt8]) throws { values = try JSONDecoder().decode([String: Value].self, from: Data(facts)) }

    func text(_ key: String) -> String? { if case .text(let text)? = values[key] { text } else { nil } }
    func number(_ key: String) -> Int64? { if case .number(let number)? = values[key] { number } else { nil } }
    func instant(_ key: String) -> Instant? { text(key).flatMap { Instant(iso8601: $0) } }
    func has(_ key: String) -> Bool { values[key] != nil }
}
