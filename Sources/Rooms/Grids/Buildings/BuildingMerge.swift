import Desk
import Geo
import Ground
import Places
import Storage

/// Brings what a file says together with what is here.
struct BuildingMerge: Sendable {
    struct Written: Sendable {
        var created = 0
        var changed = 0
        var unchanged = 0
        var placedByGround = 0
        var withoutGrid = 0
        var communities: Set<String> = []
        /// Those that the file says: of these its other buildings are missing.
        var stated: Set<String> = []
        var findings: [UnitFinding] = []
    }

    let grids: Grids
    /// Where buildings may be changed.
    let area: AreaPrefix

    func write(_ arriving: [ArrivingBuilding], in transaction: any Transaction) throws -> Written {
        let known = try BuildingStore.known(arriving.map(\.unit.id), in: transaction)
        var written = Written()
        var insertions: [SQL] = []
        for one in arriving {
            let old = known[one.unit.id]
            if let old, !area.contains(code: old.community) {
                written.findings.append(UnitFinding(kind: .outside, feature: one.unit.feature, subject: one.unit.id))
                continue
            }
            let (building, findings) = Self.merged(one, old, grid: grid(one))
            written.findings += findings
            written.communities.insert(building.community)
            if one.isByGround { written.placedByGround += 1 } else { written.stated.insert(one.community) }
            if building.grid == nil { written.withoutGrid += 1 }
            switch old {
            case nil: written.created += 1
            case building:
                written.unchanged += 1
                continue
            default: written.changed += 1
            }
            insertions.append(BuildingStore.insertion(of: building))
        }
        if !insertions.isEmpty { try transaction.batch(insertions + [GridSchema.noteChange]) }
        return written
    }

    /// The base grid that a file names, by its code or its name, where its community has it today.
    private func grid(_ arriving: ArrivingBuilding) -> String? {
        guard let named = arriving.unit.grid?.filter({ !$0.isWhitespace }) else { return nil }
        let own = grids.places.children(of: arriving.community).filter { $0.code.utf8.count == 15 }
        return own.first { $0.code == named }?.code ?? own.first { $0.name == named }?.code
    }

    /// Pure. What the file does not state stays; a grid keeps its buildings.
    /// - Parameter grid: the one the file names, where there is such a one.
    static func merged(
        _ arriving: ArrivingBuilding, _ old: Building?, grid: String?
    ) -> (Building, [UnitFinding]) {
        let unit = arriving.unit
        var building = Building(
            id: unit.id, community: arriving.community, grid: grid, name: named(unit) ?? unit.id,
            compound: unit.compound.map { String($0.prefix(100)) }, households: unit.households,
            workload: unit.workload, place: rounded(unit.place), outline: unit.shape)
        guard let old else { return (building, []) }
        var findings: [UnitFinding] = []
        building.name = named(unit) ?? old.name
        building.compound = building.compound ?? old.compound
        building.workload = building.workload ?? old.workload
        if building.outline == nil, let outline = old.outline, outline.box?.contains(building.place) ?? false {
            building.outline = outline
        } else if building.outline != nil, building.outline == old.outline {
            // The same walls: its place is the one chosen before.
            building.place = old.place
        }
        if let own = old.grid {
            if let grid, grid != own {
                findings.append(UnitFinding(kind: .gridKept, feature: unit.feature, subject: "\(unit.id), \(own)"))
            }
            if arriving.community != old.community, !arriving.isByGround {
                findings.append(
                    UnitFinding(kind: .communityKept, feature: unit.feature, subject: "\(unit.id), \(old.community)"))
            }
            (building.grid, building.community) = (own, old.community)
        } else if arriving.isByGround {
            // Where it stands says less than what somebody said before.
            building.community = old.community
            if let grid, !grid.hasPrefix(old.community) { building.grid = nil }
        }
        return (building, findings)
    }

    /// To a centimetre, as it is written in tables.
    private static func rounded(_ place: Position) -> Position {
        Position(x: (place.x * 1e7).rounded() / 1e7, y: (place.y * 1e7).rounded() / 1e7)
    }

    private static func named(_ unit: UnitIntake.Unit) -> String? { unit.name.map { String($0.prefix(100)) } }
}
