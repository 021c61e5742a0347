import Ground
import Storage

/// Walks over the chain once, block by block; holds one block's hashes at a time, however long the ledger is.
struct Verifier {
    let publicKey: [UInt8]
    let expectedRoot: [UInt8]?
    private(set) var result: Verification
    private var previousRoot = LedgerBlock.noRoot
    private var expectedNumber: Int64
    private var didMeetExpectedRoot = false

    init(publicKey: [UInt8], fromBlock: Int64, expectedRoot: [UInt8]?, at now: Instant) {
        self.publicKey = publicKey
        self.expectedRoot = expectedRoot
        result = Verification(checkedAt: now)
        result.fromBlock = max(1, fromBlock)
        expectedNumber = result.fromBlock
    }

    mutating func run(in transaction: any Transaction) throws {
        let head = try transaction.first("SELECT chain, blocks FROM ledger_chains LIMIT 1")
        let chain = try head?.text(0) ?? ""
        result.chain = chain
        if result.fromBlock > 1 {
            let before = try transaction.first(
                "SELECT root FROM ledger_blocks WHERE chain = \(chain) AND number = \(result.fromBlock - 1)")
            previousRoot = try before?.blob(0) ?? LedgerBlock.noRoot
            result.lastBlock = before == nil ? 0 : result.fromBlock - 1
            result.lastRoot = previousRoot
        }
        var after = result.fromBlock - 1
        while let row = try transaction.first(
            """
            SELECT \(trusted: LedgerBlock.columns), leaves FROM ledger_blocks
            WHERE chain = \(chain) AND number > \(after) ORDER BY number LIMIT 1
            """)
        {
            let block = try LedgerBlock(row)
            try check(block, leaves: try row.blob(10), in: transaction)
            after = block.number
        }
        if let head, try head.int(1) > result.lastBlock {
            for number in result.lastBlock + 1...(try head.int(1)) { result.add(.init(.missingBlock, block: number)) }
        }
        try checkStrayEntries(chain, in: transaction)
        if expectedRoot != nil, !didMeetExpectedRoot { result.add(.init(.expectedRootMissing, block: 0)) }
        if let row = try transaction.first("SELECT count(*), min(received_at) FROM ledger_entries WHERE block IS NULL")
        {
            result.unsealed = try row.int(0)
            result.oldestUnsealed = try row.instantIfAny(1)
        }
    }

    private mutating func check(_ block: LedgerBlock, leaves: [UInt8], in transaction: any Transaction) throws {
        while expectedNumber < block.number {
            result.add(.init(.missingBlock, block: expectedNumber))
            expectedNumber += 1
        }
        if block.previousRoot != previousRoot { result.add(.init(.brokenChain, block: block.number)) }
        let isWhole =
            leaves.count == Int(block.entryCount) * MerkleTree.hashLength
            && MerkleTree.root(of: leaves) == block.entriesRoot && block.computedRoot == block.root
        if !isWhole { result.add(.init(.changedBlock, block: block.number)) }
        if !block.isSigned(by: publicKey) { result.add(.init(.wrongSignature, block: block.number)) }

        var comparison = LeafComparison(block: block.number, leaves: leaves)
        try transaction.each(
            "SELECT \(trusted: LedgerEntry.columns) FROM ledger_entries WHERE block = \(block.number) ORDER BY id"
        ) { row in
            let id = try row.text(0)
            // A row that cannot even be read was changed: no other hash is the empty one.
            comparison.add(id, leaf: (try? LedgerEntry(row).leaf) ?? [])
        }
        for finding in comparison.finish() { result.add(finding) }

        result.blocks += 1
        result.entries += comparison.count
        result.lastBlock = block.number
        result.lastRoot = block.root
        if block.root == expectedRoot { didMeetExpectedRoot = true }
        previousRoot = block.root
        expectedNumber = block.number + 1
    }

    /// Entries that say they are sealed in a block that does not exist.
    private mutating func checkStrayEntries(_ chain: String, in transaction: any Transaction) throws {
        try transaction.each(
            """
            SELECT id, block FROM ledger_entries
            WHERE block IS NOT NULL
              AND block NOT IN (SELECT number FROM ledger_blocks WHERE chain = \(chain))
            ORDER BY id LIMIT \(Verification.findingsKept)
            """
        ) { row in result.add(.init(.addedEntry, block: try row.int(1), entry: try row.text(0))) }
    }
}

/// Compares the entries of a block, as they are, with the hashes under which they were sealed.
struct LeafComparison {
    private let block: Int64
    private let leaves: [UInt8]
    /// The entries from the first difference on: before it there is nothing to tell.
    private var rest: [(id: String, leaf: [UInt8])] = []
    private var equal = 0
    private(set) var count: Int64 = 0

    init(block: Int64, leaves: [UInt8]) {
        self.block = block
        self.leaves = leaves
    }

    private var sealedCount: Int { leaves.count / MerkleTree.hashLength }

    mutating func add(_ id: String, leaf: [UInt8]) {
        count += 1
        if rest.isEmpty, equal < sealedCount, MerkleTree.hash(equal, in: leaves) == leaf[...] {
            equal += 1
        } else if rest.count <= sealedCount + Verification.findingsKept {
            // More than that is a flood of added entries; the first ones tell.
            rest.append((id, leaf))
        }
    }

    /// Walks on over both: what stands in both is in place, what stands in one only was added or removed, and where both
    /// have something of their own in one place, it was changed.
    func finish() -> [Verification.Finding] {
        let sealed = (equal..<max(equal, sealedCount)).map { Array(MerkleTree.hash($0, in: leaves)) }
        guard !rest.isEmpty || !sealed.isEmpty else { return [] }
        let sealedSet = Set(sealed)
        let presentSet = Set(rest.map(\.leaf))
        var findings: [Verification.Finding] = []
        var position = 0
        var index = 0
        while position < sealed.count || index < rest.count {
            let isForeign = index < rest.count && !sealedSet.contains(rest[index].leaf)
            let isGone = position < sealed.count && !presentSet.contains(sealed[position])
            switch (isForeign, isGone) {
            case (true, true):
                findings.append(
                    .init(.changedEntry, block: block, entry: rest[index].id, position: equal + position + 1))
                index += 1
                position += 1
            case (true, false):
                findings.append(.init(.addedEntry, block: block, entry: rest[index].id))
                index += 1
            case (false, true):
                findings.append(.init(.removedEntry, block: block, position: equal + position + 1))
                position += 1
            case (false, false):
                let isInPlace =
                    index < rest.count && position < sealed.count && rest[index].leaf == sealed[position]
                if !isInPlace {
                    findings.append(
                        .init(
                            .changedBlock, block: block, entry: index < rest.count ? rest[index].id : nil,
                            position: equal + position + 1))
                }
                index += 1
                position += 1
            }
        }
        return findings
    }
}
