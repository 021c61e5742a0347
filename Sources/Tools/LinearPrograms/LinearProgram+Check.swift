/// Why a program is not handed to the solver.
public enum LinearProgramFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// A coefficient or bound that is no number, or beyond 10¹⁵, where doubles end to count in ones.
    case notFinite(String)
    /// A lower bound above the upper one: no value fits.
    case crossedBounds(String)
    /// A term that names a column of another program.
    case unknownColumn(String)
    /// Larger than is solved within one process; see ``LinearProgram/most``.
    case tooLarge
    /// A time limit that is not positive, or a gap below zero.
    case limits

    public var description: String {
        switch self {
        case .notFinite(let name): "\(name): a coefficient or bound that is no usable number"
        case .crossedBounds(let name): "\(name): its lower bound is above its upper one"
        case .unknownColumn(let name): "\(name): a term of a column that is not there"
        case .tooLarge: "more than \(LinearProgram.most) columns, rows or coefficients"
        case .limits: "a time limit that is not positive, or a gap below zero"
        }
    }
}

extension LinearProgram {
    /// Columns, rows and coefficients, each. Some hundred megabytes in the solver; what needs more wants a machine of its
    /// own.
    public static let most = 2_000_000
    private static let largest = 1e15

    /// Everything that GLPK would end the process for, and what would make its answers worthless.
    func check() throws(LinearProgramFault) {
        guard columns.count <= Self.most, rows.count <= Self.most, elements.count <= Self.most else { throw .tooLarge }
        func isBound(_ value: Double) -> Bool { value.isInfinite || abs(value) <= Self.largest }
        for (position, column) in columns.enumerated() {
            let name = column.name.isEmpty ? "column \(position)" : column.name
            guard isBound(column.lower), isBound(column.upper), abs(column.objective) <= Self.largest else {
                throw .notFinite(name)
            }
            guard column.lower < .infinity, column.upper > -.infinity, column.lower <= column.upper else {
                throw .crossedBounds(name)
            }
        }
        for (position, row) in rows.enumerated() {
            let name = row.name.isEmpty ? "row \(position)" : row.name
            guard isBound(row.lower), isBound(row.upper) else { throw .notFinite(name) }
            guard row.lower < .infinity, row.upper > -.infinity, row.lower <= row.upper else {
                throw .crossedBounds(name)
            }
        }
        for element in elements {
            guard columns.indices.contains(element.column) else { throw .unknownColumn("row \(element.row)") }
            guard abs(element.value) <= Self.largest else { throw .notFinite("row \(element.row)") }
        }
    }
}
