import Ground
import Testing

@testable import Forms

/// What is withheld cannot be worked out: an attacker who knows every figure that is shown on any page, and how figures add
/// up, solves the equations.
struct FigureProtectionTests {
    /// An area with its parts, down to the grids.
    private indirect enum Tree {
        case node(code: String, counts: [Int], children: [Tree])

        var counts: [Int] {
            switch self {
            case .node(_, let counts, _): counts
            }
        }
        var code: String {
            switch self {
            case .node(let code, _, _): code
            }
        }
        var children: [Tree] {
            switch self {
            case .node(_, _, let children): children
            }
        }
    }

    /// Cells 1–2 make up the total, 3–5 too, 6–9 are a cross-table of two by two.
    private static let blocks = [[0], [1, 2], [3, 4, 5], [6, 7, 8, 9]]

    private func leaf(_ code: String, _ random: inout SeededRandom) -> Tree {
        let people = [0, 0, 1, 3, 8, 20, 60][Int.random(in: 0..<7, using: &random)]
        var counts = Array(repeating: 0, count: 10)
        for _ in 0..<Int.random(in: 0...max(0, people), using: &random) {
            counts[0] += 1
            let sex = Int.random(in: 0..<12, using: &random) == 0 ? 1 : 0
            let age = [0, 0, 0, 0, 1, 1, 2][Int.random(in: 0..<7, using: &random)]
            counts[1 + sex] += 1
            counts[3 + age] += 1
            counts[6 + 2 * sex + (age == 0 ? 0 : 1)] += 1
        }
        return .node(code: code, counts: counts, children: [])
    }

    private func tree(_ code: String, depth: Int, _ random: inout SeededRandom) -> Tree {
        guard depth > 0 else { return leaf(code, &random) }
        let children = (0..<Int.random(in: 1...5, using: &random)).map {
            tree(code + "\($0)", depth: depth - 1, &random)
        }
        let counts = children.reduce(into: Array(repeating: 0, count: 10)) { sum, child in
            for (index, count) in child.counts.enumerated() { sum[index] += count }
        }
        return .node(code: code, counts: counts, children: children)
    }

    private func level(_ tree: Tree) -> FigureProtection.Level {
        .init(
            whole: tree.counts,
            parts: Dictionary(uniqueKeysWithValues: tree.children.map { ($0.code, $0.counts) }))
    }

    /// Every figure of every page, nil where it is withheld.
    private func pages(_ top: Tree, _ protection: FigureProtection) -> [String: [Int?]] {
        var shown: [String: [Int?]] = [:]
        func go(_ tree: Tree, _ levels: [FigureProtection.Level], _ way: [String]) {
            let levels = levels + [level(tree)]
            let withheld = protection.withheld(levels, way: way)
            func see(_ code: String, _ counts: [Int?]) {
                if let before = shown[code] {
                    #expect(before == counts, "\(code) is shown in one place as it is in the other")
                }
                shown[code] = counts
            }
            see(tree.code, protection.shown(tree.counts, withheld: withheld.whole))
            for child in tree.children {
                see(child.code, protection.shown(child.counts, withheld: withheld.parts[child.code] ?? []))
            }
            for child in tree.children { go(child, levels, way + [child.code]) }
        }
        go(top, [], [])
        return shown
    }

    @Test("No figure below the least size is shown, and none follows from the others", arguments: 0..<60)
    func attack(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let top = tree("1", depth: 2, &random)
        let protection = FigureProtection(blocks: Self.blocks, least: 5)
        let shown = pages(top, protection)
        var truth: [String: [Int]] = [:]
        var equations: [[(String, Int, Double)]] = []
        func collect(_ tree: Tree) {
            truth[tree.code] = tree.counts
            for sum in [[1, 2], [3, 4, 5], [6, 7, 8, 9]] {
                equations.append([(tree.code, 0, 1)] + sum.map { (tree.code, $0, -1) })
            }
            for (cell, parts) in [(1, [6, 7]), (2, [8, 9]), (3, [6, 8])] {
                equations.append([(tree.code, cell, 1)] + parts.map { (tree.code, $0, -1) })
            }
            if !tree.children.isEmpty {
                for cell in 0..<10 {
                    equations.append([(tree.code, cell, 1)] + tree.children.map { ($0.code, cell, -1) })
                }
            }
            tree.children.forEach(collect)
        }
        collect(top)
        for (code, counts) in shown {
            for count in counts { if let count { #expect(count == 0 || count >= 5, "\(code)") } }
        }
        for (code, cell) in determined(equations, shown) {
            let count = truth[code]?[cell] ?? 0
            #expect(count == 0 || count >= 5, "\(code) cell \(cell) = \(count) follows from what is shown")
        }
    }

    /// The unknown figures that the equations leave no choice for.
    private func determined(_ equations: [[(String, Int, Double)]], _ shown: [String: [Int?]]) -> [(String, Int)] {
        struct Figure: Hashable {
            var code: String
            var cell: Int
        }
        var numbers: [Figure: Int] = [:]
        var figures: [Figure] = []
        for (code, counts) in shown.sorted(by: { $0.key < $1.key }) {
            for (cell, count) in counts.enumerated() where count == nil {
                numbers[Figure(code: code, cell: cell)] = figures.count
                figures.append(Figure(code: code, cell: cell))
            }
        }
        var rows: [[Double]] = equations.compactMap { equation in
            var row = Array(repeating: 0.0, count: figures.count)
            for (code, cell, factor) in equation {
                if let number = numbers[Figure(code: code, cell: cell)] { row[number] += factor }
            }
            return row.contains { $0 != 0 } ? row : nil
        }
        // Reduced row echelon form: an unknown is determined when its row has nothing else in it.
        var rank = 0
        for column in figures.indices {
            guard let pivot = rows.indices.dropFirst(rank).first(where: { abs(rows[$0][column]) > 1e-9 }) else {
                continue
            }
            rows.swapAt(rank, pivot)
            let scale = rows[rank][column]
            for index in column..<figures.count { rows[rank][index] /= scale }
            for row in rows.indices where row != rank && abs(rows[row][column]) > 1e-9 {
                let factor = rows[row][column]
                for index in column..<figures.count { rows[row][index] -= factor * rows[rank][index] }
            }
            rank += 1
        }
        return rows.prefix(rank).compactMap { row in
            let used = row.indices.filter { abs(row[$0]) > 1e-9 }
            guard used.count == 1, let only = used.first else { return nil }
            return (figures[only].code, figures[only].cell)
        }
    }

    @Test("The one small area is not withheld alone: the next smallest goes with it")
    func complement() {
        let protection = FigureProtection(blocks: [[0]], least: 5)
        let withheld = protection.withheld(
            [.init(whole: [153], parts: ["a": [3], "b": [50], "c": [100]])], way: [])
        #expect(withheld.whole.isEmpty)
        #expect(withheld.parts == ["a": [0], "b": [0]])
    }

    @Test("Two small ones that together are still few take a third with them")
    func together() {
        let protection = FigureProtection(blocks: [[0]], least: 5)
        let withheld = protection.withheld(
            [.init(whole: [122], parts: ["a": [1], "b": [1], "c": [20], "d": [100]])], way: [])
        #expect(Set(withheld.parts.keys) == ["a", "b", "c"])
    }

    @Test("What is withheld on the page above is withheld on the area's own page, and of a part of it")
    func below() {
        let protection = FigureProtection(blocks: [[0]], least: 5)
        let withheld = protection.withheld(
            [
                .init(whole: [153], parts: ["a": [3], "b": [50], "c": [100]]),
                .init(whole: [50], parts: ["b1": [20], "b2": [30]]),
            ], way: ["b"])
        #expect(withheld.whole == [0])
        #expect(withheld.parts == ["b1": [0]])
    }

    @Test("Nobody is also a figure that may be shown, and everybody too")
    func zeros() {
        let protection = FigureProtection(blocks: [[0], [1]], least: 5)
        let withheld = protection.withheld(
            [.init(whole: [30, 30], parts: ["a": [10, 10], "b": [20, 20], "c": [0, 0]])], way: [])
        #expect(withheld == .init(whole: [], parts: [:]))
        let rest = protection.withheld([.init(whole: [100, 98], parts: [:])], way: [])
        #expect(rest.whole == [1])
    }
}
