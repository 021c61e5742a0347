import Desk
import Foundation
import Geo
import Ground
import Identity
import Places
import Sheets
import Storage
import StorageTesting
import Testing
import Web

@testable import Grids

@Suite("Buildings from a county's own files")
struct BuildingFileTests {
    /// A row of a table with its place some metres from the middle of the community.
    private static func row(
        _ id: String, east: Double = 0, north: Double = 0, community: String = "甲社区", _ rest: String = "40"
    ) -> String {
        let place = LocalPlane(around: Position(longitude: 120.13, latitude: 30.27))
            .degrees(Position(x: east, y: north))
        return "\(id),\(id) 幢,\(community),\(place.longitude),\(place.latitude),\(rest)"
    }

    private static let header = "编号,名称,社区,经度,纬度,户数"

    private struct Run {
        var report: BuildingReport
        var errors: String
    }

    private func bring(
        _ text: String, as name: String = "buildings.csv", _ office: GridsOffice, by scope: Scope? = nil,
        datum: Datum? = nil, isPartial: Bool = false
    ) async throws -> Run {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let report = try await BuildingImport(grids: office.grids).run(
            BuildingImport.Order(
                path: path, name: name, datum: datum, isPartial: isPartial, errors: folder.path + "/errors.csv",
                language: .english),
            within: scope?.area ?? GridsOffice.county, by: scope.map { Actor($0) } ?? .system)
        return Run(report: report, errors: try String(contentsOfFile: folder.path + "/errors.csv", encoding: .utf8))
    }

    private func held(_ office: GridsOffice, _ area: AreaPrefix = GridsOffice.county) async throws -> [Building] {
        try await office.grids.buildings(in: area, limit: 1_000)
    }

    private func entries(_ office: GridsOffice) async throws -> Int {
        try await office.rows("SELECT id FROM ledger_entries WHERE act = 'grids.buildings'").count
    }

    @Test("Control characters in a name cost only themselves", arguments: EngineCase.available)
    func controlCharacters(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let text = """
                {"type":"Feature","properties":{"id":"b1","name":"甲\\u0000楼","compound":"\\u0000","community":"甲社区","households":4},\
                "geometry":{"type":"Point","coordinates":[120.13,30.27]}}
                """
            let report = try await bring(text, as: "buildings.geojson", office).report
            #expect(report.created == 1 && report.rejected == 0)
            let building = try #require(try await held(office).first)
            #expect(building.name == "甲楼" && building.compound == nil)
        }
    }

    @Test(
        "A file brings buildings in once; again it changes nothing; what changed is changed under the same id",
        arguments: EngineCase.available)
    func twice(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let rows = (0..<700).map { Self.row("b\($0)", east: Double($0 % 20) * 30, north: Double($0 / 20) * 30) }
            let text = ([Self.header] + rows).joined(separator: "\r\n")
            let first = try await bring(text, office).report
            #expect(first.rows == 700 && first.created == 700 && first.rejected == 0 && first.missing == 0)
            #expect(first.withoutGrid == 700 && first.communities == 1 && first.placedByGround == 0)
            let before = try await held(office)
            #expect(before.count == 700 && before.allSatisfy { $0.grid == nil && $0.households == 40 })
            let changes = try await office.grids.changes()
            let again = try await bring(text, office).report
            #expect(again.unchanged == 700 && again.created + again.changed == 0)
            #expect(try await held(office) == before)
            #expect(try await office.grids.changes() == changes)
            #expect(try await entries(office) == 1)
            // One grew, one has another name.
            let third = try await bring(
                text.replacing(",40\r\n", with: ",41\r\n", maxReplacements: 1).replacing("b9 幢", with: "九幢"), office
            ).report
            #expect(third.changed == 2 && third.unchanged == 698)
            let after = try await held(office)
            #expect(Set(after.map(\.id)) == Set(before.map(\.id)))
            #expect(after.first { $0.id == "b0" }?.households == 41)
            #expect(after.first { $0.id == "b9" }?.name == "九幢")
            #expect(try await office.grids.changes() > changes)
            #expect(try await entries(office) == 2)
        }
    }

    @Test("One bad building keeps no good one out, and each is in the file of errors as it came, with its reason")
    func badRows() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let run = try await bring(
                [
                    Self.header, Self.row("good"), Self.row("", east: 30), Self.row("good", east: 60),
                    Self.row("many", east: 90, "许多"), Self.row("less", east: 120, "-3"),
                    "nowhere,x,甲社区,东,北,3", Self.row("strange", east: 150, community: "丙社区"),
                    Self.row(String(repeating: "n", count: 65), east: 180), Self.row("last", east: 210, "0"),
                ].joined(separator: "\n"), office)
            let report = run.report
            #expect(report.created == 2 && report.rejected == 7 && report.rows == 9)
            #expect(
                report.problems.map(\.kind) == [
                    .noID, .duplicateID, .noHouseholds, .negative, .noPlace, .unknownCommunity, .noID,
                ])
            // Rows as a person finds them: the header is the first.
            #expect(report.problems.map(\.feature) == [3, 4, 5, 6, 7, 8, 9])
            #expect(report.notes.map(\.kind) == [.zeroHouseholds])
            #expect(report.text(report.problems[0]).english.hasPrefix("row 3"))
            #expect(try await held(office).map(\.id).sorted() == ["good", "last"])
            let lines = run.errors.split(whereSeparator: \.isNewline)
            #expect(lines.count == 8 && lines[0].hasSuffix(Self.header))
            #expect(lines[3].contains("grids.buildings.noHouseholds") && lines[3].hasSuffix(",许多"))
            #expect(lines[5].hasSuffix("nowhere,x,甲社区,东,北,3"))
            // Taken as they are mended and brought in again, they come in without the others being touched.
            let mended = try await bring([Self.header, Self.row("many", east: 90)].joined(separator: "\n"), office)
            #expect(mended.report.created == 1 && mended.report.missing == 2)
        }
    }

    @Test("Mixed-up degrees and mixed datums are set right and told; a file in metres is refused whole")
    func places() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let header = "id,community,longitude,latitude,households,坐标系"
            let given = Datum.gcj02.fromCGCS2000(longitude: 120.13, latitude: 30.27)
            let report = try await bring(
                [
                    header, "a,330106001001,120.13,30.27,40,", "b,330106001001,30.27,120.13,40,",
                    "c,330106001001,\(given.longitude),\(given.latitude),40,GCJ-02",
                    "d,330106001001,120.13,30.27,1,mars",
                ].joined(separator: "\n"), office
            ).report
            #expect(report.created == 3)
            #expect(report.notes.map(\.kind) == [.swapped, .datumConverted])
            #expect(report.problems.map(\.kind) == [.unknownDatum])
            for building in try await held(office) {
                #expect(abs(building.place.longitude - 120.13) < 1e-7 && abs(building.place.latitude - 30.27) < 1e-7)
            }
            // The datum that was chosen for the file counts where a row names none.
            let shifted = try await bring(
                [header, "e,330106001001,\(given.longitude),\(given.latitude),40,"].joined(separator: "\n"), office,
                datum: .gcj02, isPartial: true
            ).report
            #expect(shifted.notes.map(\.kind) == [.datumConverted])
            let metres = await #expect(throws: Refusal.self) {
                _ = try await bring(
                    [header, "a,330106001001,512345,3340000,40,", "b,330106001001,512400,3340000,40,"]
                        .joined(separator: "\n"), office)
            }
            #expect(metres?.code == "grids.buildings.plane")
            #expect(try await held(office).count == 4)
        }
    }

    @Test("What is no more in the file is told and marked, never deleted, and the mark goes when it comes back")
    func missing() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let all = (0..<5).map { Self.row("b\($0)", east: Double($0) * 30) }
            let other = Self.row("v1", north: 900, community: "330106001002")
            _ = try await bring(([Self.header] + all + [other]).joined(separator: "\n"), office)
            // A file of one community says nothing about another.
            let fewer = try await bring(([Self.header] + all.dropLast(2)).joined(separator: "\n"), office).report
            #expect(fewer.missing == 2 && fewer.firstMissing.map(\.id) == ["b3", "b4"])
            let marked = try await held(office)
            #expect(marked.count == 6)
            #expect(marked.filter { $0.missingSince != nil }.map(\.id) == ["b3", "b4"])
            #expect(try await entries(office) == 2)
            // Since the first time, however often it is said.
            let since = marked.compactMap(\.missingSince)
            office.clock.advance(.days(1))
            #expect(
                try await bring(([Self.header] + all.dropLast(2)).joined(separator: "\n"), office).report.missing == 2)
            #expect(try await held(office).compactMap(\.missingSince) == since)
            #expect(try await entries(office) == 2)
            // A row that is wrong is in the file all the same.
            let wrong = try await bring(
                ([Self.header] + all.dropLast(2) + ["b3,x,甲社区,120.13,30.27,?"]).joined(separator: "\n"), office
            ).report
            #expect(wrong.firstMissing.map(\.id) == ["b4"])
            let part = try await bring([Self.header, all[4]].joined(separator: "\n"), office, isPartial: true).report
            #expect(part.missing == 0 && part.isPartial && part.changed == 1)
            #expect(try await held(office).filter { $0.missingSince != nil }.map(\.id) == ["b3"])
        }
    }

    @Test("Grids keep their buildings whatever a file says; new ones wait for the next plan, which takes them in")
    func grids() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let built = try await office.build(40)
            try await office.accept(try await office.plan(), on: office.today)
            try await office.takeEffect()
            let before = Dictionary(uniqueKeysWithValues: try await held(office).map { ($0.id, $0.grid) })
            #expect(before.values.allSatisfy { $0 != nil })
            // Every building again, by its place alone, with another grid and another community; and two that are new.
            let taken = Set(before.values.compactMap(\.self)).sorted()
            var rows = built.map { building in
                "\(building.id),330106001002,\(building.place.longitude),\(building.place.latitude),50,\(taken[0])"
            }
            let near = built[0].place
            rows.append("new1,,\(near.longitude + 0.00001),\(near.latitude),50,")
            rows.append("new2,330106001001,\(near.longitude + 0.00002),\(near.latitude),50,\(taken[0])")
            let report = try await bring(
                (["id,community,longitude,latitude,households,grid"] + rows).joined(separator: "\n"), office
            ).report
            #expect(report.created == 2 && report.changed == 40 && report.placedByGround == 1)
            #expect(report.counts[.communityKept] == 40)
            let after = try await held(office)
            for building in after where before[building.id] != nil {
                #expect(building.grid == before[building.id] && building.community == GridsOffice.community.code)
                #expect(building.households == 50 && building.outline != nil)
            }
            // One says which grid it is in and there is such a one; of the other its ground tells.
            let fresh = after.filter { before[$0.id] == nil }.sorted { $0.id < $1.id }
            #expect(fresh.map(\.grid) == [nil, taken[0]] && report.withoutGrid == 1)
            #expect(fresh[0].community == GridsOffice.community.code)
            #expect(office.grids.gridByGround(of: fresh[0]) == before[built[0].id])
            let next = try await office.plan()
            for choice in next.choices {
                let members = choice.1.flatMap(\.members)
                #expect(members.count == 42 && Set(members).count == 42)
            }
            try await office.accept(next, on: office.today)
            try await office.takeEffect()
            #expect(try await held(office).allSatisfy { $0.grid != nil })
            // A file of another community, or of none, says nothing about the others of the one where its building stays.
            let place = built[0].place
            for community in ["330106001002", ""] {
                let one = try await bring(
                    "id,community,longitude,latitude,households\n\(built[0].id),\(community),\(place.longitude),\(place.latitude),50",
                    office
                ).report
                #expect(one.rejected == 0 && one.missing == 0, "\(community): \(one)")
            }
            #expect(try await held(office).allSatisfy { $0.missingSince == nil })
        }
    }

    @Test("A building that keeps its community takes no grid of another one")
    func gridOfAnother() {
        let unit = UnitIntake.Unit(
            id: "a", place: Position(longitude: 120.13, latitude: 30.27), households: 40, feature: 1)
        let arriving = ArrivingBuilding(unit: unit, community: "330106001002", isByGround: true)
        let old = Building(id: "a", community: "330106001001", name: "a", households: 40, place: unit.place)
        func merged(_ grid: String) -> Building { BuildingMerge.merged(arriving, old, grid: grid).0 }
        #expect(merged("330106001002001").community == "330106001001")
        #expect(merged("330106001002001").grid == nil)
        #expect(merged("330106001001001").grid == "330106001001001")
    }

    @Test("Degrees of another system are refused; those that lie within a metre, and Web Mercator, are known")
    func systems() throws {
        for known in [
            nil, "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490",
            "http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:3857",
        ] {
            try FeatureFile.requireKnown(known, named: "a.geojson")
        }
        for other in ["EPSG:4610", "urn:ogc:def:crs:EPSG::4214", "EPSG:14326"] {
            let refusal = #expect(throws: Refusal.self) { try FeatureFile.requireKnown(other, named: "a.geojson") }
            #expect(refusal?.code == "grids.input.unknown-system", "\(other)")
        }
    }

    @Test("What is listed is bounded, and all is counted")
    func bounded() throws {
        var intake = UnitIntake(try GridNorms.load(from: shippedRules()), requiresID: true, mostListed: 2)
        for number in 1...3 {
            intake.find(.selfCrossing, number, "")
            intake.find(.noID, number, "")
        }
        #expect(intake.findings.map(\.kind) == [.selfCrossing, .noID, .selfCrossing, .noID])
        #expect(intake.findingCount == [.selfCrossing: 3, .noID: 3])
    }

    @Test("Whoever brings buildings in changes those of the own area only")
    func area() async throws {
        try await GridsOffice.with(.sqlite) { office in
            _ = try await bring([Self.header, Self.row("a")].joined(separator: "\n"), office)
            let text = [Self.header, Self.row("a", "99"), Self.row("b")].joined(separator: "\n")
            let report = try await bring(text, office, by: office.stranger).report
            #expect(report.problems.map(\.kind) == [.outside, .outside] && report.created + report.changed == 0)
            #expect(try await held(office).map(\.households) == [40])
            let own = try await bring(text, office, by: office.leader).report
            #expect(own.created == 1 && own.changed == 1)
        }
    }

    @Test("Shapes come from GeoJSON and from well-known text alike; what a file does not state stays")
    func shapes() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let ring = "[[120.13,30.27],[120.1302,30.27],[120.1302,30.2701],[120.13,30.2701],[120.13,30.27]]"
            let feature = { (crossed: Bool) in
                """
                {"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"户数":"36","社区":"甲社区",\
                "小区":"梧桐苑","name":"七幢","workload":50},"geometry":{"type":"Polygon","coordinates":[\(ring)]}}\
                \(crossed ? #",{"type":"Feature","properties":{"id":"eight","户数":3,"社区":"甲社区"},"geometry":{"type":"Polygon","coordinates":[[[120.14,30],[120.1401,30.0001],[120.1401,30],[120.14,30.0001],[120.14,30]]]}},{"type":"Feat"# : "")\
                ]}
                """
            }
            let first = try await bring(feature(true), as: "buildings.geojson", office).report
            #expect(first.created == 2 && first.counts[.selfCrossing] == 1)
            // What cannot be read might be any building: nobody is called missing.
            #expect(first.problems.map(\.kind).contains(.unreadable) && first.isPartial)
            let before = try #require(try await held(office).first { $0.id == "7" })
            #expect(before.outline?.areas.count == 1 && before.compound == "梧桐苑" && before.workload == 50)
            // The same walls as text.
            let text = try await bring(
                "id,households,geometry\n7,36,\"\(before.outline?.wellKnownText ?? "")\"\n", office, isPartial: true
            )
            #expect(text.report.problems.map(\.kind) == [.unknownCommunity])
            let stated = try await bring(
                "id,community,households,geometry\n7,甲社区,36,\"\(before.outline?.wellKnownText ?? "")\"\n", office,
                isPartial: true)
            #expect(stated.report.unchanged == 1)
            // A point within its walls: they stay.
            let point = try await bring(
                "id,community,households,lon,lat\n7,甲社区,40,120.1301,30.27005\n", office, isPartial: true)
            #expect(point.report.changed == 1)
            let after = try #require(try await held(office).first { $0.id == "7" })
            #expect(after.outline == before.outline && after.name == "七幢" && after.households == 40)
        }
    }

    @Test(
        "A file that is none is refused in a sentence",
        arguments: [
            ("a.docx", "x", "grids.input.kind"), ("a.csv", "编号,户数\n1,2\n", "grids.input.columns"),
            ("a.geojson", "{}", "grids.buildings.none"), ("a.gpkg", "no", "grids.input.geopackage"),
            (
                "a.geojson",
                #"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4610"}},"features":[{"type":"Feature","id":"7","properties":{"户数":36,"社区":"甲社区"},"geometry":{"type":"Point","coordinates":[120.13,30.27]}}]}"#,
                "grids.input.unknown-system"
            ),
            ("a.csv", "id,lon,lat,户数\n", "grids.buildings.none"), ("a.xlsx", "%PDF", "sheets.not-workbook"),
        ])
    func refused(name: String, text: String, code: String) async throws {
        try await GridsOffice.with(.sqlite) { office in
            let refusal = await #expect(throws: Refusal.self) { _ = try await bring(text, as: name, office) }
            if !code.hasPrefix("sheets") { #expect(refusal?.code == code, "\(name)") }
            // It is named as people know it, wherever it lies.
            #expect(refusal?.message.chinese.contains(name) == true)
            #expect(refusal?.message.chinese.contains("gewu-") == false)
        }
    }

    @Test("A department sees no buildings, but the one that brings them in does")
    func department() async throws {
        try await GridsOffice.with(.sqlite) { office in
            var scope = office.leader
            scope.line = "data"
            scope.rights = [.gridsRead]
            #expect(throws: Refusal.self) { _ = try BuildingList(QueryParameters(), for: scope) }
            scope.rights.insert(.gridsBuildings)
            let list = try BuildingList(QueryParameters(), for: scope)
            #expect(list.area == GridsOffice.street)
        }
    }

    @Test("Lists of buildings are ranges of an index", arguments: BuildingList.Filter.allCases)
    func plans(filter: BuildingList.Filter) async throws {
        try await GridsOffice.with(.sqlite) { office in
            let query = try BuildingList(
                QueryParameters([("show", filter.rawValue), ("area", GridsOffice.street.code)]), for: office.leader
            ).query(after: ("", ""), limit: 100)
            let plan = try await office.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
            let index: String =
                switch filter {
                case .all: "buildings_by_community"
                case .ungridded: "buildings_without_grid"
                case .missing: "buildings_missing"
                }
            #expect(plan.count == 1 && plan[0].contains("USING INDEX \(index) (community>"), "\(plan)")
        }
    }
}
