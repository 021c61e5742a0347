import Ground
import Registry

/// The homes of a grid in the order of a walk: buildings one after another, inside a building by address. Pure.
struct WalkPlan: Sendable {
    var homes: [HomeVisit]
    /// From building to building in metres, as the crow flies; nil where no places are known.
    var metres: Double?
    /// Homes whose building stands nowhere on the map: they come last, by address.
    var withoutPlace: Int

    private struct Stop {
        var homes: [(visit: HomeVisit, address: AddressOrder)]
        var place: PlacePoint?
        var first: AddressOrder { homes[0].address }
    }

    /// - Parameters:
    ///   - homes: those with something to ask.
    ///   - start: where the walk begins; the first home by address when nil.
    init(_ homes: [HomeVisit], rules: VisitRules, start: PlacePoint?, on day: Day) {
        var byBuilding: [String: [(visit: HomeVisit, address: AddressOrder)]] = [:]
        for home in homes {
            let address = home.dwelling?.record.value(CoreElement.address, at: day) ?? ""
            byBuilding[rules.building(of: address), default: []].append((home, AddressOrder(address)))
        }
        let stops = byBuilding.values.map { homes in
            Stop(
                homes: homes.sorted { ($0.address, $0.visit.id) < ($1.address, $1.visit.id) },
                place: Self.middle(
                    homes.compactMap { $0.visit.dwelling?.record.value(CoreElement.place, at: day) }
                        .compactMap { PlacePoint($0) }))
        }.sorted { ($0.first, $0.homes[0].visit.id) < ($1.first, $1.homes[0].visit.id) }
        let located = stops.filter { $0.place != nil }
        let points = located.compactMap(\.place)
        withoutPlace = stops.filter { $0.place == nil }.reduce(0) { $0 + $1.homes.count }
        guard let middle = Self.middle(points) else {
            self.homes = stops.flatMap { $0.homes.map(\.visit) }
            return
        }
        func plane(_ point: PlacePoint) -> Walk.Place {
            Walk.Place(
                longitude: point.longitude, latitude: point.latitude, around: (middle.longitude, middle.latitude))
        }
        let walk = Walk(past: [plane(start ?? points[0])] + points.map(plane))
        // The first place of the walk is the start, which is no home.
        let order = walk.order.dropFirst().map { located[$0 - 1] }
        metres = walk.length
        self.homes = (order + stops.filter { $0.place == nil }).flatMap { $0.homes.map(\.visit) }
    }

    private static func middle(_ points: [PlacePoint]) -> PlacePoint? {
        guard !points.isEmpty else { return nil }
        let count = Double(points.count)
        return PlacePoint(
            longitude: points.reduce(0) { $0 + $1.longitude } / count,
            latitude: points.reduce(0) { $0 + $1.latitude } / count)
    }
}
