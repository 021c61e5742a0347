import Foundation
import Ground
import Testing

/// The shipped code files.
func shippedCodes(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Rules/codes")
    return try String(contentsOf: root.appending(path: name), encoding: .utf8)
}

extension SeededRandom {
    /// One byte of an alphabet.
    mutating func byte(of alphabet: [UInt8]) -> UInt8 { alphabet[Int(next() % UInt64(alphabet.count))] }

    mutating func digits(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in byte(of: Array("0123456789".utf8)) }, as: UTF8.self)
    }
}
