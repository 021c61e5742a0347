import Desk
import Grids
import Ground
import Identity
import Places
import Storage

extension OneMap {
    /// 一格一员: which grids have nobody, and who looks after the others.
    var staffingTheme: MapTheme {
        let (grids, places, identity, database) = (grids, places, identity, house.database)
        return MapTheme(
            name: "staffing", title: LocalizedText("网格员", "Grid workers"), right: .gridsRead, form: .ground,
            columns: [
                .init("grid", "网格", "Grid"), .init("community", "社区", "Community"),
                .init("workers", "网格员数", "Workers", .number), .init("names", "网格员", "Who"),
                .init("households", "户数", "Households", .number),
            ],
            legend: [
                (.danger, LocalizedText("无网格员", "Nobody")), (.caution, LocalizedText("多名网格员", "Several")),
                (.primary, LocalizedText("一格一员", "One")),
            ],
            note: LocalizedText(
                "网格员指任职于该网格的岗位；远看时一区只要有一格无人即为红色，数字为无人格数/网格数。",
                "A worker is whoever holds a post of that grid. From afar an area is red when one of its grids has nobody; the figures are grids without and grids in all."
            )
        ) { question in
            try await database.read { transaction in
                let lines = try grids.workers(in: question.scope.area, in: transaction)
                let names = try identity.directory.staffNames(lines.flatMap(\.workers), in: transaction)
                return lines.compactMap { line in
                    guard let area = AreaPrefix(line.grid) else { return nil }
                    let count = line.workers.count
                    let who = line.workers.compactMap { names[$0] }.sorted().joined(separator: "、")
                    let community = places.name(of: String(line.grid.prefix(12))) ?? ""
                    return MapMark(
                        id: line.grid, area: area, tone: count == 0 ? .danger : count > 1 ? .caution : .primary,
                        figure: "\(count)",
                        values: [
                            .text(LocalizedText(line.name, line.name)), .text(LocalizedText(community, community)),
                            .number(Double(count)), who.isEmpty ? .nothing : .text(LocalizedText(who, who)),
                            .number(Double(line.households)),
                        ], address: "/places/\(line.grid)")
                }
            }
        }
    }
}
