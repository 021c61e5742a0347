/// A program that falls into parts once a few rows are left out: streets that share only the people who may move between
/// them and one budget. Each **block** is a program of its own; the **linking** rows hold them together.
struct LinearBlocks: Sendable {
    struct Block: Sendable {
        /// Its own columns and rows, in the order of the whole.
        var program: LinearProgram
        /// Positions of its columns in the whole.
        var columns: [Int]
        /// By linking row: its own columns in it.
        var uses: [[(column: Int, value: Double)]]

        /// What a choice of values puts into each linking row.
        func use(_ values: [Double]) -> [Double] {
            uses.map { $0.reduce(0) { $0 + $1.value * values[$1.column] } }
        }

        /// Its objective when what it uses of a linking row has a price.
        func priced(_ prices: [Double]) -> LinearProgram {
            var asked = program
            for (price, terms) in zip(prices, uses) where price != 0 {
                for (column, value) in terms { asked.addObjective(column, -price * value) }
            }
            return asked
        }
    }

    var blocks: [Block] = []
    /// Bounds of the linking rows.
    var links: [LinearProgram.RowFacts]

    /// - Parameter linking: positions of the rows that are left out. Columns that stand in no other row are blocks alone.
    init(_ whole: LinearProgram, linking: [Int]) {
        let isLinking = Set(linking)
        links = linking.map { whole.rows[$0] }
        var root = Array(whole.columns.indices)
        func find(_ column: Int) -> Int {
            var at = column
            while root[at] != at {
                root[at] = root[root[at]]
                at = root[at]
            }
            return at
        }
        var firstOfRow: [Int: Int] = [:]
        for element in whole.elements where !isLinking.contains(element.row) {
            if let first = firstOfRow[element.row] {
                let (one, other) = (find(first), find(element.column))
                if one != other { root[max(one, other)] = min(one, other) }
            } else {
                firstOfRow[element.row] = element.column
            }
        }
        var blockOfRoot: [Int: Int] = [:]
        var place = Array(repeating: (block: 0, column: 0), count: whole.columns.count)
        for column in whole.columns.indices {
            let own = find(column)
            let block = blockOfRoot[own] ?? blocks.count
            if block == blocks.count {
                blockOfRoot[own] = block
                blocks.append(
                    Block(
                        program: LinearProgram(.least), columns: [],
                        uses: Array(repeating: [], count: linking.count)))
            }
            place[column] = (block, blocks[block].columns.count)
            blocks[block].columns.append(column)
            blocks[block].program.append(whole.columns[column])
        }
        let position = Dictionary(uniqueKeysWithValues: linking.enumerated().map { ($1, $0) })
        var rows: [Int: (block: Int, terms: [(Int, Double)])] = [:]
        for element in whole.elements {
            let at = place[element.column]
            if let link = position[element.row] {
                blocks[at.block].uses[link].append((at.column, element.value))
            } else {
                rows[element.row, default: (at.block, [])].terms.append((at.column, element.value))
            }
        }
        for (row, (block, terms)) in rows.sorted(by: { $0.key < $1.key }) {
            blocks[block].program.append(whole.rows[row], terms)
        }
    }
}

extension LinearProgram {
    mutating func append(_ column: ColumnFacts) { columns.append(column) }

    mutating func append(_ row: RowFacts, _ terms: [(Int, Double)]) {
        for (column, value) in terms { elements.append(Element(row: rows.count, column: column, value: value)) }
        rows.append(row)
    }

    mutating func addObjective(_ column: Int, _ value: Double) { columns[column].objective += value }

    /// The same with fractions allowed everywhere: its best is a bound of the best in whole numbers.
    public var inParts: LinearProgram {
        var result = self
        for position in columns.indices { result.columns[position].isInteger = false }
        return result
    }
}
