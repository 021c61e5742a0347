/// The search for whole numbers in a program of blocks: prices for the linking rows, from them a bound and choices of each
/// block; then one choice of each block, mended a few blocks at a time.
///
/// With prices for what blocks use of the linking rows each block can be asked alone (Lagrangian relaxation), and the sum of
/// the answers is a bound of the whole, better than that of the relaxation in fractions since each block answers in whole
/// numbers. A small program over the choices seen so far gives the next prices (Dantzig–Wolfe), held near the best ones so
/// that they do not swing (Marsten's box, Wentges' smoothing). See docs/decisions/0017.
struct LinearBlockSearch {
    /// One answer of a block.
    struct Choice {
        var cost: Double
        var use: [Double]
        var values: [Double]
    }

    let parts: LinearBlocks
    let gap: Double
    let deadline: ContinuousClock.Instant
    /// Until when choices that do not fit together yet are still mended.
    private let end: ContinuousClock.Instant
    private(set) var choices: [[Choice]]
    private(set) var bound = -Double.infinity
    private(set) var prices: [Double]
    /// How the last mixture is made up: a weight for each choice of each block.
    private var weights: [[Double]] = []
    /// What a unit of each linking row is worth at least, for penalties.
    private let scale: [Double]

    /// - Parameter prices: duals of the linking rows where everything may be done in parts: the first prices.
    init(_ parts: LinearBlocks, prices: [Double], gap: Double, deadline: ContinuousClock.Instant) {
        self.parts = parts
        self.gap = gap
        self.deadline = deadline
        end = deadline + ContinuousClock.now.duration(to: deadline)
        choices = Array(repeating: [], count: parts.blocks.count)
        self.prices = zip(prices, parts.links).map { Self.allowed($0, $1) }
        scale = parts.links.indices.map { link in
            var most = max(1e-3, abs(prices[link]))
            for block in parts.blocks {
                for (column, value) in block.uses[link] {
                    most = max(most, abs(block.program.columns[column].objective / value))
                }
            }
            return most
        }
    }

    private var milliseconds: Int32 {
        let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        return Int32(max(0, min(2e9, left)))
    }

    /// A row that is bounded on one side only has a price of one sign.
    private static func allowed(_ price: Double, _ row: LinearProgram.RowFacts) -> Double {
        if row.lower == -.infinity { return min(0, price) }
        return row.upper == .infinity ? max(0, price) : price
    }

    // MARK: Prices

    /// Asks every block with these prices.
    /// - Returns: the bound that follows; nil when a block has no solution at all.
    private mutating func ask(_ asked: [Double], within most: Int32) throws(LinearProgramFault) -> Double? {
        var sum = 0.0
        for (price, row) in zip(asked, parts.links) where price != 0 {
            sum += price * (price > 0 ? row.lower : row.upper)
        }
        for (position, block) in parts.blocks.enumerated() {
            let program = block.priced(asked)
            var outcome = try program.solve(within: max(1, min(most, milliseconds)), gap: gap / 4)
            if outcome.solution == nil, choices[position].isEmpty, outcome != .infeasible {
                outcome = try program.solve(within: max(200, milliseconds / 4), gap: 0.05)
            }
            if let found = outcome.solution {
                sum += found.bound
                choices[position].append(
                    Choice(
                        cost: block.program.objective(of: found.values), use: block.use(found.values),
                        values: found.values))
                continue
            }
            guard outcome != .infeasible, let parts = try program.inParts.solve().solution else { return nil }
            sum += parts.objective
        }
        return sum
    }

    /// Rounds of prices.
    /// - Returns: whether every block has a choice.
    mutating func findPrices() throws(LinearProgramFault) -> Bool {
        let whole = milliseconds
        let most = max(250, whole / Int32(2 * max(1, parts.blocks.count)))
        var asked = prices
        var width = 0.05
        for round in 0..<8 where round == 0 || milliseconds > whole / 2 {
            guard let value = try ask(asked, within: most) else { return false }
            if value > bound {
                bound = value
                prices = asked
            } else if round > 0 {
                width /= 2
            }
            guard choices.allSatisfy({ !$0.isEmpty }) else { return false }
            let (program, picks) = mixture { link in
                let reach = width * scale[link] + 1e-9
                return (prices[link] + reach, reach - prices[link])
            }
            guard let mixed = try program.solve(within: 10_000).solution else { break }
            weights = picks.map { $0.map { mixed[$0] } }
            if mixed.objective - bound <= max(gap / 4, 1e-9) * abs(mixed.objective) { break }
            for link in prices.indices {
                let next = prices[link] + 0.3 * (mixed.duals[link] - prices[link])
                asked[link] = Self.allowed(next, parts.links[link])
            }
        }
        return true
    }

    /// A mixture of the choices of each block, within the linking rows.
    /// - Parameter price: what it costs to miss a row by one from below and from above.
    private func mixture(
        _ price: (Int) -> (Double, Double)
    ) -> (program: LinearProgram, picks: [[LinearProgram.Column]]) {
        var program = LinearProgram(.least)
        var linked: [[(LinearProgram.Column, Double)]] = Array(repeating: [], count: parts.links.count)
        let picks = choices.map { own in
            own.map { choice in
                let column = program.column(objective: choice.cost)
                for (link, use) in choice.use.enumerated() where use != 0 { linked[link].append((column, use)) }
                return column
            }
        }
        for (link, row) in parts.links.enumerated() {
            let (below, above) = price(link)
            let terms = [(program.column(objective: below), 1.0), (program.column(objective: above), -1.0)]
            program.row(lower: row.lower, upper: row.upper, sum: linked[link] + terms)
        }
        for own in picks { program.row(lower: 1, upper: 1, sum: own.map { ($0, 1) }) }
        return (program, picks)
    }

    // MARK: Whole numbers

    /// A choice of each block that uses about what the mixture does of each linking row. What one block uses more or less
    /// than its part is passed on to the next, so that the sum is nearly right.
    private func nearMixture() throws(LinearProgramFault) -> [Choice] {
        let most = max(250, milliseconds / Int32(2 * max(1, parts.blocks.count)))
        var owed = Array(repeating: 0.0, count: parts.links.count)
        var chosen: [Choice] = []
        for (position, block) in parts.blocks.enumerated() {
            let own = choices[position]
            let weight = weights.indices.contains(position) ? weights[position] : []
            for (choice, part) in zip(own, weight) {
                for link in owed.indices { owed[link] += part * choice.use[link] }
            }
            var program = block.priced(prices)
            for (link, terms) in block.uses.enumerated() where !terms.isEmpty {
                let below = program.column(objective: scale[link] / 10)
                let above = program.column(objective: scale[link] / 10)
                program.append(
                    LinearProgram.RowFacts(name: "", lower: owed[link], upper: owed[link]),
                    terms.map { ($0.column, $0.value) } + [(below.position, 1), (above.position, -1)])
            }
            var choice = own[zip(own.indices, weight).max { $0.1 < $1.1 }?.0 ?? 0]
            if let found = try program.solve(within: most, gap: gap / 4).solution {
                let values = Array(found.values.prefix(block.columns.count))
                choice = Choice(cost: block.program.objective(of: values), use: block.use(values), values: values)
            }
            for link in owed.indices { owed[link] -= choice.use[link] }
            chosen.append(choice)
        }
        return chosen
    }

    /// The best choice of each block that was found, or nil when none keeps the linking rows.
    mutating func findWhole() throws(LinearProgramFault) -> [Choice]? {
        var penalty = scale.map { 2 * $0 }
        var chosen = try nearMixture()
        var shuffle: UInt64 = 1
        var together = 3
        var isLate = false
        for _ in 0..<16 {
            let before = worth(chosen, penalty)
            var order = Array(chosen.indices)
            for position in order.indices.reversed() where position > 0 {
                shuffle = shuffle &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                order.swapAt(position, Int((shuffle >> 33) % UInt64(position + 1)))
            }
            for start in stride(from: 0, to: order.count, by: together) {
                if isGood(chosen) { return chosen }
                if milliseconds == 0 {
                    if isTrue(chosen) { return chosen }
                    if ContinuousClock.now >= end { return nil }
                    if !isLate { penalty = penalty.map { 16 * $0 } }
                    isLate = true
                }
                try mend(&chosen, Array(order[start..<min(order.count, start + together)]).sorted(), penalty)
            }
            let after = worth(chosen, penalty)
            let isStuck = before - after <= 1e-6 * abs(before)
            if isTrue(chosen) {
                // No three blocks can do better; perhaps four or five can.
                if isStuck, together == 5 { break }
                if isStuck { together += 1 }
            } else if isStuck {
                penalty = penalty.map { 4 * $0 }
            }
        }
        return isTrue(chosen) ? chosen : nil
    }

    private func missed(_ chosen: [Choice]) -> [Double] {
        parts.links.indices.map { link in
            let row = parts.links[link]
            let sum = chosen.reduce(0) { $0 + $1.use[link] }
            let miss = max(0, row.lower - sum, sum - row.upper)
            return miss <= 1e-6 + 1e-9 * abs(sum) ? 0 : miss
        }
    }

    private func cost(_ chosen: [Choice]) -> Double { chosen.reduce(0) { $0 + $1.cost } }
    private func isTrue(_ chosen: [Choice]) -> Bool { missed(chosen).allSatisfy { $0 == 0 } }

    private func isGood(_ chosen: [Choice]) -> Bool {
        let sum = cost(chosen)
        return isTrue(chosen) && sum - bound <= max(gap, 1e-9) * abs(sum)
    }

    private func worth(_ chosen: [Choice], _ penalty: [Double]) -> Double {
        zip(missed(chosen), penalty).reduce(cost(chosen)) { $0 + $1.0 * $1.1 }
    }

    /// Asks some blocks together while the others stay as they are, and keeps the answer when it is better.
    private func mend(_ chosen: inout [Choice], _ some: [Int], _ penalty: [Double]) throws(LinearProgramFault) {
        var program = LinearProgram(.least)
        var linked: [[(Int, Double)]] = Array(repeating: [], count: parts.links.count)
        for position in some {
            let block = parts.blocks[position]
            let start = program.columnCount
            for column in block.program.columns { program.append(column) }
            var rows = Array(repeating: [(Int, Double)](), count: block.program.rowCount)
            for element in block.program.elements { rows[element.row].append((start + element.column, element.value)) }
            for (facts, terms) in zip(block.program.rows, rows) { program.append(facts, terms) }
            for (link, terms) in block.uses.enumerated() { linked[link] += terms.map { (start + $0.column, $0.value) } }
        }
        for (link, row) in parts.links.enumerated() {
            let others = chosen.indices.reduce(0) { some.contains($1) ? $0 : $0 + chosen[$1].use[link] }
            let below = program.column(objective: penalty[link])
            let above = program.column(objective: penalty[link])
            var facts = row
            facts.lower -= others
            facts.upper -= others
            program.append(facts, linked[link] + [(below.position, 1), (above.position, -1)])
        }
        let limit = min(2_000, max(300, milliseconds / 10))
        guard let found = try program.solve(within: limit, gap: gap / 4).solution else { return }
        var tried = chosen
        var start = 0
        for position in some {
            let block = parts.blocks[position]
            let values = Array(found.values[start..<start + block.columns.count])
            start += block.columns.count
            tried[position] = Choice(
                cost: block.program.objective(of: values), use: block.use(values), values: values)
        }
        if worth(tried, penalty) < worth(chosen, penalty) - 1e-9 { chosen = tried }
    }
}
