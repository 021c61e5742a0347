/// A block of numbers that one search writes into: no copying, no counting of references, no check of exclusive access.
///
/// This and `Column` are the only places of the library that touch raw memory. Indexes are checked in debug builds, in
/// which the tests run; the inner loops of the search are about twice as fast as with arrays.
struct Slab<Element: BitwiseCopyable & Sendable>: ~Copyable {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    init(_ count: Int, repeating value: Element) {
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: value, count: max(1, count))
        self.count = count
    }

    init(_ elements: [Element]) {
        base = .allocate(capacity: max(1, elements.count))
        count = elements.count
        elements.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { base.initialize(from: first, count: source.count) }
        }
    }

    deinit { base.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }

    @inline(__always)
    subscript(index: Int32) -> Element {
        get { self[Int(index)] }
        nonmutating set { self[Int(index)] = newValue }
    }

    func fill(_ value: Element) {
        base.update(repeating: value, count: count)
    }

    /// Ends the writing: what is returned can be read by any number of threads.
    consuming func frozen() -> Column<Element> {
        let column = Column(taking: base, count: count)
        discard self
        return column
    }

    /// The first `length` elements, ended for writing, in a block no larger than they need.
    consuming func frozen(first length: Int) -> Column<Element> {
        if length == count { return frozen() }
        let exact: UnsafeMutablePointer<Element> = .allocate(capacity: max(1, length))
        exact.initialize(from: base, count: length)
        base.deallocate()
        discard self
        return Column(taking: exact, count: length)
    }

    func array() -> [Element] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}

/// A block of numbers that nobody writes any more.
///
/// Sendable without the compiler's check, and provably so: the pointer is private, was handed over by a consumed `Slab`
/// (which no longer exists), no member of this type writes through it, and it is freed when the only owner goes.
struct Column<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    fileprivate init(taking base: UnsafeMutablePointer<Element>, count: Int) {
        self.base = base
        self.count = count
    }

    init(_ elements: [Element]) {
        self = Slab(elements).frozen()
    }

    deinit { base.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Element {
        assert(index >= 0 && index < count)
        return base[index]
    }

    @inline(__always)
    subscript(index: Int32) -> Element { self[Int(index)] }

    func array() -> [Element] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}
