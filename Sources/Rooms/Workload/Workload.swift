public import Desk
import Ground
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

    public init(house: House, identity: Identity, places: Places, mandates: Mandates, forecast: Forecast) {
        self.house = house
        self.identity = identity
        self.places = places
        self.mandates = mandates
        self.forecast = forecast
    }

    public static let migrations: [Migration] = []

    public var menu: [MenuEntry] {
        [MenuEntry("/workload", icon: "layers", WorkloadTexts.workload, right: .readWorkload, order: 57)]
    }

    public func addRoutes(to routes: Routes) {
        LoadPages(workload: self).add(to: routes)
        WhatIfPage(workload: self).add(to: routes)
        WorkloadAPI(workload: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }
}
