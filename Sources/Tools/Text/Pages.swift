/// A growing store of plain numbers that never moves: growing copies nothing and wastes less than one page.
/// Not copyable, so the memory has one owner and is given back with it.
struct Pages<Number: FixedWidthInteger>: ~Copyable {
    private var pages: [UnsafeMutablePointer<Number>] = []
    private let bits: Int
    private(set) var count = 0

    /// - Parameter bits: a page holds two to this power.
    init(bits: Int) { self.bits = bits }

    deinit {
        for page in pages { page.deallocate() }
    }

    /// Appends so many zeros.
    mutating func grow(by more: Int) {
        while count + more > pages.count << bits {
            let page = UnsafeMutablePointer<Number>.allocate(capacity: 1 << bits)
            page.initialize(repeating: 0, count: 1 << bits)
            pages.append(page)
        }
        count += more
    }

    subscript(index: Int) -> Number {
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return pages[index >> bits][index & ((1 << bits) - 1)]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            pages[index >> bits][index & ((1 << bits) - 1)] = newValue
        }
    }

    var bytes: Int { pages.count * (MemoryLayout<Number>.stride << bits) }
}
