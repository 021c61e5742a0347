import Cases
import Desk
import Geo
import Ground

/// How matters stood when a day ended: read once, then cut into tiles and lists in memory.
struct PastState: Sendable {
    /// The first instant after the day.
    let end: Instant
    /// In the order of cells; those without a place first.
    private let all: [PlacedMatter]
    let figures: AreaFigures

    init(_ matters: [PlacedMatter], end: Instant) {
        self.end = end
        all = matters
        var counts: [AreaPrefix: OpenCount] = [:]
        for matter in matters {
            let area = AreaPrefix(matter.area.code.prefix(12)) ?? matter.area
            let pressure: OpenPressure = matter.dueAt.map { $0 < end ? .overdue : .later } ?? .undated
            counts[area, default: OpenCount()][pressure] += 1
        }
        figures = AreaFigures(counts)
    }

    var count: Int { all.count }

    /// Those with a place in a range of cells.
    func matters(in range: ClosedRange<Int64>) -> ArraySlice<PlacedMatter> {
        let begin = first { $0.cell >= max(0, range.lowerBound) }
        return all[begin..<max(begin, first { $0.cell > range.upperBound })]
    }

    /// Those with a place in a box, after a key.
    func matters(in box: Box?, after: PlacedMatter.Key? = nil, limit: Int) -> [PlacedMatter] {
        let begin = first { one in
            guard let after else { return one.cell >= 0 }
            return (one.cell, one.id.text) > (after.cell, after.id.text)
        }
        return Array(
            all[begin...].lazy.filter { one in
                guard let box else { return true }
                return one.location.map { box.contains(Position(longitude: $0.longitude, latitude: $0.latitude)) }
                    ?? false
            }.prefix(limit))
    }

    /// The same, by squares of a zoom.
    func clusters(in range: ClosedRange<Int64>, zoom: Int) -> [MatterCluster] {
        let shift = SpatialCell.shift(ofZoom: zoom)
        var found: [MatterCluster] = []
        for matter in matters(in: range) {
            guard let location = matter.location else { continue }
            let square = matter.cell >> shift
            if found.last?.square != square {
                found.append(MatterCluster(square: square, count: 0, overdue: 0, longitude: 0, latitude: 0))
            }
            var cluster = found.removeLast()
            // The mean of all so far.
            let share = 1 / Double(cluster.count + 1)
            cluster.longitude += (location.longitude - cluster.longitude) * share
            cluster.latitude += (location.latitude - cluster.latitude) * share
            cluster.count += 1
            if matter.dueAt.map({ $0 < end }) ?? false { cluster.overdue += 1 }
            found.append(cluster)
        }
        return found
    }

    private func first(where condition: (PlacedMatter) -> Bool) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(all[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
