import Geo
import Ground

/// One thing on the map: where it is, and what is said of it.
struct MapFeature: Sendable {
    /// As its layer names it: a code, a number, an id.
    var id: String
    var geometry: Geometry
    var values: [(key: String, value: FeatureValue)]

    /// By which a page colours it anew: a whole number that a browser can hold.
    var number: UInt64 { FeatureNumber.of(id) }
}

enum FeatureNumber {
    /// Codes are their own numbers; other ids are hashed (FNV-1a) to 52 bits, where two of a million are alike with a
    /// chance of one in ten thousand.
    static func of(_ id: String) -> UInt64 {
        if id.utf8.count <= 15, id.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(id) {
            return number
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash >> 12
    }
}

/// One property of the features of a layer: for lists, exports and programs.
struct MapField: Sendable {
    enum Kind: String, Sendable { case text, number, instant }

    var name: String
    var title: LocalizedText
    var kind: Kind

    init(_ name: String, _ chinese: String, _ english: String, _ kind: Kind = .text) {
        self.name = name
        title = LocalizedText(chinese, english)
        self.kind = kind
    }
}

extension FeatureValue {
    var tileValue: TileValue? {
        switch self {
        case .text(let text), .json(let text): .text(text)
        case .number(let number): Int64(exactly: number).map(TileValue.integer) ?? .number(number)
        case .flag(let flag): .truth(flag)
        case .nothing: nil
        }
    }
}
