import Cipher
import Desk
import Ground
import Places
import Storage

extension Registry {
    /// What stands around a point of the map, nearest first, of the grid in which the point lies.
    struct Near: Sendable {
        var found: [(subject: StoredSubject, metres: Int)] = []
        /// Of the grid, known to be there but without a place on the map.
        var unplaced = 0
    }

    /// Places are sealed, so no index holds them: a grid is as many homes as one person looks after, and is gone through.
    static let mostOfGrid = 3_000

    /// Homes and buildings around a point. A home stands where its dwelling does, a dwelling without a place of its own where
    /// its building does.
    /// - Returns: nothing when the point lies in no grid that this scope sees.
    func near(
        _ point: PlacePoint, _ kind: SubjectKind, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> Near {
        guard let code = places.grid(longitude: point.longitude, latitude: point.latitude)?.code,
            let grid = AreaPrefix(code), scope.area.contains(grid)
        else { return Near() }
        let (day, vault) = (today, house.keys.vault)
        func all(_ kind: SubjectKind) throws -> [StoredSubject] {
            try SubjectStore.page(
                kind, in: grid, for: scope, after: nil, limit: Self.mostOfGrid, vault: vault, in: transaction)
        }
        func value(_ key: String, _ subject: StoredSubject) -> String? { subject.record.value(key, at: day) }
        var points: [String: PlacePoint] = [:]
        let subjects = try all(kind)
        for building in kind == .building ? subjects : try all(.building) {
            points[building.id.text] = value(CoreElement.buildingPlace, building).flatMap { PlacePoint($0) }
        }
        if kind != .building {
            for dwelling in kind == .dwelling ? subjects : try all(.dwelling) {
                points[dwelling.id.text] =
                    value(CoreElement.place, dwelling).flatMap { PlacePoint($0) }
                    ?? value(CoreElement.building, dwelling).flatMap { points[$0] }
            }
        }
        var near = Near()
        let centre = Grid.Centre(longitude: point.longitude, latitude: point.latitude)
        for subject in subjects {
            let standing = kind == .household ? value(CoreElement.dwelling, subject) : subject.id.text
            guard let place = standing.flatMap({ points[$0] }) else {
                near.unplaced += 1
                continue
            }
            let own = Grid.Centre(longitude: place.longitude, latitude: place.latitude)
            near.found.append((subject, Int(centre.metres(to: own).rounded())))
        }
        near.found.sort { ($0.metres, $0.subject.id) < ($1.metres, $1.subject.id) }
        near.found = Array(near.found.prefix(limit))
        return near
    }
}
