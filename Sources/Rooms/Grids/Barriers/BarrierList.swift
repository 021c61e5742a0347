import Desk
import Geo
import Ground
import Identity
import Storage
import Web

/// The barriers in force, all or those of a class or a file, a page at a time.
struct BarrierList: Sendable {
    /// One of them with what stands beside it.
    struct Line: Sendable {
        var barrier: Barrier
        /// So many bridges join what it parts.
        var bridges: Int
        var source: String
    }

    let kind: String?
    let source: BarrierSource.ID?

    /// - Throws: a refusal for no such class or file, or where the viewer has nothing to do with the ground.
    init(_ query: QueryParameters, _ norms: GridNorms, for scope: Scope) throws(Refusal) {
        // The data bureau has a line of its own, and keeps the ground of all.
        guard scope.line == nil || scope.may(.gridsBuildings) else { throw .nothingHere }
        kind = try query.choice("class", among: norms.barriers.map(\.key) + [GroundBarrier.bridge])
        if let text = query.filled("source") {
            guard let id = BarrierSource.ID(parsing: text) else { throw .nothingHere }
            source = id
        } else {
            source = nil
        }
    }

    /// - Parameter after: the class and the id of the last one, with a dot between.
    func page(after: String?, limit: Int, in transaction: any Transaction) throws -> (items: [Line], next: String?) {
        let parts = (after ?? ".").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2 else {
            throw QueryParameters.unreadable(
                "after", after ?? "", because: LocalizedText("请用上一页给出的值", "Use what the page before gave"))
        }
        var found = try BarrierSourceStore.page(
            kind: kind, source: source, after: (parts[0], parts[1]), limit: limit + 1, in: transaction)
        let next = found.count > limit ? found[limit - 1] : nil
        if found.count > limit { found.removeLast() }
        let bridges = BridgesOverBarriers(try BarrierSourceStore.bridges(limit: 50_000, in: transaction))
        var names: [BarrierSource.ID: String] = [:]
        for id in Set(found.map(\.source)) { names[id] = try BarrierSourceStore.source(id, in: transaction)?.name }
        return (
            found.map { Line(barrier: $0, bridges: bridges.count(over: $0), source: names[$0.source] ?? "") },
            next.map { "\($0.kind).\($0.id)" }
        )
    }

    func sums(in transaction: any Transaction) throws -> [BarrierSum] {
        try BarrierSourceStore.sums(kind: kind, source: source, in: transaction)
    }
}

/// Which bridges lie so near to a barrier that plans join by them what it parts.
struct BridgesOverBarriers {
    private let places: [Position]
    private let index: BoxIndex
    /// As plans do it, in metres.
    private let reach = Neighbours.Rules().bridgeReach

    init(_ places: [Position]) {
        self.places = places
        index = BoxIndex(places.map { Box($0) })
    }

    func count(over barrier: Barrier) -> Int {
        guard !barrier.isBridge, !places.isEmpty, let box = Box(barrier.courses.joined()) else { return 0 }
        // Two thousandths of a degree are wider than the reach, anywhere in China.
        return index.touching(box.grown(by: 0.002)).count { isNear(places[$0], barrier.courses) }
    }

    private func isNear(_ place: Position, _ courses: [[Position]]) -> Bool {
        let plane = LocalPlane(around: place)
        return courses.contains { course in
            zip(course, course.dropFirst()).contains { ends in
                let (from, to) = (plane.metres(ends.0), plane.metres(ends.1))
                let (x, y) = (to.x - from.x, to.y - from.y)
                let square = x * x + y * y
                // The place is the middle of its own plane.
                let share = square == 0 ? 0 : max(0, min(1, -(from.x * x + from.y * y) / square))
                let (east, north) = (from.x + share * x, from.y + share * y)
                return east * east + north * north <= reach * reach
            }
        }
    }
}

extension GridNorms {
    func barrierTitle(_ kind: String) -> LocalizedText {
        kind == GroundBarrier.bridge
            ? LocalizedText("桥梁、通道", "Bridges")
            : barriers.first { $0.key == kind }?.title ?? LocalizedText(kind, kind)
    }
}
