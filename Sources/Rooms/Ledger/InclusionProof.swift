import Cipher
import Desk
public import Ground
public import Storage

/// Shows that one entry stands in a signed block, without showing any other.
public struct InclusionProof: Sendable, Hashable {
    public var entry: LedgerEntry
    public var block: LedgerBlock
    /// Place in the block, from 0.
    public var position: Int
    var path: [MerkleTree.Step]

    /// Whether the entry, as it stands here, is the one that was sealed and signed.
    public func isValid(by publicKey: [UInt8]) -> Bool {
        MerkleTree.root(from: entry.leaf, by: path) == block.entriesRoot && block.computedRoot == block.root
            && block.isSigned(by: publicKey)
    }
}

extension Ledger {
    /// - Returns: nil when there is no such entry that the viewer may see. An entry that is not sealed yet has no proof
    ///   either, and says so with a refusal.
    public static func proof(
        of id: Identifier<LedgerEntry>, visibleTo view: LedgerView, in transaction: any Transaction
    ) throws -> InclusionProof? {
        guard
            let row = try transaction.first(
                """
                SELECT \(trusted: LedgerEntry.columns), block FROM ledger_entries
                WHERE id = \(id) AND \(view.condition)
                """)
        else { return nil }
        guard let number = try row.intIfAny(13) else {
            throw Refusal(
                .conflict, "ledger.proof.unsealed",
                LocalizedText("该记录尚未封存", "The entry is not sealed yet"),
                wayOn: LocalizedText("请几秒后再试", "Try again in a few seconds"), retryAfterSeconds: 3)
        }
        guard
            let blockRow = try transaction.first(
                """
                SELECT \(trusted: LedgerBlock.columns), leaves FROM ledger_blocks
                WHERE number = \(number) ORDER BY chain LIMIT 1
                """)
        else { throw Self.unprovable }
        let entry = try LedgerEntry(row)
        let leaves = try blockRow.blob(10)
        let leaf = entry.leaf
        let count = leaves.count / MerkleTree.hashLength
        guard let position = (0..<count).first(where: { MerkleTree.hash($0, in: leaves) == leaf[...] }),
            let path = MerkleTree.path(to: position, in: leaves)
        else { throw Self.unprovable }
        return InclusionProof(entry: entry, block: try LedgerBlock(blockRow), position: position, path: path)
    }

    private static let unprovable = Refusal(
        .fault, "ledger.proof.none",
        LocalizedText("该记录与封存时不一致，无法给出证明", "The entry is not as it was sealed; there is no proof of it"),
        wayOn: LocalizedText("请运行 gewu audit verify 并通知管理员", "Run gewu audit verify and tell an administrator"))
}
