public import Ground
public import Storage

/// One writing of facts, without what was written: for whoever counts entries.
public struct WrittenElements: Sendable, Hashable {
    public var id: Identifier<RegistryEntry>
    public var area: String
    public var knownSince: Instant
    public var source: FactSource
    public var elements: [String]
}

extension Registry {
    /// Entries after one, in the order of their ids, known before a moment.
    public func written(
        after id: Identifier<RegistryEntry>?, before moment: Instant, limit: Int, in transaction: any Transaction
    ) throws -> [WrittenElements] {
        let low = id?.text ?? ""
        return try transaction.query(
            """
            SELECT id, area, known_since, source, elements FROM registry_entries
            WHERE id > \(low) AND known_since < \(moment) ORDER BY id LIMIT \(limit)
            """
        ).map { row in
            WrittenElements(
                id: try row.identifier(0), area: try row.text(1), knownSince: try row.instant(2),
                source: FactSource(rawValue: try row.text(3)) ?? .counter,
                elements: try row.text(4).split(separator: " ").map(String.init))
        }
    }
}
