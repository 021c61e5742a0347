import Desk
import Geo
import Ground
import Identity
import Places
import Storage
import Web

/// The buildings of an area, all or those that wait for somebody, a page at a time.
struct BuildingList: Sendable {
    enum Filter: String, Sendable, CaseIterable {
        case all, ungridded, missing

        var text: LocalizedText {
            switch self {
            case .all: LocalizedText("全部", "All")
            case .ungridded: LocalizedText("尚未入格", "In no grid yet")
            case .missing: LocalizedText("最近的文件中没有", "Not in the last file")
            }
        }
    }

    let area: AreaPrefix
    let filter: Filter

    /// - Throws: a refusal for an area that is not the viewer's, or no such filter.
    init(_ query: QueryParameters, for scope: Scope) throws(Refusal) {
        filter = try query.choice("show", as: Filter.self) ?? .all
        // The data bureau has a line of its own, and keeps the buildings of all.
        guard scope.line == nil || scope.may(.gridsBuildings) else { throw .nothingHere }
        guard let code = query.filled("area") else {
            area = scope.area
            return
        }
        guard let asked = AreaPrefix(code), scope.area.contains(asked) else { throw .nothingHere }
        area = asked
    }

    /// - Parameter after: the community and the id of the last one, with a dot between.
    func page(after: String?, limit: Int, in transaction: any Transaction) throws -> (
        items: [Building], next: String?
    ) {
        let parts = (after ?? ".").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2 else {
            throw QueryParameters.unreadable(
                "after", after ?? "", because: LocalizedText("请用上一页给出的值", "Use what the page before gave"))
        }
        var found = try transaction.query(query(after: (parts[0], parts[1]), limit: limit + 1))
            .map(BuildingStore.building)
        guard found.count > limit else { return (found, nil) }
        found.removeLast()
        return (found, found.last.map { "\($0.community).\($0.id)" })
    }

    func count(in transaction: any Transaction) throws -> Int {
        try BuildingStore.count(in: area, showing: filter, transaction: transaction)
    }

    func query(after: (community: String, id: String), limit: Int) -> SQL {
        BuildingStore.pageQuery(in: area, showing: filter, after: after, limit: limit)
    }
}

extension Grids {
    /// The grid a building is in; for one that is in none yet, the grid on whose ground it stands. No query.
    func gridByGround(of building: Building) -> String? {
        guard building.grid == nil,
            let found = places.grid(longitude: building.place.longitude, latitude: building.place.latitude),
            found.ground == .outline
        else { return nil }
        return found.code
    }
}
