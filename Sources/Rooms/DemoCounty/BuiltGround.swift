import Desk
import Geo
import Grids
import Ground
import Places

/// The buildings of the generated county, and its grids designed from them by the same library that designs real ones.
/// Each community's compounds stand on a turned lattice near its street's sketched place: no real building, no real border.
struct BuiltGround {
    private(set) var buildings: [Building] = []
    private(set) var outlines: [GridOutline] = []
    private var random: SeededRandom
    private let since: Day

    private init(seed: UInt64, since: Day) {
        random = SeededRandom(seed: seed ^ 0x4752_4F55_4E44)
        self.since = since
    }

    /// Builds every community and designs its grids; the stage's grids get the households, middles and ground designed.
    static func lay(_ stage: inout Stage, _ files: DemoFiles, seed: UInt64, since: Day) async throws -> BuiltGround {
        var ground = BuiltGround(seed: seed, since: since)
        var designed: [String: Grid] = [:]
        for street in stage.streets.indices {
            guard let sketch = files.names.sketch[stage.streets[street].area.code] else { continue }
            for place in stage.streets[street].communities.indices {
                let community = stage.streets[street].communities[place]
                let middle = Self.middle(place, of: stage.streets[street].communities.count, sketch)
                let grids = try await ground.build(community, around: middle)
                stage.streets[street].communities[place].grids = grids
                for grid in grids { designed[grid.code] = grid }
            }
        }
        stage.grids = stage.grids.map { designed[$0.code] ?? $0 }
        return ground
    }

    /// Communities lie around their street's middle as seeds do in a sunflower: none upon another.
    private static func middle(_ place: Int, of count: Int, _ sketch: DemoNames.Sketch) -> Position {
        // Turns of the golden angle, by the rule for the cosine of a sum: the same on every machine.
        let (cosine, sine) = (-0.737_368_878_1, 0.675_490_294_3)
        var direction = (x: 1.0, y: 0.0)
        for _ in 0..<place {
            direction = (direction.x * cosine - direction.y * sine, direction.x * sine + direction.y * cosine)
        }
        let step = max(330, min(600, sketch.radius / Double(max(1, count)).squareRoot()))
        let distance = step * Double(place).squareRoot()
        // Metres to degrees at 30 degrees north.
        return Position(
            longitude: sketch.longitude + distance * direction.x / 96_300,
            latitude: sketch.latitude + distance * direction.y / 110_900)
    }

    private static let turns: [(cosine: Double, sine: Double)] = [
        (1, 0), (0.96, 0.28), (0.936, 0.352), (0.96, -0.28), (0.8, 0.6), (0.936, -0.352),
    ]

    private mutating func build(_ community: Stage.Community, around middle: Position) async throws -> [Grid] {
        let wanted = community.grids.reduce(0) { $0 + Int($1.households) }
        var households: [Int] = []
        while households.reduce(0, +) < wanted {
            let rest = wanted - households.reduce(0, +)
            households.append(rest < 60 ? rest : min(rest - 24, [24, 36, 48, 48, 60, 72][random.number(0...5)]))
        }
        let turn = Self.turns[random.number(0...(Self.turns.count - 1))]
        let columns = max(4, Int(Double(households.count).squareRoot().rounded(.up)))
        var own: [Building] = []
        for (number, count) in households.enumerated() {
            let (row, column) = (number / columns, number % columns)
            // A road after every fourth building and every second row: between compounds.
            let x = Double(column) * 46 + Double(column / 4) * 22 - Double(columns) * 25
            let y =
                Double(households.count / columns - row) * 40 + Double((households.count / columns - row) / 2) * 18
                - Double(columns) * 22
            let shift = Double(random.number(-4...4))
            func place(_ east: Double, _ north: Double) -> Position {
                let (x, y) = (x + east + shift, y + north)
                let (turned, up) = (x * turn.cosine - y * turn.sine, x * turn.sine + y * turn.cosine)
                return Position(
                    longitude: Self.rounded(middle.longitude + turned / 96_300),
                    latitude: Self.rounded(middle.latitude + up / 110_900))
            }
            let (half, depth) = (count > 48 ? 15.0 : 18.0, count > 48 ? 9.0 : 6.5)
            let block = (row / 2) * max(1, (columns + 3) / 4) + column / 4
            let compound = community.compounds.isEmpty ? nil : community.compounds[block % community.compounds.count]
            own.append(
                Building(
                    id: "\(community.area.code)-\(1001 + number)", community: community.area.code,
                    name: "\(compound ?? community.name)\(number + 1) 幢", compound: compound.map { "\($0)\(block)" },
                    households: count, place: place(0, 0),
                    outline: .polygon(
                        Polygon(
                            outer: Ring(corners: [
                                place(-half, -depth), place(half, -depth), place(half, depth), place(-half, depth),
                            ])))))
        }
        let target = Double(wanted) / Double(community.grids.count)
        let result = try await Grids.design(
            own, community: community.area.code, named: community.name, low: target * 0.875, high: target * 1.125,
            target: target, validFrom: since)
        guard result.grids.count == community.grids.count else {
            // Workers hold posts in the grids founded; should the design find another number, those stay, in rows.
            var before = 0
            for building in own {
                let place = min(community.grids.count - 1, before * community.grids.count / max(1, wanted))
                before += building.households
                var building = building
                building.grid = community.grids[place].code
                buildings.append(building)
            }
            return community.grids
        }
        buildings += result.buildings
        outlines += result.outlines
        return result.grids
    }

    private static func rounded(_ degrees: Double) -> Double { (degrees * 1e7).rounded() / 1e7 }
}
