import Foundation

/// What somebody was answered, without what differs from one request to the next: keys of forms, numbers of requests.
struct SealedAnswer: Hashable {
    private let status: Int
    private let type: String
    /// Of a sheet or a package only its length: it holds the time of its making.
    private let body: [UInt8]
    private let sheetSize: Int?

    init(_ status: Int, _ type: String, _ body: [UInt8], to address: String) {
        self.status = status
        self.type = type
        let isSheet = ["sheet", "zip", "image", "geopackage"].contains { type.contains($0) }
        sheetSize = isSheet ? body.count : nil
        self.body =
            switch address {
            case _ where isSheet: []
            case "/ready", "/health": []
            // Counters of requests rise with every request of the test itself; that there is a line for it must not.
            case "/metrics":
                Array(String(decoding: body, as: UTF8.self).replacing(/[0-9.e+-]+/, with: "0").utf8)
            default: Self.withoutIdentifiers(body)
            }
    }

    /// Byte for byte; of a sheet its length, which the time of its making, squeezed with the rest, changes by a few
    /// bytes: a row more is far more than that.
    func isSame(as other: SealedAnswer) -> Bool {
        guard let sheetSize, let otherSize = other.sheetSize else { return self == other }
        return status == other.status && type == other.type && abs(sheetSize - otherSize) <= 8
    }

    func holds(_ word: String) -> Bool { Data(body).range(of: Data(word.utf8)) != nil }

    var beginning: String { "\(status) \(type) " + String(decoding: body.prefix(400), as: UTF8.self) }

    private static let length = 26
    private static let isOfIdentifier: [Bool] = (0...255).map { byte in
        "0123456789abcdefghjkmnpqrstvwxyz".utf8.contains(UInt8(byte))
    }

    /// Each 26 letters of an identifier become `ID`. Written by hand, because a pattern takes longer than the request:
    /// from the end of the next 26 bytes backwards, so that most bytes are never looked at.
    static func withoutIdentifiers(_ body: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        body.withUnsafeBufferPointer { bytes in
            isOfIdentifier.withUnsafeBufferPointer { isOfIdentifier in
                var (position, kept) = (0, 0)
                while position + length <= bytes.count {
                    var last = position + length - 1
                    while last >= position, isOfIdentifier[Int(bytes[last])] { last -= 1 }
                    guard last < position else {
                        position = last + 1
                        continue
                    }
                    result.append(contentsOf: bytes[kept..<position])
                    result.append(contentsOf: Array("ID".utf8))
                    position += length
                    kept = position
                }
                result.append(contentsOf: bytes[kept...])
            }
        }
        return result
    }
}
