/// Finds texts that nearly repeat a given one, among millions, in memory: about 170 bytes a text, whatever its length.
/// The texts themselves are not kept. Not safe for several threads at once: the caller holds the lock
/// (`Mutex<SimilarTexts>`).
///
/// Similarity is the part of neighbouring pairs of characters that two texts share, estimated from 64 bytes each, so it
/// is right to about ± 0.06. A text with 5 % of its characters changed is similar to about 0.8; unrelated ones to less
/// than 0.1. Below 0.5 not every similar text is found.
public struct SimilarTexts: ~Copyable {
    public struct Match: Sendable, Hashable {
        public let id: UInt64
        /// 0...1
        public let similarity: Double
    }

    /// Texts held, those without a letter not counted.
    public private(set) var count = 0

    // A text has a slot; slot 0 is none. A slot hangs in 17 chains: by the value of each band, and by its id.
    private var ids = Pages<UInt64>(bits: 13)
    private var sketches = Pages<UInt32>(bits: 17)
    private var links = Pages<UInt32>(bits: 18)
    private var free: [UInt32] = []
    /// Slots of forgotten texts that still hang in a chain too long to search. They are passed over and never used
    /// again.
    private var buried: Set<UInt32> = []
    /// The first slot of each chain, by bucket and chain.
    private var heads = Pages<UInt32>(bits: 18)
    private var bucketCount = 1

    private static let bandCount = TextSketch.bandCount
    /// The last chain is by id.
    private static let idChain = bandCount
    /// Links of a slot, and heads of a bucket.
    private static let chainCount = bandCount + 1
    /// Slots a bucket holds on average.
    private static let fill = 4
    /// Links followed in one chain for a search, newest first: a text that stands there a hundred thousand times must
    /// not make everyone wait.
    private static let patience = 2_000

    public init() {
        addSlot()
        heads.grow(by: Self.chainCount)
    }

    /// Bytes of memory held.
    public var bytes: Int { ids.bytes + sketches.bytes + links.bytes + heads.bytes + free.count * 4 }

    /// Adds a text, or replaces the one with this id. A text without a letter is not kept.
    public mutating func add(id: UInt64, text: String) {
        remove(id: id)
        guard let sketch = TextSketch(text) else { return }
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
        } else {
            slot = ids.count
            addSlot()
        }
        ids[slot] = id
        for band in 0..<Self.bandCount { sketches[slot * Self.bandCount + band] = sketch.bands[band] }
        for chain in 0..<Self.chainCount {
            let head = bucket(of: slot, in: chain) * Self.chainCount + chain
            links[slot * Self.chainCount + chain] = heads[head]
            heads[head] = UInt32(slot)
        }
        count += 1
        if count > bucketCount * Self.fill { split() }
    }

    /// Forgets a text.
    /// - Returns: false if it was not there.
    @discardableResult
    public mutating func remove(id: UInt64) -> Bool {
        var slot = Int(heads[bucket(hash: Self.hash(id)) * Self.chainCount + Self.idChain])
        while slot != 0, ids[slot] != id { slot = Int(links[slot * Self.chainCount + Self.idChain]) }
        guard slot != 0 else { return false }
        var isLoose = true
        for chain in 0..<Self.chainCount where !unlink(slot, from: chain) { isLoose = false }
        if isLoose { free.append(UInt32(slot)) } else { buried.insert(UInt32(slot)) }
        count -= 1
        return true
    }

    /// The texts most similar to this one, best first; of equal ones the one with the lowest id.
    public func nearest(to text: String, atLeast similarity: Double, limit: Int) -> [Match] {
        guard limit > 0, count > 0, let sketch = TextSketch(text) else { return [] }
        var matches: [Match] = []
        for band in 0..<Self.bandCount {
            var slot = Int(heads[bucket(hash: Self.hash(band: sketch.bands[band])) * Self.chainCount + band])
            var patience = Self.patience
            while slot != 0, patience > 0 {
                patience -= 1
                // Most slots of a chain are strangers that only share the bucket.
                if Self.agree(sketches[slot * Self.bandCount + band], sketch.bands[band]) {
                    collect(slot, foundIn: band, of: sketch, atLeast: similarity, limit: limit, into: &matches)
                }
                slot = Int(links[slot * Self.chainCount + band])
            }
        }
        return matches
    }

    private func collect(
        _ slot: Int, foundIn band: Int, of sketch: TextSketch, atLeast similarity: Double, limit: Int,
        into matches: inout [Match]
    ) {
        var equal = 0
        for other in 0..<Self.bandCount {
            let difference = sketches[slot * Self.bandCount + other] ^ sketch.bands[other]
            // An earlier band found it already.
            if other < band, difference & 0xFFFF_FF00 == 0 { return }
            equal += Self.zeroBytes(in: difference)
        }
        // One byte in 256 is equal by chance.
        let share = max(0, (Double(equal) / Double(TextSketch.size) - 1 / 256) / (1 - 1 / 256))
        guard share >= similarity, buried.isEmpty || !buried.contains(UInt32(slot)) else { return }
        let match = Match(id: ids[slot], similarity: share)
        let place =
            matches.firstIndex { $0.similarity < share || $0.similarity == share && $0.id > match.id } ?? matches.count
        guard place < limit else { return }
        matches.insert(match, at: place)
        if matches.count > limit { matches.removeLast() }
    }

    private static func agree(_ left: UInt32, _ right: UInt32) -> Bool { (left ^ right) & 0xFFFF_FF00 == 0 }

    private static func zeroBytes(in word: UInt32) -> Int {
        let filled = (((word & 0x7F7F_7F7F) + 0x7F7F_7F7F) | word) & 0x8080_8080
        return 4 - filled.nonzeroBitCount
    }

    // MARK: - Chains

    private mutating func addSlot() {
        ids.grow(by: 1)
        sketches.grow(by: Self.bandCount)
        links.grow(by: Self.chainCount)
    }

    /// - Returns: false if the chain is so long that the slot was not found in it.
    private mutating func unlink(_ slot: Int, from chain: Int) -> Bool {
        let head = bucket(of: slot, in: chain) * Self.chainCount + chain
        let next = links[slot * Self.chainCount + chain]
        if heads[head] == UInt32(slot) {
            heads[head] = next
            return true
        }
        var before = Int(heads[head])
        var patience = chain == Self.idChain ? Int.max : Self.patience
        while before != 0, patience > 0 {
            patience -= 1
            let link = before * Self.chainCount + chain
            if links[link] == UInt32(slot) {
                links[link] = next
                return true
            }
            before = Int(links[link])
        }
        return false
    }

    private static func hash(_ id: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (id &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    private static func hash(band: UInt32) -> UInt32 {
        let mixed = (band >> 8) &* 0x9E37_79B1
        return mixed ^ mixed >> 15
    }

    private func hash(of slot: Int, in chain: Int) -> UInt32 {
        chain == Self.idChain
            ? Self.hash(ids[slot]) : Self.hash(band: sketches[slot * Self.bandCount + chain])
    }

    private func bucket(of slot: Int, in chain: Int) -> Int { bucket(hash: hash(of: slot, in: chain)) }

    /// Linear hashing (Litwin, 1980): the table grows by one bucket at a time, so no addition ever waits for a rebuild.
    private func bucket(hash: UInt32) -> Int {
        let upper = bucketCount.nextPowerOfTwo - 1
        let bucket = Int(hash) & upper
        return bucket < bucketCount ? bucket : Int(hash) & (upper >> 1)
    }

    /// Adds a bucket and moves there what belongs there, all from one other bucket.
    private mutating func split() {
        let added = bucketCount
        let divided = added - (added + 1).nextPowerOfTwo / 2
        bucketCount += 1
        heads.grow(by: Self.chainCount)
        for chain in 0..<Self.chainCount {
            var slot = Int(heads[divided * Self.chainCount + chain])
            // Both chains keep their order: the newest first.
            var lastStaying = -1
            var lastMoved = -1
            heads[divided * Self.chainCount + chain] = 0
            while slot != 0 {
                let link = slot * Self.chainCount + chain
                let next = Int(links[link])
                links[link] = 0
                if bucket(of: slot, in: chain) == added {
                    append(slot, to: added, chain, after: lastMoved)
                    lastMoved = link
                } else {
                    append(slot, to: divided, chain, after: lastStaying)
                    lastStaying = link
                }
                slot = next
            }
        }
    }

    private mutating func append(_ slot: Int, to bucket: Int, _ chain: Int, after link: Int) {
        if link < 0 {
            heads[bucket * Self.chainCount + chain] = UInt32(slot)
        } else {
            links[link] = UInt32(slot)
        }
    }
}

extension Int {
    /// The least power of two that is not below it.
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
