import Ground
import Web

/// Flows as a picture of bands between three columns, as wide as their hours. The table beside it says the same in words.
struct FlowPicture: Sendable {
    struct Column: Sendable {
        var nodes: [Flows.Node]
        /// Names to be shown, by key.
        var names: [String: String]
    }

    let flows: Flows
    let columns: [Column]

    private static let width = 480.0
    /// Pixels at a desk, so that letters stay as large as those around it; a phone shrinks it to its own width.
    private static let shownWidth = 640.0
    private static let bar = 10.0
    /// From one line of letters to the next.
    private static let line = 12.0
    private static let gap = 6.0
    /// Of the whole, without gaps.
    private static let height = 260.0

    func html(_ label: String) -> HTML {
        let whole = flows.minutes
        guard whole > 0, columns.count == 3 else { return HTML() }
        let most = columns.map(\.nodes.count).max() ?? 1
        let height = Self.height + Double(most - 1) * Self.gap
        var bottom = height
        let scale = Self.height / Double(whole)
        var tops: [[String: Double]] = []
        for column in columns {
            // Each column stands in the middle of the height.
            var y = (height - Self.height - Double(column.nodes.count - 1) * Self.gap) / 2
            var top: [String: Double] = [:]
            for node in column.nodes {
                top[node.key] = y
                y += Double(node.minutes) * scale + Self.gap
            }
            tops.append(top)
        }
        let labels = columns.indices.map { Self.labels(columns[$0].nodes, tops[$0], scale) }
        for label in labels.joined() { bottom = max(bottom, label) }
        let middle = (Self.width - Self.bar) / 2
        let left = bands(
            flows.flows.map { ($0.sender, $0.source, $0.minutes) }, tops[0], tops[1], scale, from: Self.bar, to: middle)
        let right = bands(
            flows.flows.map { ($0.source, $0.street, $0.minutes) }, tops[1], tops[2], scale, from: middle + Self.bar,
            to: Self.width - Self.bar)
        let places = [0, middle, Self.width - Self.bar]
        return """
            <svg viewBox="0 -4 \(Self.number(Self.width)) \(Self.number(bottom + 8))" width="\(Self.number(Self.shownWidth))" role="img" aria-label="\(label)">\
            \(left)\(right)\(columns.indices.map { index in
                nodes(columns[index], tops[index], labels[index], scale, x: places[index], isLast: index == 2)
            }.html { $0 })</svg>
            """
    }

    /// Bands that leave and reach their nodes from the top down, in the order of the nodes.
    private func bands(
        _ parts: [(from: String, to: String, minutes: Int64)], _ starts: [String: Double], _ ends: [String: Double],
        _ scale: Double, from x0: Double, to x1: Double
    ) -> HTML {
        var sums: [[String]: Int64] = [:]
        for part in parts { sums[[part.from, part.to], default: 0] += part.minutes }
        let ordered = sums.sorted { one, other in
            (starts[one.key[0]] ?? 0, ends[one.key[1]] ?? 0) < (starts[other.key[0]] ?? 0, ends[other.key[1]] ?? 0)
        }
        var (used, reached): ([String: Double], [String: Double]) = ([:], [:])
        let bend = (x0 + x1) / 2
        return ordered.html { key, minutes in
            let thickness = Double(minutes) * scale
            let y0 = (starts[key[0]] ?? 0) + (used[key[0]] ?? 0)
            let y1 = (ends[key[1]] ?? 0) + (reached[key[1]] ?? 0)
            used[key[0], default: 0] += thickness
            reached[key[1], default: 0] += thickness
            let n = Self.number
            let upper = "M\(n(x0)) \(n(y0))C\(n(bend)) \(n(y0)) \(n(bend)) \(n(y1)) \(n(x1)) \(n(y1))"
            let lower =
                "L\(n(x1)) \(n(y1 + thickness))C\(n(bend)) \(n(y1 + thickness)) \(n(bend)) \(n(y0 + thickness)) \(n(x0)) \(n(y0 + thickness))Z"
            return "<path d=\"\(upper + lower)\" fill=\"currentColor\" fill-opacity=\"0.18\"></path>"
        }
    }

    /// Where the letters of each node stand: beside its middle, but no two on each other.
    private static func labels(_ nodes: [Flows.Node], _ tops: [String: Double], _ scale: Double) -> [Double] {
        var last = -line
        return nodes.map { node in
            last = max((tops[node.key] ?? 0) + max(1, Double(node.minutes) * scale) / 2 + 4, last + line)
            return last
        }
    }

    private func nodes(
        _ column: Column, _ tops: [String: Double], _ labels: [Double], _ scale: Double, x: Double, isLast: Bool
    ) -> HTML {
        zip(column.nodes, labels).map { ($0, $1) }.html { node, label in
            let top = tops[node.key] ?? 0
            let height = max(1, Double(node.minutes) * scale)
            let name = column.names[node.key] ?? node.key
            let at = isLast ? x - 3 : x + Self.bar + 3
            return """
                <rect x="\(Self.number(x))" y="\(Self.number(top))" width="\(Self.number(Self.bar))" height="\(Self.number(height))" fill="currentColor"></rect>\
                <text x="\(Self.number(at))" y="\(Self.number(label))" font-size="11" fill="currentColor" text-anchor="\(isLast ? "end" : "start")">\(name)</text>
                """
        }
    }

    /// Tenths are fine enough.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return sign + (tenths % 10 == 0 ? "\(abs(tenths) / 10)" : "\(abs(tenths) / 10).\(abs(tenths) % 10)")
    }
}
