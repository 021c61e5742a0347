/// The hashes of the runs of units ("grams") that start at one unit; each is made from the one before it.
struct GramKey {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    mutating func extend(by unit: UInt32) {
        state = (state ^ UInt64(unit)) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }

    /// Never 0: that stands for an empty place in tables.
    @inline(__always)
    var key: UInt32 { max(1, UInt32(truncatingIfNeeded: (state &* 0x9FB2_1C65_1E98_DF25) >> 32)) }
}
