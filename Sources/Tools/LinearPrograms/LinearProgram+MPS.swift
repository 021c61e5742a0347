extension LinearProgram {
    /// As free-format MPS, which glpsol, HiGHS, CBC and others read. Names are positions: `C12`, `R3`; a maximum is written
    /// as the minimum of the negated objective, since not all of them read `OBJSENSE`.
    public func mps(named name: String = "program") -> String {
        let sign = direction == .greatest ? -1.0 : 1.0
        var text = "NAME \(name)\nROWS\n N COST\n"
        func hasBoth(_ row: RowFacts) -> Bool { row.lower.isFinite && row.upper.isFinite }
        for (position, row) in rows.enumerated() {
            let kind =
                hasBoth(row)
                ? (row.lower == row.upper ? "E" : "L") : row.upper.isFinite ? "L" : row.lower.isFinite ? "G" : "N"
            text += " \(kind) R\(position)\n"
        }
        text += "COLUMNS\n"
        var byColumn = Array(repeating: [Element](), count: columns.count)
        for element in elements where columns.indices.contains(element.column) {
            byColumn[element.column].append(element)
        }
        var isWithinIntegers = false
        var markers = 0
        for (position, column) in columns.enumerated() {
            if column.isInteger != isWithinIntegers {
                text += " M\(markers) 'MARKER' '\(column.isInteger ? "INTORG" : "INTEND")'\n"
                markers += 1
                isWithinIntegers = column.isInteger
            }
            text += " C\(position) COST \(column.objective == 0 ? 0 : sign * column.objective)\n"
            for element in byColumn[position] { text += " C\(position) R\(element.row) \(element.value)\n" }
        }
        if isWithinIntegers { text += " M\(markers) 'MARKER' 'INTEND'\n" }
        text += "RHS\n"
        for (position, row) in rows.enumerated() {
            if let side = row.upper.isFinite ? row.upper : row.lower.isFinite ? row.lower : nil, side != 0 {
                text += " RHS R\(position) \(side)\n"
            }
        }
        text += "RANGES\n"
        for (position, row) in rows.enumerated() where hasBoth(row) && row.lower != row.upper {
            text += " RNG R\(position) \(row.upper - row.lower)\n"
        }
        text += "BOUNDS\n"
        for (position, column) in columns.enumerated() {
            if column.lower == column.upper {
                text += " FX BND C\(position) \(column.lower)\n"
                continue
            }
            text += column.lower.isFinite ? " LO BND C\(position) \(column.lower)\n" : " MI BND C\(position)\n"
            text += column.upper.isFinite ? " UP BND C\(position) \(column.upper)\n" : " PL BND C\(position)\n"
        }
        return text + "ENDATA\n"
    }
}
