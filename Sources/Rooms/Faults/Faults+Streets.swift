public import Desk
public import Ground

/// A fault in a street, as rooms above tell it; its records stand on its own page.
public struct StreetFault: Sendable, Hashable {
    public var key: String
    public var street: AreaPrefix
    public var title: LocalizedText
    public var text: LocalizedText
    /// Powers and duties do not fit each other; else duties and means do not.
    public var isOfPowers: Bool
}

extension Faults {
    public func streets(for scope: Scope, at now: Instant) async throws -> [StreetFault] {
        try await findings(for: scope, at: now).map { one in
            StreetFault(
                key: one.key, street: one.street, title: one.fault.title, text: one.text,
                isOfPowers: one.fault != .unmatched)
        }
    }
}
