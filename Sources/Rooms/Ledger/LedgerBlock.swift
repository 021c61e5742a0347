import Cipher
public import Ground
import Storage

/// A sealed run of entries. Its root covers the entries, its own header and the root of the block before, so one root
/// kept elsewhere holds everything up to it.
public struct LedgerBlock: Sendable, Hashable {
    /// Which ledger it is: the code of the area for which the installation was set up.
    public var chain: String
    /// From 1, without gaps.
    public var number: Int64
    public var firstEntry: String
    public var lastEntry: String
    public var entryCount: Int64
    public var previousRoot: [UInt8]
    /// Root of the tree over the entries alone.
    public var entriesRoot: [UInt8]
    public var sealedAt: Instant
    public var root: [UInt8]
    /// Ed25519, by the installation's key, over the root.
    public var signature: [UInt8]

    /// What the first block carries as the root before it.
    static let noRoot = [UInt8](repeating: 0, count: MerkleTree.hashLength)

    /// The root that the header asks for.
    var computedRoot: [UInt8] {
        var header = LengthPrefixed(mark: 0x02)
        header.append(chain)
        header.append(number)
        header.append(firstEntry)
        header.append(lastEntry)
        header.append(entryCount)
        header.append(previousRoot)
        header.append(entriesRoot)
        header.append(sealedAt.milliseconds)
        return Digest.sha256(header.bytes)
    }

    func isSigned(by publicKey: [UInt8]) -> Bool {
        SigningKey.isValid(signature, of: Self.signed(root), by: publicKey)
    }

    /// The bytes that are signed: with their use before them, so that no other signature of the key can stand here.
    static func signed(_ root: [UInt8]) -> [UInt8] { Array("gewu ledger block 1\n".utf8) + root }

    static let columns: StaticString = """
        chain, number, first_entry, last_entry, entry_count, previous_root, entries_root, sealed_at, root, signature
        """

    init(_ row: Row) throws(DatabaseError) {
        chain = try row.text(0)
        number = try row.int(1)
        firstEntry = try row.text(2)
        lastEntry = try row.text(3)
        entryCount = try row.int(4)
        previousRoot = try row.blob(5)
        entriesRoot = try row.blob(6)
        sealedAt = try row.instant(7)
        root = try row.blob(8)
        signature = try row.blob(9)
    }

    /// The next block over these entries, which stand in the order of their ids.
    static func sealing(
        _ entries: [LedgerEntry], chain: String, number: Int64, after previousRoot: [UInt8], at now: Instant,
        by key: SigningKey
    ) -> (block: LedgerBlock, leaves: [UInt8]) {
        var leaves: [UInt8] = []
        leaves.reserveCapacity(entries.count * MerkleTree.hashLength)
        for entry in entries { leaves.append(contentsOf: entry.leaf) }
        var block = LedgerBlock(
            chain: chain, number: number, firstEntry: entries.first?.id.text ?? "",
            lastEntry: entries.last?.id.text ?? "", entryCount: Int64(entries.count), previousRoot: previousRoot,
            entriesRoot: MerkleTree.root(of: leaves), sealedAt: now, root: [], signature: [])
        block.root = block.computedRoot
        block.signature = key.sign(signed(block.root))
        return (block, leaves)
    }

    private init(
        chain: String, number: Int64, firstEntry: String, lastEntry: String, entryCount: Int64,
        previousRoot: [UInt8], entriesRoot: [UInt8], sealedAt: Instant, root: [UInt8], signature: [UInt8]
    ) {
        self.chain = chain
        self.number = number
        self.firstEntry = firstEntry
        self.lastEntry = lastEntry
        self.entryCount = entryCount
        self.previousRoot = previousRoot
        self.entriesRoot = entriesRoot
        self.sealedAt = sealedAt
        self.root = root
        self.signature = signature
    }
}
