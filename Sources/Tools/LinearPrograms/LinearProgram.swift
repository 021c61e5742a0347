/// A linear or mixed-integer program: the least (or greatest) value of a linear objective over columns (variables), under
/// rows (constraints). A value: built, looked at, written to a file and solved as often as one likes.
public struct LinearProgram: Sendable, Hashable {
    public enum Direction: Sendable, Hashable { case least, greatest }

    /// A variable's position, given by ``column(_:lower:upper:objective:isInteger:)``.
    public struct Column: Sendable, Hashable {
        public let position: Int
    }

    /// A constraint's position, given by ``row(_:lower:upper:_:)``.
    public struct Row: Sendable, Hashable {
        public let position: Int
    }

    struct ColumnFacts: Sendable, Hashable {
        var name: String
        var lower: Double
        var upper: Double
        var objective: Double
        var isInteger: Bool
    }

    struct RowFacts: Sendable, Hashable {
        var name: String
        var lower: Double
        var upper: Double
    }

    struct Element: Sendable, Hashable {
        var row: Int
        var column: Int
        var value: Double
    }

    public var direction: Direction
    var columns: [ColumnFacts] = []
    var rows: [RowFacts] = []
    var elements: [Element] = []

    public init(_ direction: Direction = .least) { self.direction = direction }

    public var columnCount: Int { columns.count }
    public var rowCount: Int { rows.count }
    /// Coefficients of rows that are not zero.
    public var elementCount: Int { elements.count }
    public var integerCount: Int { columns.count { $0.isInteger } }

    /// Adds a variable.
    /// - Parameters:
    ///   - name: for the file; any text.
    ///   - lower: `-.infinity` for none. Of an integer variable the bounds are rounded inwards.
    ///   - upper: `.infinity` for none.
    ///   - objective: its coefficient in the objective.
    public mutating func column(
        _ name: String = "", lower: Double = 0, upper: Double = .infinity, objective: Double = 0,
        isInteger: Bool = false
    ) -> Column {
        columns.append(
            ColumnFacts(
                name: name, lower: isInteger ? lower.rounded(.up) : lower,
                upper: isInteger ? upper.rounded(.down) : upper,
                objective: objective, isInteger: isInteger))
        return Column(position: columns.count - 1)
    }

    /// Adds a constraint: the sum of the terms lies within the bounds. Terms of one column are added up.
    @discardableResult
    public mutating func row(
        _ name: String = "", lower: Double = -.infinity, upper: Double = .infinity, sum terms: [(Column, Double)]
    ) -> Row {
        let position = rows.count
        rows.append(RowFacts(name: name, lower: lower, upper: upper))
        var sums: [Int: Double] = [:]
        var order: [Int] = []
        for (column, value) in terms {
            if sums[column.position] == nil { order.append(column.position) }
            sums[column.position, default: 0] += value
        }
        for column in order {
            if let value = sums[column], value != 0 {
                elements.append(Element(row: position, column: column, value: value))
            }
        }
        return Row(position: position)
    }

    /// Other bounds for a column, whole numbers or not.
    public mutating func setBounds(_ column: Column, lower: Double, upper: Double, isInteger: Bool) {
        guard columns.indices.contains(column.position) else { return }
        columns[column.position].lower = isInteger ? lower.rounded(.up) : lower
        columns[column.position].upper = isInteger ? upper.rounded(.down) : upper
        columns[column.position].isInteger = isInteger
    }

    /// Another objective over the same columns; those that are not named have no part in it.
    public mutating func setObjective(_ direction: Direction, _ terms: [(Column, Double)]) {
        self.direction = direction
        for position in columns.indices { columns[position].objective = 0 }
        for (column, value) in terms where columns.indices.contains(column.position) {
            columns[column.position].objective += value
        }
    }

    /// The objective's value for given values of the columns.
    public func objective(of values: [Double]) -> Double {
        zip(columns, values).reduce(0) { $0 + $1.0.objective * $1.1 }
    }

    /// By how much the worst bound of a column or a row is missed, by its size: 0 for a true solution.
    public func violation(of values: [Double]) -> Double {
        guard values.count == columns.count else { return .infinity }
        func missed(_ value: Double, _ lower: Double, _ upper: Double) -> Double {
            max(0, (lower - value) / max(1, abs(lower)), (value - upper) / max(1, abs(upper)))
        }
        var sums = Array(repeating: 0.0, count: rows.count)
        for element in elements { sums[element.row] += element.value * values[element.column] }
        var worst = 0.0
        for (facts, value) in zip(columns, values) {
            worst = max(worst, missed(value, facts.lower, facts.upper))
            if facts.isInteger { worst = max(worst, abs(value - value.rounded())) }
        }
        for (facts, value) in zip(rows, sums) { worst = max(worst, missed(value, facts.lower, facts.upper)) }
        return worst
    }
}
