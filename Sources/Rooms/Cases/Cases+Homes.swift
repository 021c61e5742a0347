import Cipher
public import Desk
import Foundation
import Geo
public import Ground
import Messages
public import Storage

/// A matter as the card of a home or a person shows it: what it is about and where it stands, nothing that was written.
public struct HomeMatter: Sendable, Hashable {
    public var id: CaseID
    public var number: String
    public var category: String?
    public var state: StateName
    public var isOpen: Bool
    public var receivedAt: Instant
}

/// What other rooms show of matters beside a home.
extension Cases {
    private static let homeColumns: StaticString = "id, number, category, state, ended_at IS NULL, received_at"

    /// Residents' matters that are open around a place, the latest first, as far as the scope may see them.
    /// - Parameter metres: half the side of the square that is looked at.
    public func openMatters(
        around place: Location, metres: Double, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [HomeMatter] {
        guard scope.may(.caseRead) else { return [] }
        // A degree of latitude has 111 320 m; one of longitude shrinks with the cosine.
        let high = metres / 111_320
        let wide = high / max(0.1, cos(place.latitude * .pi / 180))
        let box = Box(
            west: place.longitude - wide, south: place.latitude - high, east: place.longitude + wide,
            north: place.latitude + high)
        let found = try placedMatters(in: box.cells(), box: box, limit: 200, for: scope, in: transaction)
        guard !found.isEmpty else { return [] }
        return try homeMatters("id IN (\(list: found.map(\.id)))", limit: limit, for: scope, in: transaction)
    }

    /// Residents' matters that were reported from these telephones, the latest first, as far as the scope may see them.
    /// Whoever calls has noted for what the reporters are looked at.
    public func matters(
        reportedFrom telephones: [String], limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [HomeMatter] {
        let indexes = telephones.compactMap { PhoneNumber($0)?.index(house.keys.vault) }
        guard scope.may(.caseRead), !indexes.isEmpty else { return [] }
        return try homeMatters("phone_index IN (\(list: indexes))", limit: limit, for: scope, in: transaction)
    }

    private func homeMatters(_ which: SQL, limit: Int, for scope: Scope, in transaction: any Transaction) throws
        -> [HomeMatter]
    {
        try transaction.query(
            """
            SELECT \(trusted: Self.homeColumns) FROM cases
            WHERE \(which) AND kind || '' = 'matter' AND \(CaseFilter.visibility(scope, narrowing: false))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map { row in
            HomeMatter(
                id: try row.identifier(0), number: try row.text(1), category: try row.textIfAny(2),
                state: StateName(rawValue: try row.text(3)), isOpen: try row.bool(4), receivedAt: try row.instant(5))
        }
    }

    /// What a matter is about, in words.
    public func title(of matter: HomeMatter) -> LocalizedText {
        guard let category = matter.category else { return LocalizedText("未分类", "Not classified") }
        return LocalizedText(
            rules.categories.pathText(category, .chinese), rules.categories.pathText(category, .english))
    }

    public func stateTitle(of matter: HomeMatter) -> LocalizedText {
        rules.state(matter.state)?.title ?? LocalizedText(matter.state.rawValue, matter.state.rawValue)
    }
}
