@testable import GridDesign

/// Small cities for the tests.
struct City {
    var units = Units()
    var adjacency = Adjacency()

    /// Buildings on a lattice, 20 m apart; compounds of `side` × `side` buildings; households as the dice fall.
    static func lattice(_ width: Int, _ height: Int, compoundSide: Int = 3, households: ClosedRange<Int>, seed: UInt64)
        -> City
    {
        var city = City()
        var dice = Dice(seed: seed)
        for y in 0..<height {
            for x in 0..<width {
                city.units.xs.append(Double(x) * 20)
                city.units.ys.append(Double(y) * 20)
                let many = households.lowerBound + dice.below(households.count)
                city.units.households.append(Int32(many))
                city.units.workloads.append(Double(many))
                city.units.compounds.append(
                    Int32(y / compoundSide * ((width + compoundSide - 1) / compoundSide) + x / compoundSide))
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                if x + 1 < width { city.join(y * width + x, y * width + x + 1) }
                if y + 1 < height { city.join(y * width + x, (y + 1) * width + x) }
            }
        }
        return city
    }

    mutating func join(_ a: Int, _ b: Int) {
        adjacency.from.append(Int32(a))
        adjacency.to.append(Int32(b))
        adjacency.affinities.append(units.compounds[a] == units.compounds[b] ? 8 : 3)
    }

    func figures(_ plan: [Int32], _ norm: GridNorm) -> PlanFigures {
        PlanFigures(units, adjacency, plan: plan, norm: norm)
    }
}
