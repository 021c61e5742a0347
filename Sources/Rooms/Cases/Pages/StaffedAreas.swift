import Desk
import Ground
import Identity
import Storage

/// The areas that a resident is offered: those whose matters somebody near takes in. A street that nobody staffs is not
/// offered; what is reported from there is taken in by the county, like what names no street at all.
struct StaffedAreas: AreaLookup {
    let areas: any AreaLookup
    /// Where posts stand that may accept matters.
    let staffed: Set<AreaPrefix>

    func name(of area: AreaPrefix) -> String? { areas.name(of: area) }
    func area(at location: Location) -> AreaPrefix? { areas.area(at: location) }

    /// Where no street has staff of its own, the county's people take in everything, and all are offered.
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        let children = areas.children(of: area)
        guard !staffed.isEmpty else { return children }
        return children.filter { child in
            staffed.contains { $0.contains(child.area) || child.area.contains($0) }
        }
    }
}

extension Cases {
    func staffedAreas() async throws -> StaffedAreas {
        let top = house.settings.area
        let staffed = try await house.database.read { [directory] in
            try directory.staffedAreas(below: top, right: .caseAccept, in: $0)
        }
        return StaffedAreas(areas: areas, staffed: staffed)
    }
}
