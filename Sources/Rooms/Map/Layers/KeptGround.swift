import Desk
import Geo
import Grids
import Synchronization

/// The boxes of the grounds of grids, so that those of a tile are found without looking at the others: forty bytes a grid.
final class KeptGround: Sendable {
    private struct Kept {
        var version: Int64
        var boxes: [(grid: String, box: Box)]
    }

    private static let page = 5_000

    private let kept = Mutex<Kept?>(nil)

    /// Makes them anew when grids were changed since, by whichever server.
    func refresh(from grids: Grids, below area: AreaPrefix) async throws {
        let version = try await grids.changes()
        if kept.withLock({ $0?.version == version }) { return }
        var boxes: [(grid: String, box: Box)] = []
        var after = ""
        while true {
            let outlines = try await grids.outlines(in: area, after: after, limit: Self.page)
            for one in outlines { if let box = one.shape.box { boxes.append((one.grid, box)) } }
            guard outlines.count == Self.page, let last = outlines.last else { break }
            after = last.grid
        }
        kept.withLock { $0 = Kept(version: version, boxes: boxes) }
    }

    /// The grids of an area whose boxes touch this one.
    func grids(touching box: Box, in area: AreaPrefix, limit: Int) -> [String] {
        let boxes = kept.withLock { $0?.boxes ?? [] }
        return Array(
            boxes.lazy.filter { area.contains(code: $0.grid) && $0.box.touches(box) }.map(\.grid).prefix(limit))
    }
}
