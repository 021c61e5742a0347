import Cipher
import Desk
import Ground
import Storage

extension LedgerEntry {
    /// The hash that seals the entry: SHA-256 over the mark of a leaf and every column, each with its length before it, so
    /// that no content can be moved from one column into the next.
    public var leaf: [UInt8] {
        var encoding = LengthPrefixed(mark: 0x00, capacity: 320 + facts.count)
        encoding.append(id.text)
        encoding.append(act)
        encoding.append(subjectKind)
        encoding.append(subjectID)
        encoding.append(actor.kind.rawValue)
        encoding.append(actor.id)
        encoding.append(actor.post)
        encoding.append(actor.name)
        encoding.append(happenedAt.milliseconds)
        encoding.append(receivedAt.milliseconds)
        encoding.append(area)
        encoding.append(purpose)
        encoding.append(facts)
        return Digest.sha256(encoding.bytes)
    }

    /// The columns that `init(_:)` reads, in its order.
    static let columns: StaticString = """
        id, act, subject_kind, subject_id, actor_kind, actor_id, actor_post, actor_name, happened_at, received_at, area, \
        purpose, facts
        """

    /// Reads the columns of `columns`, from the first one of the row.
    init(_ row: Row) throws(DatabaseError) {
        let kind = try row.text(4)
        guard let kind = Actor.Kind(rawValue: kind) else {
            throw DatabaseError(.wrongType, "no kind of actor: \(kind)")
        }
        self.init(
            id: try row.identifier(0), act: try row.text(1), subjectKind: try row.text(2), subjectID: try row.text(3),
            actor: Actor(kind: kind, id: try row.text(5), post: try row.textIfAny(6), name: try row.text(7)),
            happenedAt: try row.instant(8), receivedAt: try row.instant(9), area: try row.textIfAny(10),
            purpose: try row.textIfAny(11), facts: try row.blob(12))
    }
}

/// Bytes for hashing in which every part carries its length.
struct LengthPrefixed {
    private(set) var bytes: [UInt8]

    /// - Parameter mark: what kind of thing is hashed: 0 a leaf, 1 a node, 2 a block. A leaf can never pass for a node.
    init(mark: UInt8, capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
        bytes.append(mark)
    }

    mutating func append(_ part: [UInt8]) {
        appendLength(UInt32(truncatingIfNeeded: part.count))
        bytes.append(contentsOf: part)
    }

    mutating func append(_ text: String) {
        appendLength(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Nothing is told from empty by a length that no text has.
    mutating func append(_ text: String?) {
        if let text { append(text) } else { appendLength(.max) }
    }

    mutating func append(_ number: Int64) {
        appendLength(8)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func appendLength(_ length: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    }
}
