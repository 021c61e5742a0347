import Ground

/// Sixty-four bytes that stand for the set of a text's pairs of neighbouring units: of two texts, the part of the bytes
/// that are equal is close to the part of the pairs they share (min-wise hashing, Broder 1997; a byte of each minimum,
/// Li and König 2010).
struct TextSketch {
    static let size = 64
    /// Groups of bytes; texts that agree in the first three bytes of any group become candidates.
    static let bandCount = 16

    /// Four bytes of the sketch each.
    var bands: SIMD16<UInt32>

    /// - Returns: nil for a text without a letter.
    init?(_ text: String) {
        var before: UInt32 = 0
        var pairs = 0
        let bands = withUnsafeTemporaryAllocation(of: Int16.self, capacity: Self.size) { minima -> SIMD16<UInt32>? in
            minima.initialize(repeating: .max)
            var units = 0
            TextUnits.forEach(in: text) { unit, _ in
                // Punctuation differs between copies; what stands around it does not.
                if unit == TextUnits.boundary { return }
                if units > 0 {
                    Self.lower(minima, by: before, unit)
                    pairs += 1
                }
                before = unit
                units += 1
            }
            if units == 0 { return nil }
            if pairs == 0 { Self.lower(minima, by: 0, before) }
            var bands = SIMD16<UInt32>()
            for band in 0..<Self.bandCount {
                var value: UInt32 = 0
                for byte in 0..<4 {
                    let minimum = UInt32(UInt16(bitPattern: minima[band * 4 + byte]))
                    value = value << 8 | (minimum &* 0x9E37_79B1) >> 24
                }
                bands[band] = value
            }
            return bands
        }
        guard let bands else { return nil }
        self.bands = bands
    }

    init(bands: SIMD16<UInt32>) { self.bands = bands }

    /// Sixteen-bit arithmetic throughout, so that one machine instruction serves eight bytes of the sketch.
    @inline(__always)
    private static func lower(_ minima: UnsafeMutableBufferPointer<Int16>, by first: UInt32, _ second: UInt32) {
        var gram = GramKey()
        gram.extend(by: first)
        gram.extend(by: second)
        let hash = Int16(truncatingIfNeeded: gram.key >> 8)
        factors.withUnsafeBufferPointer { factors in
            masks.withUnsafeBufferPointer { masks in
                guard let minimum = minima.baseAddress, let factor = factors.baseAddress, let mask = masks.baseAddress
                else { return }
                for index in 0..<size {
                    let value = (hash ^ mask[index]) &* factor[index]
                    minimum[index] = min(minimum[index], value)
                }
            }
        }
    }

    private static let factors: [Int16] = {
        var random = SeededRandom(seed: 3)
        return (0..<size).map { _ in Int16(truncatingIfNeeded: random.next()) | 1 }
    }()
    private static let masks: [Int16] = {
        var random = SeededRandom(seed: 4)
        return (0..<size).map { _ in Int16(truncatingIfNeeded: random.next()) }
    }()
}
