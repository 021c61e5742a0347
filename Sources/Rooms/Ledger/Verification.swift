public import Ground

/// What a check of the ledger found.
public struct Verification: Sendable, Hashable {
    public struct Finding: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case changedEntry, removedEntry, addedEntry
            /// Header or tree of a block were changed.
            case changedBlock
            case missingBlock
            /// A block does not carry the root of the one before.
            case brokenChain
            /// Not signed by this installation's key.
            case wrongSignature
            /// The root that was kept elsewhere is in no block.
            case expectedRootMissing
        }

        public var kind: Kind
        /// 0 when no one block is meant.
        public var block: Int64
        /// The id, where it is known: what was removed without trace has only its place in the block.
        public var entry: String?
        /// Place in the block, from 1.
        public var position: Int?

        public init(_ kind: Kind, block: Int64, entry: String? = nil, position: Int? = nil) {
            self.kind = kind
            self.block = block
            self.entry = entry
            self.position = position
        }
    }

    public var chain = ""
    public var checkedAt: Instant
    public var fromBlock: Int64 = 1
    /// Blocks and entries that were looked at.
    public var blocks: Int64 = 0
    public var entries: Int64 = 0
    public var lastBlock: Int64 = 0
    /// To be kept elsewhere, on paper or with another office: everything up to it can then never be replaced unseen.
    public var lastRoot: [UInt8] = LedgerBlock.noRoot
    /// Recorded, but not sealed yet: whoever can write to the database could still change these.
    public var unsealed: Int64 = 0
    public var oldestUnsealed: Instant?
    /// All that was found; only the first `findingsKept` of them stand in `findings`.
    public var findingCount: Int64 = 0
    public var findings: [Finding] = []

    public static let findingsKept = 100

    public var isIntact: Bool { findingCount == 0 }

    init(checkedAt: Instant) { self.checkedAt = checkedAt }

    mutating func add(_ finding: Finding) {
        findingCount += 1
        if findings.count < Self.findingsKept { findings.append(finding) }
    }
}

extension Verification.Finding {
    /// One line for the person who runs the check.
    public var text: LocalizedText {
        let chinesePlace =
            [block > 0 ? "第 \(block) 块" : nil, position.map { "第 \($0) 条" }, entry].compactMap { $0 }.joined(
                separator: " ")
        let englishPlace = [block > 0 ? "block \(block)" : nil, position.map { "entry \($0)" }, entry].compactMap { $0 }
            .joined(separator: ", ")
        return LocalizedText(
            chinesePlace.isEmpty ? kind.text.chinese : "\(chinesePlace)：\(kind.text.chinese)",
            englishPlace.isEmpty ? kind.text.english : "\(englishPlace): \(kind.text.english)")
    }
}

extension Verification.Finding.Kind {
    public var text: LocalizedText {
        switch self {
        case .changedEntry: LocalizedText("记录被改动", "the entry was changed")
        case .removedEntry: LocalizedText("记录被删除", "the entry was removed")
        case .addedEntry: LocalizedText("记录是封存后加入的", "the entry was added after sealing")
        case .changedBlock: LocalizedText("区块被改动", "the block was changed")
        case .missingBlock: LocalizedText("区块缺失", "the block is missing")
        case .brokenChain: LocalizedText("与前一区块不相连", "the block does not continue the one before")
        case .wrongSignature: LocalizedText("签名不是本平台的", "the signature is not this installation's")
        case .expectedRootMissing: LocalizedText("另存的根值不在链上", "the root kept elsewhere is in no block")
        }
    }
}
