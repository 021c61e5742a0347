import Cases
import Desk

/// How many matters are open in each area, summed up from the communities: every level agrees with the others.
struct AreaFigures: Sendable, Hashable {
    private let counts: [String: OpenCount]

    init(_ communities: [AreaPrefix: OpenCount]) {
        var counts: [String: OpenCount] = [:]
        for (area, count) in communities {
            for length in [2, 4, 6, 9, 12] where length <= area.code.utf8.count {
                for pressure in OpenPressure.allCases where count[pressure] != 0 {
                    counts[String(area.code.prefix(length)), default: OpenCount()][pressure] += count[pressure]
                }
            }
        }
        self.counts = counts
    }

    subscript(code: String) -> OpenCount { counts[code] ?? OpenCount() }

    /// The areas whose figures differ between the two.
    func changed(since before: AreaFigures) -> [String] {
        Set(counts.keys).union(before.counts.keys).filter { self[$0] != before[$0] }.sorted()
    }
}
