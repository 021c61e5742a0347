public import Desk
public import Ground
public import Identity
public import Places
public import Storage

/// 减负: what burdens the grassroots besides its duties: targets that grow on their way down, and how people are under it.
public struct Burdens: Room {
    let house: House
    let identity: Identity
    let places: Places
    let pulse: PulseRules
    let registers: RegisterRules

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(house: House, identity: Identity, places: Places) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        pulse = try PulseRules.load(from: house.rules)
        registers = try RegisterRules.load(from: house.rules)
    }

    public static let migrations: [Migration] =
        PulseStore.migrations + TargetStore.migrations + RegisterStore.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/targets", icon: "route", BurdenTexts.targets, right: .readMandates, order: 61),
            MenuEntry("/plaques", icon: "clipboard-list", BurdenTexts.plaques, right: .readMandates, order: 61),
            MenuEntry("/pulse", icon: "message-square", BurdenTexts.pulse, right: .readWorkload, order: 62),
        ]
    }

    public var jobs: [Job] {
        let house = house
        return [
            Job("pulse-slips", every: .hours(1)) {
                let today = house.clock.now().local().day
                try await house.database.write { try PulseStore.forgetSlips(closedBefore: today, in: $0) }
            }
        ]
    }

    public func addRoutes(to routes: Routes) {
        PulsePages(burdens: self).add(to: routes)
        PulseAPI(burdens: self).add(to: routes)
        TargetPages(burdens: self).add(to: routes)
        LaidPages(burdens: self).add(to: routes)
        TargetAPI(burdens: self).add(to: routes)
        PlaquePages(burdens: self).add(to: routes)
        AssessmentPages(burdens: self).add(to: routes)
        RegisterAPI(burdens: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    func groupName(_ group: PulseGroup, _ visit: Visit) -> String {
        let names = group.places.prefix(3).map { places.name(of: $0) ?? $0 }.joined(separator: "、")
        return group.places.count > 3 ? visit("\(names)等 \(group.places.count) 处", "\(names) and others") : names
    }
}
