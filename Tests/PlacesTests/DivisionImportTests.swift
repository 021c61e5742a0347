import Desk
import Foundation
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Places

@Suite("Import of divisions")
struct DivisionImportTests {
    @Test("A list imported twice changes nothing the second time", arguments: EngineCase.available)
    func isIdempotent(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let first = try await places.importList(PlacesFixture.county, from: firstDay)
            #expect(first.appeared == 8)
            let before = try await places.rows()
            let second = try await places.importList(PlacesFixture.county, from: firstDay)
            #expect(second.unchanged == 8)
            #expect(second.changes == 0)
            #expect(try await places.rows().map(\.values) == before.map(\.values))
            let later = try await places.importList(PlacesFixture.county, from: secondDay)
            #expect(later.changes == 0)
            #expect(try await places.rows().map(\.values) == before.map(\.values))
        }
    }

    @Test("A code that appears holds from the list's day on", arguments: EngineCase.available)
    func appears(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let report = try await places.importList(PlacesFixture.county + ["330106004,翠苑街道"], from: secondDay)
            #expect(report.appeared == 1)
            #expect(report.changes == 1)
            #expect(try await places.area("330106004", at: secondDay)?.name == "翠苑街道")
            #expect(try await places.area("330106004", at: secondDay - 1) == nil)
        }
    }

    @Test("A code that vanishes ends on the list's day and stays known before it", arguments: EngineCase.available)
    func vanishes(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let list = PlacesFixture.county.filter { !$0.hasPrefix("330106003") }
            let report = try await places.importList(list, from: secondDay)
            #expect(report.vanished == 1)
            #expect(report.changes == 1)
            #expect(try await places.area("330106003", at: secondDay) == nil)
            #expect(try await places.area("330106003", at: secondDay - 1)?.validTo == secondDay)
            #expect(try await places.importList(list, from: secondDay).changes == 0)
        }
    }

    @Test("A renamed division keeps its old name for the days before", arguments: EngineCase.available)
    func renames(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let list = PlacesFixture.county.map { $0 == "330106002,西溪街道" ? "330106002,新西溪街道" : $0 }
            let report = try await places.importList(list, from: secondDay)
            #expect(report.renamed == 1)
            #expect(report.changes == 1)
            #expect(try await places.area("330106002", at: secondDay - 1)?.name == "西溪街道")
            #expect(try await places.area("330106002", at: secondDay)?.name == "新西溪街道")
            // Corrected for the same day: the wrong name leaves no trace.
            let corrected = try await places.importList(PlacesFixture.county, from: secondDay)
            #expect(corrected.renamed == 1)
            #expect(try await places.area("330106002", at: secondDay)?.name == "西溪街道")
            let history = try await places.database.read { try AreaStore.history(of: "330106002", in: $0) }
            #expect(history.allSatisfy { $0.name == "西溪街道" })
        }
    }

    @Test(
        "A community under a stored parent that another one becomes is reported as moved",
        arguments: EngineCase.available)
    func moves(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            // Kept by an earlier system under the county straight.
            let area = Area(
                code: "330106001001", name: "宝石社区", level: .community, parent: "330106", validFrom: firstDay,
                source: "old")
            try await places.database.write { try Places.register(areas: [area], in: $0) }
            let report = try await places.importList(PlacesFixture.county, from: secondDay)
            #expect(report.moved == 1)
            #expect(try await places.area("330106001001", at: secondDay - 1)?.parent == "330106")
            #expect(try await places.area("330106001001", at: secondDay)?.parent == "330106001")
        }
    }

    @Test(
        "A list of streets ends no community, and a list of one county none elsewhere", arguments: EngineCase.available)
    func keepsToItsPlace(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let others = ["3302,宁波市", "330203,海曙区", "330203001,南门街道", "34,安徽省", "330108,滨江区", "330109,萧山区"]
            _ = try await places.importList(PlacesFixture.county + others, from: firstDay)
            let report = try await places.importList(
                ["330106001,北山街道", "330106002,西溪街道"], from: secondDay)
            #expect(report.vanished == 1)
            #expect(report.outside == 11)
            #expect(try await places.area("330106003", at: secondDay) == nil)
            #expect(try await places.area("330106001001", at: secondDay) != nil)
            #expect(try await places.area("330203001", at: secondDay) != nil)
            // With its own ancestors named, the county's list still ends none of their other children.
            let named = try await places.importList(PlacesFixture.county, from: secondDay)
            #expect(named.vanished == 0)
            #expect(try await places.area("330109", at: secondDay) != nil)
        }
    }

    @Test("A division that comes back with another code is proposed as the successor", arguments: EngineCase.available)
    func proposesSuccessors(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let list = PlacesFixture.county.map { line in
                line.hasPrefix("330106001") ? "330106011" + line.dropFirst(9) : line
            }
            let report = try await places.importList(list, from: secondDay)
            #expect(report.vanished == 3)
            #expect(report.appeared == 3)
            // The street, and the communities below what the street became.
            #expect(report.successors == 3)
            let successors = try await places.database.read { try AreaStore.successors(of: "330106001002", in: $0) }
            #expect(successors.map(\.successor) == ["330106011002"])
            #expect(successors.first?.standing == .proposed)
        }
    }

    @Test("Two of the same name in one place are not guessed between", arguments: EngineCase.available)
    func doesNotGuess(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let list =
                PlacesFixture.county.filter { !$0.hasPrefix("330106003") } + [
                    "330106013,灵隐街道", "330106014,灵隐街道",
                ]
            let report = try await places.importList(list, from: secondDay)
            #expect(report.vanished == 1)
            #expect(report.successors == 0)
        }
    }

    @Test("Bad rows are written to a file, and the good ones are kept", arguments: EngineCase.available)
    func keepsGoodRows(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let bad = [
                "33010,五位", "33O107,含字母", "330106009001,没有上级", "330106002,重复", "330106005,", "990106,没有省",
            ]
            let report = try await places.importList(
                PlacesFixture.county + bad, from: firstDay, errorFile: places.path("errors.csv"))
            #expect(report.rows == 14)
            #expect(report.appeared == 8)
            #expect(report.rejected == 6)
            let errors = try String(contentsOfFile: places.path("errors.csv"), encoding: .utf8)
            for code in [
                "codes.division-code.length", "codes.division-code.characters", "places.import.unknown-parent",
                "places.import.duplicate", "places.import.name",
            ] { #expect(errors.contains(code), "\(errors)") }
            // Where each stands: the list's header is row 1.
            #expect(errors.contains("\n10,code,33010,"), "\(errors)")
            #expect(report.firstProblems.count == 6)
        }
    }

    @Test("Every change is told in a file", arguments: EngineCase.available)
    func tellsChanges(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let list = PlacesFixture.county.filter { !$0.hasPrefix("330106003") } + ["330106013,灵隐街道"]
            _ = try await places.importList(list, from: secondDay, changeFile: places.path("changes.csv"))
            let changes = try String(contentsOfFile: places.path("changes.csv"), encoding: .utf8)
            #expect(changes.contains("vanished,330106003,灵隐街道,,330106,,330106013"))
            #expect(changes.contains("appeared,330106013,,灵隐街道,,330106,"))
        }
    }

    @Test(
        "Both layouts of the national lists are understood, padded codes and the missing county included",
        arguments: EngineCase.available)
    func understandsLayouts(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(
                ["44,广东省,44", "4419,东莞市,4419", "441900003,东城街道,441900003", "441900003001,岗贝社区,441900003"],
                from: firstDay, header: "code,name,street_code")
            #expect(try await places.area("441900003", at: firstDay)?.parent == "4419")
            #expect(
                try await places.ancestors(of: "441900003001", at: firstDay) == ["广东省", "东莞市", "东城街道", "岗贝社区"])
            let counties = try await places.importList(
                ["441900,\"东莞市\",4419,44"], from: secondDay, header: "code,name,cityCode,provinceCode")
            #expect(counties.placeholders == 1)
            #expect(counties.changes == 0)
            let streets = try await places.importList(
                ["441900003,\"东城街道\",441900,44,4419"], from: secondDay,
                header: "code,name,areaCode,provinceCode,cityCode")
            #expect(streets.unchanged == 1)
            #expect(streets.rejected == 0)
            let padded = try await places.importList(
                ["440000000000,广东省", "441900000000,东莞市", "441900003000,东城街道"], from: secondDay,
                header: "区划代码,名称")
            #expect(padded.unchanged == 3 || padded.placeholders + padded.unchanged == 3)
            #expect(padded.changes == 0)
        }
    }

    @Test("A row whose stated parent contradicts its code is not taken", arguments: EngineCase.available)
    func checksStatedParent(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let report = try await places.importList(
                ["330106004,翠苑街道,330107"], from: secondDay, header: "code,name,areaCode")
            #expect(report.rejected == 1)
            #expect(report.appeared == 0)
        }
    }

    @Test("Where a level is missing in between, the parent that the row states counts", arguments: EngineCase.available)
    func takesStatedParent(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let list = ["81,香港特别行政区,0", "810101,中西区,81"]
            let report = try await places.importList(list, from: firstDay, header: "id,text,pid")
            #expect(report.appeared == 2)
            #expect(try await places.area("810101", at: firstDay)?.parent == "81")
            #expect(try await places.importList(list, from: firstDay, header: "id,text,pid").changes == 0)
        }
    }

    @Test("A list older than one already imported is refused", arguments: EngineCase.available)
    func refusesOlder(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: secondDay)
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await places.importList(PlacesFixture.county, from: firstDay)
            }
            #expect(refusal?.code == "places.import.older")
        }
    }

    @Test("A list without a column of codes is refused with what is missing", arguments: EngineCase.available)
    func refusesOtherTables(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await places.importList(["1,2"], from: firstDay, header: "甲,乙")
            }
            #expect(refusal?.code == "places.import.header")
        }
    }

    @Test(
        "An import that changed something is one entry in the ledger, one that changed nothing is none",
        arguments: EngineCase.available)
    func records(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            _ = try await places.importList(PlacesFixture.county, from: firstDay)
            let timeline = try await places.database.read {
                try Ledger.timeline(of: "division-list", firstDay.description, in: $0)
            }
            #expect(timeline.map(\.act) == ["places.divisions-imported"])
        }
    }
}
