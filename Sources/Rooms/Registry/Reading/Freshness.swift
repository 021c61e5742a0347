import Cipher
public import Desk
public import Ground
import Places
public import Storage

extension Registry {
    /// Whether nobody has seen it to be true for longer than the element stays fresh.
    public func isStale(_ statement: Statement, _ element: Element, at day: Day) -> Bool {
        element.validDays.map { statement.seenAt.local().day + $0 < day } ?? false
    }

    /// Some subjects of a kind, taken alike from all parts of an area: to tell what holds of most.
    public func sample(
        _ kind: SubjectKind, in area: AreaPrefix, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [StoredSubject] {
        let parts = places.children(of: area.code).compactMap { AreaPrefix($0.code) }
        let areas = parts.isEmpty ? [area] : parts
        return try areas.flatMap {
            try SubjectStore.page(
                kind, in: $0, for: scope, after: nil, limit: max(1, limit / areas.count), vault: house.keys.vault,
                in: transaction)
        }
    }

    /// Subjects of a kind in an area, in the order of their identifiers within each grid.
    /// - Parameter after: the last one of the page before.
    public func page(
        of kind: SubjectKind, in area: AreaPrefix, for scope: Scope, after: StoredSubject? = nil, limit: Int,
        in transaction: any Transaction
    ) throws -> [StoredSubject] {
        try SubjectStore.page(
            kind, in: area, for: scope, after: after.map { ($0.area.code, $0.id) }, limit: limit,
            vault: house.keys.vault, in: transaction)
    }

    /// How many subjects of a kind there are in an area.
    public func count(_ kind: SubjectKind, in area: AreaPrefix, for scope: Scope, in transaction: any Transaction)
        throws
        -> Int
    {
        guard scope.area.contains(area) else { return 0 }
        let row = try transaction.first(
            """
            SELECT COUNT(*) FROM registry_subjects
            WHERE kind = \(kind.rawValue) AND \(area.condition(on: "area")) AND standing = 'present'
            """)
        return Int(try row?.int(0) ?? 0)
    }
}
