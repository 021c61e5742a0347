import Geo
import Ground
import Web

/// A plan as a small picture: each grid's ground, north above. The map has the real thing.
struct PlanPicture: Sendable {
    let grids: [GridPlan.PlannedGrid]
    /// Drawn above the grids.
    var barriers: [GroundBarrier] = []
    /// In the picture's own units.
    private static let width = 360.0

    func html(_ label: String) -> HTML {
        let shapes = grids.compactMap { grid in grid.outline.map { (grid, $0) } }
        guard var whole = shapes.first?.1.box else { return HTML() }
        for (_, shape) in shapes { if let box = shape.box { whole.enclose(box) } }
        let plane = LocalPlane(around: whole.middle)
        let (low, high) = (
            plane.metres(Position(x: whole.west, y: whole.south)), plane.metres(Position(x: whole.east, y: whole.north))
        )
        let scale = Self.width / max(high.x - low.x, high.y - low.y, 1)
        let (width, height) = ((high.x - low.x) * scale, (high.y - low.y) * scale)
        func place(_ position: Position) -> String {
            let metres = plane.metres(position)
            let (x, y) = ((metres.x - low.x) * scale, (high.y - metres.y) * scale)
            return "\((x * 10).rounded() / 10) \((y * 10).rounded() / 10)"
        }
        func path(_ geometry: Geometry) -> String {
            geometry.areas.flatMap { [$0.outer] + $0.holes }.map { ring in
                "M" + ring.positions.dropLast().map(place).joined(separator: "L") + "Z"
            }.joined()
        }
        return """
            <svg viewBox="-2 -2 \("\((width + 4).rounded())") \("\((height + 4).rounded())")" width="100%" role="img" aria-label="\(label)">\
            \(shapes.html { grid, shape in
                """
                <path d="\(path(shape))" fill="\(grid.reason == nil ? "currentColor" : "#d4380d")" fill-opacity="\(Self.opacity(grid.code))" \
                stroke="currentColor" stroke-width="1" fill-rule="evenodd"><title>\(grid.name) · \("\(grid.households)")</title></path>
                """
            })\(barriers.html { barrier in line(barrier, place) })</svg>
            """
    }

    /// Water blue, rails broken, roads by their weight; a bridge is a dot.
    private func line(_ barrier: GroundBarrier, _ place: (Position) -> String) -> HTML {
        guard barrier.course.count > 1 else {
            let parts = (barrier.course.first.map(place) ?? "0 0").split(separator: " ").map(String.init)
            return
                "<circle cx=\"\(parts[0])\" cy=\"\(parts[parts.count - 1])\" r=\"3\" fill=\"#d48806\" stroke=\"#fff\" stroke-width=\"1\"/>"
        }
        let (colour, width, dashes): (String, String, String?) =
            switch barrier.kind {
            case "river": ("#1677ff", "3", nil)
            case "railway": ("currentColor", "2", "6 3")
            case "expressway": ("#d48806", "3", nil)
            case "arterial": ("#d48806", "2", nil)
            default: ("#8c8c8c", "1", nil)
            }
        let path = "M" + barrier.course.map(place).joined(separator: "L")
        return
            "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(width)\"\(attribute: "stroke-dasharray", dashes)/>"
    }

    /// What the lines mean, of those that there are.
    static func legend(_ barriers: [GroundBarrier]) -> [LocalizedText] {
        let words: [(String, LocalizedText)] = [
            ("river", LocalizedText("蓝线 河流", "blue: rivers")),
            ("railway", LocalizedText("虚线 铁路", "broken: railways")),
            ("expressway", LocalizedText("粗黄线 快速路", "thick yellow: expressways")),
            ("arterial", LocalizedText("细黄线 主次干道", "thin yellow: main roads")),
            ("minor", LocalizedText("灰线 支路", "grey: minor roads")),
            (GroundBarrier.bridge, LocalizedText("黄点 桥梁、通道", "dots: bridges")),
        ]
        let kinds = Set(barriers.map(\.kind))
        return words.filter { kinds.contains($0.0) }.map(\.1)
    }

    /// Neighbours mostly differ; those outside the norm are red.
    private static func opacity(_ code: String) -> String {
        ["0.08", "0.2", "0.34", "0.14", "0.27"][(Int(code.suffix(3)) ?? 0) % 5]
    }
}
