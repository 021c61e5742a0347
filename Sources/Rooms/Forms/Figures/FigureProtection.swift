import Ground
import Registry

/// 最小人数: which figures of a form are withheld so that nobody can tell from statistics what holds of a few people. Pure.
///
/// Figures that make up one another stand together in a block: cells over the same elements, the cross-table, and the total
/// of the form by itself. In an area a block is shown whole or not at all. It is withheld where one of its figures is below
/// the least size, or leaves fewer than that beside it. So that what is withheld cannot be worked out from the sum, further
/// areas are withheld until those together are safe; and whatever is withheld of an area is withheld on the page of the area
/// itself, and of enough of its parts.
struct FigureProtection: Sendable {
    /// The cells of each block; the first holds the total alone.
    let blocks: [[Int]]
    let least: Int

    init(blocks: [[Int]], least: Int) {
        self.blocks = blocks
        self.least = least
    }

    init(_ form: CompiledForm, least: Int) {
        var families: [Set<Condition.Term>: [Int]] = [:]
        var order: [Set<Condition.Term>] = []
        let single = form.definition.cells.count
        for index in 0..<min(single, form.cells.count) {
            let terms = form.cells[index].terms
            if families[terms] == nil { order.append(terms) }
            families[terms, default: []].append(index + 1)
        }
        var blocks = [[0]] + order.compactMap { families[$0] }
        if form.cells.count > single { blocks.append(Array(single + 1...form.cells.count)) }
        self.init(blocks: blocks, least: least)
    }

    /// One step on the way down: an area and all of its parts.
    struct Level: Sendable {
        var whole: [Int]
        var parts: [String: [Int]]
    }

    /// The blocks that are withheld.
    struct Withheld: Sendable, Hashable {
        var whole: Set<Int> = []
        var parts: [String: Set<Int>] = [:]
    }

    /// - Parameters:
    ///   - levels: from the top of the installation down to the area that is asked for.
    ///   - way: by which part each level leads to the next; one fewer than levels.
    func withheld(_ levels: [Level], way: [String]) -> Withheld {
        guard let top = levels.first else { return Withheld() }
        var result = Withheld(whole: unsafe(top.whole))
        for (index, level) in levels.enumerated() {
            if index > 0 {
                result.whole = result.parts[way[index - 1]] ?? []
            }
            result.parts = parts(of: level, withheld: result.whole)
        }
        return result
    }

    private func unsafe(_ counts: [Int]) -> Set<Int> {
        if !isSafe(counts, 0) { return Set(blocks.indices) }
        return Set(blocks.indices.filter { !isSafe(counts, $0) })
    }

    /// Whether the figures of a block tell nothing of fewer people than the least size.
    private func isSafe(_ counts: [Int], _ block: Int) -> Bool {
        guard let total = counts.first else { return true }
        return blocks[block].allSatisfy { cell in
            guard cell > 0 else { return isLarge(total) }
            let count = cell < counts.count ? counts[cell] : 0
            return isLarge(count) && isLarge(total - count)
        }
    }

    private func isLarge(_ count: Int) -> Bool { count <= 0 || count >= least }

    private func parts(of level: Level, withheld: Set<Int>) -> [String: Set<Int>] {
        // The smallest first, so that as little as possible is lost.
        let order = level.parts.sorted { ($0.value.first ?? 0, $0.key) < ($1.value.first ?? 0, $1.key) }
        var hidden: [String: Set<Int>] = [:]
        for block in blocks.indices {
            for code in among(order, block, hidden, wholeIsWithheld: withheld.contains(block)) {
                hidden[code, default: []].insert(block)
                // Where the total is withheld, nothing that adds up to it is shown.
                if block == 0 { hidden[code, default: []].formUnion(blocks.indices) }
            }
        }
        return hidden
    }

    private func among(
        _ order: [(key: String, value: [Int])], _ block: Int, _ hidden: [String: Set<Int>], wholeIsWithheld: Bool
    ) -> Set<String> {
        var chosen: Set<String> = []
        var sums = Array(repeating: 0, count: order.map(\.value.count).max() ?? 1)
        func take(_ part: (key: String, value: [Int])) {
            chosen.insert(part.key)
            for (index, count) in part.value.enumerated() { sums[index] += count }
        }
        for part in order where hidden[part.key]?.contains(block) == true || !isSafe(part.value, block) { take(part) }
        func isEnough() -> Bool {
            if wholeIsWithheld { return sums[0] >= least }
            return chosen.isEmpty || (chosen.count > 1 && isSafe(sums, block))
        }
        for part in order where !isEnough() && !chosen.contains(part.key) && part.value.contains(where: { $0 != 0 }) {
            take(part)
        }
        return chosen
    }

    /// The figures with gaps where they are withheld.
    func shown(_ counts: [Int], withheld: Set<Int>) -> [Int?] {
        var shown: [Int?] = counts
        for block in withheld { for cell in blocks[block] where cell < shown.count { shown[cell] = nil } }
        return shown
    }
}

extension Condition {
    /// What is compared in it.
    var terms: Set<Term> {
        switch self {
        case .always: []
        case .compare(let term, _, _), .among(let term, _), .known(let term), .unknown(let term): [term]
        case .not(let inner): inner.terms
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.terms) }
        }
    }
}
