import Geo
import Ground
import Web

/// A plan as a small picture: each grid's ground, north above. The map has the real thing.
struct PlanPicture: Sendable {
    let grids: [GridPlan.PlannedGrid]
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
            })</svg>
            """
    }

    /// Neighbours mostly differ; those outside the norm are red.
    private static func opacity(_ code: String) -> String {
        ["0.08", "0.2", "0.34", "0.14", "0.27"][(Int(code.suffix(3)) ?? 0) % 5]
    }
}
