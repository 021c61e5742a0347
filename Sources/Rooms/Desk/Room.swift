public import Ground
public import Storage

/// A bounded context: its tables, its routes and pages, its work in the background.
public protocol Room: Sendable {
    static var migrations: [Migration] { get }
    /// The rights that this room knows; a role that names any other is refused at start.
    static var rights: [Right] { get }
    var menu: [MenuEntry] { get }
    var jobs: [Job] { get }
    func addRoutes(to routes: Routes)
}

extension Room {
    public static var rights: [Right] { [] }
    public var menu: [MenuEntry] { [] }
    public var jobs: [Job] { [] }
}

/// One entry of the navigation.
public struct MenuEntry: Sendable {
    public var path: String
    /// The name of the symbol in the icon sprite.
    public var icon: String
    public var text: LocalizedText
    /// Who sees it.
    public var right: Right?
    /// Smaller stands further left; the first four on the phone's bottom bar. From 50 it is about plans and figures, from 70
    /// about administration: it says the group under “More”.
    public var order: Int

    public init(_ path: String, icon: String, _ text: LocalizedText, right: Right? = nil, order: Int) {
        self.path = path
        self.icon = icon
        self.text = text
        self.right = right
        self.order = order
    }
}

/// Work that repeats in the background. Each run is one unit: it may be cut off at any moment and is simply run again.
public struct Job: Sendable {
    public var name: String
    public var every: Span
    public var run: @Sendable () async throws -> Void

    public init(_ name: String, every: Span, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.every = every
        self.run = run
    }
}
