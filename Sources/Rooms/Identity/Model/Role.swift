public import Desk
public import Ground

/// What a post may do, from `Rules/roles.yaml`.
public struct Role: Sendable, Hashable {
    /// How posts name it: `dispatcher`. Stays when its title changes.
    public var key: String
    public var name: LocalizedText
    /// The level of area at which such a post usually stands; nil when it may stand at any.
    public var level: AreaLevel?
    public var rights: Set<Right>
    /// Decides over others' matters: then a second step at log-in is asked for.
    public var decides: Bool
    /// May give any role, its own rights or not.
    public var isAdministrator: Bool

    public init(
        key: String, name: LocalizedText, level: AreaLevel?, rights: Set<Right>, decides: Bool,
        isAdministrator: Bool = false
    ) {
        self.key = key
        self.name = name
        self.level = level
        self.rights = rights
        self.decides = decides
        self.isAdministrator = isAdministrator
    }
}
