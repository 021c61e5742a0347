/// The form on disk: "GWTM", version, the parts in the order below (little endian), and a checksum (FNV-1a, 64 bits) of
/// all before it.
extension TextModel {
    static let formatVersion: UInt32 = 1
    private static let mark = Array("GWTM".utf8)

    /// The model as bytes, for a file.
    public func encoded() -> [UInt8] {
        var bytes = Self.mark
        bytes.append(Self.formatVersion)
        bytes.append(UInt32(longestGram))
        bytes.append(UInt32(titleWeight))
        bytes.append(slope.bitPattern)
        bytes.append(UInt32(labels.count))
        for label in labels {
            bytes.append(UInt32(label.utf8.count))
            bytes.append(contentsOf: label.utf8)
        }
        for threshold in thresholds { bytes.append(threshold.bitPattern) }
        bytes.append(UInt32(table.keys.count))
        for key in table.keys { bytes.append(key) }
        for value in rarity { bytes.append(value.bitPattern) }
        for scale in scales { bytes.append(scale.bitPattern) }
        bytes.append(contentsOf: weights.lazy.map(UInt8.init(bitPattern:)))
        let sum = Self.checksum(bytes[...])
        bytes.append(UInt32(truncatingIfNeeded: sum))
        bytes.append(UInt32(truncatingIfNeeded: sum >> 32))
        return bytes
    }

    /// Reads what `encoded()` wrote.
    public init(decoding bytes: [UInt8]) throws(TextModelFault) {
        guard bytes.starts(with: Self.mark) else { throw .notAModel }
        var reader = Reader(bytes: bytes, position: 4)
        let version = try reader.number()
        guard version == Self.formatVersion else { throw .otherVersion(version) }
        guard bytes.count >= 16 else { throw .damaged }
        let sum = Self.checksum(bytes.dropLast(8))
        var end = Reader(bytes: bytes, position: bytes.count - 8)
        let lower = try end.number()
        let upper = try end.number()
        guard sum == UInt64(upper) << 32 | UInt64(lower) else { throw .damaged }

        let longestGram = Int(try reader.number())
        let titleWeight = Int(try reader.number())
        let slope = try reader.real()
        let labelCount = Int(try reader.number())
        // The checksum keeps out damage; these keep out a file made to harm.
        guard (1...16).contains(longestGram), titleWeight <= 1_000,
            (2...TextClassifier.maximumLabels).contains(labelCount)
        else { throw .damaged }
        var labels: [String] = []
        for _ in 0..<labelCount {
            guard let label = String(validating: try reader.take(Int(try reader.number())), as: UTF8.self) else {
                throw .damaged
            }
            labels.append(label)
        }
        let thresholds = try reader.reals(labelCount)
        let rowCount = Int(try reader.number())
        let keys = try reader.numbers(rowCount)
        let rarity = try reader.reals(rowCount)
        let scales = try reader.reals(rowCount)
        let weights = try reader.take(rowCount * labelCount).map(Int8.init(bitPattern:))
        guard reader.position == bytes.count - 8, !keys.contains(0) else { throw .damaged }
        self.init(
            labels: labels, longestGram: longestGram, titleWeight: titleWeight, table: FeatureTable(keys: keys),
            rarity: rarity, scales: scales, weights: weights, thresholds: thresholds, slope: slope)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

private struct Reader {
    let bytes: [UInt8]
    var position: Int

    mutating func take(_ count: Int) throws(TextModelFault) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .damaged }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func number() throws(TextModelFault) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func real() throws(TextModelFault) -> Float {
        let value = Float(bitPattern: try number())
        guard value.isFinite else { throw .damaged }
        return value
    }

    mutating func numbers(_ count: Int) throws(TextModelFault) -> [UInt32] {
        guard count <= (bytes.count - position) / 4 else { throw .damaged }
        var values: [UInt32] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try number()) }
        return values
    }

    mutating func reals(_ count: Int) throws(TextModelFault) -> [Float] {
        guard count <= (bytes.count - position) / 4 else { throw .damaged }
        var values: [Float] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try real()) }
        return values
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
