import Cipher

/// The tree of hashes over a block's entries (the shape of RFC 6962: the last one of an odd row rises as it is).
enum MerkleTree {
    static let hashLength = 32

    /// One step up from a leaf to the root: the hash beside it, and on which side that stands.
    struct Step: Sendable, Hashable {
        var sibling: [UInt8]
        var isLeft: Bool
    }

    static func node(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + left.count + right.count)
        bytes.append(0x01)
        bytes.append(contentsOf: left)
        bytes.append(contentsOf: right)
        return Digest.sha256(bytes)
    }

    /// - Parameter leaves: hashes of 32 bytes, one after the other.
    static func root(of leaves: [UInt8]) -> [UInt8] {
        guard !leaves.isEmpty else { return Digest.sha256([]) }
        var row = leaves
        while row.count > hashLength { row = above(row) }
        return row
    }

    /// The way from the leaf at that position up to the root; nil when there is no such leaf.
    static func path(to position: Int, in leaves: [UInt8]) -> [Step]? {
        guard position >= 0, (position + 1) * hashLength <= leaves.count else { return nil }
        var row = leaves
        var index = position
        var steps: [Step] = []
        while row.count > hashLength {
            let sibling = index ^ 1
            if (sibling + 1) * hashLength <= row.count {
                steps.append(Step(sibling: Array(hash(sibling, in: row)), isLeft: sibling < index))
            }
            row = above(row)
            index /= 2
        }
        return steps
    }

    static func root(from leaf: [UInt8], by steps: [Step]) -> [UInt8] {
        steps.reduce(leaf) { hash, step in
            step.isLeft ? node(step.sibling[...], hash[...]) : node(hash[...], step.sibling[...])
        }
    }

    static func hash(_ position: Int, in row: [UInt8]) -> ArraySlice<UInt8> {
        row[position * hashLength..<(position + 1) * hashLength]
    }

    private static func above(_ row: [UInt8]) -> [UInt8] {
        let count = row.count / hashLength
        var result: [UInt8] = []
        result.reserveCapacity((count + 1) / 2 * hashLength)
        for index in stride(from: 0, to: count, by: 2) {
            if index + 1 < count {
                result.append(contentsOf: node(hash(index, in: row), hash(index + 1, in: row)))
            } else {
                result.append(contentsOf: hash(index, in: row))
            }
        }
        return result
    }
}
