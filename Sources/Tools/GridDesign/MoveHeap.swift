/// A heap of nodes by the gain of their best move, with the place of each node, so that a gain can change.
struct MoveHeap: ~Copyable {
    private let nodes: Slab<Int32>
    private let place: Slab<Int32>
    private let gains: Slab<Float>
    let target: Slab<Int32>
    private(set) var count = 0

    init(_ capacity: Int) {
        nodes = Slab(capacity, repeating: 0)
        place = Slab(capacity, repeating: -1)
        gains = Slab(capacity, repeating: 0)
        target = Slab(capacity, repeating: -1)
    }

    var top: Int32 { nodes[0] }
    func contains(_ node: Int32) -> Bool { place[node] >= 0 }
    func gain(_ node: Int32) -> Float { gains[node] }

    @inline(__always)
    private func before(_ a: Int32, _ b: Int32) -> Bool {
        gains[a] > gains[b] || (gains[a] == gains[b] && a < b)
    }

    mutating func set(_ node: Int32, gain: Float, target grid: Int32) {
        target[node] = grid
        if place[node] < 0 {
            gains[node] = gain
            place[node] = Int32(truncatingIfNeeded: count)
            nodes[count] = node
            count += 1
            rise(Int(place[node]))
        } else {
            let was = gains[node]
            gains[node] = gain
            if gain > was { rise(Int(place[node])) } else { sink(Int(place[node])) }
        }
    }

    mutating func removeTop() -> Int32 {
        let node = nodes[0]
        remove(node)
        return node
    }

    mutating func remove(_ node: Int32) {
        let at = Int(place[node])
        if at < 0 { return }
        place[node] = -1
        count -= 1
        if at == count { return }
        let last = nodes[count]
        nodes[at] = last
        place[last] = Int32(truncatingIfNeeded: at)
        rise(at)
        sink(Int(place[last]))
    }

    mutating func clear() {
        for index in 0..<count { place[nodes[index]] = -1 }
        count = 0
    }

    @inline(__always)
    private func rise(_ start: Int) {
        var at = start
        let node = nodes[at]
        while at > 0 {
            let parent = (at - 1) >> 1
            let above = nodes[parent]
            if !before(node, above) { break }
            nodes[at] = above
            place[above] = Int32(truncatingIfNeeded: at)
            at = parent
        }
        nodes[at] = node
        place[node] = Int32(truncatingIfNeeded: at)
    }

    @inline(__always)
    private func sink(_ start: Int) {
        var at = start
        let node = nodes[at]
        while true {
            var child = 2 * at + 1
            if child >= count { break }
            if child + 1 < count && before(nodes[child + 1], nodes[child]) { child += 1 }
            if !before(nodes[child], node) { break }
            nodes[at] = nodes[child]
            place[nodes[at]] = Int32(truncatingIfNeeded: at)
            at = child
        }
        nodes[at] = node
        place[node] = Int32(truncatingIfNeeded: at)
    }
}
