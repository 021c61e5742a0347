import Desk
import Foundation
import Geo
import Ground
import Identity
import Storage
import StorageTesting
import Testing
import Web

@testable import Grids

@Suite("Barriers from a county's own files")
struct BarrierFileTests {
    struct Run {
        var report: BarrierReport
        var errors: String
    }

    static func officer(of office: GridsOffice) async throws -> Scope {
        var scope = try await office.person(
            "officer", "coordination_officer", GridsOffice.county,
            BodyID(office.house.identifiers.nextText(at: office.now)))
        scope.rights.insert(.gridsBuildings)
        return scope
    }

    static func bring(
        _ text: String, as name: String = "barriers.geojson", _ office: GridsOffice, by scope: Scope,
        datum: Datum? = nil, place: BarrierImport.Place = .same
    ) async throws -> Run {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let report = try await BarrierImport(grids: office.grids).run(
            BarrierImport.Order(
                path: path, name: name, datum: datum, place: place, errors: folder.path + "/errors.csv",
                language: .english), by: scope)
        return Run(report: report, errors: try String(contentsOfFile: folder.path + "/errors.csv", encoding: .utf8))
    }

    /// A river southwards, somewhere in the county.
    private static func river(
        _ longitude: Double = 120.13, _ latitude: Double = 30.27, system: String? = nil, _ properties: String = ""
    ) -> String {
        let named = system.map { #""crs":{"type":"name","properties":{"name":"\#($0)"}},"# } ?? ""
        return """
            {"type":"FeatureCollection",\(named)"features":[{"type":"Feature","properties":{"class":"river","name":"一河"\(properties)},\
            "geometry":{"type":"LineString","coordinates":[[\(longitude),\(latitude)],[\(longitude),\(latitude - 0.01)]]}}]}
            """
    }

    private func held(_ office: GridsOffice) async throws -> [Barrier] {
        try await office.house.database.read { try BarrierSourceStore.inForce(named: nil, in: $0) }
    }

    private func pieces(_ office: GridsOffice) async throws -> Int {
        try await office.rows("SELECT id FROM grid_barriers").count
    }

    @Test("The coordinate system that a file or a barrier names is heeded, and so is the one that is chosen for it")
    func systems() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let officer = try await Self.officer(of: office)
            let given = Datum.gcj02.fromCGCS2000(longitude: 120.13, latitude: 30.27)
            let world = 40_075_016.685_578_488
            let unit = WebMercator.unit(longitude: 120.13, latitude: 30.27)
            let metres = (east: (unit.x - 0.5) * world, north: (0.5 - unit.y) * world)
            let shifted = Self.river(given.longitude, given.latitude)
            let cases: [(text: String, datum: Datum?, notes: [BarrierFinding.Kind])] = [
                (Self.river(), nil, []), (Self.river(system: "urn:ogc:def:crs:OGC:1.3:CRS84"), nil, []),
                (Self.river(system: "EPSG:4490"), .wgs84, []),
                (Self.river(metres.east, metres.north, system: "urn:ogc:def:crs:EPSG::3857"), nil, []),
                (shifted, .gcj02, [.datumConverted]),
                (Self.river(given.longitude, given.latitude, system: "GCJ-02"), nil, [.datumConverted]),
                (Self.river(given.longitude, given.latitude, #","datum":"高德""#), nil, [.datumConverted]),
                // What the barrier names is nearer to it than what was chosen.
                (Self.river(120.13, 30.27, #","坐标系":"国家2000""#), .bd09, []),
                (Self.river(30.27, 120.13).replacing("120.12]", with: "120.125]"), nil, [.swapped]),
            ]
            for (number, one) in cases.enumerated() {
                let report = try await Self.bring(
                    one.text, as: "\(number).geojson", office, by: officer, datum: one.datum, place: .all
                ).report
                #expect(report.notes.map(\.kind) == one.notes && report.rejected == 0, "\(number)")
                let first = try #require(try await held(office).first?.courses.first?.first)
                #expect(abs(first.x - 120.13) < 1e-6 && abs(first.y - 30.27) < 1e-6, "\(number): \(first)")
            }
        }
    }

    @Test(
        "A file that is none, of metres, of an unknown system, or without any known class is refused with a way on, and changes nothing",
        arguments: [
            ("a.docx", "x", "grids.input.kind"), ("a.csv", "类型\n河\n", "grids.input.columns"),
            ("a.geojson", river(system: "EPSG:4610"), "grids.input.unknown-system"),
            ("a.geojson", river(516_000, 3_350_000), "grids.barriers.plane"),
            ("a.geojson", river().replacing("river", with: "dream"), "grids.no-barrier"),
            ("a.gpkg", "no", "grids.input.geopackage"),
        ])
    func refused(name: String, text: String, code: String) async throws {
        try await GridsOffice.with(.sqlite) { office in
            let officer = try await Self.officer(of: office)
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await Self.bring(text, as: name, office, by: officer)
            }
            #expect(refusal?.code == code)
            if code != "grids.input.geopackage" { #expect(refusal?.wayOn != nil) }
            #expect(try await held(office).isEmpty)
            #expect(try await pieces(office) == 0)
        }
    }

    @Test("A table brings lines as text and bridges by degrees; each bad row is in the file of errors as it came")
    func table() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let officer = try await Self.officer(of: office)
            let run = try await Self.bring(
                [
                    "名称,类型,经度,纬度,geometry,坐标系", #"一河,河流,,,"LINESTRING (120.13 30.27, 120.13 30.26)","#,
                    "一桥,桥梁,120.13,30.265,,", "墙,围墙,120.13,30.265,,", "二河,河流,,,,", "三河,河流,120.1,30.2,,",
                    #"四河,河流,,,"LINESTRING (120.13 30.27, 120.13 30.26)",mars"#,
                    #"五河,河流,,,"LINESTRING (420.13 30.27, 120.13 30.26)","#,
                ].joined(separator: "\n"), as: "barriers.csv", office, by: officer)
            let report = run.report
            #expect(report.barriers == 1 && report.bridges == 1 && report.rows == 7 && report.rejected == 5)
            #expect(
                report.problems.map(\.kind) == [.unknownClass, .noCourse, .noCourse, .unknownDatum, .elsewhere])
            #expect(report.problems.map(\.feature) == [4, 5, 6, 7, 8])
            #expect(report.text(report.problems[0]).english.hasPrefix("row 4 (墙, 围墙)"))
            let lines = run.errors.split(whereSeparator: \.isNewline)
            #expect(lines.count == 6)
            #expect(lines.dropFirst().first?.contains("grids.barriers.unknownClass") == true)
            #expect(lines.dropFirst().first?.hasSuffix("墙,围墙,120.13,30.265,,") == true)
            // A hundredth of a degree northwards.
            #expect(abs(report.metres - 1_108.6) < 1)
            let list = try BarrierList(QueryParameters([("class", "river")]), office.grids.norms, for: officer)
            let page = try await office.house.database.read { try list.page(after: nil, limit: 10, in: $0) }
            #expect(page.items.map(\.bridges) == [1] && page.items.first?.source == "barriers.csv")
        }
    }

    @Test(
        "The same file changes nothing; a new one of its name takes its place, which is undone; other files stay",
        arguments: EngineCase.available)
    func replacing(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let officer = try await Self.officer(of: office)
            let work = BarrierWork(grids: office.grids)
            let first = try await Self.bring(Self.river(), as: "waters.geojson", office, by: officer).report
            #expect(!first.isUnchanged && first.replaced == 0 && first.removal == nil)
            let again = try await Self.bring(Self.river(), as: "waters.geojson", office, by: officer).report
            #expect(again.isUnchanged && again.source == first.source)
            _ = try await Self.bring(
                Self.river(120.2).replacing("river", with: "rail"), as: "rails.geojson", office, by: officer)
            #expect(try await held(office).map(\.kind).sorted() == ["railway", "river"])
            let second = try await Self.bring(
                Self.river(120.14).replacing("一河", with: #"\u0000\u0007一\n河"#), as: "waters.geojson", office,
                by: officer
            ).report
            #expect(second.replaced == 1)
            // What no database keeps in a text is no part of a name.
            #expect(try await held(office).map(\.name) == ["一河", "一河"])
            let removal = try #require(second.removal)
            let now = office.now
            let back = try await office.house.database.write {
                try work.restore(removal, by: officer, at: now, in: $0)
            }
            #expect(back == 1)
            #expect(
                try await held(office).filter { $0.kind == "river" }.compactMap { $0.courses.first?.first?.x } == [
                    120.13
                ])
            #expect(try await pieces(office) == 2)
            // What the undoing took out can be had again, but not beside what is there instead.
            let other = try #require(
                try await office.house.database.read { try BarrierSourceStore.removals(limit: 10, in: $0) }.first)
            #expect(other.name == "waters.geojson" && other.barriers == 1)
            let undone = await #expect(throws: Refusal.self) {
                try await office.house.database.write {
                    _ = try work.restore(other.id, by: officer, at: now, in: $0)
                }
            }
            #expect(undone?.code == "grids.barriers.replaced-since")
            #expect(try await pieces(office) == 2)
            // Put back while a later one of its name is in force, it would be there twice.
            let third = try await Self.bring(Self.river(120.15), as: "waters.geojson", office, by: officer).report
            #expect(third.replaced == 1)
            let refusal = await #expect(throws: Refusal.self) {
                try await office.house.database.write {
                    _ = try work.restore(other.id, by: officer, at: now, in: $0)
                }
            }
            #expect(refusal?.code == "grids.barriers.replaced-since")
            // Thirty days later it is gone for good.
            office.clock.advance(.days(31))
            try await work.forget(at: office.now)
            #expect(try await office.rows("SELECT id FROM barrier_removals").isEmpty)
            #expect(try await office.rows("SELECT id FROM barriers").count == 2)
            #expect(try await office.rows("SELECT id FROM barrier_sources").count == 2)
            #expect(try await pieces(office) == 2)
        }
    }

    @Test("A street, or a post without the right, neither brings in nor takes out")
    func rights() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let officer = try await Self.officer(of: office)
            var reader = officer
            reader.rights = [.gridsRead]
            for (scope, code) in [(office.leader, "grids.barriers-area"), (reader, "desk.right-missing")] {
                let refusal = await #expect(throws: Refusal.self) {
                    _ = try await Self.bring(Self.river(), office, by: scope)
                }
                #expect(refusal?.code == code)
            }
            _ = try await Self.bring(Self.river(), office, by: officer)
            let one = try #require(try await held(office).first)
            let now = office.now
            await #expect(throws: Refusal.self) {
                try await office.house.database.write {
                    _ = try BarrierWork(grids: office.grids).remove(
                        .source(one.source), by: office.leader, at: now, in: $0)
                }
            }
            #expect(try await held(office).count == 1)
            // A department has nothing to do with the ground, unless it keeps it.
            var department = reader
            department.line = "data"
            #expect(throws: Refusal.self) {
                _ = try BarrierList(QueryParameters(), office.grids.norms, for: department)
            }
            department.rights.insert(.gridsBuildings)
            _ = try BarrierList(QueryParameters(), office.grids.norms, for: department)
        }
    }

    @Test("The list is a range of an index")
    func plan() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let query = BarrierSourceStore.pageQuery(kind: nil, source: nil, after: ("river", "x"), limit: 100)
            let plan = try await office.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
            #expect(plan.count == 1 && plan[0].contains("USING INDEX barriers_in_force (kind>?)"), "\(plan)")
        }
    }
}
