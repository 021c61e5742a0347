/// Finds which of many phrases stand in a text, in one pass over it however many phrases there are (Aho and Corasick,
/// 1975). Width, case and white space do not matter; punctuation ends a phrase. A run of letters or digits is one unit:
/// "3号院" is not found in "13号院".
public struct PhraseMatcher: Sendable {
    public struct Match: Sendable, Hashable {
        /// Numbers of the phrases found there, in their order: more than one only where phrases are alike.
        public let phrases: [Int]
        /// Exactly as it stands in the text.
        public let words: String
        /// Characters of it, a run of letters or digits being one.
        public let length: Int
    }

    /// Where each step leads, by open addressing: node and unit, and the next node. Node 0 is the start and leads
    /// nowhere back, so an empty place has node 0 as its next.
    private var keys: [UInt64] = Array(repeating: 0, count: 64)
    private var nexts: [UInt32] = Array(repeating: 0, count: 64)
    private var steps = 0
    /// By node: units from the start.
    private var depths: [UInt32] = [0]
    /// By node: the node of the longest ending that is also a beginning.
    private var fallbacks: [UInt32] = [0]
    /// By node: the nearest node by way of fallbacks, itself included, where a phrase ends; 0 is none.
    private var ends: [UInt32] = [0]
    /// By node where a phrase ends.
    private var phrases: [UInt32: [Int]] = [:]

    /// - Parameter texts: phrases; one without a letter is never found.
    public init(_ texts: some Sequence<String>) {
        var parents: [(node: UInt32, unit: UInt32)] = [(0, 0)]
        for (number, text) in texts.enumerated() {
            var node: UInt32 = 0
            TextUnits.forEach(in: text) { unit, _ in
                // Punctuation inside a phrase is passed over, or the phrase would never be found.
                if unit == TextUnits.boundary { return }
                let next = next(of: node, unit)
                if next != 0 {
                    node = next
                } else {
                    let new = UInt32(depths.count)
                    add(node, unit, new)
                    depths.append(depths[Int(node)] + 1)
                    parents.append((node, unit))
                    node = new
                }
            }
            if node != 0 { phrases[node, default: []].append(number) }
        }
        link(parents)
    }

    public var isEmpty: Bool { phrases.isEmpty }

    /// The phrases in the text, in its order. Where two overlap, the longer one is meant; of equal ones the first.
    public func matches(in text: String) -> [Match] {
        guard !isEmpty else { return [] }
        var found: [(units: Range<Int>, bytes: Range<Int>, node: UInt32)] = []
        var starts: [Int] = []
        var node: UInt32 = 0
        TextUnits.forEach(in: text) { unit, bytes in
            if unit == TextUnits.boundary {
                starts.append(bytes.lowerBound)
                node = 0
                return
            }
            starts.append(bytes.lowerBound)
            while true {
                let step = next(of: node, unit)
                if step != 0 {
                    node = step
                    break
                }
                if node == 0 { break }
                node = fallbacks[Int(node)]
            }
            var end = ends[Int(node)]
            while end != 0 {
                let start = starts.count - Int(depths[Int(end)])
                found.append((start..<starts.count, starts[start]..<bytes.upperBound, end))
                end = ends[Int(fallbacks[Int(end)])]
            }
        }
        found.sort {
            $0.units.count != $1.units.count
                ? $0.units.count > $1.units.count : $0.units.lowerBound < $1.units.lowerBound
        }
        var taken: [(units: Range<Int>, bytes: Range<Int>, node: UInt32)] = []
        var isTaken = [Bool](repeating: false, count: starts.count)
        for match in found where !match.units.contains(where: { isTaken[$0] }) {
            for unit in match.units { isTaken[unit] = true }
            taken.append(match)
        }
        taken.sort { $0.units.lowerBound < $1.units.lowerBound }
        return taken.map { match in
            Match(
                phrases: phrases[match.node] ?? [], words: Self.words(match.bytes, of: text),
                length: match.units.count)
        }
    }

    private static func words(_ bytes: Range<Int>, of text: String) -> String {
        let all = text.utf8
        let start = all.index(all.startIndex, offsetBy: bytes.lowerBound)
        return String(text[start..<all.index(start, offsetBy: bytes.count)])
    }

    // MARK: Building

    /// Nodes in the order of their depth, so that what a node falls back to is linked before it.
    private mutating func link(_ parents: [(node: UInt32, unit: UInt32)]) {
        fallbacks = [UInt32](repeating: 0, count: depths.count)
        ends = [UInt32](repeating: 0, count: depths.count)
        for node in depths.indices.dropFirst().sorted(by: { (depths[$0], $0) < (depths[$1], $1) }) {
            let (parent, unit) = parents[node]
            var fallback: UInt32 = 0
            if parent != 0 {
                var shorter = fallbacks[Int(parent)]
                while true {
                    fallback = next(of: shorter, unit)
                    if fallback != 0 || shorter == 0 { break }
                    shorter = fallbacks[Int(shorter)]
                }
            }
            fallbacks[node] = fallback
            ends[node] = phrases[UInt32(node)] == nil ? ends[Int(fallback)] : UInt32(node)
        }
    }

    private mutating func add(_ node: UInt32, _ unit: UInt32, _ next: UInt32) {
        if steps * 3 > keys.count * 2 { grow() }
        let place = place(of: Self.key(node, unit), in: keys, nexts)
        keys[place] = Self.key(node, unit)
        nexts[place] = next
        steps += 1
    }

    private mutating func grow() {
        var widerKeys = [UInt64](repeating: 0, count: keys.count * 2)
        var widerNexts = [UInt32](repeating: 0, count: keys.count * 2)
        for (old, next) in nexts.enumerated() where next != 0 {
            let place = place(of: keys[old], in: widerKeys, widerNexts)
            widerKeys[place] = keys[old]
            widerNexts[place] = next
        }
        keys = widerKeys
        nexts = widerNexts
    }

    // MARK: Steps

    private static func key(_ node: UInt32, _ unit: UInt32) -> UInt64 { UInt64(node) << 32 | UInt64(unit) }

    /// 0 when no phrase goes on with this unit.
    private func next(of node: UInt32, _ unit: UInt32) -> UInt32 {
        nexts[place(of: Self.key(node, unit), in: keys, nexts)]
    }

    private func place(of key: UInt64, in keys: [UInt64], _ nexts: [UInt32]) -> Int {
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while nexts[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }
}
