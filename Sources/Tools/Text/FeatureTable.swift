/// Which grams a model knows: a key's row, found by open addressing in a table of at most two thirds fill.
struct FeatureTable: Sendable {
    /// Keys by row.
    let keys: [UInt32]
    /// Key in the upper half, row in the lower; 0 is empty.
    private let places: [UInt64]
    private let shift: UInt32

    /// - Parameter keys: without repeats, none 0.
    init(keys: [UInt32]) {
        var bits: UInt32 = 4
        while 1 << bits < keys.count * 3 / 2 { bits += 1 }
        var places = [UInt64](repeating: 0, count: 1 << bits)
        let mask = places.count - 1
        for (row, key) in keys.enumerated() {
            var place = Self.home(of: key, shift: 32 - bits)
            while places[place] != 0 { place = (place + 1) & mask }
            places[place] = UInt64(key) << 32 | UInt64(row)
        }
        self.keys = keys
        self.places = places
        self.shift = 32 - bits
    }

    @inline(__always)
    private static func home(of key: UInt32, shift: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> shift) }

    /// For many look-ups in a row.
    @inline(__always)
    func withFinder<Result>(_ body: (Finder) -> Result) -> Result {
        places.withUnsafeBufferPointer { body(Finder(places: $0, shift: shift)) }
    }

    struct Finder {
        fileprivate let places: UnsafeBufferPointer<UInt64>
        fileprivate let shift: UInt32

        /// The row of a key; -1 when it is not known.
        @inline(__always)
        func row(of key: UInt32) -> Int {
            var place = FeatureTable.home(of: key, shift: shift)
            while true {
                let found = places[place]
                if found == 0 { return -1 }
                if UInt32(truncatingIfNeeded: found >> 32) == key { return Int(UInt32(truncatingIfNeeded: found)) }
                place = (place + 1) & (places.count - 1)
            }
        }
    }
}
