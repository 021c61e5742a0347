/// Boxes by where they are: equal squares, each with the boxes that touch it.
public struct BoxIndex: Sendable {
    private let west: Double
    private let south: Double
    private let side: Double
    private let columns: Int
    private let rows: Int
    private var starts: [Int32]
    private var members: [Int32]
    private let boxes: [Box]

    /// Boxes keep their numbers in the list.
    public init(_ boxes: [Box]) {
        self.boxes = boxes
        var whole = boxes.first ?? Box(west: 0, south: 0, east: 1, north: 1)
        for box in boxes { whole.enclose(box) }
        west = whole.west
        south = whole.south
        // About two boxes a square, if they are spread evenly; never more squares than four a box.
        let area = max(whole.width, 1e-12) * max(whole.height, 1e-12)
        var side = max((area * 2 / Double(max(boxes.count, 1))).squareRoot(), 1e-12)
        while whole.width / side * (whole.height / side) > Double(boxes.count) * 4 + 16 { side *= 2 }
        // A long thin whole has few squares across; neither count may run away.
        side = max(side, whole.width / 4096, whole.height / 4096)
        self.side = side
        columns = max(1, Int((whole.width / side).rounded(.down)) + 1)
        rows = max(1, Int((whole.height / side).rounded(.down)) + 1)
        starts = Array(repeating: 0, count: columns * rows + 1)
        members = []
        var sizes = [Int32](repeating: 0, count: columns * rows)
        for box in boxes { forEachSquare(of: box) { sizes[$0] += 1 } }
        for square in sizes.indices { starts[square + 1] = starts[square] + sizes[square] }
        members = Array(repeating: 0, count: Int(starts[sizes.count]))
        var filled = Array(starts.dropLast())
        for (number, box) in boxes.enumerated() {
            forEachSquare(of: box) { square in
                members[Int(filled[square])] = Int32(number)
                filled[square] += 1
            }
        }
    }

    /// The numbers of all boxes that touch one, each once, in rising order.
    public func touching(_ box: Box) -> [Int] {
        var found: [Int] = []
        var squares = 0
        forEachSquare(of: box) { square in
            squares += 1
            for place in starts[square]..<starts[square + 1] {
                let number = Int(members[Int(place)])
                if boxes[number].touches(box) { found.append(number) }
            }
        }
        if found.count > 1 {
            found.sort()
            if squares > 1 {
                var kept = 1
                for index in 1..<found.count where found[index] != found[kept - 1] {
                    found[kept] = found[index]
                    kept += 1
                }
                found.removeLast(found.count - kept)
            }
        }
        return found
    }

    private func forEachSquare(of box: Box, _ body: (Int) -> Void) {
        func square(_ value: Double, _ count: Int) -> Int {
            Int(max(0, min(Double(count - 1), (value / side).rounded(.down))))
        }
        let left = square(box.west - west, columns)
        let right = square(box.east - west, columns)
        let bottom = square(box.south - south, rows)
        let top = square(box.north - south, rows)
        guard left <= right, bottom <= top else { return }
        for row in bottom...top {
            for column in left...right { body(row * columns + column) }
        }
    }
}
