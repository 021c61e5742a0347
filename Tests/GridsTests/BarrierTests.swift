import Desk
import Geo
import GridDesign
import Ground
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import Grids

@Suite("What parts the ground of a plan")
struct BarrierTests {
    @Test("A course is kept whole in pieces, none wider than the index allows")
    func pieces() {
        let courses: [[Position]] = [
            [Position(x: 120, y: 30), Position(x: 120.5, y: 30.1)],
            (0..<1_000).map { Position(x: 120 + Double($0 % 7) * 0.004, y: 30 + Double($0) * 0.001) },
            [Position(x: 120, y: 30), Position(x: 120, y: 31)], [Position(x: 120, y: 30)],
        ]
        for course in courses {
            let pieces = BarrierStore.pieces(of: course)
            #expect(pieces.first?.first == course.first && pieces.last?.last == course.last)
            for piece in pieces {
                let (west, east) = (piece.map(\.x).min() ?? 0, piece.map(\.x).max() ?? 1)
                #expect(east - west <= 0.02 + 1e-9)
            }
            for (one, next) in zip(pieces, pieces.dropFirst()) { #expect(one.last == next.first) }
            // No corner is lost.
            let kept = Set(pieces.joined())
            #expect(course.allSatisfy(kept.contains))
        }
        #expect(BarrierStore.pieces(of: []).isEmpty)
    }

    @Test(
        "No grid of a plan reaches over a river without a bridge, and the pictures of the plan show the river",
        arguments: EngineCase.available)
    func river(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            // Eight rows of eight; the river runs between the fourth and the fifth column.
            let buildings = try await office.build(64, households: { _ in 30 })
            let places = buildings.map(\.place.longitude).sorted()
            let middle = (places[31] + places[32]) / 2
            func sides(_ grids: [GridPlan.PlannedGrid]) -> Int {
                let west = Set(buildings.filter { $0.place.longitude < middle }.map(\.id))
                return grids.count { grid in
                    let own = grid.members.count(where: west.contains)
                    return own > 0 && own < grid.members.count
                }
            }
            let river = """
                {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"waterway":"river"},"geometry":\
                {"type":"LineString","coordinates":[[\(middle),30.2],[\(middle),30.4]]}},\
                {"type":"Feature","properties":{"waterway":"dream"},"geometry":{"type":"LineString","coordinates":[[1,1],[2,2]]}},\
                {"type":"Feature","properties":{"railway":"rail"},"geometry":{"type":"LineString","coordinates":[[400,1],[2,2]]}}]}
                """
            let officer = try await BarrierFileTests.officer(of: office)
            let report = try await BarrierFileTests.bring(river, office, by: officer).report
            #expect(report.barriers == 1 && report.pieces == 1)
            #expect(report.counts == [.unknownClass: 1, .elsewhere: 1])
            let made = try await office.plan()
            let grids = try #require(made.choices.first).1
            #expect(grids.count > 2 && sides(grids) == 0)
            let known = try await office.house.database.read {
                try BarrierStore.touching(
                    Box(west: middle - 0.01, south: 30.26, east: middle + 0.01, north: 30.28), in: $0)
            }
            #expect(known.map(\.kind) == ["river"])
            let picture = String(decoding: PlanPicture(grids: grids, barriers: known).html("x").bytes, as: UTF8.self)
            #expect(picture.contains("stroke=\"#1677ff\""))
            #expect(PlanPicture.legend(known).map(\.english) == ["blue: rivers"])
            // What comes next is in place of what was, and elsewhere there is none.
            let bridge = """
                {"type":"Feature","properties":{"class":"bridge"},"geometry":{"type":"Point","coordinates":[\(middle),30.27]}}
                """
            let second = try await BarrierFileTests.bring(bridge, office, by: officer, place: .all).report
            #expect(second.bridges == 1 && second.replaced == 1)
            func around(_ west: Double) async throws -> [String] {
                let box = Box(west: west - 0.01, south: 30.2, east: west + 0.01, north: 30.4)
                return try await office.house.database.read { try BarrierStore.touching(box, in: $0).map(\.kind) }
            }
            #expect(try await around(middle) == [GroundBarrier.bridge])
            let none = try await around(10)
            #expect(none.isEmpty)
        }
    }

    @Test("Barriers around a place are a range of one index")
    func plan() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let query = BarrierStore.query(touching: Box(west: 120, south: 30, east: 120.1, north: 30.1), limit: 10)
            let plan = try await office.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
            #expect(plan.first?.contains("USING INDEX grid_barriers_by_west (west>? AND west<?)") == true, "\(plan)")
        }
    }
}
