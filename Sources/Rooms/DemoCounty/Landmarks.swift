import Cases
import Desk
import Foundation
import Ground
import Places
import Sheets

/// The compounds and landmarks that residents of the county write of, taken over as a county takes over its own list:
/// texts that name them lead to their street or community.
struct Landmarks {
    let stage: Stage

    /// A table as `gewu import landmarks` reads it.
    var table: String {
        var lines = ["name,area,kind,longitude,latitude"]
        var known: Set<String> = []
        for street in stage.streets {
            for community in street.communities {
                let centre = community.grids.first?.centre
                let place = centre.map { "\($0.longitude),\($0.latitude)" } ?? ","
                for compound in community.compounds where known.insert(compound + community.area.code).inserted {
                    lines.append("\(compound),\(community.area.code),小区,\(place)")
                }
            }
            for landmark in street.landmarks { lines.append("\(landmark),\(street.area.code),地标,,") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func enter(in cases: Cases) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The ledger names the file it came from.
        let file = folder.appendingPathComponent("demo-landmarks.csv")
        try table.write(to: file, atomically: true, encoding: .utf8)
        let result = try await cases.importLandmarks(file: file.path, by: .system)
        guard result.rejected == 0 else {
            throw Refusal(
                .fault, "demo.landmarks",
                LocalizedText(
                    "演示地标有 \(result.rejected) 行未导入：\(result.firstProblems.first?.message.chinese ?? "")",
                    "\(result.rejected) landmarks were not taken: \(result.firstProblems.first?.message.english ?? "")")
            )
        }
    }
}
