/// Which sequence numbers stand for which kind of grid, from `Rules/codes/grid-numbering.yaml` [M].
public struct GridNumbering: Sendable, Hashable {
    public struct Segment: Sendable, Hashable {
        public let numbers: ClosedRange<Int>
        /// The kind of grid, as the file names it.
        public let kind: CodeTable.Entry
    }

    /// In order of their numbers, not overlapping.
    public let segments: [Segment]

    public init(yaml text: String, file: String) throws(CodeFileError) {
        let table = try CodeTable(yaml: text, file: file)
        var segments: [Segment] = []
        for entry in table.entries {
            let bounds = entry.code.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard bounds.count == 2, let first = bounds[0], let last = bounds[1], 1 <= first, first <= last, last <= 999
            else {
                throw CodeFileError(
                    file, nil, "“\(entry.code)”不是 001 至 999 内的分段", "`\(entry.code)` is no segment within 001-999")
            }
            guard first > (segments.last?.numbers.upperBound ?? 0) else {
                throw CodeFileError(
                    file, nil, "分段 \(entry.code) 与前一段重叠或颠倒",
                    "segment \(entry.code) overlaps the one before it or stands out of order")
            }
            segments.append(Segment(numbers: first...last, kind: entry))
        }
        self.segments = segments
    }

    public func segment(of sequence: Int) -> Segment? { segments.first { $0.numbers.contains(sequence) } }

    /// The order in which grids are numbered: rows from north to south, each from west to east.
    ///
    /// Grids stand in no exact rows, so the extent from north to south is cut into about as many bands as a square
    /// arrangement of that many grids would have.
    /// - Parameter centres: degrees, in any one datum.
    /// - Returns: positions in `centres`, the one to be numbered first at the front.
    public static func order(of centres: [(longitude: Double, latitude: Double)]) -> [Int] {
        guard let north = centres.map(\.latitude).max(), let south = centres.map(\.latitude).min() else { return [] }
        let bands = Double(centres.count).squareRoot().rounded(.up)
        let height = (north - south) / bands
        let band = { (latitude: Double) in
            height > 0 ? min(bands - 1, ((north - latitude) / height).rounded(.down)) : 0
        }
        return centres.indices.sorted { left, right in
            let (first, second) = (centres[left], centres[right])
            return (band(first.latitude), first.longitude, -first.latitude, left)
                < (band(second.latitude), second.longitude, -second.latitude, right)
        }
    }
}
