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
}

@Suite("The national lists", .enabled(if: NationalLists.areHere, "the lists are not beside the package"))
struct NationalListTests {
    @Test("The list of 2020 comes in whole, and that of 2023 changes no community", arguments: EngineCase.available)
    func importsBoth(engine: EngineCase) async throws {
        try await PlacesFixture.with(engine) { places in
            let first = try await places.importFile(
                NationalLists.folder + "/divisions-2020/villages.csv.gz", from: firstDay)
            #expect(first.appeared == 679_599)
            #expect(first.rejected == 0)
            #expect(
                try await places.ancestors(of: "441900003001", at: firstDay)
                    == ["广东省", "东莞市", "东城街道", "岗贝社区居民委员会"])
            #expect(try await places.children(of: nil, at: firstDay).count == 34)

            let folder = NationalLists.folder + "/divisions-2023"
            let second = try await places.importFile(folder, from: secondDay)
            #expect(second.vanished > 1000)
            #expect(second.appeared > 1000)
            #expect(second.rejected == 1)
            #expect(second.placeholders == 3)
            let communities = try await places.database.query(
                "SELECT count(*) FROM divisions WHERE length(code) = 12 AND valid_to IS NOT NULL")
            #expect(try communities.first?.int(0) == 0)
            #expect(try await places.importFile(folder, from: secondDay).changes == 0)
            #expect(try await places.importFile(folder, from: secondDay + 100).changes == 0)
            // Left out of the second list, not abolished.
            #expect(try await places.area("81", at: secondDay)?.name == "香港特别行政区")
            // Hangzhou joined Xiacheng to Gongshu in 2021.
            #expect(try await places.area("330103", at: firstDay)?.name == "下城区")
            #expect(try await places.area("330103", at: secondDay) == nil)
        }
    }
}
