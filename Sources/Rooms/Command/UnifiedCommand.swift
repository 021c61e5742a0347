public import Cases
public import Desk
public import Emergencies
public import Ground
public import Identity
import Ledger
import Logging
public import Places
public import Storage

/// 统一指挥: one live board of what is open, who is on shift, and who is nearest. It keeps nothing of its own: every figure
/// is another room's, and leads to the list that it counts.
public struct UnifiedCommand: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let emergencies: Emergencies
    let places: Places
    let rules: WallRules
    let logger = Logger(label: "command")

    /// - Throws: a refusal naming the file when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, emergencies: Emergencies, places: Places
    ) throws(Refusal) {
        rules = try WallRules.load(from: house.rules)
        self.house = house
        self.identity = identity
        self.cases = cases
        self.emergencies = emergencies
        self.places = places
    }

    public static let migrations: [Migration] = []

    public var menu: [MenuEntry] {
        [MenuEntry("/command", icon: "megaphone", CommandTexts.command, right: .seeCommand, order: 58)]
    }

    public func addRoutes(to routes: Routes) {
        let watch = WallWatch(self)
        WallPage(command: self, watch: watch).add(to: routes)
        WallLists(command: self).add(to: routes)
        NearestPage(command: self).add(to: routes)
        CommandAPI(command: self, watch: watch).add(to: routes)
    }

    /// All figures of the wall of an area, at one instant.
    /// - Parameter area: within the scope's own; nil for all of it.
    /// - Throws: a refusal when the scope has no wall, or the area is not its own or smaller than a community.
    public func figures(
        in area: AreaPrefix? = nil, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> WallFigures {
        try scope.require(.seeCommand)
        let area = area ?? scope.area
        guard scope.area.contains(area) else { throw Refusal.nothingHere }
        guard area.level <= .community else {
            throw Refusal(
                .ruleBroken, "command.too-small",
                LocalizedText("指挥屏按社区及以上汇总", "The wall sums up communities and what is above them"),
                wayOn: LocalizedText("请选择社区、街道或区县", "Choose a community, a street or the county"), field: "area")
        }
        var figures = WallFigures(area: area, at: now)
        figures.open = try cases.openFigures(in: area, for: scope, at: now, in: transaction)
        guard scope.may(.readEmergencies) else { return figures }
        figures.emergencies = try emergencies.commandFigures(in: area, for: scope, at: now, in: transaction)
        for shift in try emergencies.onShift(in: area, for: scope, at: now, in: transaction) {
            figures.onShift[shift.kind, default: 0] += 1
        }
        return figures
    }
}
