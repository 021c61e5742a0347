import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@testable import Places

/// The national lists beside the package, where they are; they are not shipped with it.
enum NationalLists {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder + "/divisions-2020/villages.csv.gz")
            && FileManager.default.fileExists(atPath: folder + "/divisions-2023/streets.csv")
    }

    /// The whole list takes half a minute in a debug build.
    static var areSlowTestsWanted: Bool { ProcessInfo.processInfo.environment["GEWU_TEST_SLOW"] == "1" }
}

@Suite("The national lists", .enabled(if: NationalLists.areHere, "the lists are not beside the package"))
struct NationalListTests {
    @Test(
        "The list of 2023 follows that of 2020 and ends nothing that it does not cover", arguments: EngineCase.available
    )
    func importsLevelsAboveCommunities(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            try await checkBoth("/divisions-2020/levels1-4.csv", rows: 46_881, places)
        }
    }

    @Test(
        "The list of 2020 down to communities comes in whole, and that of 2023 ends no community",
        .enabled(if: NationalLists.areSlowTestsWanted, "GEWU_TEST_SLOW=1 runs it"), arguments: EngineCase.available)
    func importsAllLevels(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            try await checkBoth("/divisions-2020/villages.csv.gz", rows: 679_599, places)
            #expect(
                try await places.ancestors(of: "441900003001", at: firstDay)
                    == ["广东省", "东莞市", "东城街道", "岗贝社区居民委员会"])
            let ended = try await places.database.query(
                "SELECT count(*) FROM divisions WHERE length(code) = 12 AND valid_to IS NOT NULL")
            #expect(try ended.first?.int(0) == 0)
        }
    }

    private func checkBoth(_ list: String, rows: Int, _ places: PlacesFixture) async throws {
        let first = try await places.importFile(NationalLists.folder + list, from: firstDay)
        #expect(first.rows == rows)
        #expect(first.appeared + first.rejected + first.placeholders == rows)
        #expect(first.rejected == 0, "\(first.firstProblems)")
        #expect(try await places.children(of: nil, at: firstDay).count == 34)
        #expect(try await places.ancestors(of: "441900003", at: firstDay) == ["广东省", "东莞市", "东城街道"])
        #expect(try await places.ancestors(of: "460400100", at: firstDay) == ["海南省", "儋州市", "那大镇"])

        let folder = NationalLists.folder + "/divisions-2023"
        let second = try await places.importFile(folder, from: secondDay)
        #expect(second.vanished > 1000)
        #expect(second.appeared > 1000)
        // Jinmen stands among the counties and among the streets.
        #expect(second.rejected == 1)
        #expect(second.placeholders == 3)
        #expect(try await places.importFile(folder, from: secondDay).changes == 0)
        #expect(try await places.importFile(folder, from: secondDay + 100).changes == 0)
        // Left out of the second list, not abolished.
        #expect(try await places.area("81", at: secondDay)?.name == "香港特别行政区")
        // Hangzhou joined Xiacheng to Gongshu in 2021.
        #expect(try await places.area("330103", at: firstDay)?.name == "下城区")
        #expect(try await places.area("330103", at: secondDay) == nil)
    }
}
