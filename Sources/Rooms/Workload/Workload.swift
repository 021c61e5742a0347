public import Desk
import Dispatch
public import Ground
public import Identity
public import Mandates
public import Places
public import Storage

/// 减负: from duties to hours to posts; what is over, from where it comes, and what further work would do.
public struct Workload: Room {
    let house: House
    let identity: Identity
    let places: Places
    let mandates: Mandates
    let forecast: Forecast
    let staffing: StaffingRules
    let records: any RecordedActs
    let board: SaturationBoard
    /// What rooms above say on the page of loads.
    public let panels = LoadPanels()

    /// The solver takes seconds; threads of Swift's pool are not kept that long.
    static let solving = DispatchQueue(label: "staffing")

    /// - Parameter board: on which other rooms read how full posts are.
    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, places: Places, mandates: Mandates, forecast: Forecast,
        records: any RecordedActs = NoRecordedActs(),
        board: SaturationBoard = SaturationBoard()
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        self.mandates = mandates
        self.forecast = forecast
        self.records = records
        self.board = board
        let roles = identity.roles
        staffing = try StaffingRules.load(from: house.rules) { roles[$0] != nil }
        for measure in forecast.rules.records?.measures ?? [] {
            for act in [measure.from, measure.to] where !records.has(act) {
                throw RuleFiles.refusal(
                    "records: matters have no act \(act)", "records：诉求流程没有操作 \(act)",
                    in: try house.rules.file("workload.yaml"), line: nil)
            }
        }
    }

    public static let migrations: [Migration] =
        StaffingSchema.migrations + CapacitySchema.migrations + TimeCorrectionStore.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/workload", icon: "layers", WorkloadTexts.workload, right: .readWorkload, order: 57),
            MenuEntry("/staffing", icon: "users", WorkloadTexts.staffing, right: .readWorkload, order: 60),
        ]
    }

    public var jobs: [Job] { [boardJob] }

    public func addRoutes(to routes: Routes) {
        LoadPages(workload: self).add(to: routes)
        WhatIfPage(workload: self).add(to: routes)
        CapacityPages(workload: self).add(to: routes)
        CapacityAPI(workload: self).add(to: routes)
        VolumePages(workload: self).add(to: routes)
        VolumeAPI(workload: self).add(to: routes)
        StandardTimePages(workload: self).add(to: routes)
        StandardTimeAPI(workload: self).add(to: routes)
        WorkloadAPI(workload: self).add(to: routes)
        StaffingPages(workload: self).add(to: routes)
        ConsentPage(workload: self).add(to: routes)
        DetailsPages(workload: self).add(to: routes)
        StaffingAPI(workload: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }
}
