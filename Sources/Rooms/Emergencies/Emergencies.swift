public import Desk
public import Ground
public import Identity
public import Places
public import Storage

/// 应急: plans, who is on duty, whom to reach, and chains of hand-overs in which nobody is ever lost.
public struct Emergencies: Room {
    let house: House
    let identity: Identity
    let places: Places
    let rules: EmergencyRules

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, identity: Identity, places: Places) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        let roles = identity.roles
        rules = try EmergencyRules.load(from: house.rules) { roles[$0] != nil }
    }

    public static let migrations: [Migration] =
        EmergencySchema.migrations + EmergencySchema.commandMigrations + EmergencySchema.ringingMigrations
        + EmergencySchema.lapsingMigrations

    public var menu: [MenuEntry] {
        [
            MenuEntry(
                "/emergencies", icon: "triangle-alert", EmergencyTexts.emergencies, right: .readEmergencies, order: 30),
            MenuEntry("/scene", icon: "map-pinned", EmergencyTexts.scene, right: .handOver, order: 31),
            MenuEntry("/duty", icon: "calendar-days", EmergencyTexts.duty, right: .readEmergencies, order: 60),
        ]
    }

    public var jobs: [Job] {
        let watch = Watch(emergencies: self)
        return [Job("emergency-alarms", every: .seconds(5)) { try await watch.run() }]
    }

    public func addRoutes(to routes: Routes) {
        EmergencyPages(emergencies: self).add(to: routes)
        EventPage(emergencies: self).add(to: routes)
        ScenePage(emergencies: self).add(to: routes)
        PaperPages(emergencies: self).add(to: routes)
        DutyPages(emergencies: self).add(to: routes)
        EmergencyFeeds(emergencies: self).add(to: routes)
        EmergencyAPI(emergencies: self).add(to: routes)
        DutyAPI(emergencies: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    func roleName(_ key: String) -> LocalizedText { identity.roles[key]?.name ?? LocalizedText(key, key) }
}
