import Ground
import Testing

@testable import Visits

struct WalkTests {
    private static func places(_ count: Int, seed: UInt64) -> [Walk.Place] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            Walk.Place(
                east: Double(Int.random(in: 0...800, using: &random)),
                north: Double(Int.random(in: 0...600, using: &random)))
        }
    }

    @Test("A walk passes each place once and begins at the first", arguments: 0...60)
    func passesAll(count: Int) {
        let walk = Walk(past: Self.places(count, seed: UInt64(count) + 7))
        #expect(walk.order.sorted() == Array(0..<count))
        #expect(walk.order.first == (count == 0 ? nil : 0))
    }

    @Test(
        "It is never longer than always going to the nearest, and no stretch turned round makes it shorter",
        arguments: 1...40)
    func isShort(seed: Int) {
        let places = Self.places(5 + seed * 3, seed: UInt64(seed))
        let walk = Walk(past: places)
        let nearest = Walk.length(Walk.nearestNext(places), places)
        #expect(walk.length <= nearest + 1e-6)
        #expect(walk.length == Walk.length(walk.order, places))
        for first in 1..<places.count - 1 {
            for last in first + 1..<places.count {
                #expect(Walk.gain(of: first, last, walk.order, places) <= 1e-6)
            }
        }
    }

    @Test("Where going to the nearest leaves one behind, the way back is saved")
    func wayBack() {
        let places = [(10, 40), (40, 10), (20, 40), (30, 40), (0, 40)].map {
            Walk.Place(east: Double($0.0), north: Double($0.1))
        }
        #expect(Walk.nearestNext(places) == [0, 2, 3, 4, 1])
        #expect(Walk.length([0, 2, 3, 4, 1], places) == 100)
        let walk = Walk(past: places)
        #expect(walk.order == [0, 4, 2, 3, 1] && abs(walk.length - 71.623) < 0.001)
    }

    @Test("Moving all places moves the walk, and the same places give the same walk")
    func moved() {
        let places = Self.places(50, seed: 3)
        let moved = places.map { Walk.Place(east: $0.east + 5_000, north: $0.north - 300) }
        #expect(Walk(past: places).order == Walk(past: moved).order)
        #expect(Walk(past: places) == Walk(past: places))
    }

    @Test("Addresses come in the order of their numbers, and their building ends where the rules say")
    func addresses() throws {
        let written = ["文三路 10 号 2 幢", "文三路 9 号 11 幢", "文三路 9 号 2 幢", "北山路 1 号"]
        #expect(
            written.sorted { AddressOrder($0) < AddressOrder($1) }
                == ["北山路 1 号", "文三路 9 号 2 幢", "文三路 9 号 11 幢", "文三路 10 号 2 幢"])
        let rules = VisitRules(
            homesAtOnce: 1, questionsAtOnce: 1, declinedDays: 1, nobodyDays: 1, buildingEnds: ["幢", "号楼"],
            matters: VisitRules.Matters(metres: 60, shown: 8))
        #expect(rules.building(of: "文三路翠苑 12 幢 3 单元 201 室") == "文三路翠苑 12 幢")
        #expect(rules.building(of: "曙光新村 3 号楼 201") == "曙光新村 3 号楼")
        #expect(rules.building(of: "龙井村 18 号") == "龙井村 18 号")
    }
}
